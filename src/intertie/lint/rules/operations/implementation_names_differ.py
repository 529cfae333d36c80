from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.fields import Located
from intertie.spec.model import Spec


@rule(code="TIE550", severity=Severity.WARNING, since="0.1.0")
def implementation_names_differ(spec: Spec) -> Iterator[Finding]:
    """An implementation reference belongs to another service."""
    named = [(line.where, _name(line.where)) for line in spec.implementation if line.where]
    named = [(where, name) for where, name in named if name]
    counts = Counter(name for _, name in named)
    if len(counts) != 2 or len(named) < 3:
        return
    common, often = counts.most_common(1)[0]
    if often != len(named) - 1:
        return
    for where, name in named:
        if name != common:
            yield Finding(
                where.span, f"this path is for `{name}`, but the others are for `{common}`", "use the same name"
            )


def _name(where: Located[str]) -> str:
    """Return the last part of a path without its ending, empty where it is no path."""
    text = where.value.strip().strip("<>`").rstrip("/")
    if "://" in text or "/" not in text or " " in text:
        return ""
    return text.rpartition("/")[2].partition(".")[0].lower().replace("_", "-")
