"""Rows applied to objects."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from intertie.core.errors import MappingError
from intertie.runtime.mapping.mapper import Mapper
from support.mapped_operations import mapping_row

INBOUND = (
    mapping_row("id", "charge_id", required=True),
    mapping_row("amount", "amount", "minor_units_to_decimal(currency)", required=True),
    mapping_row("currency", "currency", "uppercase", required=True),
    mapping_row("created", "created_at", "unix_to_datetime"),
    mapping_row("billing_details.email", "customer.email"),
)
OUTBOUND = (
    mapping_row("amount", "amount", "decimal_to_minor_units(currency)"),
    mapping_row("currency", "currency", "lowercase", default="EUR"),
    mapping_row("card_token", "source"),
    mapping_row("order_id", "metadata.order_id"),
)


def test_an_answer_becomes_the_internal_object():
    """Each row reads, transforms and writes."""
    charge = {"id": "ch", "amount": 1250, "currency": "eur", "created": 0, "billing_details": {"email": "a"}}
    assert Mapper(INBOUND).map(charge) == {
        "charge_id": "ch",
        "amount": Decimal("12.50"),
        "currency": "EUR",
        "created_at": datetime(1970, 1, 1, tzinfo=UTC),
        "customer": {"email": "a"},
    }


def test_what_is_absent_is_left_out_and_null_stays_null():
    """An optional field that is absent is absent in the result; null is null."""
    mapped = Mapper(INBOUND).map({"id": "ch", "amount": 1, "currency": "eur", "created": None})
    assert mapped == {"charge_id": "ch", "amount": Decimal("0.01"), "currency": "EUR", "created_at": None}


def test_a_default_comes_before_the_transform_and_is_seen_by_arguments():
    """The default currency is lowered, and decides the amount's minor units."""
    given = {"amount": "12.50", "card_token": "t"}
    before = copy.deepcopy(given)
    assert Mapper(OUTBOUND).map(given) == {"amount": 1250, "currency": "eur", "source": "t"}
    assert given == before


def test_a_nested_default_is_seen_without_touching_the_source():
    """Objects on the way to a default are copied."""
    rows = (mapping_row("a", "x", "prefix(b.c)"), mapping_row("b.c", "y", default="d"))
    given = {"a": "1", "b": {"e": 5}}
    assert Mapper(rows).map(given) == {"x": "d1", "y": "d"}
    assert given == {"a": "1", "b": {"e": 5}}


@pytest.mark.parametrize(
    "transform", ["default('x')", "default('x') | trim", "trim | default('x')", "trim | coalesce(b, 'x') | trim"]
)
def test_a_step_that_takes_null_is_asked_for_what_is_absent_wherever_it_stands(transform):
    """`default` fills an absent value as it fills null, whichever steps stand before and after it."""
    mapper = Mapper((mapping_row("a", "a", transform),))
    assert mapper.map({}) == mapper.map({"a": None}) == {"a": "x"}
    assert mapper.map({"a": "b"}) == {"a": "b"}
    assert Mapper((mapping_row("a", "a", "trim | uppercase"),)).map({}) == {}


def test_a_default_of_an_element_stands_in_for_what_is_required():
    """It holds where the path names a place in a list, too: no list is made for it in the source."""
    mapper = Mapper((mapping_row("items[0].sku", "sku", required=True, default="none"),))
    assert mapper.map({"items": [{"sku": "a"}]}) == {"sku": "a"}
    assert mapper.map({"items": []}) == mapper.map({}) == {"sku": "none"}


def test_a_default_stands_in_for_what_is_required():
    """Nothing is missing where a default is declared."""
    assert Mapper((mapping_row("a", "a", required=True, default=1),)).map({}) == {"a": 1}


def test_null_is_not_filled_by_a_default():
    """A default fills what is absent only."""
    assert Mapper((mapping_row("a", "a", default=1),)).map({"a": None}) == {"a": None}


@pytest.mark.parametrize(
    ("source", "path", "says"),
    [
        (
            {"amount": 1, "currency": "eur"},
            "$.id",
            r"`charge_id` needs \$\.id, and nothing is there \(specs/x\.md:10\)",
        ),
        ({"id": 1, "amount": "s3cret", "currency": "eur"}, "$.amount", "`minor_units_to_decimal` takes a number"),
        ({"id": 1, "amount": 1}, "$.amount", "needs `currency`"),
        ("s3cret", "$", "a single value"),
        (None, "$", "nothing"),
    ],
)
def test_what_can_not_be_mapped_is_an_error_without_the_value(source, path, says):
    """The error names operation, path, rule and the spec's line."""
    with pytest.raises(MappingError, match=says) as refused:
        Mapper(INBOUND, operation="get_charge").map(source)
    error = refused.value
    assert error.path == path
    assert error.operation == "get_charge"
    assert str(error).startswith("get_charge: ")
    assert "s3cret" not in str(error)
    assert error.__cause__ is None


def test_the_error_names_the_transform():
    """A transform's failure carries its name, a missing field none."""
    with pytest.raises(MappingError) as refused:
        Mapper(INBOUND).map({"id": 1, "amount": True, "currency": "eur"})
    assert refused.value.transform == "minor_units_to_decimal"
    with pytest.raises(MappingError) as refused:
        Mapper(INBOUND).map({})
    assert refused.value.transform is None


def test_a_list_answer_is_mapped_element_by_element():
    """A top-level list gives a list; an error says which element."""
    mapper = Mapper((mapping_row("n", "number", "multiply(2)", required=True),))
    assert mapper.map([{"n": 1}, {"n": 2}]) == [{"number": 2}, {"number": 4}]
    with pytest.raises(MappingError) as refused:
        mapper.map([{"n": 1}, {"n": "x"}])
    assert refused.value.path == "$[1].n"
    assert "$[1].n" in str(refused.value)
    with pytest.raises(MappingError):
        mapper.map([{"n": 1}, 5])


def test_rows_that_read_the_list_itself_take_it_as_a_whole():
    """A path that begins with `[` reads from the list."""
    rows = (mapping_row("[].n", "numbers"), mapping_row("[-1].n", "last"))
    assert Mapper(rows).map([{"n": 1}, {"n": 2}]) == {"numbers": [1, 2], "last": 2}


def test_lists_are_mapped_aligned():
    """Rows over one list write one object per element; absent members stay absent."""
    rows = (
        mapping_row("items[].sku", "lines[].product", "trim"),
        mapping_row("items[].price", "lines[].price", "minor_units_to_decimal(items[].cur)"),
        mapping_row("items[].note", "lines[].note"),
        mapping_row("items[].note", "notes"),
        mapping_row("items[].sku", "skus", "trim | join('-')"),
    )
    source = {
        "items": [{"sku": " a", "price": 100, "cur": "EUR"}, {"sku": "b", "price": 100, "cur": "JPY", "note": "n"}]
    }
    assert Mapper(rows).map(source) == {
        "lines": [{"product": "a", "price": Decimal("1.00")}, {"product": "b", "price": Decimal(100), "note": "n"}],
        "notes": [None, "n"],
        "skus": "a-b",
    }


def test_required_and_default_hold_for_each_element():
    """A missing element member is named by its position, or filled."""
    with pytest.raises(MappingError) as refused:
        Mapper((mapping_row("a[].b[].c", "x", required=True),)).map({"a": [{"b": [{"c": 1}]}, {"b": [{"c": 1}, {}]}]})
    assert refused.value.path == "$.a[1].b[1].c"
    assert Mapper((mapping_row("a[].b", "x", default=0),)).map({"a": [{"b": 1}, {}]}) == {"x": [1, 0]}
    assert Mapper((mapping_row("a[].b", "x", default=0),)).map({}) == {"x": 0}


def test_an_error_in_a_list_names_the_element():
    """The path of a failing transform holds the position."""
    with pytest.raises(MappingError) as refused:
        Mapper((mapping_row("items[].price", "p", "multiply(2)"),)).map({"items": [{"price": 1}, {"price": "x"}]})
    assert refused.value.path == "$.items[1].price"


def test_rows_that_write_into_each_other_never_change_the_source():
    """A container that another row writes into is copied."""
    rows = (
        mapping_row("items", "lines"),
        mapping_row("currency", "lines[].currency"),
        mapping_row("meta", "m"),
        mapping_row("x", "m.x"),
    )
    source = {"items": [{"sku": 1}, {"sku": 2}], "currency": "EUR", "meta": {"y": 1}, "x": 2}
    before = copy.deepcopy(source)
    mapped = Mapper(rows).map(source)
    assert mapped == {"lines": [{"sku": 1, "currency": "EUR"}, {"sku": 2, "currency": "EUR"}], "m": {"y": 1, "x": 2}}
    assert source == before


def test_a_place_that_is_taken_is_an_error():
    """Two rows that can't both be written are told, with the source's path."""
    rows = (mapping_row("a", "x"), mapping_row("b", "x.y"))
    with pytest.raises(MappingError, match=r"can't be written.*from `b`"):
        Mapper(rows).map({"a": 1, "b": 2})


def test_transforms_that_make_something_of_nothing_are_asked():
    """`coalesce` runs for an absent field; other transforms don't."""
    rows = (mapping_row("nick", "name", "coalesce(full, 'x')"), mapping_row("nick", "n", "uppercase"))
    assert Mapper(rows).map({"full": "f"}) == {"name": "f"}


def test_a_foreign_transform_is_applied_as_its_contract_says():
    """Any object with `apply` is a transform."""

    class Twice:
        text = name = "twice"

        def apply(self, value, source):
            return value * 2 + source["n"]

    row = mapping_row("n", "m")
    assert Mapper((type(row)(row.read, row.write, Twice(), False, None, False, "s"),)).map({"n": 2}) == {"m": 6}


def test_a_json_path_row_reads():
    """JSONPath rows take part like any other."""
    rows = (mapping_row("$.items[?@.ok == true].id", "ids", "join('+')"),)
    assert Mapper(rows).map(
        {"items": [{"ok": True, "id": "a"}, {"ok": False, "id": "b"}, {"ok": True, "id": "c"}]}
    ) == {"ids": "a+c"}


def test_a_default_of_an_element_makes_no_list_in_the_source():
    """Who reads the list itself finds none, as the source has none."""
    rows = (mapping_row("items[0].name", "first", default="d"), mapping_row("items", "all"))
    assert Mapper(rows).map({}) == {"first": "d"}
