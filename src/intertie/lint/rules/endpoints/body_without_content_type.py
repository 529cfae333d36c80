from __future__ import annotations

from collections.abc import Iterator

from intertie.compiler.parameters import declared_content_type
from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.planned import planned_rest
from intertie.lint.rule import rule
from intertie.lint.written import is_written_in
from intertie.runtime.plan import Plan
from intertie.spec.model import Spec


@rule(code="TIE336", severity=Severity.HINT, since="0.1.0")
def body_without_content_type(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """A request body has no content type."""
    for endpoint, _, wire in planned_rest(spec, plan):
        body = endpoint.request.body if endpoint.request else None
        if body is None or wire.body is None or body.content_type or declared_content_type(endpoint):
            continue
        if not is_written_in(spec, endpoint, "request", "body", "content_type"):
            yield Finding(
                body.head,
                f"the body has no `content_type`, so it is sent as `{wire.body.content_type}`",
                f"write `content_type: {wire.body.content_type}`, or what the service expects",
            )
