from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rates import windows
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE211", severity=Severity.HINT, since="0.1.0")
def ineffective_rate_window(spec: Spec) -> Iterator[Finding]:
    """A longer rate window never limits anything."""
    for shorter, longer in pairwise(windows(spec)):
        most = shorter.limit.value * (longer.window_s // shorter.window_s)
        if longer.limit.value > most:
            yield Finding(
                longer.limit.span,
                f"{longer.rate} has no effect: {shorter.rate} is at most {most:,} {longer.once}",
                f"remove it, or allow fewer {longer.once}",
                related=(Label(shorter.limit.span, f"the limit of {shorter.once}"),),
            )
