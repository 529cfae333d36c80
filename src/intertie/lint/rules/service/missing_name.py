from __future__ import annotations

import re
from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.mends import insert_line
from intertie.lint.rule import rule
from intertie.lint.written import in_front_matter
from intertie.spec.model import Spec


@rule(code="TIE103", severity=Severity.INFO, since="0.1.0")
def missing_name(spec: Spec) -> Iterator[Finding]:
    """The front matter has no `name`."""
    front = spec.document.front_matter
    if front is not None and not in_front_matter(spec, "name"):
        title = spec.title.value.strip() if spec.title else ""
        named = re.fullmatch(r"[\w][\w ./()-]*", title) and title.lower() not in ("true", "false", "yes", "no", "null")
        fix = insert_line(f"name: {title}", front.span) if named else None
        yield Finding(front.span, "the front matter has no `name`", "add the name that people should see", fix=fix)
