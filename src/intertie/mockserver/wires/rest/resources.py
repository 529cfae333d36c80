"""Endpoints that remember: what was created is read, listed, changed and deleted.

| request | answer |
|---|---|
| create | a new identifier, the posted fields echoed, instants of creation now |
| read, update, replace, delete of a stored thing | that thing, changed or gone |
| of an unknown identifier | the declared 404; where none is declared, a schema-made thing that is not stored |
| the same, where no endpoint or example yields an identifier | as where no 404 is declared; once deleted, the 404 |
| of an identifier that the spec gives as an example | a thing made from the examples, and stored |
| replace of an unknown identifier where nothing can be created otherwise | stored |
| list | what is stored, newest first, one page of it |

A collection that no endpoint creates in holds some things from the start.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from intertie.core.units import whole_number
from intertie.mockserver.messages import Answer
from intertie.mockserver.wires.rest.echo import copied
from intertie.mockserver.wires.rest.failures import DeclaredErrors
from intertie.mockserver.wires.rest.pages import SIZE, Page, cut
from intertie.mockserver.wires.rest.resource_shapes import Role
from intertie.mockserver.wires.rest.samples import SuccessAnswers
from intertie.mockserver.wires.rest.thing_maker import ThingMaker
from intertie.mockserver.wires.rest.things import Collection, Store, Thing
from intertie.runtime.mapping import parse_path

_PLACEHOLDER_RE = re.compile(r"\{([^{}]+)\}")
_CREATED = frozenset({"created", "updated", "modified"})
_UPDATED = frozenset({"updated", "modified"})
_SEEDED = 3
_TRIES = 20


class Wanted(Struct, frozen=True):
    """What a request asks of a resource.

    Attributes:
        path: Concrete path, for links.
        body: Posted fields, None where there are none.
        utc_s: Now.
    """

    path: str
    path_values: Mapping[str, str]
    query: Mapping[str, list[str]]
    body: Mapping[str, object] | None
    utc_s: float


class ResourceAnswers:
    """One operation with a role, over the store of its mock."""

    def __init__(
        self, role: Role, success: SuccessAnswers, maker: ThingMaker, errors: DeclaredErrors, store: Store
    ) -> None:
        self._role = role
        self._success = success
        self._maker = maker
        self._errors = errors
        self._store = store
        self._list_base: Mapping[str, object] | None = None
        self._parents = tuple(_PLACEHOLDER_RE.findall(role.collection))

    def answer(self, wanted: Wanted) -> Answer:
        """Carry the request out and return its answer.

        Raises:
            Unsatisfiable: Nothing can be made from the endpoint's schema.
        """
        collection = self._collection(wanted)
        role = self._role
        if role.kind == "create":
            return self._create(collection, wanted)
        if role.kind == "list":
            return self._list(collection, wanted)
        identifier = wanted.path_values[role.id_parameter or ""]
        thing = collection.find(identifier) or self._from_example(collection, identifier)
        if thing is None:
            return self._unknown(collection, identifier, wanted)
        if role.kind == "delete":
            collection.remove(identifier)
            return self._deleted(identifier)
        if role.kind in ("update", "replace"):
            id_field = frozenset((self._maker.id_field,))
            changed = self._maker.echo.laid_over(thing.data, self._given(wanted), keep=id_field)
            collection.change(identifier, self._maker.echo.stamped(changed, wanted.utc_s, words=_UPDATED))
        return self._shown(thing, identifier)

    # --- one thing

    def _create(self, collection: Collection, wanted: Wanted) -> Answer:
        thing = self._new(collection, f"create:{'/'.join(wanted.path_values.values())}", self._given(wanted))
        thing = self._maker.echo.stamped(thing, wanted.utc_s, words=_CREATED)
        identifier = str(thing.get(self._maker.id_field))
        stored = collection.add(identifier, thing)
        shown = self._shown(stored, identifier)
        if shown.status != 201:
            return shown
        return Answer(201, (*shown.headers, ("Location", f"{wanted.path.rstrip('/')}/{identifier}")), shown.body)

    def _new(self, collection: Collection, key: str, given: Mapping[str, object]) -> dict[str, object]:
        """Return a thing whose identifier was never used here."""
        id_field, serial = self._maker.id_field, collection.made
        thing: dict[str, object] = {}
        for attempt in range(_TRIES):
            number = self._maker.number(serial + attempt)
            thing = self._maker.make(f"{key}:{serial}:{attempt}", given, identifier=number)
            if str(thing.get(id_field)) not in self._maker.documented and not collection.knows(
                str(thing.get(id_field))
            ):
                return thing
        # The schema leaves too few identifiers to find a free one: one outside of it is better than a thing lost.
        return {**thing, id_field: f"{thing.get(id_field)}_{serial}"}

    def _from_example(self, collection: Collection, identifier: str) -> Thing | None:
        if identifier in collection.deleted or identifier not in self._maker.documented:
            return None
        return collection.add(identifier, self._maker.make("documented", {}, identifier=identifier))

    def _unknown(self, collection: Collection, identifier: str, wanted: Wanted) -> Answer:
        role, operation = self._role, self._success.operation
        creates = role.kind == "replace" and not role.has_create
        if (
            self._errors.find(operation, 404) is not None
            and not creates
            and self._is_known_missing(collection, identifier)
        ):
            refused = self._errors.answer(operation, 404, rule="not-found")
            return replace(refused, reason="nothing is stored under this identifier")
        if role.kind == "delete":
            collection.remove(identifier)
            return self._deleted(identifier)
        given = {} if role.kind == "read" else self._given(wanted)
        thing = self._maker.make(f"unknown:{identifier}", given, identifier=identifier)
        if not creates:
            return self._shown(Thing(thing), identifier)
        return self._shown(
            collection.add(identifier, self._maker.echo.stamped(thing, wanted.utc_s, words=_CREATED)), identifier
        )

    def _is_known_missing(self, collection: Collection, identifier: str) -> bool:
        """Whether callers could have used an identifier that exists, or this one was deleted."""
        return self._role.yields_ids or bool(self._maker.documented) or identifier in collection.deleted

    def _shown(self, thing: Thing, identifier: str) -> Answer:
        """Return the answer that shows a thing, encoded once for each change of it."""
        success, role = self._success, self._role
        if not success.has_body:
            return success.answer(None)
        kept = thing.encoded.get(success.operation.id)
        if kept is not None:
            return success.encoded(kept)
        if role.envelope is None and success.schema.is_valid(thing.data):
            answer = success.answer(thing.data)
        else:
            data = success.data(f"shown:{identifier}")
            whole: object = thing.data
            if isinstance(data, Mapping):
                fields = {role.envelope: thing.data} if role.envelope else thing.data
                whole = success.echo.laid_over(data, fields)
            answer = success.answer(whole)
        thing.encoded[success.operation.id] = answer.body
        return answer

    def _deleted(self, identifier: str) -> Answer:
        success = self._success
        data = success.data(f"deleted:{identifier}") if success.has_body else None
        if isinstance(data, Mapping):
            data = success.echo.laid_over(data, {self._role.id_field or "id": identifier, "deleted": True})
        return success.answer(data)

    # --- lists

    def _list(self, collection: Collection, wanted: Wanted) -> Answer:
        success, place = self._success, self._role.envelope
        things: list[object] = [thing.data for thing in collection.newest_first()]
        page = cut(things, success.operation, wanted.query, self._maker.id_field)
        headers: tuple[tuple[str, str], ...] = ()
        if page.next_query is not None:
            headers = (("Link", f'<{wanted.path}?{page.next_query}>; rel="next"'),)
        if not place:
            return success.answer(page.items, headers=headers)
        if self._list_base is None:
            made = success.data("list")
            self._list_base = made if isinstance(made, Mapping) else {}
        body = {str(name): copied(part) for name, part in self._list_base.items()}
        parse_path(place).write(body, page.items)
        return success.answer(self._led_on(body, page), headers=headers)

    def _led_on(self, body: dict[str, object], page: Page) -> dict[str, object]:
        """Return the body with what leads to the next page, in the form that the schema takes."""
        for path, value in page.written.items():
            for form in _forms(value):
                changed = dict(body)
                parse_path(path).write(changed, form)
                if self._success.schema.is_valid(changed):
                    body = changed
                    break
            else:
                # A schema that takes neither null nor an empty text wants the field left out.
                if value is None and "." not in path:
                    body = {name: part for name, part in body.items() if name != path}
        if "has_more" in body and "has_more" not in page.written:
            body = {**body, "has_more": page.more}
        return body

    # --- parts

    def _collection(self, wanted: Wanted) -> Collection:
        parents = tuple(wanted.path_values.get(name, "") for name in self._parents)
        collection, new = self._store.collection((self._role.collection, *parents))
        if new and not self._role.has_create:
            paginated = self._role.kind == "list" and self._success.operation.pagination is not None
            for number in range(2 * SIZE + _SEEDED if paginated else _SEEDED):
                thing = self._new(collection, f"seeded:{'/'.join(parents)}:{number}", {})
                collection.add(str(thing.get(self._maker.id_field)), thing)
        return collection

    def _given(self, wanted: Wanted) -> dict[str, object]:
        return {**{name: wanted.path_values[name] for name in self._parents}, **(wanted.body or {})}


def _forms(value: object) -> tuple[object, ...]:
    """Return the forms that a cursor can take: itself, a number, or for none null and the empty text."""
    if isinstance(value, str):
        number = whole_number(value)
        return (value,) if number is None else (value, number)
    return (value, "") if value is None else (value,)
