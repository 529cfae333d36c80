"""Bodies that are sent from an iterator: they can be read once, so an attempt that began to read one is the last."""

from collections.abc import AsyncIterator
from io import BytesIO

import pytest
from msgspec.structs import replace

from intertie.core.errors import InvalidInput, ServiceError
from intertie.runtime.policies.fallback.options import FallbackOptions
from intertie.runtime.wires.rest.plan import BodyPlan
from intertie.testing import (
    Answer,
    Failure,
    assert_answered,
    assert_events,
    assert_failed,
    make_bench,
    make_operation,
    make_plan,
)
from support.mapped_operations import mapping_row
from support.plans import retries


def upload(**overrides):
    body = BodyPlan("application/octet-stream", "binary", None, required=True)
    return make_plan(make_operation("upload", method="PUT", body=body), **overrides)


async def chunks() -> AsyncIterator[bytes]:
    for _ in range(3):
        yield b"abc"


def test_a_body_that_was_begun_is_not_sent_again(drive):
    """After a failure an iterator is empty: a second attempt would store nothing in the service and call it success."""
    bench = make_bench(upload(retry=retries(3)), [Answer(503), Answer(200, json={})])
    outcome = drive(bench, bench.linked.run("upload", {"body": chunks()}, explain=True))
    failed = assert_failed(outcome, ServiceError)
    assert [received.streamed for received in bench.transport.received] == [b"abcabcabc"]
    give_up = next(event for event in failed.events if event.event == "give_up")
    assert give_up.detail["reason"] == "body_spent"


def test_a_body_that_nobody_began_is_sent_by_the_next_attempt(drive):
    """A connection that does not come about takes nothing from the iterator."""
    bench = make_bench(upload(retry=retries(3)), [Failure("connect"), Answer(200, json={})])
    assert_answered(drive(bench, bench.linked.run("upload", {"body": chunks()})))
    assert [received.streamed for received in bench.transport.received] == [b"abcabcabc"]


def test_a_streamed_body_is_not_queued(drive):
    """It can't be stored, so the call fails as it failed, and not with an error of ours."""
    plan = upload(fallback=FallbackOptions("queue"))
    bench = make_bench(plan, [Failure("connect")])
    failed = assert_failed(drive(bench, bench.linked.run("upload", {"body": chunks()}, explain=True)))
    assert_events(failed.events, ["not_applied"])
    assert bench.surroundings.journal.queue() == []


class Amount:
    """What an application may give where a transform of its own makes text of it."""


class Written:
    """A transform that turns anything into text."""

    text = name = "written"

    def apply(self, value, source):
        del value, source
        return "12.50"


def test_an_input_that_is_no_data_is_not_queued(drive):
    """What JSON can't hold can't wait in a queue; the failure is the service's, not an error of ours."""
    row = replace(mapping_row("amount", "amount"), transform=Written())
    create = make_operation("create", method="POST", outbound=(row,))
    bench = make_bench(make_plan(create, fallback=FallbackOptions("queue")), [Failure("connect")])
    failed = assert_failed(drive(bench, bench.linked.run("create", {"amount": Amount()}, explain=True)))
    assert_events(failed.events, ["not_applied"])


def test_an_answer_that_is_no_data_is_not_kept(drive):
    """A transform may make anything of an answer: it is given, and only not kept for later."""

    class Made(Written):
        def apply(self, value, source):
            del value, source
            return Amount()

    row = replace(mapping_row("id", "id"), transform=Made())
    plan = make_plan(make_operation(inbound=(row,)), fallback=FallbackOptions("cache"))
    bench = make_bench(plan, [Answer(json={"id": 1})])
    answered = assert_answered(drive(bench, bench.linked.run("get_thing", {})))
    assert isinstance(answered.data["id"], Amount)
    assert bench.linked.statistics().cache == {"kept": 0, "served": 0, "missed": 0}


@pytest.mark.parametrize("body", [lambda: iter([b"abc", b"abc"]), lambda: BytesIO(b"abcabc")], ids=["iterator", "file"])
def test_synchronous_sources_stream_too(drive, body):
    """Who has no event loop has no asynchronous iterator either: iterators of bytes and open files do."""
    bench = make_bench(upload(), [Answer(200, json={})])
    assert_answered(drive(bench, bench.linked.run("upload", {"body": body()})))
    assert bench.transport.received[0].streamed == b"abcabc"


def test_a_list_is_no_body(drive):
    """Only what can be read piece by piece is streamed; anything else is refused by name."""
    bench = make_bench(upload(), [Answer(200, json={})])
    with pytest.raises(InvalidInput, match="must be bytes, an iterator of bytes"):
        drive(bench, bench.linked.run("upload", {"body": [1, 2]}))
