from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.fields import Located
from intertie.spec.model import Spec


@rule(code="TIE135", severity=Severity.HINT, since="0.1.0")
def shared_environment_url(spec: Spec) -> Iterator[Finding]:
    """Two environments have the same URL."""
    first: dict[str, tuple[Located[str], Located[str]]] = {}
    for name, url in spec.service.environments if spec.service else ():
        if name.value.lower() == "production":
            continue
        text = url.value.strip().rstrip("/").lower()
        if text in first:
            other, place = first[text]
            yield Finding(
                url.span,
                f"{name.value} has the same URL as {other.value}",
                "give each a URL of its own, or remove one of the two",
                related=(Label(place.span, "the same URL"),),
            )
        first.setdefault(text, (name, url))
