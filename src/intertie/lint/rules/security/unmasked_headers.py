from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.mends import write
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE616", severity=Severity.WARNING, since="0.1.0")
def unmasked_headers(spec: Spec) -> Iterator[Finding]:
    """Headers are logged without masking."""
    logging = spec.monitoring.logging if spec.monitoring else None
    if not (logging and logging.include_headers and logging.mask_sensitive):
        return
    bodies = logging.include_body and logging.include_body.value
    if logging.include_headers.value and not logging.mask_sensitive.value and not bodies:
        yield Finding(
            logging.mask_sensitive.span,
            "headers are logged without masking",
            "set `mask_sensitive: true`, or don't log headers",
            related=(Label(logging.include_headers.span, "headers are logged"),),
            fix=write("true", logging.mask_sensitive.span, safe=False),
        )
