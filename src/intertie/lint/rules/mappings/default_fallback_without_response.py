from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.written import is_written
from intertie.spec.model import Spec


@rule(code="TIE406", severity=Severity.ERROR, since="0.1.0", judges="spec")
def default_fallback_without_response(spec: Spec) -> Iterator[Finding]:
    """The fallback is a default response, but none is given."""
    fallback = spec.fallback_behavior
    if (
        fallback
        and fallback.strategy
        and fallback.strategy.value == "default"
        and fallback.default_response is None
        and not is_written(spec, "fallback_behavior", "default_response")
    ):
        yield Finding(
            fallback.strategy.span, "there is no default response", "add `fallback_behavior.default_response`"
        )
