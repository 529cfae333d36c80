from __future__ import annotations

from collections.abc import Iterator

from intertie.core.units import parse_number, seconds_text
from intertie.diagnostics import Severity
from intertie.lint.durations import durations
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE114", severity=Severity.WARNING, since="0.1.0")
def implausible_duration(spec: Spec) -> Iterator[Finding]:
    """A number without a unit is implausible in the unit of its field."""
    for located, least_s, most_s in durations(spec):
        number = parse_number(located.text.lstrip("<≤= "))
        if number is None or located.value <= 0:
            # A unit is written: what it says is meant.
            continue
        if least_s is not None and located.value < least_s:
            meant, unit = f"{number:f}s", "seconds"
        elif most_s is not None and located.value >= most_s:
            meant, unit = f"{number:f}ms", "milliseconds"
        else:
            continue
        yield Finding(
            located.span,
            f"{located.text.strip()} means {seconds_text(located.value)} here; did you mean {unit}?",
            f"write `{meant}`, or `{seconds_text(located.value).replace(' ', '')}` if that is what you mean",
        )
