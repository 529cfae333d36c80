from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.cases.case import Case

_FORM_RE = re.compile(r"(?:sha256:)?(?P<digest>[0-9a-f]{64})\Z")
_HASH_LINES = (
    re.compile(r"^(?:hash_timestamp|content_hash)\s*:.*\n?", re.MULTILINE),
    re.compile(r"^content_hash\s*:.*\n?", re.MULTILINE),
)


@rule(code="TIE716", severity=Severity.WARNING, since="0.1.0")
def outdated_content_hash(case: Case) -> Iterator[Finding]:
    """A case has changed since its hash was written."""
    node = case.scalar("content_hash")
    if node is None or node.value is None:
        return
    match = _FORM_RE.match(node.text)
    if match is None:
        yield Finding(
            node.span,
            "`content_hash` must be `sha256:` and 64 hexadecimal digits",
            "remove it: `hash_timestamp` is enough",
        )
    elif match["digest"] not in _digests(case.source.text):
        yield Finding(
            node.span,
            "the text has changed since this hash was written",
            "set `hash_timestamp` to the time of the change, and remove `content_hash`",
        )


def _digests(text: str) -> set[str]:
    """Return the hashes that the text may have: tools differ in the lines they leave out and in trailing blanks."""
    spellings: set[str] = set()
    for left_out in _HASH_LINES:
        bare = left_out.sub("", text)
        for each in (bare, "\n".join(line.rstrip() for line in bare.split("\n"))):
            spellings |= {each, each.rstrip(), each.strip(), f"{each.rstrip()}\n"}
    return {hashlib.sha256(each.encode("utf-8", errors="surrogatepass")).hexdigest() for each in spellings}
