from __future__ import annotations

import re
from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.mends import write
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE104", severity=Severity.ERROR, since="0.1.0", judges="spec")
def malformed_id(spec: Spec) -> Iterator[Finding]:
    """The id does not have the form `INT-` and digits."""
    given = spec.front_matter.id if spec.front_matter else None
    if given and not re.fullmatch(r"INT-[0-9]+", given.value):
        near = re.fullmatch(r"int(?:egration)?[\s_-]*([0-9]+)", given.value.strip(), re.IGNORECASE)
        fix = write(f"INT-{near.group(1)}", given.span, safe=False) if near else None
        yield Finding(
            given.span,
            f"`{given.value}` is not a valid id",
            "write `INT-` followed by digits, such as `INT-001`",
            fix=fix,
        )
