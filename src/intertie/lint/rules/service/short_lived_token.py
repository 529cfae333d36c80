from __future__ import annotations

from collections.abc import Iterator

from intertie.core.units import seconds_text
from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE115", severity=Severity.WARNING, since="0.1.0")
def short_lived_token(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """A token expires before a call may end."""
    config = spec.authentication.config if spec.authentication else None
    if config is None or config.expires_in is None or config.expires_in.value >= plan.timeouts.total_s:
        return
    yield Finding(
        config.expires_in.span,
        f"a token expires after {seconds_text(config.expires_in.value)}, but a call may take "
        f"{seconds_text(plan.timeouts.total_s)}",
        "correct `expires_in`, which is in seconds",
    )
