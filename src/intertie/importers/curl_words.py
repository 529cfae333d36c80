"""The words of curl commands in a text, as the shell they were copied for would give them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

from intertie.core.errors import UsageError

_START_RE = re.compile(
    r"(?m)^[ \t]*(?:[$>][ \t]+)?(?:(?:sudo|time|env|exec|command)[ \t]+)*(?:[\w./~-]*/)?curl(?:\.exe)?(?=[ \t\\^]|$)"
)
_VARIABLE_RE = re.compile(
    r"(?m)^[ \t]*(?:export[ \t]+|set[ \t]+)?([A-Za-z_]\w*)=([\"']?)(https?://[^\s\"';]+)\2[ \t]*;?[ \t]*$"
)
_ENDS = frozenset({"|", ">", ">>", ";", "&", "&&", "||", "2>&1", "2>"})


def is_curl(text: str) -> bool:
    """Return whether a text holds a curl command.

    >>> is_curl("curl.exe https://x.example"), is_curl("sudo curl -s x.example"), is_curl("# curly")
    (True, True, False)
    """
    return _START_RE.search(text) is not None


def curl_commands(text: str, name: str) -> Iterator[list[str]]:
    """Yield the words after `curl` of each command.

    Raises:
        UsageError: A quote is not closed.
    """
    joined = _joined(text)
    for variable, _, url in _VARIABLE_RE.findall(joined):
        # Of variables those that say where the service is are filled in.
        for spelling in (f"${{{variable}}}", f"${variable}"):
            joined = re.sub(rf"{re.escape(spelling)}(?!\w)", url.replace("\\", ""), joined)
    # A quoted body may go over several lines: a command ends where the next one begins.
    starts = list(_START_RE.finditer(joined))
    for start, following in zip(starts, [*starts[1:], None], strict=True):
        command = joined[start.end() : following.start() if following else len(joined)].strip()
        command = re.sub(r"\$'((?:[^'\\]|\\.)*)'", lambda match: shlex.quote(_unescaped(match[1])), command)
        try:
            words = shlex.split(command, comments=True)
        except ValueError:
            line = joined.count("\n", 0, start.end()) + 1
            raise UsageError(
                f"{name} can't be read: the curl command on line {line}: a quote is not closed, or a backslash ends it"
            ) from None
        yield words[: next((at for at, word in enumerate(words) if word in _ENDS), len(words))]


def _joined(text: str) -> str:
    """Return a text with its continued lines joined: those of a shell, of PowerShell, and of the Windows shell."""
    text = text.replace("\r\n", "\n")
    if '^"' in text:
        text = re.sub(r"\^\n", " ", text)
        return re.sub(r"\^(.)", r"\1", text)
    return re.sub(r"(?:\\|\^|`)\n", " ", text)


def _unescaped(text: str) -> str:
    """Return what `$'…'` means to a shell."""
    known = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", '"': '"'}
    text = re.sub(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))", lambda match: chr(int(match[1] or match[2], 16)), text)
    return re.sub(r"\\(.)", lambda match: known.get(match[1], match[0]), text, flags=re.DOTALL)
