from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE117", severity=Severity.WARNING, since="0.1.0")
def version_contradicts_service(spec: Spec) -> Iterator[Finding]:
    """Two fields name different versions of the API."""
    here, current = spec.service.version if spec.service else None, spec.versioning.current if spec.versioning else None
    if here and current and not _same(_number(here.value), _number(current.value)):
        yield Finding(
            here.span,
            f"the version is `{here.value}` here, but `{current.value}` in `versioning.current`",
            "write the version that calls use in both",
            related=(Label(current.span, "sent with every call"),),
        )


def _number(text: str) -> str:
    return text.strip().lower().removeprefix("v")


def _same(one: str, other: str) -> bool:
    """Return whether two versions are one, or one names the other's major version only."""
    shorter, longer = sorted((one, other), key=len)
    return shorter == longer or longer.startswith(f"{shorter}.")
