"""What a finding is known by from one run to the next, whatever moves above it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from intertie.diagnostics.credentials import SECRET_CODES, without_credentials
from intertie.diagnostics.diagnostic import Diagnostic
from intertie.diagnostics.render.lines import source_lines


def fingerprints(diagnostics: Iterable[Diagnostic], sources: Mapping[str, str]) -> Iterator[tuple[Diagnostic, str]]:
    """Yield each finding with its fingerprint: 64 hexadecimal digits, no two the same.

    It is made of path, code, message and the text of the line, without its blanks, and counts those that are alike:
    lines above may come and go. Of a line that holds a secret nothing goes into it.

    Args:
        diagnostics: In the order of their places.
        sources: Path as shown -> text of the file; a file that is not there counts as empty.
    """
    lines = {path: source_lines(text) for path, text in sources.items()}
    seen: Counter[str] = Counter()
    for diagnostic in diagnostics:
        words = (
            diagnostic.span.path,
            diagnostic.code,
            without_credentials(diagnostic.message),
            _line(diagnostic, lines),
        )
        alike = "\0".join(words)
        seen[alike] += 1
        yield diagnostic, hashlib.sha256(f"{alike}\0{seen[alike]}".encode("utf-8", "surrogatepass")).hexdigest()


def _line(diagnostic: Diagnostic, lines: Mapping[str, list[str]]) -> str:
    known, number = lines.get(diagnostic.span.path, []), diagnostic.span.line
    if diagnostic.code in SECRET_CODES or number > len(known):
        return ""
    return "".join(without_credentials(known[number - 1]).split())
