from __future__ import annotations

from collections.abc import Iterator

from intertie.core.units import seconds_text
from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE128", severity=Severity.WARNING, since="0.1.0")
def token_never_refreshed(spec: Spec) -> Iterator[Finding]:
    """The token expires and is never renewed."""
    block = spec.authentication
    config = block.config if block else None
    if block is None or config is None or not (block.type and block.type.value in ("oauth", "jwt")):
        return
    if config.token_refresh and not config.token_refresh.value and config.expires_in:
        ends = seconds_text(config.expires_in.value)
        yield Finding(
            config.token_refresh.span,
            f"the token expires after {ends} and is not renewed, so every later call is refused",
            "write `true`",
        )
