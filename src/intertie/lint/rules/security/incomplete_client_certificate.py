from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.written import is_written
from intertie.spec.model import Spec


@rule(code="TIE619", severity=Severity.WARNING, since="0.1.0")
def incomplete_client_certificate(spec: Spec) -> Iterator[Finding]:
    """A client certificate or its key is missing."""
    block = spec.security
    if block is None:
        return
    certificate, key = block.client_certificate, block.client_key
    if certificate and not key and not is_written(spec, "security", "client_key"):
        yield Finding(
            certificate.span, "the client certificate has no key", "add `client_key`, such as `file:/run/secrets/x`"
        )
    elif key and not certificate and not is_written(spec, "security", "client_certificate"):
        yield Finding(key.span, "the client key has no certificate", "add `client_certificate`")
