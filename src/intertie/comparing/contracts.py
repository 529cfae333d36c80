"""Every schema of every operation that both versions have, compared, with the places of what differs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from intertie.comparing.change import Found, Impact, Places
from intertie.comparing.places import place_of
from intertie.comparing.rest_parts import rest
from intertie.comparing.schemas import Aspect, Delta, SchemaPlaces, compare_schemas
from intertie.diagnostics import SourceSpan
from intertie.runtime.plan import MappingRow, OperationPlan
from intertie.runtime.schemas import CompiledSchema
from intertie.runtime.wires.rest.plan import ParameterPlan
from intertie.spec.fields import Block
from intertie.spec.model import Endpoint, Spec

if TYPE_CHECKING:
    from intertie.comparing.sides import OperationPair

_INDEX_RE = re.compile(r"\[[^\]]*\]")
_QUERY_RE = re.compile(r"\.\.|[?*@(]")


class Difference(Struct, frozen=True):
    """A difference in one schema of one operation.

    Attributes:
        what: Which schema: `body`, `query parameter limit`, `answer`, `answer 402`.
    """

    operation: OperationPair
    what: str
    delta: Delta
    at: Places

    @property
    def subject(self) -> str:
        """Say what has changed, the same way whichever version is the older."""
        parts = [self.what]
        parts += [self.delta.path] if self.delta.path else []
        parts += [] if self.delta.keyword in ("field", "required") else [self.delta.keyword]
        return f"{self.operation.name}: {', '.join(parts)}"

    @property
    def name(self) -> str:
        """Say which field has changed."""
        return f"`{self.delta.path}`" if self.delta.path else f"the {self.what}"

    def found(self, impact: Impact, reason: str) -> Found:
        """Return the difference as a rule yields it."""
        return Found(impact, self.subject, self.delta.old, self.delta.new, reason, self.at, self.operation.name)


def about(differences: Iterable[Difference], aspect: Aspect) -> Iterator[Difference]:
    """Yield the differences that are about one thing."""
    return (each for each in differences if each.delta.aspect is aspect)


class Contracts:
    """The differences of all requests, of all successful answers, and of all declared errors."""

    def __init__(self, operations: tuple[OperationPair, ...], old: Spec, new: Spec) -> None:
        self._places = (SchemaPlaces(old.document), SchemaPlaces(new.document))
        self.requests = tuple(found for each in operations for found in self._request(each))
        self.answers = tuple(found for each in operations for found in self._answer(each))
        self.errors = tuple(found for each in operations for found in self._errors(each))

    def _request(self, pair: OperationPair) -> Iterator[Difference]:
        old, new = (_parameters(each) for each in (pair.old, pair.new))
        for key in (key for key in old if key in new):
            location, name = key
            yield from _differences(
                pair, f"{location} parameter {name}", old[key].schema, new[key].schema, _ParameterPlaces(pair, key)
            )
        bodies = (rest(pair.old).body, rest(pair.new).body)
        if bodies[0] is not None and bodies[1] is not None:
            at = pair.at("request", "body", "schema")
            yield from self._differences(pair, "body", bodies[0].schema, bodies[1].schema, at)

    def _answer(self, pair: OperationPair) -> Iterator[Difference]:
        at = pair.at("response", "success", "schema")
        yield from self._differences(pair, "answer", pair.old.result.schema, pair.new.result.schema, at)

    def _errors(self, pair: OperationPair) -> Iterator[Difference]:
        old = {each.status: each for each in rest(pair.old).response.errors}
        for error in rest(pair.new).response.errors:
            if error.status in old:
                at = (_error_place(pair.old_block, error.status), _error_place(pair.new_block, error.status))
                yield from self._differences(pair, f"answer {error.status}", old[error.status].schema, error.schema, at)

    def _differences(
        self, pair: OperationPair, what: str, old: CompiledSchema | None, new: CompiledSchema | None, at: Places
    ) -> Iterator[Difference]:
        def place(delta: Delta) -> Places:
            return self._places[0].find(at[0], delta.steps), self._places[1].find(at[1], delta.steps)

        yield from _differences(pair, what, old, new, place)


def is_filled(operation: OperationPlan, path: str) -> bool:
    """Return whether an outbound row gives a request's field where the caller does not."""
    return any(row.has_default and _normal(row.write.text) == _normal(path) for row in operation.outbound)


def row_reading(operation: OperationPlan, path: str) -> MappingRow | None:
    """Return the inbound row that reads an answer's field, something in it or something around it."""
    wanted = _normal(path)
    for row in operation.inbound:
        text = row.read.text
        read = _normal(text)
        if _QUERY_RE.search(text) or not read or not wanted or _meet(read, wanted):
            return row
    return None


def is_seen(pair: OperationPair, path: str) -> bool:
    """Return whether callers can see a field of an answer: there are no rows, or one reads it."""
    return not pair.old.inbound or row_reading(pair.old, path) is not None or row_reading(pair.new, path) is not None


def _meet(one: str, other: str) -> bool:
    """Return whether one path is the other or lies in it.

    >>> _meet("billing.email", "billing"), _meet("billing_address", "billing"), _meet("data[].id", "data")
    (True, False, True)
    """
    short, long = sorted((one, other), key=len)
    return long.startswith(short) and long[len(short) : len(short) + 1] in ("", ".", "[")


def _normal(path: str) -> str:
    """Return a path without positions; of a list of answers, the path in one of them.

    >>> _normal("$.data[-1].id"), _normal("[].sku")
    ('data[].id', 'sku')
    """
    text = _INDEX_RE.sub("[]", path.strip()).removeprefix("$").removeprefix(".")
    while text.startswith("[]"):
        text = text.removeprefix("[]").removeprefix(".")
    return text


def _differences(
    pair: OperationPair,
    what: str,
    old: CompiledSchema | None,
    new: CompiledSchema | None,
    place: Callable[[Delta], Places],
) -> Iterator[Difference]:
    # Without a schema anything is accepted.
    deltas = compare_schemas(True if old is None else old.json, True if new is None else new.json)
    yield from (Difference(pair, what, delta, place(delta)) for delta in deltas)


def _parameters(operation: OperationPlan) -> dict[tuple[str, str], ParameterPlan]:
    return {(each.location, each.name): each for each in rest(operation).parameters}


class _ParameterPlaces:
    """Where the keywords of a parameter's schema stand: they are fields of its block."""

    def __init__(self, pair: OperationPair, key: tuple[str, str]) -> None:
        self._pair = pair
        self._key = key

    def __call__(self, delta: Delta) -> Places:
        return parameter_places(self._pair, *self._key, str(delta.steps[0]) if delta.steps else "")


def parameter_places(pair: OperationPair, location: str, name: str, field: str = "") -> Places:
    """Return where a parameter is declared, or one of its fields."""
    old, new = (_parameter_block(block, location, name) for block in (pair.old_block, pair.new_block))
    return place_of(old, field), place_of(new, field)


def _parameter_block(block: Block | Spec, location: str, name: str) -> Block | Spec:
    request = block.request if isinstance(block, Endpoint) else None
    for each in request.parameters if request else ():
        if (
            each.name is not None
            and each.name.value == name
            and (each.location is None or each.location.value == location)
        ):
            return each
    return request or block


def _error_place(block: Block | Spec, status: str) -> SourceSpan:
    response = block.response if isinstance(block, Endpoint) else None
    for name, answer in response.errors if response else ():
        if name.value.strip().lower() == status:
            return place_of(answer, "schema")
    return place_of(block, "response", "errors")
