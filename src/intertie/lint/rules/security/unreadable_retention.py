from __future__ import annotations

import re
from collections.abc import Iterator

from intertie.compiler.retention import our_clauses
from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE617", severity=Severity.WARNING, since="0.1.0")
def unreadable_retention(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """A data retention can't be read."""
    said = spec.security.data_retention if spec.security else None
    if said is None or plan.retention_s is not None:
        return
    if any(re.search(r"\d", clause) for clause in our_clauses(said.value)):
        yield Finding(said.span, "the retention has no duration that can be read", "write it as `30 days`")
    elif plan.fallback is not None and plan.fallback.strategy in ("cache", "queue"):
        yield Finding(
            said.span,
            f"the retention has no duration, so it does not limit how long the {plan.fallback.strategy} stores data",
            "write how long, such as `30 days`",
            severity=Severity.INFO,
        )
