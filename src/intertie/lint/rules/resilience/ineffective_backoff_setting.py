from __future__ import annotations

from collections.abc import Iterator

from intertie.core.units import seconds_text
from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE231", severity=Severity.INFO, since="0.1.0")
def ineffective_backoff_setting(spec: Spec) -> Iterator[Finding]:
    """A backoff setting has no effect with the chosen backoff."""
    retry = spec.retry
    if retry is None or retry.backoff is None or retry.backoff.value == "exponential":
        return
    kind = retry.backoff.value
    if retry.multiplier:
        yield Finding(
            retry.multiplier.span,
            f"`multiplier` has no effect with `backoff: {kind}`",
            "remove it, or choose `exponential`",
            related=(Label(retry.backoff.span, "the backoff"),),
        )
    first, longest = retry.initial_delay, retry.max_delay
    if kind == "fixed" and first and longest and longest.value > first.value:
        yield Finding(
            longest.span,
            f"with `backoff: fixed` every wait is {seconds_text(first.value)}, so "
            f"{seconds_text(longest.value)} is never reached",
            "remove it, or choose `exponential`",
            related=(Label(retry.backoff.span, "the backoff"),),
        )
