from __future__ import annotations

import pytest

from intertie.compiler.schema_fields import has_field
from support.spec_builder import compiled, endpoint, findings_of, plan_of, spec

CHARGE = {"type": "object", "properties": {"id": {"type": "string"}, "billing": {"properties": {"email": {}}}}}
LIST = {"type": "object", "properties": {"data": {"type": "array", "items": CHARGE}, "has_more": {"type": "boolean"}}}


def answer(schema):
    return {"success": {"schema": schema}}


def rows(plan, operation, side="inbound"):
    return [row.read.text if side == "inbound" else row.write.text for row in getattr(plan.operations[operation], side)]


def test_inbound_rows_are_for_endpoints_whose_schema_has_the_field():
    """A row for Charge is for the endpoints whose answer's root has it, not for lists of charges or unknown answers."""
    plan = plan_of(
        endpoints=(
            endpoint("Get", response=answer(CHARGE)),
            endpoint("List", "/l", response=answer(LIST)),
            endpoint("Bare", "/b"),
        ),
        inbound=[
            {"external_field": "id", "internal_field": "charge_id", "required": True},
            {"external_field": "billing.email", "internal_field": "customer.email"},
            {"external_field": "data[].id", "internal_field": "ids"},
            {"external_field": "undeclared", "internal_field": "anything"},
        ],
    )
    assert rows(plan, "get") == ["id", "billing.email"]
    assert rows(plan, "list") == ["data[].id"]
    assert rows(plan, "bare") == ["undeclared"]


def test_nothing_is_mapped_where_nothing_comes_back():
    """A 204 and a HEAD have no answer to map."""
    plan = plan_of(
        endpoints=(
            endpoint("Get", response=answer(CHARGE)),
            endpoint("Drop", "/d", "DELETE", response={"success": {"status": ["204"]}}),
            endpoint("Peek", "/p", "HEAD"),
        ),
        inbound=[{"external_field": "id", "internal_field": "x", "required": True}],
    )
    assert (rows(plan, "get"), rows(plan, "drop"), rows(plan, "peek")) == (["id"], [], [])


def test_outbound_rows_are_for_bodies_parameters_and_headers():
    """A row writes the parameter or header of its name, or the body's field of it."""
    post = {"body": {"schema": {"type": "object", "properties": {"amount": {}, "metadata": {"type": "object"}}}}}
    get = {
        "parameters": [{"name": "filter[state]", "in": "query"}],
        "headers": [{"name": "X-Tenant", "required": True}],
    }
    plan = plan_of(
        endpoints=(endpoint("Make", "/m", "POST", request=post), endpoint("Find", request=get)),
        outbound=[
            {"internal_field": "amount", "external_field": "amount"},
            {"internal_field": "order", "external_field": "metadata.order_id"},
            {"internal_field": "state", "external_field": "filter[state]"},
            {"internal_field": "tenant", "external_field": "X-Tenant"},
        ],
    )
    assert rows(plan, "make", "outbound") == ["amount", "metadata.order_id"]
    assert rows(plan, "find", "outbound") == ["filter[state]", "X-Tenant"]
    target: dict[str, object] = {}
    plan.operations["find"].outbound[0].write.write(target, "open")
    assert target == {"filter[state]": "open"}


def test_endpoints_narrow_a_row():
    """A narrowed row is for the named endpoints only, by heading or id; a wrong name is an error with a guess."""
    sections = {
        "endpoints": (endpoint("Get One", response=answer(CHARGE)), endpoint("Get Two", "/t", response=answer(CHARGE))),
        "inbound": [{"external_field": "id", "internal_field": "x", "endpoints": ["get_two"]}],
    }
    plan = plan_of(**sections)
    assert (rows(plan, "get_one"), rows(plan, "get_two")) == ([], ["id"])
    result = compiled(spec(**{**sections, "inbound": [{**sections["inbound"][0], "endpoints": ["Get Too"]}]}))
    assert result.diagnostics[0].name == "unknown-endpoint"
    assert result.diagnostics[0].help == "did you mean `get_two`?"


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ({"external_field": "id"}, "incomplete-mapping-row"),
        ({"external_field": "a[", "internal_field": "x"}, "invalid-field-path"),
        ({"external_field": "id", "internal_field": "$.a[?@.b]"}, "invalid-field-path"),
        ({"external_field": "id", "internal_field": "x", "transform": "uppercas"}, "unknown-transform"),
        ({"external_field": "nope", "internal_field": "x"}, "unused-mapping-row"),
    ],
)
def test_rows_that_do_nothing_are_findings(row, name):
    """Unfinished, unreadable and unused rows are told at their place."""
    assert findings_of(endpoints=(endpoint("Get", response=answer(CHARGE)),), inbound=[row]) == [name]


def test_transforms_defaults_and_requirements_come_through():
    """A row keeps its transform, default and requirement; `-` means no transform."""
    plan = plan_of(
        endpoints=(endpoint("Get", response=answer(CHARGE)),),
        inbound=[
            {"external_field": "id", "internal_field": "a", "transform": "uppercase", "required": True},
            {"external_field": "id", "internal_field": "b", "transform": "-", "default": None},
            {"external_field": "id", "internal_field": "c", "default": "x"},
        ],
    )
    first, second, third = plan.operations["get"].inbound
    assert (first.transform.name, first.required, first.has_default) == ("uppercase", True, False)
    assert second.transform is None
    assert (third.default, third.has_default) == ("x", True)


@pytest.mark.parametrize(
    ("schema", "steps", "found"),
    [
        (True, ["a"], True),
        (False, ["a"], False),
        ({}, ["a", "b"], True),
        ({"type": "string"}, ["a"], False),
        ({"type": ["object", "null"], "properties": {"a": {}}}, ["a"], True),
        ({"properties": {"a": {}}}, ["b"], False),
        ({"type": "object", "additionalProperties": {"type": "string"}}, ["any"], True),
        ({"type": "object", "additionalProperties": {"type": "string"}}, ["any", "deeper"], False),
        ({"type": "object", "additionalProperties": False}, ["a"], False),
        ({"patternProperties": {"^x": {}}, "properties": {"a": {}}}, ["xy"], True),
        ({"$ref": "#/$defs/A", "$defs": {"A": {"properties": {"a": {"$ref": "#/$defs/A"}}}}}, ["a", "a", "a"], True),
        ({"$ref": "#/$defs/A", "$defs": {"A": {"$ref": "#/$defs/A"}}}, ["a"], False),
        ({"$ref": "#/$defs/Lost"}, ["a"], False),
        ({"allOf": [{"properties": {"a": {}}}, {"properties": {"b": {}}}]}, ["b"], True),
        ({"oneOf": [{"properties": {"a": {}}}, {"type": "string"}]}, ["a"], True),
        ({"type": "array", "items": {"properties": {"a": {}}}}, ["a"], True),
        ({"type": "array", "items": {"type": "array", "items": {"properties": {"a": {}}}}}, ["a"], True),
        ({"properties": {"l": {"type": "array", "items": {"properties": {"a": {}}}}}}, ["l", "a"], False),
        ({"properties": {"l": {"type": "array", "items": {"properties": {"a": {}}}}}}, ["l", -1, "a"], True),
        ({"properties": {"l": {"type": "array", "prefixItems": [{"type": "string"}]}}}, ["l", 0], True),
        ({"properties": {"l": {"type": "object"}}}, ["l", 0], False),
    ],
)
def test_has_field(schema, steps, found):
    """A schema has a field where data of it can have it: references, branches, lists and open objects included."""
    assert has_field(schema, steps) is found
