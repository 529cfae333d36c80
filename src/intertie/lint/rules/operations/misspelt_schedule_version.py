from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE510", severity=Severity.WARNING, since="0.1.0")
def misspelt_schedule_version(spec: Spec) -> Iterator[Finding]:
    """A version in the deprecation schedule looks misspelt."""
    versioning = spec.versioning
    if versioning is None:
        return
    known = [version.value for version in (versioning.current, *versioning.supported) if version]
    for version, _ in versioning.deprecation_schedule:
        near = get_close_matches(version.value, known, n=1, cutoff=0.8) if len(version.value) > 3 else []
        if version.value not in known and near:
            yield Finding(version.span, f"`{version.value}` is not a supported version", f"did you mean `{near[0]}`?")
