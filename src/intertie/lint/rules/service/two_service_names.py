from __future__ import annotations

import re
from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE118", severity=Severity.WARNING, since="0.1.0")
def two_service_names(spec: Spec) -> Iterator[Finding]:
    """The service has two names."""
    front, named = spec.front_matter.service if spec.front_matter else None, spec.service.name if spec.service else None
    if front and named and not _same(front.value, named.value):
        yield Finding(
            named.span,
            f"the service is `{named.value}` here, but `{front.value}` in the front matter",
            "write the same slug in both",
            related=(Label(front.span, "the other name"),),
        )


def _same(front: str, named: str) -> bool:
    """Return whether both are one slug, or the front matter holds a display name with the slug's words in it."""
    shown, slug = _slug(front), _slug(named)
    displayed = front.strip() != shown and set(slug.split("-")) <= set(shown.split("-"))
    return shown == slug or displayed


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
