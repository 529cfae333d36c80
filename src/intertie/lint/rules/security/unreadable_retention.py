from __future__ import annotations

import re
from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE617", severity=Severity.WARNING, since="0.1.0")
def unreadable_retention(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """A data retention can't be read."""
    said = spec.security.data_retention if spec.security else None
    if said and plan.retention_s is None and re.search(r"\d", said.value):
        yield Finding(said.span, "the retention has no duration that can be read", "write it as `30 days`")
    elif said and plan.retention_s is None:
        yield Finding(
            said.span,
            "the retention has no end, so nothing is deleted by its age",
            "write it as `30 days`",
            severity=Severity.INFO,
        )
