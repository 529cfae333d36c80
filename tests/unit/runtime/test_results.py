"""Data of answers judged and mapped."""

from __future__ import annotations

from decimal import Decimal

import pytest

from intertie.core.errors import MappingError
from intertie.runtime.results import Results
from support.mapped_operations import answer_plan, mapping_row, operation_plan

SCHEMA = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}, "n": {"type": "integer"}}}


def results(schema=None, inbound=()):
    return Results(operation_plan(response=answer_plan(schema), inbound=inbound))


def test_violations_name_path_and_rule():
    """A broken answer is told by path and rule, never by value."""
    judge = results(schema=SCHEMA)
    assert judge.violation({"id": "x", "n": 1}) is None
    assert judge.violation({"id": "x", "n": "s3cret"}) == ("$.n", "type integer")
    assert judge.violation({})[0] == "$"
    assert judge.violation(None) == ("$", "type object")
    assert results().violation({"anything": 1}) is None


def test_inbound_rows_make_the_internal_object():
    """Without rows the answer itself is the result; an empty body stays None."""
    rows = (mapping_row("amount", "amount", "minor_units_to_decimal(EUR)", required=True),)
    assert results(inbound=rows).map_inbound({"amount": 5}) == {"amount": Decimal("0.05")}
    assert results(inbound=rows).map_inbound([{"amount": 5}]) == [{"amount": Decimal("0.05")}]
    assert results(inbound=rows).map_inbound(None) is None
    assert results().map_inbound({"amount": 5}) == {"amount": 5}
    with pytest.raises(MappingError, match="op: "):
        results(inbound=rows).map_inbound({})
