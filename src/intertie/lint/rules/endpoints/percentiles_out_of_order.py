from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from intertie.core.units import seconds_text
from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.mends import swap
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE306", severity=Severity.ERROR, since="0.1.0", judges="spec")
def percentiles_out_of_order(spec: Spec) -> Iterator[Finding]:
    """A higher percentile is faster than a lower one."""
    for endpoint in spec.endpoints:
        targets = endpoint.performance
        if targets is None:
            continue
        given = [(name, t) for name, t in (("p50", targets.p50), ("p95", targets.p95), ("p99", targets.p99)) if t]
        for (low, lower), (high, higher) in pairwise(given):
            if higher.value < lower.value:
                yield Finding(
                    higher.span,
                    f"{high} ({seconds_text(higher.value)}) is below {low} ({seconds_text(lower.value)})",
                    "sort the values: a higher percentile is never faster",
                    related=(Label(lower.span, low),),
                    fix=swap(spec, lower, higher, f"{low} and {high}"),
                )
