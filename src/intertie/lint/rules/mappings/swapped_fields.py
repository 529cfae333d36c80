from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.pairs import pairs
from intertie.lint.rule import rule
from intertie.spec.fields import Located
from intertie.spec.model import InboundRow, OutboundRow, Spec


@rule(code="TIE432", severity=Severity.WARNING, since="0.1.0")
def swapped_fields(spec: Spec) -> Iterator[Finding]:
    """Two mapping rows seem to be swapped."""
    for rows in (_named(spec.inbound), _named(spec.outbound)):
        # Swapped names begin alike, so only rows whose four names begin with the same two beginnings can be swapped.
        for one, other in pairs(rows, key=lambda row: frozenset((row.theirs[:_SHORTEST], row.ours[:_SHORTEST]))):
            if not (_alike(one.theirs, other.ours) and _alike(other.theirs, one.ours)):
                continue
            if not _alike(one.theirs, one.ours) and not _alike(other.theirs, other.ours):
                yield Finding(
                    other.internal.span,
                    f"`{other.theirs}` becomes `{other.ours}`, and `{one.theirs}` becomes `{one.ours}`: they "
                    "look swapped",
                    "swap the two, or rename them",
                    related=(Label(one.internal.span, "the other"),),
                )


_SHORTEST = 3
"""Letters that two names must share to be taken for one."""


class _Named(NamedTuple):
    internal: Located[str]
    theirs: str
    ours: str


def _named(rows: Sequence[InboundRow | OutboundRow]) -> Iterator[_Named]:
    """Yield the rows that have both names, with the last part of each."""
    for row in rows:
        if row.external_field and row.internal_field:
            yield _Named(row.internal_field, _last(row.external_field.value), _last(row.internal_field.value))


def _last(path: str) -> str:
    return path.rpartition(".")[2].removesuffix("[]").lower().replace("_", "")


def _alike(one: str, other: str) -> bool:
    return min(len(one), len(other)) >= _SHORTEST and (one.startswith(other) or other.startswith(one))
