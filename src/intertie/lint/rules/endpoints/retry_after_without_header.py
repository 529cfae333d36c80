from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.mends import write
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE317", severity=Severity.WARNING, since="0.1.0")
def retry_after_without_header(spec: Spec) -> Iterator[Finding]:
    """The `retry_after` of an error is not the name of a header."""
    for endpoint in spec.endpoints:
        for _, answer in endpoint.response.errors if endpoint.response else ():
            header = answer.retry_after
            if header is None:
                continue
            if not re.fullmatch(r"[A-Za-z][A-Za-z0-9!#$%&'*+.^_`|~-]*", header.value.strip()):
                yield Finding(
                    header.span,
                    f"`{header.value}` is not the name of a header",
                    "write the name of the header, such as `Retry-After`",
                    fix=write("Retry-After", header.span, safe=False),
                )
            elif (near := get_close_matches(header.value, _KNOWN, n=1, cutoff=0.8)) and header.value.lower() != near[
                0
            ].lower():
                yield Finding(
                    header.span,
                    f"`{header.value}` is not a known header",
                    f"did you mean `{near[0]}`?",
                    fix=write(near[0], header.span, safe=False),
                )


_KNOWN = ("Retry-After", "X-RateLimit-Reset", "RateLimit-Reset", "X-Retry-After")
"""What services tell it by; any other header is taken as it is written."""
