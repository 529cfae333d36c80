"""Which endpoints are about the same stored things, as their paths show.

| path and method | role |
|---|---|
| `POST /charges` beside `/charges/{id}`, or beside a list | create |
| `GET /charges` whose answer holds a list | list |
| `GET /charges/{id}` | read |
| `PUT`, `PATCH` or `POST /charges/{id}` | replace, update |
| `DELETE /charges/{id}` | delete |
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

from intertie.core.errors import snake_case
from intertie.mockserver.generation.merging import References
from intertie.mockserver.wires.rest.coercion import items, kinds, member, property_names
from intertie.runtime.plan import OperationPlan, Plan
from intertie.runtime.wires.rest.plan import rest_operations, rest_wire

_ITEM_RE = re.compile(r"(?P<collection>.+)/\{(?P<id>[^{}/]+)\}/?\Z")
_LIST_NAMES = ("data", "items", "results", "records", "rows", "values", "entries", "content")


class Role(Struct, frozen=True):
    """What one operation does with a resource.

    Attributes:
        kind: `create`, `list`, `read`, `replace`, `update` or `delete`.
        collection: Path template of the collection.
        id_parameter: Path parameter that names the thing, None for create and list.
        id_field: Property of the thing that holds its identifier.
        envelope: Property of the answer that holds the thing (or the list), None where the answer is the thing itself.
        has_create: Whether the plan can create such things.
        yields_ids: Whether an endpoint lets callers get to know or choose identifiers: create, list or replace.
    """

    kind: str
    collection: str
    id_parameter: str | None
    id_field: str
    envelope: str | None
    has_create: bool
    yields_ids: bool


def find_roles(plan: Plan) -> Mapping[str, Role]:
    """Return operation id -> role, for the operations that have one."""
    groups: dict[str, dict[str, tuple[OperationPlan, str | None]]] = {}
    for operation, _ in rest_operations(plan):
        kind, collection, parameter = _by_path(operation)
        if kind is not None and operation.streaming is None:
            groups.setdefault(collection, {}).setdefault(kind, (operation, parameter))
    roles: dict[str, Role] = {}
    for collection, members in groups.items():
        if not any(kind in members for kind in ("read", "list")):
            continue
        parameter = next((name for _, name in members.values() if name is not None), None)
        has_create = "create" in members
        yields_ids = has_create or "list" in members or "replace" in members
        for kind, (operation, own) in members.items():
            found = _place(operation, kind, parameter)
            if found is not None:
                id_field, envelope = found
                roles[operation.id] = Role(kind, collection, own, id_field, envelope, has_create, yields_ids)
    # One identifier per collection: the one that its things show.
    return {name: role for name, role in roles.items() if _shows_identifier(roles, role)}


def _by_path(operation: OperationPlan) -> tuple[str | None, str, str | None]:
    path = rest_wire(operation).path.rstrip("/")
    match = _ITEM_RE.match(path)
    if match:
        kind = {"GET": "read", "PUT": "replace", "PATCH": "update", "POST": "update", "DELETE": "delete"}
        return kind.get(rest_wire(operation).method), match.group("collection"), match.group("id")
    if path.endswith("}"):
        return None, path, None
    kind_of = {"POST": "create", "GET": "list"}.get(rest_wire(operation).method)
    if kind_of == "list" and list_place(operation) is None:
        return None, path, None
    return kind_of, path, None


def _place(operation: OperationPlan, kind: str, parameter: str | None) -> tuple[str, str | None] | None:
    """Return (identifier's property, envelope), None where the answer shows no identifier."""
    schema = operation.result.schema
    if schema is None:
        return ("", None) if kind in ("create", "delete", "replace", "update") else None
    references = References(schema.json)
    if kind == "list":
        place = list_place(operation)
        if place is None:
            return None
        listed: object = schema.json
        for name in place.split(".") if place else ():
            listed = member(listed, name, references)
        found = _identifier(items(listed, references), references, parameter)
        return None if found is None else (found, place)
    found = _identifier(schema.json, references, parameter)
    if found is not None:
        return found, None
    for name in property_names(schema.json, references):
        inner = member(schema.json, name, references)
        if "object" in kinds(inner, references):
            found = _identifier(inner, references, parameter)
            if found is not None:
                return found, name
    return ("", None) if kind == "delete" else None


def _identifier(schema: object, references: References, parameter: str | None) -> str | None:
    """Return the property that identifies a thing: `id`, the path parameter's name, or `uuid`."""
    names = property_names(schema, references)
    if "id" in names:
        return "id"
    wanted = snake_case(parameter) if parameter else None
    found = next((name for name in names if wanted and snake_case(name) == wanted), None)
    return found or next((name for name in names if name in ("uuid", "guid", "key", "_id")), None)


def _shows_identifier(roles: Mapping[str, Role], role: Role) -> bool:
    return any(other.id_field for other in roles.values() if other.collection == role.collection)


def list_place(operation: OperationPlan) -> str | None:
    """Return the property that holds the list: empty where the answer itself is the list, None where there is none."""
    schema = operation.result.schema
    if schema is None:
        return None
    references = References(schema.json)
    if operation.pagination is not None:
        declared = operation.pagination.options.get("items_path")
        text = str(getattr(declared, "text", declared) or "")
        if text or operation.pagination.style == "link":
            return text
    if "array" in kinds(schema.json, references):
        return ""
    arrays = [
        n
        for n in property_names(schema.json, references)
        if "array" in kinds(member(schema.json, n, references), references)
    ]
    if len(arrays) == 1:
        return arrays[0]
    return next((name for name in _LIST_NAMES if name in arrays), None)
