from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.transform_types import factor_of
from intertie.lint.unit_names import factor_between
from intertie.spec.model import InboundRow, OutboundRow, Spec


@rule(code="TIE430", severity=Severity.WARNING, since="0.1.0")
def factor_against_units(spec: Spec) -> Iterator[Finding]:
    """A factor does not convert between the units in the field names."""
    rows: list[InboundRow | OutboundRow] = [*spec.inbound, *spec.outbound]
    for row in rows:
        if row.internal_field is None or row.external_field is None:
            continue
        ends = row.external_field.value, row.internal_field.value
        wanted = factor_between(*(ends if isinstance(row, InboundRow) else ends[::-1]))
        made = factor_of(row.transform.value if row.transform else "-")
        if wanted is None or made is None or wanted == made:
            continue
        place = row.transform or row.internal_field
        mend = "divide" if wanted < 1 else "multiply"
        number = 1 / wanted if wanted < 1 else wanted
        yield Finding(
            place.span,
            f"the factor from `{ends[0]}` to `{ends[1]}` is {float(made):g}, but the units need {float(wanted):g}"
            if isinstance(row, InboundRow)
            else f"the factor from `{ends[1]}` to `{ends[0]}` is {float(made):g}, but the units need {float(wanted):g}",
            f"write `{mend}({float(number):g})`" if wanted != 1 else "remove the transform, or correct a name",
        )
