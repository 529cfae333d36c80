"""What an import could not keep, and what it guessed: told in full, never dropped in silence."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

WHY: dict[str, str] = {
    "callback": "a spec describes the calls that we make, not those that come to us",
    "webhook": "a spec describes the calls that we make, not those that come to us",
    "cookie-parameter": "cookies are not sent",
    "reserved-header": "`authentication` and the content types write this header",
    "parameter-constraint": "a parameter has type, format, enum, bounds, pattern and items",
    "parameter-content": "the caller gives the text that is sent",
    "unused-path-parameter": "the path has no such placeholder",
    "unusable-parameter": "it has no name, or no place in a request",
    "default-value": "it breaks the parameter's own schema, so sending it would fail",
    "request-media-type": "one content type is sent: JSON before form, multipart, XML, text and the rest",
    "answer-media-type": "one content type is read: JSON before XML, text and the rest",
    "success-answer": "one schema is checked on success: that of the first status",
    "answer-status": "it is neither a success nor an error",
    "answer-header": "of an answer's headers the guards read their own; the rest is not handed on",
    "link": "calls are not chained by the service's links",
    "empty-body": "the method sends no body, and the schema says nothing of one",
    "encoding": "parts of a body are encoded by its content type alone",
    "discriminator": "it stays in the text; the branches' own schemas decide",
    "stream-items": "items of a stream are handed over as they come; their schema is not checked",
    "xml-shape": "XML bodies are handed over as text",
    "external-reference": "nothing is read beside the source itself; any value passes",
    "broken-reference": "it points at nothing; any value passes",
    "circular-reference": "the schema only refers back to itself; any value passes",
    "schema-mended": "the keyword breaks the rules of JSON Schema and is left out",
    "schema-name": "the name has characters that a reference can't hold; another is used",
    "security-scheme": "an integration has one credential; another one is used",
    "security-kind": "this way to identify is not supported; a token that it gives can be sent",
    "credential-parameter": "`authentication` carries the credential, in a header",
    "token-endpoint": "its URL can't be used: it needs https and a host",
    "public-operation": "the credential is sent on every call",
    "server": "its URL can't be a base URL",
    "server-variable": "the default is used",
    "operation-server": "all calls go to the base URL",
    "method": "this method can't be called",
    "path": "what follows `#` or `?` is no part of an endpoint's path",
    "unusable-path": "the path can't be sent",
    "example": "an endpoint has one example, of at most 200 values, and no credential in it",
    "broken-example": "it breaks its own schema",
    "long-text": "it is cut at a sentence",
    "extension": "it means nothing here",
    "operation-limit": "limits hold for the whole integration",
    "read-only-field": "calls send this schema too, and the service sets the field: it is required of neither",
    "duplicate-key": "the key is given twice; the first one is read",
    "yaml-tag": "tags are not resolved",
    "licence": "it is for people to read at the source",
    "script": "no code is taken from documents",
    "variable": "it has no value in the source",
    "recorded-value": "a recording may hold secrets and personal data: shapes are kept, values are not",
    "asset": "pages, images and scripts are no API calls",
    "other-host": "an integration has one service; its other hosts are left out",
    "curl-option": "the option does not change what is sent",
    "file-body": "the content is the caller's",
    "unreadable-body": "it is not what its content type says; any value passes",
}
"""Kind of loss -> why."""

_WIDEST = 60


class Loss(Struct, frozen=True, order=True):
    """One thing of the source that the spec does not have."""

    kind: str
    what: str
    where: str
    """JSON pointer in the source, or line and item where it is no document."""

    @property
    def why(self) -> str:
        """Why it is lost."""
        return WHY[self.kind]


class Guess(Struct, frozen=True, order=True):
    """One thing that the source does not say and its words suggest; marked in the spec too."""

    what: str
    where: str
    reason: str


class Ledger:
    """Collects losses and guesses of one import, each once."""

    def __init__(self, spell: Callable[[str], str] = str) -> None:
        self._spell = spell
        self._losses: dict[Loss, None] = {}
        self._guesses: dict[Guess, None] = {}

    def lose(self, kind: str, what: str, where: str) -> None:
        """Note that `what` at `where` is lost; `kind` is one of `WHY`."""
        if kind not in WHY:
            raise KeyError(kind)
        self._losses[Loss(kind, " ".join(what.split()), self._spell(where))] = None

    def guess(self, what: str, where: str, reason: str) -> None:
        """Note that `what` is guessed."""
        self._guesses[Guess(what, where, reason)] = None

    @property
    def losses(self) -> tuple[Loss, ...]:
        """All losses in the order they were noted."""
        return tuple(self._losses)

    @property
    def guesses(self) -> tuple[Guess, ...]:
        """All guesses in the order they were noted."""
        return tuple(self._guesses)


HEADS = ("lost", "times", "where", "why")
"""What each cell of `losses_rows` is."""


def losses_rows(losses: Sequence[Loss]) -> list[tuple[str, str, str, str]]:
    """Return the losses for people: one row a kind and thing, with how often, where first, and why."""
    rows: dict[tuple[str, str], list[Loss]] = {}
    counts: dict[str, set[str]] = {}
    for loss in losses:
        counts.setdefault(loss.kind, set()).add(loss.what)
    for loss in losses:
        many = len(counts[loss.kind]) > 4
        rows.setdefault((loss.kind, "" if many else loss.what), []).append(loss)
    cells = []
    for (kind, what), group in sorted(rows.items()):
        shown = f"{kind}: {what}" if what else f"{kind}: {group[0].what}, …"
        cells.append((_short(shown), str(len(group)), _short(group[0].where), group[0].why))
    return cells


def counts_by_kind(losses: Sequence[Loss]) -> dict[str, int]:
    """Return kind -> how many, by name."""
    counts: dict[str, int] = {}
    for loss in losses:
        counts[loss.kind] = counts.get(loss.kind, 0) + 1
    return dict(sorted(counts.items()))


def _short(text: str) -> str:
    return text if len(text) <= _WIDEST else text[: _WIDEST - 1] + "…"
