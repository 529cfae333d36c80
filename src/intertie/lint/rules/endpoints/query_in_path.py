from __future__ import annotations

import re
from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE330", severity=Severity.WARNING, since="0.1.0")
def query_in_path(spec: Spec) -> Iterator[Finding]:
    """A path contains a query."""
    for endpoint in spec.endpoints:
        path = endpoint.endpoint.path if endpoint.endpoint else None
        found = re.search(r"[?#][^/]*", path.value) if path and not path.value.startswith("http") else None
        if path and found:
            yield Finding(
                path.span,
                f"`{found.group()}` can't be part of a path",
                "declare it under `request.parameters`, with a `default`",
            )
