from __future__ import annotations

import re
from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.around import Around
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE524", severity=Severity.INFO, since="0.1.0")
def library_not_installed(spec: Spec, around: Around) -> Iterator[Finding]:
    """A library that the spec depends on is not installed."""
    said = spec.dependencies.libraries if spec.dependencies else None
    for part in re.split(r"[,;]", said.value) if said else ():
        match = re.fullmatch(r"`?([A-Za-z0-9][\w.-]*)`?\s*(?:[<>=!~]=?.*)?", part.strip())
        name = match.group(1) if match else ""
        if said and name and name.lower() not in ("none", "n", "na") and not around.is_installed(name):
            yield Finding(
                said.span,
                f"the library `{name}` is not installed",
                f"install it with `pip install {name}`, or remove it from the list",
            )
