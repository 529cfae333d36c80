from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rates import windows
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE210", severity=Severity.WARNING, since="0.1.0")
def shorter_window_out_of_reach(spec: Spec) -> Iterator[Finding]:
    """A longer rate window allows less than a shorter one."""
    for shorter, longer in pairwise(windows(spec)):
        if longer.limit.value < shorter.limit.value:
            yield Finding(
                longer.limit.span,
                f"{longer.rate} is less than {shorter.rate}, so the limit of {shorter.once} is never reached",
                "check both numbers; all windows apply together",
                related=(Label(shorter.limit.span, f"the limit of {shorter.once}"),),
            )
