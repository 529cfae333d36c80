from __future__ import annotations

import re
from collections.abc import Iterator

from intertie.diagnostics import Severity, SourceSpan
from intertie.lint.finding import Finding
from intertie.lint.mends import source_text, write
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE608", severity=Severity.WARNING, since="0.1.0")
def old_tls(spec: Spec) -> Iterator[Finding]:
    """The spec accepts an insecure version of TLS."""
    said = spec.security.data_encryption if spec.security else None
    match = (
        re.search(r"\b(?:TLS\s*v?\s*1(?:\.[01])?(?![.\d])|SSL(?:\s*v?\s*[23](?:\.0)?)?)\b", said.value, re.IGNORECASE)
        if said
        else None
    )
    if said is None or match is None:
        return
    at = source_text(spec, said.span).find(match.group())
    start = said.span.column + at
    place = SourceSpan(said.span.path, said.span.line, start, said.span.line, start + len(match.group()))
    yield Finding(
        said.span,
        f"`{match.group()}` is insecure; Intertie uses TLS 1.2 or newer",
        "write `TLS 1.2+`",
        fix=write("TLS 1.2", place) if at >= 0 and said.span.line == said.span.end_line else None,
    )
