from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.replay import is_read, method_of
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE404", severity=Severity.WARNING, since="0.1.0")
def cache_fallback_without_reads(spec: Spec) -> Iterator[Finding]:
    """The fallback is a cache, but no endpoint reads."""
    strategy = spec.fallback_behavior.strategy if spec.fallback_behavior else None
    known = [endpoint for endpoint in spec.endpoints if method_of(endpoint)]
    if strategy and strategy.value == "cache" and known and not any(is_read(e) or e.graphql for e in known):
        yield Finding(
            strategy.span,
            "the cache only answers reads, but no endpoint reads",
            "choose another strategy, such as `queue` or `default`",
        )
