from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity, SourceSpan
from intertie.diagnostics.credentials import credential_shape
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.tokens import is_literal_credential, is_secret_header, secret_references, shapes_in_text, texts_of
from intertie.spec.model import Spec


@rule(code="TIE601", severity=Severity.ERROR, since="0.1.0", judges="spec")
def secret_in_text(spec: Spec) -> Iterator[Finding]:
    """The document contains a credential."""
    told = set()
    for what, text in texts_of(spec):
        shape = credential_shape(text.value)
        if shape:
            told.add(text.span)
            yield Finding(text.span, f"this {what} contains {shape}", _MEND)
    for endpoint in spec.endpoints:
        for header in endpoint.request.headers if endpoint.request else ():
            if not (header.name and header.value) or header.value.span in told:
                continue
            if is_secret_header(header.name.value) and is_literal_credential(header.value.value):
                told.add(header.value.span)
                yield Finding(
                    header.value.span, f"the header `{header.name.value}` contains a literal credential", _MEND
                )
    fields = [*told, *(located.span for located in secret_references(spec))]
    for shape, place in shapes_in_text(spec.document.text, spec.path):
        # A secret field that holds its secret is told where it is read.
        if not any(_covers(field, place) for field in fields):
            yield Finding(place, f"this text contains {shape}", _MEND)


_MEND = "replace the credential at the provider, and write a reference such as `env:NAME` or `file:/path`"


def _covers(whole: SourceSpan, part: SourceSpan) -> bool:
    return (whole.line, whole.column) <= (part.line, part.column) and (part.end_line, part.end_column) <= (
        whole.end_line, whole.end_column,
    )  # fmt: skip
