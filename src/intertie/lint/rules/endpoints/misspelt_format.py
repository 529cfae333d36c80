from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.mends import write
from intertie.lint.rule import rule
from intertie.lint.schema_nodes import schema_nodes
from intertie.spec.model import Spec
from intertie.spec.tree import ScalarNode


@rule(code="TIE329", severity=Severity.WARNING, since="0.1.0")
def misspelt_format(spec: Spec) -> Iterator[Finding]:
    """A format looks misspelt."""
    found = [
        (parameter.format.value, parameter.format.span)
        for endpoint in spec.endpoints
        for parameter in (endpoint.request.parameters if endpoint.request else ())
        if parameter.format
    ]
    for schema in schema_nodes(spec):
        node = schema.get("format")
        if isinstance(node, ScalarNode):
            found.append((node.text, node.span))
    for text, span in found:
        near = get_close_matches(text, _KNOWN, n=1, cutoff=0.75) if text not in _KNOWN else []
        if near:
            yield Finding(
                span,
                f"`{text}` is not a known format, so it is not checked",
                f"did you mean `{near[0]}`?",
                fix=write(near[0], span, safe=False),
            )


_KNOWN = (
    "date", "date-time", "time", "duration", "email", "idn-email", "hostname", "idn-hostname", "ipv4", "ipv6", "uri",
    "uri-reference", "uri-template", "iri", "iri-reference", "uuid", "json-pointer", "relative-json-pointer", "regex",
    "int32", "int64", "float", "double", "decimal", "byte", "binary", "password", "unix-time", "phone", "url",
)  # fmt: skip
