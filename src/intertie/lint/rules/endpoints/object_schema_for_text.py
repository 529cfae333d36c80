from __future__ import annotations

from collections.abc import Iterator

from intertie.core.media_types import codec_of
from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.planned import planned
from intertie.lint.rule import rule
from intertie.runtime.plan import Plan
from intertie.spec.fields import Located
from intertie.spec.model import Endpoint, Schema, Spec


@rule(code="TIE331", severity=Severity.WARNING, since="0.1.0")
def object_schema_for_text(spec: Spec, plan: Plan) -> Iterator[Finding]:
    """A body that is text has an object schema."""
    for endpoint, _ in planned(spec, plan):
        for content_type, schema in _bodies(endpoint):
            kind = schema.value.json.get("type")
            if kind in ("object", "array") and codec_of(content_type.value) in ("text", "binary"):
                what = codec_of(content_type.value).replace("binary", "bytes")
                yield Finding(
                    content_type.span,
                    f"`{content_type.value}` is {what}, but the schema describes an {kind}",
                    "write the content type that is sent, such as `application/json`, or describe a string",
                    related=(Label(schema.key_span, "the schema"),),
                )


def _bodies(endpoint: Endpoint) -> Iterator[tuple[Located[str], Located[Schema]]]:
    body = endpoint.request.body if endpoint.request else None
    # The schema of a stream is that of one event or line.
    streams = endpoint.streaming is not None
    success = endpoint.response.success if endpoint.response and not streams else None
    for holder in (body, success):
        if holder and holder.content_type and holder.schema:
            yield holder.content_type, holder.schema
