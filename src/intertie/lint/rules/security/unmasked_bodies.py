from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.mends import write
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE604", severity=Severity.WARNING, since="0.1.0")
def unmasked_bodies(spec: Spec) -> Iterator[Finding]:
    """Bodies are logged without masking."""
    logging = spec.monitoring.logging if spec.monitoring else None
    if not (logging and logging.include_body and logging.mask_sensitive):
        return
    if logging.include_body.value and not logging.mask_sensitive.value:
        yield Finding(
            logging.mask_sensitive.span,
            "bodies are logged without masking",
            "set `mask_sensitive: true`, or don't log bodies",
            related=(Label(logging.include_body.span, "bodies are logged"),),
            fix=write("true", logging.mask_sensitive.span, safe=False),
        )
