from __future__ import annotations

import re
from collections.abc import Iterator

from intertie.compiler.retention import read_retention_s
from intertie.core.units import seconds_text
from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE618", severity=Severity.WARNING, since="0.1.0")
def security_prose_contradicts_block(spec: Spec) -> Iterator[Finding]:
    """Prose and block of the security considerations differ."""
    block = spec.security
    if block is None:
        return
    said = (
        re.search(r"TLS\s*v?\s*(1\.[23])", block.data_encryption.value, re.IGNORECASE)
        if block.data_encryption
        else None
    )
    if said and block.data_encryption and block.tls_minimum and block.tls_minimum.value < said.group(1):
        yield Finding(
            block.tls_minimum.span,
            f"`tls_minimum` is {block.tls_minimum.value}, but the prose says {said.group(1)}",
            "write the same version in both",
            related=(Label(block.data_encryption.span, "the prose"),),
        )
    kept_s = read_retention_s(block.data_retention.value) if block.data_retention else None
    if kept_s is not None and block.data_retention and block.retention and block.retention.value != kept_s:
        yield Finding(
            block.retention.span,
            f"the retention is {seconds_text(block.retention.value)} here, but {seconds_text(kept_s)} in the prose",
            "write the same time in both",
            related=(Label(block.data_retention.span, "the prose"),),
        )
