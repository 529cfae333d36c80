from __future__ import annotations

import re
from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE106", severity=Severity.INFO, since="0.1.0")
def title_contradicts_name(spec: Spec) -> Iterator[Finding]:
    """The title names another integration than the front matter."""
    name = spec.front_matter.name if spec.front_matter else None
    if not (name and spec.title):
        return
    ours, theirs = (re.sub(r"[\W_]+", " ", text).strip().casefold() for text in (name.value, spec.title.value))
    if ours and theirs and ours not in theirs and theirs not in ours:
        yield Finding(
            spec.title.span,
            f"the title is `{spec.title.value}`, but `name` is `{name.value}`",
            "use the same name in both",
            related=(Label(name.span, "the name"),),
        )
