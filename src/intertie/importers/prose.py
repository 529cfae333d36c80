"""Prose of a source as it can stand in a spec: one line, nothing that looks unfilled, no credentials, not endless."""

from __future__ import annotations

import html
import re

from intertie.diagnostics.credentials import credential_shape, without_credentials

_LINK_RE = re.compile(r"!?\[([^\[\]]*)\]\(\s*<?([^\s()<>]*)>?[^()]*\)")
_TAG_RE = re.compile(r"</?[A-Za-z][^<>]*>")
_GAP_RE = re.compile(r"(?<=[\w`)])[ \t]+([.,;:!?])(?=\s|$)")
"""What a tag or mark leaves before a full stop."""
_MARKS_RE = re.compile(r"(?m)^\s*(?:(?:#{1,6}|>|[-*+]|\d+[.)]|```\w*|~~~\w*|\|)\s+)+|```\w*|\*\*|__")
_UNPRINTABLE_RE = re.compile(r"[\x00-\x1f\x7f-\x9f\ufeff\ufffe\uffff\u2028\u2029\ud800-\udfff]")


def one_line(text: str) -> str:
    r"""Return a text as one line without characters that can't be shown, and without what looks like a credential.

    >>> one_line(" Lists  charges.\n\nNewest first. ")
    'Lists charges. Newest first.'
    """
    return without_credentials(" ".join(_UNPRINTABLE_RE.sub(" ", text).split()))


def prose(text: str) -> str:
    r"""Return Markdown or HTML as one line of plain prose: links as `text (URL)`, no marks, round brackets.

    >>> prose("# Charges\n<p>See [the docs](https://x.example/d) for **all** `[fields]`.</p>")
    'Charges See the docs (https://x.example/d) for all `(fields)`.'
    >>> prose("Use <b>OAuth 2.0</b> .")
    'Use OAuth 2.0.'
    >>> prose("**Note** : `403` <br> .")
    'Note: `403`.'
    """
    text = html.unescape(_TAG_RE.sub(" ", text))
    text = _LINK_RE.sub(lambda match: _link(match[1], match[2]), text)
    text = _unmarked(text.replace("[", "(").replace("]", ")"))
    # What several lines began with begins the one line now: read again, it must stay what it is.
    while (again := _unmarked(text)) != text:
        text = again
    return text


def holds_credential(value: object) -> bool:
    """Return whether any text in plain data looks like a credential."""
    if isinstance(value, dict):
        return any(holds_credential(each) for each in value.values())
    if isinstance(value, list):
        return any(holds_credential(each) for each in value)
    return isinstance(value, str) and credential_shape(value) is not None


def first_sentences(text: str, most: int) -> tuple[str, bool]:
    """Return the text, or as many whole sentences of it as fit into `most` characters; and whether it was cut.

    >>> first_sentences("Takes money. Gives none back. Never.", 30)
    ('Takes money. Gives none back.', True)
    """
    if len(text) <= most:
        return text, False
    head = text[: most + 1]
    ends = [match.end() for match in re.finditer(r"[.!?](?=\s)", head)]
    if ends:
        return head[: ends[-1]], True
    return head[: most - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…", True


def _unmarked(text: str) -> str:
    return _GAP_RE.sub(r"\1", one_line(_MARKS_RE.sub(" ", text)))


def _link(text: str, url: str) -> str:
    return f"{text} ({url})" if url.startswith("http") and text.strip() not in ("", url) else text or url
