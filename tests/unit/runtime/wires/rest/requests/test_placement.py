"""Where an input's fields go."""

from __future__ import annotations

import copy
import json

import pytest

from intertie.core.errors import InvalidInput, MappingError
from intertie.runtime.wires.rest.plan import HeaderPlan
from support.mapped_operations import body_plan, build, mapping_row, operation_plan, parameter_plan

OPEN = {"type": "object", "properties": {"amount": {"type": "integer"}, "meta": {"type": "object"}}}
CLOSED = {**OPEN, "additionalProperties": False}


def refused(operation, given, **known):
    with pytest.raises(InvalidInput) as error:
        build(operation, given, **known)
    return error.value


def sent(operation, given, **known):
    return json.loads(build(operation, given, **known).body)


def test_parameters_by_name():
    """Path and query parameters take the input fields of their names."""
    operation = operation_plan(path="/a/{id}/b", parameters=(parameter_plan("id", "path"), parameter_plan("q")))
    request = build(operation, {"id": "x y", "q": "ö&"}, base_path="/base")
    assert request.method == "GET"
    assert request.target == "/base/a/x%20y/b?q=%C3%B6%26"
    assert request.body is None


def test_a_name_that_no_word_is_may_be_given_in_snake_case():
    """`filter[status]` may be given as `filter_status`, but not both ways."""
    operation = operation_plan(parameters=(parameter_plan("filter[status]"),))
    assert build(operation, {"filter_status": "x"}).target == "/things?filter%5Bstatus%5D=x"
    assert build(operation, {"filter[status]": "x"}).target == "/things?filter%5Bstatus%5D=x"
    assert "another spelling" in str(refused(operation, {"filter[status]": "x", "filter_status": "y"}))


def test_body_fields_by_name_and_unknown_ones_pass_into_an_open_body():
    """What no schema names goes into an object body."""
    operation = operation_plan("POST", body=body_plan(schema=OPEN))
    assert sent(operation, {"amount": 5, "anything": [1]}) == {"amount": 5, "anything": [1]}


def test_an_unknown_field_of_a_closed_body_is_refused_with_a_suggestion():
    """`additionalProperties: false` makes an unknown name the caller's mistake."""
    error = refused(operation_plan("POST", body=body_plan(schema=CLOSED)), {"amuont": 5})
    assert error.field == "amuont"
    assert "did you mean `amount`?" in str(error)


def test_an_unknown_field_where_there_is_no_body_is_refused():
    """Without a body every name must be a parameter's."""
    operation = operation_plan(parameters=(parameter_plan("limit"),))
    error = refused(operation, {"limt": "5"})
    assert str(error) == "op: `limt` is not a field of the operation; did you mean `limit`?"
    assert "it takes no input" in str(refused(operation_plan(), {"x": 1}))


def test_a_name_declared_twice_goes_to_both():
    """A path parameter that the body has too is sent in both."""
    operation = operation_plan(
        "PUT",
        "/a/{amount}",
        parameters=(parameter_plan("amount", "path", {"type": "integer"}),),
        body=body_plan(schema=OPEN),
    )
    request = build(operation, {"amount": 5})
    assert request.target == "/a/5"
    assert json.loads(request.body) == {"amount": 5}


def test_outbound_rows_come_first_and_take_their_fields():
    """A mapped field goes where its row says, and nowhere else."""
    rows = (mapping_row("order_id", "meta.order"), mapping_row("price.cents", "amount"))
    operation = operation_plan("POST", body=body_plan(schema=OPEN), outbound=rows)
    given = {"order_id": "o", "price": {"cents": 5, "text": "five"}, "x": 1}
    before = copy.deepcopy(given)
    assert sent(operation, given) == {"meta": {"order": "o"}, "amount": 5, "price": {"text": "five"}, "x": 1}
    assert given == before


def test_a_row_may_feed_a_parameter():
    """A row whose external field is a parameter's name writes that parameter."""
    rows = (mapping_row("charge", "charge_id", "trim"), mapping_row("page.size", "filter.size", default=10))
    operation = operation_plan(
        path="/c/{charge_id}",
        parameters=(parameter_plan("charge_id", "path"), parameter_plan("filter.size", schema={"type": "integer"})),
        outbound=rows,
    )
    assert build(operation, {"charge": " ch "}).target == "/c/ch?filter.size=10"
    assert build(operation, {"charge": "ch", "page": {"size": 5}}).target == "/c/ch?filter.size=5"


def test_a_row_for_a_body_field_does_not_apply_without_a_body():
    """On an endpoint without a body the row is not there, and its field is unknown."""
    operation = operation_plan(outbound=(mapping_row("order_id", "metadata.order_id", default="x"),))
    assert build(operation, {}).body is None
    assert refused(operation, {"order_id": "o"}).field == "order_id"


def test_a_field_that_the_mapping_sets_already_is_refused():
    """Two sources for one place are the caller's mistake, not a silent choice."""
    operation = operation_plan("POST", body=body_plan(schema=OPEN), outbound=(mapping_row("total", "amount"),))
    error = refused(operation, {"total": 5, "amount": 6})
    assert "set by the mapping from `total` already" in str(error)


def test_objects_and_lists_are_completed_by_what_is_left():
    """The rest of an object or list joins what the mapping made of it."""
    rows = (mapping_row("meta.a", "meta.b"), mapping_row("lines[].sku", "lines[].product"))
    operation = operation_plan("POST", body=body_plan(schema=OPEN), outbound=rows)
    given = {"meta": {"a": 1, "c": 2}, "lines": [{"sku": "x", "n": 1}, {"sku": "y", "n": 2}]}
    assert sent(operation, given) == {
        "meta": {"b": 1, "c": 2},
        "lines": [{"product": "x", "n": 1}, {"product": "y", "n": 2}],
    }


def test_a_mapping_error_names_the_operation():
    """A row that can't do what it says is a mapping error of this operation."""
    operation = operation_plan(
        "POST", body=body_plan(schema=OPEN), outbound=(mapping_row("a", "amount", "to_integer"),)
    )
    with pytest.raises(MappingError, match=r"op: \$\.a: `to_integer`") as error:
        build(operation, {"a": "s3cret"})
    assert "s3cret" not in str(error.value)


def test_a_body_that_is_no_object_is_one_field():
    """Text, lists and bytes are given as `body`, and nothing else with it."""
    listed = operation_plan("POST", body=body_plan(schema={"type": "array", "items": {"type": "integer"}}))
    assert sent(listed, {"body": [1, 2]}) == [1, 2]
    assert refused(listed, {"body": ["x"]}).field == "body[0]"
    assert "is required" in str(refused(listed, {}))
    assert "not a field" in str(refused(listed, {"body": [1], "x": 1}))


def test_the_input_must_be_an_object():
    """Anything but a mapping is refused."""
    assert str(refused(operation_plan(), [1])) == "op: the input must be an object"


@pytest.mark.parametrize("name", ["Idempotency-Key", "idempotency-key", "idempotency_key"])
def test_headers_may_be_given_by_their_names(name):
    """The header's own spelling, small letters and snake_case are understood."""
    operation = operation_plan("POST", headers=(HeaderPlan("Idempotency-Key", "{uuid}", True, True),))
    assert build(operation, {name: "mine"}, idempotency_key="k").headers == (("Idempotency-Key", "mine"),)


def test_a_declared_body_field_comes_before_a_header_of_that_spelling():
    """`amount` is the body's although a header is called Amount."""
    operation = operation_plan("POST", headers=(HeaderPlan("Amount", "1", False),), body=body_plan(schema=OPEN))
    request = build(operation, {"amount": 5, "Amount": "7"})
    assert json.loads(request.body) == {"amount": 5}
    assert request.headers == (("Amount", "7"),)
    assert b"Amount" not in request.static_head


TRACE = HeaderPlan("X-Trace-Id", None, required=False)


@pytest.mark.parametrize("body", [None, body_plan(schema=OPEN)])
@pytest.mark.parametrize("written", ["X-Trace-Id", "x-trace-id"])
def test_a_row_fills_a_header(body, written):
    """A header that the caller gives may come from a mapping, as a parameter may; it is no field of the body."""
    method = "GET" if body is None else "POST"
    rows = (mapping_row("trace", written, "uppercase"),)
    operation = operation_plan(method, headers=(TRACE,), body=body, outbound=rows)
    request = build(operation, {"trace": "abc", **({} if body is None else {"amount": 1})})
    assert ("X-Trace-Id", "ABC") in request.headers
    if body is not None:
        assert json.loads(request.body) == {"amount": 1}


def test_a_row_without_a_value_sends_no_header():
    """Neither an absent field nor null is a header; a required header says so."""
    rows = (mapping_row("trace", "X-Trace-Id"),)
    for given in ({}, {"trace": None}):
        assert "X-Trace-Id" not in dict(build(operation_plan(headers=(TRACE,), outbound=rows), given).headers)
    needed = operation_plan(headers=(HeaderPlan("X-Trace-Id", None, required=True),), outbound=rows)
    assert "is required (header)" in str(refused(needed, {}))
    assert dict(build(needed, {"trace": "a"}).headers)["X-Trace-Id"] == "a"


def test_a_header_is_not_set_twice():
    """By the row and by its own name: only one of both."""
    operation = operation_plan(headers=(TRACE,), outbound=(mapping_row("trace", "X-Trace-Id"),))
    assert "mapping from `trace`" in str(refused(operation, {"trace": "a", "X-Trace-Id": "b"}))


def test_a_row_cannot_break_a_header():
    """A line break from the caller's data never reaches the wire."""
    operation = operation_plan(headers=(TRACE,), outbound=(mapping_row("trace", "X-Trace-Id"),))
    refused(operation, {"trace": "a\r\nX-Other: b"})


def test_a_member_of_the_body_comes_before_a_header_of_its_name():
    """Where the body declares the name, the row means that."""
    schema = {"type": "object", "properties": {"x-trace-id": {"type": "string"}}}
    header = HeaderPlan("x-trace-id", None, required=False)
    rows = (mapping_row("trace", "x-trace-id"),)
    operation = operation_plan("POST", headers=(header,), body=body_plan(schema=schema), outbound=rows)
    request = build(operation, {"trace": "a"})
    assert json.loads(request.body) == {"x-trace-id": "a"}
    assert "x-trace-id" not in dict(request.headers)
