from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.written import is_written
from intertie.spec.fields import declared_fields
from intertie.spec.model import RateLimits, Spec


@rule(code="TIE214", severity=Severity.INFO, since="0.1.0")
def throttling_without_limits(spec: Spec) -> Iterator[Finding]:
    """The spec chooses a throttling strategy but has no rate limit."""
    strategy = spec.throttling.strategy if spec.throttling else None
    # A limit that is still a placeholder, or could not be read, is meant to be one: something else tells of it.
    limits = [getattr(spec.rate_limits, attribute) for attribute in _LIMITS.values()] if spec.rate_limits else []
    if strategy and not any(limits) and not any(is_written(spec, "rate_limits", key) for key in _LIMITS):
        yield Finding(
            strategy.span,
            f"`{strategy.value}` has no effect, because there is no rate limit",
            "add `rate_limits`, or remove the strategy",
        )


_LIMITS = {
    key: attribute
    for key, (attribute, _) in declared_fields(RateLimits).items()
    if key.startswith(("requests_per", "rate_limit"))
}
