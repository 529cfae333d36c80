from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from intertie.core.media_types import essence
from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.mends import write
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE320", severity=Severity.WARNING, since="0.1.0")
def unknown_content_type(spec: Spec) -> Iterator[Finding]:
    """A content type is invalid or unknown."""
    for endpoint in spec.endpoints:
        body = endpoint.request.body if endpoint.request else None
        named = [body.content_type if body else None]
        if endpoint.response:
            named.append(endpoint.response.success.content_type if endpoint.response.success else None)
            named += [answer.content_type for _, answer in endpoint.response.errors]
        for located in named:
            if located is None:
                continue
            kind = essence(located.value)
            if kind in _COMMON:
                continue
            near = get_close_matches(kind, _COMMON, n=1, cutoff=0.85)
            slip = bool(near) and near[0] != kind and not re.search(r"[+.]", kind)
            if slip or not re.fullmatch(rf"(?:\*|{'|'.join(_TYPES)})/[\w!#$&^.+*-]+", kind):
                yield Finding(
                    located.span,
                    f"`{located.value}` is not a known content type",
                    f"did you mean `{near[0]}`?" if near else "write a content type such as `application/json`",
                    fix=write(near[0], located.span, safe=False) if near and ";" not in located.value else None,
                )


_TYPES = ("application", "audio", "font", "image", "message", "model", "multipart", "text", "video")
_COMMON = (
    "application/json", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data", "text/plain",
    "application/octet-stream", "text/csv", "text/html", "text/event-stream", "application/pdf", "application/x-ndjson",
    "application/problem+json", "text/xml",
)  # fmt: skip
