from __future__ import annotations

import re
from collections.abc import Iterator

from intertie.diagnostics import Edit, Fix, Severity, SourceSpan
from intertie.lint.finding import Finding
from intertie.lint.mends import source_text
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE323", severity=Severity.INFO, since="0.1.0")
def path_without_slash(spec: Spec) -> Iterator[Finding]:
    """A path does not begin with a slash."""
    for endpoint in spec.endpoints:
        path = endpoint.endpoint.path if endpoint.endpoint else None
        if path and re.fullmatch(r"[\w{][^\s:?#]*", path.value) and not path.value.startswith("{env"):
            start = path.span.column + (1 if source_text(spec, path.span)[:1] in ("'", '"') else 0)
            place = SourceSpan(path.span.path, path.span.line, start, path.span.line, start)
            yield Finding(
                path.span,
                f"`{path.value}` is sent as `/{path.value}`",
                f"write `/{path.value}`",
                fix=Fix(f"write /{path.value}", (Edit(place, "/"),)),
            )
