from __future__ import annotations

from collections.abc import Iterator

from intertie.core.media_types import codec_of, is_json_lines
from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.lint.words import listed
from intertie.spec.model import Spec


@rule(code="TIE116", severity=Severity.ERROR, since="0.1.0", judges="spec")
def format_contradicts_bodies(spec: Spec) -> Iterator[Finding]:
    """The data format under Integration Type contradicts every response."""
    bullets = spec.integration_type
    answers = [e.response.success.content_type for e in spec.endpoints if e.response and e.response.success]
    types = [answer for answer in answers if answer]
    if bullets is None or bullets.data_format is None or not types:
        return
    wanted = bullets.data_format.value
    if all(_format(answer.value) not in (wanted, "") for answer in types):
        listing = listed(dict.fromkeys(answer.value for answer in types))
        yield Finding(
            bullets.data_format.span,
            f"the data format is {wanted}, but every response is {listing}",
            "correct the bullet or the `content_type`",
            related=(Label(types[0].span, "a response"),),
        )


def _format(content_type: str) -> str:
    """Return the format of a media type, empty where it may be any."""
    if is_json_lines(content_type):
        return "JSON"
    return {"json": "JSON", "xml": "XML", "binary": "Binary"}.get(codec_of(content_type), "")
