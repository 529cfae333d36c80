from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.written import in_front_matter
from intertie.spec.model import Spec


@rule(code="TIE101", severity=Severity.WARNING, since="0.1.0")
def missing_id(spec: Spec) -> Iterator[Finding]:
    """The front matter has no `id`."""
    front = spec.document.front_matter
    if front is not None and not in_front_matter(spec, "id"):
        yield Finding(front.span, "the front matter has no `id`", "add `id: INT-` with a number that no other spec has")
