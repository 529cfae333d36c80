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
    """The spec is content with a version of TLS that is broken.

    ## What it does
    Looks for SSL, TLS 1.0 and TLS 1.1 in the bullet on encryption.

    ## Why it matters
    Both are forbidden since 2021; this side speaks 1.2 or newer whatever is written. Who reads the spec is told
    otherwise.

    ## Example
    ```markdown
    ## Security Considerations
    - **Data Encryption**: TLS 1.0 in transit
    ```

    ## Use instead
    ```markdown
    ## Security Considerations
    - **Data Encryption**: TLS 1.2+ in transit
    ```

    ## References
    RFC 8996, deprecating TLS 1.0 and TLS 1.1.
    """
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
        f"`{match.group()}` is broken, and nothing below 1.2 is spoken",
        "write `TLS 1.2+`",
        fix=write("TLS 1.2", place) if at >= 0 and said.span.line == said.span.end_line else None,
    )
