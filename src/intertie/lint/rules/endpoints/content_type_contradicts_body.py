from __future__ import annotations

from collections.abc import Iterator

from intertie.core.media_types import essence
from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE345", severity=Severity.ERROR, since="0.1.0", judges="spec")
def content_type_contradicts_body(spec: Spec) -> Iterator[Finding]:
    """A Content-Type header contradicts the content type of the body."""
    for endpoint in spec.endpoints:
        body = endpoint.request.body if endpoint.request else None
        for header in endpoint.request.headers if endpoint.request and body and body.content_type else ():
            if not (header.name and header.value and body and body.content_type) or "{" in header.value.value:
                continue
            if header.name.value.strip().lower() == "content-type" and essence(header.value.value) != essence(
                body.content_type.value
            ):
                yield Finding(
                    header.value.span,
                    f"the header contradicts the body, which is `{body.content_type.value}`",
                    "remove the header: `content_type` sets it",
                    related=(Label(body.content_type.span, "the body"),),
                )
