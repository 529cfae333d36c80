from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from intertie.core.errors import snake_case
from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.pairs import pairs
from intertie.lint.rule import rule
from intertie.spec.fields import Located
from intertie.spec.model import Spec


@rule(code="TIE431", severity=Severity.ERROR, since="0.1.0", judges="spec")
def conflicting_field_shapes(spec: Spec) -> Iterator[Finding]:
    """Mapping rows write a field in two different shapes."""
    inbound = [(row.internal_field, row.endpoints) for row in spec.inbound]
    outbound = [(row.external_field, row.endpoints) for row in spec.outbound]
    for rows in (inbound, outbound):
        told: set[int] = set()
        for one, other in pairs(_written(rows), key=lambda written: written.steps[0]):
            if id(other) in told or _apart(one.endpoints, other.endpoints) or not _clash(one.steps, other.steps):
                continue
            told.add(id(other))
            yield Finding(
                other.field.span,
                f"`{other.field.value}` and `{one.field.value}` can't both be written: one is inside the other",
                "write both as fields of one object, or both as items of one list",
                related=(Label(one.field.span, "the other"),),
            )


class _Written(NamedTuple):
    steps: list[str]
    field: Located[str]
    endpoints: Sequence[Located[str]]


def _written(rows: Sequence[tuple[Located[str] | None, Sequence[Located[str]]]]) -> Iterator[_Written]:
    """Yield the plain paths with their steps."""
    for field, endpoints in rows:
        if field is not None and not field.value.startswith(("$", '"')) and _PLAIN_RE.fullmatch(field.value):
            yield _Written(_STEP_RE.findall(field.value), field, endpoints)


_PLAIN_RE = re.compile(r"[\w-]+(?:\[\])?(?:\.[\w-]+(?:\[\])?)*")
_STEP_RE = re.compile(r"[\w-]+|\[\]")


def _clash(one: list[str], other: list[str]) -> bool:
    """Return whether two different paths part where one goes into a list and the other into an object, or ends."""
    if one == other:
        return False
    for left, right in zip(one, other, strict=False):
        if left != right:
            return "[]" in (left, right)
    return True


def _apart(one: Sequence[Located[str]], other: Sequence[Located[str]]) -> bool:
    names = [{snake_case(endpoint.value) for endpoint in endpoints} for endpoints in (one, other)]
    return bool(names[0] and names[1] and not names[0] & names[1])
