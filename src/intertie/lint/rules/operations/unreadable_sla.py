from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.sla import availability, error_rate, response_time
from intertie.lint.words import percent
from intertie.spec.model import Spec


@rule(code="TIE523", severity=Severity.WARNING, since="0.1.0")
def unreadable_sla(spec: Spec) -> Iterator[Finding]:
    """A value of the SLA can't be read."""
    if spec.sla is None:
        return
    for name, said, read in (
        ("availability", spec.sla.availability, availability(spec)),
        ("error rate", spec.sla.error_rate, error_rate(spec)),
    ):
        if said and read is None:
            yield Finding(said.span, f"the {name} is not a percentage", "write it as `99.9%`")
        elif said and read and not 0 <= read.value <= 1:
            yield Finding(said.span, f"{percent(read.value)} is above 100 %", "write a percentage from 0 to 100")
    for said, wrong, right in ((spec.sla.error_rate, ">≥", "<"), (spec.sla.availability, "<≤", ">=")):
        if said and said.value.strip()[:1] in tuple(wrong):
            yield Finding(said.span, f"`{said.value.strip()}` points the wrong way", f"write `{right}`")
    said = spec.sla.response_time
    if said and response_time(spec) is None:
        yield Finding(said.span, "the response time has no bound", "write it as `p99 < 1500ms`")
