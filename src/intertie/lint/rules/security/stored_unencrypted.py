from __future__ import annotations

from collections.abc import Iterator

from intertie.compiler.security import promises_encryption_at_rest
from intertie.diagnostics import Label, Severity, SourceSpan
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.model import Security, Spec


@rule(code="TIE621", severity=Severity.INFO, since="0.1.0")
def stored_unencrypted(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """Stored data is not encrypted, although the spec promises it."""
    fallback, said = plan.fallback, spec.fallback_behavior
    if spec.security is None or fallback is None or said is None or said.strategy is None:
        return
    reads = [operation.is_read for operation in plan.operations.values()]
    if fallback.strategy == "cache" and any(reads):
        stored = "cached answers are"
    elif fallback.strategy == "queue" and not all(reads):
        stored = "the bodies of queued calls are"
    else:
        return
    for promise in _promises(spec.security):
        yield Finding(
            promise,
            f"{stored} not encrypted in this version: only the file system protects them",
            "keep the state folder on an encrypted volume and say so, or choose another fallback",
            related=(Label(said.strategy.span, "the fallback that stores them"),),
        )


def _promises(security: Security) -> Iterator[SourceSpan]:
    if security.encryption_key is not None:
        yield security.encryption_key.span
    for bullet in (security.data_encryption, security.data_retention, security.gdpr_privacy):
        if bullet is not None and promises_encryption_at_rest(bullet.value):
            yield bullet.span
