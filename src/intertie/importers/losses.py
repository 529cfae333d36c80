"""What an import could not keep, and what it guessed: all of it is reported."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

WHY: dict[str, str] = {
    "callback": "a spec describes the calls you make, not the calls you receive",
    "webhook": "a spec describes the calls you make, not the calls you receive",
    "cookie-parameter": "Intertie sends no cookies",
    "reserved-header": "Intertie writes this header itself, from `authentication` and the content types",
    "parameter-constraint": "a parameter has a type, format, enum, bounds, pattern and items, and nothing else",
    "parameter-content": "the parameter is sent as the text that the caller passes",
    "unused-path-parameter": "the path has no placeholder of this name",
    "unusable-parameter": "it has no name, or it does not say where it goes",
    "default-value": "it breaks the parameter's own schema, so every call that used it would fail",
    "request-media-type": "an operation sends one content type; the order is JSON, form, multipart, XML, text",
    "answer-media-type": "an operation reads one content type; the order is JSON, XML, text",
    "success-answer": "an operation has one success schema; the schema of the first status is used",
    "answer-status": "it is neither a success nor an error",
    "answer-header": "a spec does not list the headers of answers",
    "link": "a spec does not list links between operations",
    "empty-body": "the method sends no body, and the schema describes none",
    "encoding": "the content type alone decides how a part is encoded",
    "discriminator": "it is kept as text; the schemas of the branches decide",
    "stream-items": "the items of a stream are not checked against a schema",
    "xml-shape": "XML bodies are passed on as text",
    "external-reference": "only the source itself is read; any value is accepted here",
    "broken-reference": "it points at nothing; any value is accepted here",
    "circular-reference": "the schema refers only to itself; any value is accepted here",
    "schema-mended": "it breaks the rules of JSON Schema, so it is left out",
    "schema-name": "a reference can't hold this name; another one is used",
    "security-scheme": "an integration has one credential, and another one is used",
    "security-kind": "Intertie can't authenticate this way",
    "oauth-flow": "Intertie does not request tokens this way: get an access token yourself, and store it as the secret",
    "credential-parameter": "`authentication` sends the credential, in a header",
    "token-endpoint": "the token URL must use https and name a host",
    "public-operation": "the credential is sent on every call",
    "server": "the URL can't be used as a base URL",
    "server-variable": "the default is used",
    "operation-server": "all calls go to the base URL",
    "method": "Intertie can't call this method",
    "path": "the part after `#` or `?` does not belong to a path",
    "unusable-path": "the path can't be sent",
    "example": "an operation has one example, of at most 200 values and without credentials",
    "broken-example": "the example breaks its own schema",
    "long-text": "descriptions are shortened; --complete keeps more of them",
    "extension": "Intertie does not know this extension",
    "operation-limit": "limits apply to the whole integration",
    "read-only-field": "the schema is also sent, and only the service sets this field: it is no longer required",
    "duplicate-key": "the key appears twice; the first one counts",
    "yaml-tag": "YAML tags are ignored",
    "licence": "read it at the source",
    "script": "no code is taken from a source",
    "variable": "it has no value in the source",
    "recorded-value": "a recording may hold secrets and personal data: only its shape is kept",
    "asset": "pages, images and scripts are not API calls",
    "other-host": "an integration has one service; calls to other hosts are left out",
    "curl-option": "the option does not change the request",
    "file-body": "the caller passes the content",
    "unreadable-body": "the content does not match its content type; any value is accepted here",
}
"""Kind of loss -> why."""

_IN_A_LINE: dict[str, tuple[str, str]] = {
    "long-text": ("description shortened", "descriptions shortened"),
    "extension": ("extension left out", "extensions left out"),
    "licence": ("legal note left out", "legal notes left out"),
}
"""Kinds that change nothing about calls -> the words for one and for several."""
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


def weighty(losses: Sequence[Loss]) -> tuple[Loss, ...]:
    """Return the losses that may change what calls do; `brief_words` has the others."""
    return tuple(loss for loss in losses if loss.kind not in _IN_A_LINE)


def brief_words(losses: Sequence[Loss]) -> str:
    """Return the losses that change nothing about calls in a few words, empty where there are none.

    >>> brief_words([Loss("extension", "x-a", "#"), Loss("extension", "x-b", "#"), Loss("licence", "license", "#")])
    '2 extensions left out, 1 legal note left out'
    """
    counts = counts_by_kind(losses)
    return ", ".join(
        f"{counts[kind]} {one if counts[kind] == 1 else several}"
        for kind, (one, several) in _IN_A_LINE.items()
        if kind in counts
    )


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
