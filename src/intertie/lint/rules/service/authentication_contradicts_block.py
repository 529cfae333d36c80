from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE108", severity=Severity.ERROR, since="0.1.0", judges="spec")
def authentication_contradicts_block(spec: Spec) -> Iterator[Finding]:
    """The authentication under Integration Type contradicts the block."""
    bullet = spec.integration_type.authentication if spec.integration_type else None
    block = spec.authentication.type if spec.authentication else None
    if not (bullet and block):
        return
    kinds = {"API Key": "api_key", "OAuth": "oauth", "JWT": "jwt", "Basic": "basic", "None": "none",
             "HMAC": "hmac", "AWS SigV4": "aws_sigv4"}  # fmt: skip
    if kinds.get(bullet.value, block.value) != block.value:
        yield Finding(
            bullet.span,
            f"the bullet says {bullet.value}, but the block says `{block.value}`",
            "use the same type in both",
            related=(Label(block.span, "the type in the block"),),
        )
