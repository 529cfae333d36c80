"""Texts that look like a credential, by the shape that issuers give theirs; and text without them."""

from __future__ import annotations

import re

from intertie.diagnostics.span import SourceSpan

SHAPES = (
    ("a payment provider's key", re.compile(r"\b[sr]k_(?:live|test)_[0-9A-Za-z]{10,}")),
    ("a GitHub token", re.compile(r"\b(?:gh[pousr]_[0-9A-Za-z]{30,}|github_pat_\w{30,})")),
    ("an AWS access key", re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b")),
    ("a Slack token", re.compile(r"\bxox[abeprs]-[0-9A-Za-z-]{10,}")),
    ("a Google API key", re.compile(r"\bAIza[\w-]{35}")),
    ("a model provider's key", re.compile(r"\bsk-[0-9A-Za-z_-]{20,}")),
    ("a mail provider's key", re.compile(r"\b(?:SG\.[\w-]{16,}\.[\w-]{16,}|key-[0-9a-f]{32})\b")),
    ("a JSON web token", re.compile(r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*")),
    ("a private key", re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")),
)
"""What it looks like, in words -> its shape."""

MARKS = ("k_live_", "k_test_", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "AKIA", "ASIA", "xox", "AIza",
         "sk-", "SG.", "key-", "eyJ", "-----BEGIN ")  # fmt: skip
"""Each shape holds one of these: a text without any holds no credential, which is found out a hundred times sooner."""

SECRET_CODES = frozenset({"TIE067", "TIE601", "TIE602", "TIE615"})
"""Findings whose place is a secret: it is shown masked."""

_PASSWORD_RE = re.compile(
    r"(?<=://)(?:[^/\s@\"'`]+|[^/\s@\"'`:]+:(?!\d{1,5}/)[^\s@\"'`]{1,200})(?=@)"  # the second: a `/` in the password
)
_DOT = "\N{BULLET}"


def credential_shape(text: str) -> str | None:
    """Return what a text looks like in words, None where it looks like no credential. Never returns any of the text."""
    return next((what for what, shape in SHAPES if shape.search(text)), None)


def without_credentials(text: str) -> str:
    """Return a text in which everything that looks like a credential is dots, as many as it had characters.

    >>> without_credentials("https://me:pw@host/ sk_test_0123456789")
    'https://•••••@host/ ••••••••••••••••••'
    >>> without_credentials("http://me:p/w@host http://host:80/@you")
    'http://••••••@host http://host:80/@you'
    """
    for _, shape in SHAPES:
        text = shape.sub(_dots, text)
    return _PASSWORD_RE.sub(_dots, text)


def mask_span(lines: list[str], span: SourceSpan) -> None:
    """Put dots in the place of a span's text, for a place that holds a secret."""
    for number in range(span.line, min(span.end_line, len(lines)) + 1):
        line = lines[number - 1]
        start = span.column - 1 if number == span.line else 0
        end = span.end_column - 1 if number == span.end_line else len(line)
        lines[number - 1] = line[:start] + _DOT * len(line[start:end]) + line[end:]


def _dots(match: re.Match[str]) -> str:
    return _DOT * len(match.group())
