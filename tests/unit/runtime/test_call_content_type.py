"""A success whose body is of another media type than the spec declares is a fault of the service."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from intertie.core.errors import CircuitOpen, InvalidResponse, ServiceError
from intertie.runtime.call import Kind
from intertie.runtime.plan import ResultPlan
from intertie.runtime.policies.fallback.options import FallbackOptions
from intertie.runtime.schemas import CompiledSchema
from intertie.runtime.statuses import StatusSet
from intertie.testing import (
    Answer,
    assert_answered,
    assert_events,
    assert_failed,
    make_bench,
    make_operation,
    make_plan,
    rows,
)
from support.changing import changed
from support.plans import breaker, retries

PAGE = Answer(200, body=b"<html>We are down</html>", headers={"Content-Type": "text/html; charset=utf-8"})
OK = Answer(json={"id": 1})
CACHE = FallbackOptions("cache", cache_ttl_s=300.0)


@pytest.fixture(params=[True, False], ids=["fused", "general"])
def bench(request):
    """Makes benches on the fused path and on the general pipeline."""

    def make(plan, script, **further):
        return make_bench(plan, script, fused=request.param, pooled=True, **further)

    return make


def test_a_page_with_status_200_replaces_no_last_good_answer(drive, bench):
    """The fallback serves the answer from before, marked as such, however often the page comes."""
    made = bench(make_plan(fallback=CACHE), [OK, PAGE, PAGE])
    assert_answered(drive(made, made.linked.run("get_thing", {})))
    for _ in range(2):
        answered = assert_answered(drive(made, made.linked.run("get_thing", {})))
        assert (answered.data, answered.fallback, answered.stale) == ({"id": 1}, "cache", True)
    assert made.linked.statistics().cache["kept"] == 1


def test_it_fails_as_a_service_that_is_down(drive, bench):
    """It matches the `5xx` row; the error names both media types and the status, and nothing of the body."""
    made = bench(make_plan(errors=rows(("5xx", "DOWN", "fail"))), [PAGE])
    failed = assert_failed(drive(made, made.linked.run("get_thing", {})), ServiceError)
    assert (failed.kind, failed.error.code, failed.error.status) == (Kind.SERVICE_FAULT, "DOWN", 200)
    assert str(failed.error.args[0]) == (
        "get_thing: things answered 200 with `text/html`, and the spec declares `application/json`"
    )


def test_json_under_another_label_has_a_way_out(drive, bench):
    """Where the body is JSON all the same, the message says how a spec puts up with that."""
    labelled = Answer(200, body=b'{"id": 1}', headers={"Content-Type": "text/html"})
    made = bench(make_plan(), [labelled])
    failed = assert_failed(drive(made, made.linked.run("get_thing", {})), ServiceError)
    assert str(failed.error.args[0]).endswith("the body is JSON: where this service always labels it so, declare `*/*`")


def test_a_row_can_name_it(drive, bench):
    """`unexpected_content_type` is more specific than `5xx`."""
    errors = rows(("5xx", "DOWN", "fail"), ("unexpected_content_type", "PAGE", "fail"))
    made = bench(make_plan(errors=errors), [PAGE])
    assert assert_failed(drive(made, made.linked.run("get_thing", {}))).error.code == "PAGE"


def test_the_breaker_counts_it(drive, bench):
    """Two pages open a breaker with a threshold of two; one that counts no 5xx takes them for answers."""
    made = bench(make_plan(breaker=breaker(2)), [PAGE])
    for _ in range(2):
        assert_failed(drive(made, made.linked.run("get_thing", {})), ServiceError)
    assert_failed(drive(made, made.linked.run("get_thing", {})), CircuitOpen)
    lenient = bench(make_plan(breaker=breaker(2, statuses=StatusSet())), [PAGE])
    for _ in range(3):
        assert_failed(drive(lenient, lenient.linked.run("get_thing", {})), ServiceError)


@pytest.mark.parametrize(
    ("operation", "retry_on", "sent"),
    [
        ("get_thing", ("5xx",), 2),
        ("get_thing", ("503",), 2),
        ("get_thing", ("408",), 1),
        ("create_keyed_thing", ("5xx",), 2),
        ("create_thing", ("5xx",), 1),
    ],
)
def test_it_is_sent_again_as_a_5xx_would_be(drive, bench, operation, retry_on, sent):
    """Where the policy retries any 5xx; a write without a key may have taken effect, and is not."""
    made = bench(make_plan(retry=retries(2, retry_on=retry_on)), [PAGE])
    failed = assert_failed(drive(made, made.linked.run(operation, {}, explain=True)), ServiceError)
    assert len(made.transport.received) == sent
    assert failed.effect_unknown is (operation == "create_thing")
    if operation == "create_thing":
        assert "it may have taken effect, so it was not sent again" in str(failed.error.args[0])


def test_a_row_that_says_retry_sends_no_write_again(drive, bench):
    """The author's row can't double an order."""
    made = bench(make_plan(retry=retries(3), errors=rows(("5xx", "DOWN", "retry"))), [PAGE])
    assert_failed(drive(made, made.linked.run("create_thing", {})), ServiceError)
    assert len(made.transport.received) == 1


def test_a_write_with_a_page_is_not_queued_without_a_key(drive, bench):
    """The queue would replay what may have been carried out."""
    made = bench(make_plan(fallback=FallbackOptions("queue", idempotency_ttl_s=60.0)), [PAGE])
    assert_failed(drive(made, made.linked.run("create_thing", {})), ServiceError)
    assert made.surroundings.journal.queue(made.plan.key) == []


@pytest.mark.parametrize("status", [400, 404, 429, 500, 503])
def test_an_error_keeps_its_class_whatever_comes_with_it(drive, bench, status):
    """Error pages are pages."""
    page = Answer(status, body=PAGE.body, headers=PAGE.headers)
    made = bench(make_plan(), [page])
    failed = assert_failed(drive(made, made.linked.run("get_thing", {})), ServiceError)
    assert failed.error.status == status
    assert "declares" not in str(failed.error)


@pytest.mark.parametrize("status", [400, 404])
def test_a_declared_success_with_the_status_of_an_error_stays_that_error(drive, bench, status):
    """A 404 that the spec calls a success is one only with the body that it declares."""
    operation = make_operation("get_thing", statuses=("200", str(status)))
    page = Answer(status, body=PAGE.body, headers=PAGE.headers)
    made = bench(make_plan(operation), [page, Answer(status, json={})])
    failed = assert_failed(drive(made, made.linked.run("get_thing", {})), ServiceError)
    assert (failed.kind, failed.error.status) == (Kind.CALLER_FAULT, status)
    assert_answered(drive(made, made.linked.run("get_thing", {})))


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, body=b'{"id": 1}'),
        Answer(200, body=b'{"id": 1}', headers={"Content-Type": "application/vnd.api+json"}),
        Answer(200, body=b'{"id": 1}', headers={"Content-Type": "text/json; charset=UTF-8"}),
        Answer(202, body=b'{"id": 1}', headers={"Content-Type": "application/json"}),
    ],
)
def test_what_agrees_is_a_success(drive, bench, answer):
    """An absent type counts as declared; all of JSON is JSON."""
    made = bench(make_plan(), [answer])
    assert assert_answered(drive(made, made.linked.run("get_thing", {}))).data == {"id": 1}


def test_an_empty_body_has_no_type(drive, bench):
    """Servers put a type on every answer."""
    made = bench(make_plan(), [Answer(200, headers={"Content-Type": "text/html"})])
    assert assert_answered(drive(made, made.linked.run("get_thing", {}))).data is None


def test_an_undeclared_2xx_is_judged_too(drive, bench):
    """A page with 203 is a page."""
    made = bench(make_plan(), [Answer(203, body=PAGE.body, headers=PAGE.headers)])
    assert_failed(drive(made, made.linked.run("get_thing", {})), ServiceError)


def test_a_stream_is_judged_by_its_head(drive):
    """Not a chunk of the page is handed on, and the body is let go."""
    operation = make_operation("get_thing", streaming="sse")
    events = Answer(200, body=b"data: 1\n\n", headers={"Content-Type": "text/event-stream"})
    made = make_bench(make_plan(operation), [PAGE, events])
    failed = assert_failed(drive(made, made.linked.run("get_thing", {}, stream=True)), ServiceError)
    assert "declares `text/event-stream` or `application/json`" in str(failed.error)
    assert failed.response is not None
    assert failed.response.stream is None
    assert assert_answered(drive(made, made.linked.run("get_thing", {}, stream=True))).response.stream is not None


@pytest.mark.parametrize("mode", ["warn", "strict", "off"])
def test_an_answer_that_breaks_its_schema_is_kept_in_no_mode(drive, bench, mode):
    """Given to this caller as the mode says; never to another one later."""
    operation = make_operation("get_thing", schema={"type": "object", "required": ["id"]}, validate=mode)
    made = bench(make_plan(operation, fallback=CACHE), [OK, Answer(json={"no": 1}), Answer(500)])
    assert_answered(drive(made, made.linked.run("get_thing", {})))
    if mode == "strict":
        assert_failed(drive(made, made.linked.run("get_thing", {})), InvalidResponse)
    else:
        broken = assert_answered(drive(made, made.linked.run("get_thing", {}, explain=True)))
        assert (broken.data, bool(broken.warnings)) == ({"no": 1}, mode == "warn")
        assert_events(broken.events, ["not_kept"])
    answered = assert_answered(drive(made, made.linked.run("get_thing", {})))
    assert (answered.data, answered.fallback) == ({"id": 1}, "cache")


def test_without_validation_nothing_is_judged_that_is_not_kept(drive, bench, monkeypatch):
    """`off` costs nothing where there is no cache, or the answer may not be stored."""
    operation = make_operation("get_thing", schema={"type": "object"}, validate="off")
    monkeypatch.setattr("intertie.runtime.results.Results.violation", lambda *_: pytest.fail("it was validated"))
    made = bench(make_plan(operation), [OK])
    assert_answered(drive(made, made.linked.run("get_thing", {})))
    kept = bench(make_plan(operation, fallback=CACHE), [Answer(json={}, headers={"Cache-Control": "no-store"})])
    assert_answered(drive(kept, kept.linked.run("get_thing", {})))


@pytest.mark.parametrize(
    ("schema", "data"),
    [
        ({"type": "string", "format": "binary"}, b"\x89PNG"),
        ({}, b"\x89PNG"),
        (None, b"\x89PNG"),
        ({"$ref": "#/$defs/file", "$defs": {"file": {"type": ["string", "null"], "maxLength": 4}}}, b"\x89PNG"),
    ],
)
def test_a_binary_answer_with_a_schema_works(drive, bench, schema, data):
    """Bytes are a string whose length is counted in octets; they are kept and given again as bytes."""
    operation = make_operation("get_thing", schema=schema, validate="strict")
    response = replace(operation.wire.response, content_type="image/png", codec="binary")
    plan = make_plan(changed(operation, response=response), fallback=CACHE)
    made = bench(plan, [Answer(200, body=data, headers={"Content-Type": "image/png"}), Answer(500)])
    for fallback in (None, "cache"):
        answered = assert_answered(drive(made, made.linked.run("get_thing", {})))
        assert (answered.data, answered.fallback) == (data, fallback)


@pytest.mark.parametrize(
    ("schema", "rule"),
    [
        ({"type": "object"}, "type object"),
        ({"type": ["object", "null"]}, r"type \['object', 'null'\]"),
        ({"type": "string", "maxLength": 3}, "maxLength 3"),
        ({"allOf": [{"minLength": 5}]}, "minLength 5"),
        ({"anyOf": [{"type": "object"}, {"type": "array"}]}, "type object"),
        (False, "schema"),
    ],
)
def test_bytes_that_break_their_schema_are_told_as_such(drive, bench, schema, rule):
    """A mistake of spec or service, never a crash."""
    operation = changed(make_operation("get_thing"), result=ResultPlan(CompiledSchema(schema), "strict"))
    response = replace(operation.wire.response, content_type="image/png", codec="binary")
    answer = Answer(200, body=b"\x89PNG", headers={"Content-Type": "image/png"})
    made = bench(make_plan(changed(operation, response=response)), [answer])
    failed = assert_failed(drive(made, made.linked.run("get_thing", {})), InvalidResponse)
    with pytest.raises(InvalidResponse, match=rule):
        raise failed.error


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"[" * 500 + b"]" * 500, "application/json"),
        (b"[" + b"[]," * 5_000_000 + b"[]]", "application/json"),
        (b"1" * 400_000, "application/json; charset=punycode"),
        (b"[]", "application/json; charset=undefined"),
        (b"[" + b"9" * 100_000 + b"]", "application/json"),
    ],
    ids=["deep", "many", "punycode", "undefined", "huge-number"],
)
def test_a_body_beyond_its_bounds_is_an_answer_that_cant_be_read(drive, bench, body, content_type):
    """One clear error, neutral to the breaker, and nothing is kept."""
    operation = make_operation("get_thing", schema={"type": "array", "items": {"type": "array"}})
    answer = Answer(200, body=body, headers={"Content-Type": content_type})
    made = bench(make_plan(operation, fallback=CACHE, breaker=breaker(1)), [answer])
    for _ in range(2):
        failed = assert_failed(drive(made, made.linked.run("get_thing", {})), InvalidResponse)
        assert failed.kind is Kind.MAPPING_FAULT
        assert len(str(failed.error)) < 200
    assert made.linked.statistics().cache["kept"] == 0


@pytest.mark.parametrize("declared", ["text/csv", "application/octet-stream"])
@pytest.mark.parametrize(
    ("said", "kind", "sent"),
    [({"error": {"code": "rate_limited"}}, Kind.THROTTLED, 2), ({"error": {"code": "known"}}, Kind.CALLER_FAULT, 1)],
)
def test_an_error_in_json_in_the_place_of_another_type_is_that_error(drive, bench, declared, said, kind, sent):
    """A throttled download is throttled, not a service that is down; a code of the error mapping is that code."""
    operation = make_operation("get_thing")
    codec = "text" if declared == "text/csv" else "binary"
    response = replace(operation.wire.response, content_type=declared, codec=codec)
    plan = make_plan(changed(operation, response=response), retry=retries(2), errors=rows(("known", "KNOWN", "fail")))
    made = bench(plan, [Answer(200, json=said)])
    failed = assert_failed(drive(made, made.linked.run("get_thing", {})))
    assert (failed.kind, len(made.transport.received)) == (kind, sent)


@pytest.mark.parametrize(
    ("method", "status", "headers"),
    [("HEAD", 200, {}), ("GET", 204, {}), ("GET", 200, {"Content-Length": "0"})],
)
def test_a_stream_without_a_body_has_no_type(drive, method, status, headers):
    """The head says that nothing follows."""
    operation = make_operation("get_thing", method=method, statuses=("2xx",))
    made = make_bench(make_plan(operation), [Answer(status, headers={"Content-Type": "text/html", **headers})])
    assert_answered(drive(made, made.linked.run("get_thing", {}, stream=True)))
