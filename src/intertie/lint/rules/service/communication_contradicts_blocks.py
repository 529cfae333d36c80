from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE120", severity=Severity.ERROR, since="0.1.0", judges="spec")
def communication_contradicts_blocks(spec: Spec) -> Iterator[Finding]:
    """The communication is synchronous, but an endpoint is asynchronous."""
    said = spec.integration_type.communication if spec.integration_type else None
    blocks = [endpoint.asynchronous for endpoint in spec.endpoints if endpoint.asynchronous]
    if said and said.value == "Synchronous" and blocks:
        yield Finding(
            said.span,
            "the bullet says synchronous, but an endpoint has an `asynchronous` block",
            "write `Asynchronous`, or remove the block",
            related=(Label(blocks[0].key_span, "the asynchronous endpoint"),),
        )
