from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE417", severity=Severity.ERROR, since="0.1.0", judges="spec")
def cache_without_ttl(spec: Spec) -> Iterator[Finding]:
    """The cache keeps nothing."""
    fallback = spec.fallback_behavior
    if (
        fallback
        and fallback.strategy
        and fallback.strategy.value == "cache"
        and fallback.cache_ttl
        and not fallback.cache_ttl.value
    ):
        yield Finding(
            fallback.cache_ttl.span, "cached responses expire at once", "write how long they are kept, such as `5m`"
        )
