from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.written import is_written
from intertie.spec.model import Spec


@rule(code="TIE125", severity=Severity.INFO, since="0.1.0")
def incomplete_credential(spec: Spec) -> Iterator[Finding]:
    """Only one half of a credential is given."""
    auth = spec.authentication
    config = auth.config if auth else None
    if auth is None or config is None or auth.type is None or auth.type.value != "basic":
        return
    given = [each for each in (config.username, config.password) if each]
    missing = "password" if config.username else "username"
    if len(given) == 1 and not is_written(spec, "authentication", "config", missing):
        yield Finding(
            given[0].span,
            f"`{missing}` is missing, so it is read from the default variable, which ends in `_{missing.upper()}`",
            f"write `{missing}: env:NAME`",
        )
