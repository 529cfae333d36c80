from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.mends import insert_line
from intertie.lint.rule import rule
from intertie.lint.written import in_front_matter
from intertie.spec.model import Spec


@rule(code="TIE102", severity=Severity.WARNING, since="0.1.0")
def missing_type(spec: Spec) -> Iterator[Finding]:
    """The front matter has no `type`."""
    front = spec.document.front_matter
    if front is not None and not in_front_matter(spec, "type"):
        yield Finding(
            front.span,
            "the front matter has no `type`",
            "add `type: Integration`",
            fix=insert_line("type: Integration", front.span),
        )
