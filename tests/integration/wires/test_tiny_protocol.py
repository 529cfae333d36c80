"""A protocol that nothing outside its folder knows runs through every guard, the plan, `check` and the mock."""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from intertie.app.opening import open as open_sync
from intertie.app.opening import open_async
from intertie.cli.main import cli
from intertie.compiler.wires import registry
from intertie.core.errors import (
    BudgetExceeded,
    CircuitOpen,
    DeadlineExceeded,
    InvalidInput,
    InvalidResponse,
    ReadError,
    ServiceError,
    TokenRefused,
    UsageError,
)
from intertie.mockserver import MockEngine, MockRequest, MockServer, profile_of
from intertie.mockserver.in_process import MockTransport
from intertie.mockserver.trial import trial_calls
from intertie.runtime.call import Kind
from intertie.runtime.linked import LinkedPlan
from intertie.runtime.policies.fallback.options import FallbackOptions
from intertie.runtime.policies.retry.options import RetryOptions
from intertie.spec.loading import load_text
from intertie.spec.workspace import Workspace
from intertie.testing import (
    Answer,
    Failure,
    Stream,
    VirtualClock,
    assert_answered,
    assert_failed,
    euros,
    make_bench,
    price,
)
from support.lapsing import lapsing_bench
from support.plans import DRIVES, at_once, breaker, per_second, timeouts
from support.tiny_protocol import tiny_is_spoken
from support.tiny_protocol.plan import STREAM, TAG
from support.tiny_protocol.spec import SPEC, tiny_plan

PASS = {"env:SUMS_PASS": "s3same"}
THREE = {"left": 1, "right": 2}
CACHE = FallbackOptions("cache", cache_ttl_s=600.0)


def ok(data: object, **more: object) -> Answer:
    return Answer(body=b"OK\n" + json.dumps(data).encode(), **more)


def no(code: str, words: str = "", **headers: str) -> Answer:
    return Answer(
        body=f"NO {code}\n{words}".encode(), headers={name.replace("_", "-"): v for name, v in headers.items()}
    )


SUM = ok({"total": 3})


@pytest.fixture(autouse=True)
def tiny():
    """The protocol is known for one test."""
    with tiny_is_spoken():
        yield


@pytest.fixture(params=sorted(DRIVES))
def drive(request):
    """Run a coroutine to its end, on a loop and stepped by hand."""
    return DRIVES[request.param]


@pytest.fixture(params=["fused", "general"])
def bench(request, tmp_path):
    """Link the spec's plan with a script; both paths."""

    def linked(script, **changes):
        plan = replace(tiny_plan(root=tmp_path), **{"fallback": None, "limits": None, **changes})
        return make_bench(plan, script, secrets=PASS, fused=request.param == "fused")

    return linked


def frames(made) -> list[bytes]:
    return [received.request.body for received in made.transport.received]


# --- request and reply ------------------------------------------------------------------------------------------------


def test_a_question_is_mapped_asked_and_answered(drive, bench):
    """Rows write the question and read the answer; the credential goes beside it."""
    made = bench([SUM])
    answered = assert_answered(drive(made, made.linked.run("add", THREE)))
    assert (answered.data, answered.status, answered.cost) == ({"sum": 3}, 200, euros("0.01"))
    (received,) = made.transport.received
    assert (received.request.method, received.request.target) == ("POST", "/tiny")
    assert received.request.body == b'TINY add\n{"a": 1, "b": 2}'
    assert received.request.credential.name == "tiny-pass"


def test_a_question_that_breaks_its_schema_is_not_asked(drive, bench):
    """Validation is the protocol's; the refusal names the field."""
    made = bench([SUM])
    with pytest.raises(InvalidInput, match="add: "):
        drive(made, made.linked.run("add", {"left": "x", "right": 1}))
    assert frames(made) == []


@pytest.mark.parametrize(("mode", "fails"), [("strict", True), ("warn", False)])
def test_an_answer_is_held_to_its_schema(drive, bench, tmp_path, mode, fails):
    """The result's schema is no matter of the protocol."""
    operations = dict(tiny_plan(root=tmp_path).operations)
    operations["add"] = replace(operations["add"], result=replace(operations["add"].result, validate=mode))
    made = bench([ok({"total": "many"})], operations=operations)
    outcome = drive(made, made.linked.run("add", THREE))
    if fails:
        assert_failed(outcome, InvalidResponse)
    else:
        assert any("breaks its schema" in warning for warning in assert_answered(outcome).warnings)


def test_what_a_frame_says_is_what_rows_match(drive, bench):
    """The provider's own code, its message and our name for it, with a status of 200."""
    made = bench([no("overflow", "too large")])
    failed = assert_failed(drive(made, made.linked.run("add", THREE)), ServiceError)
    assert (failed.kind, failed.attempts) == (Kind.CALLER_FAULT, 1)
    assert (failed.error.external_code, failed.error.external_message) == ("overflow", "too large")
    assert (failed.error.internal_code, failed.error.user_message) == ("TOO_LARGE", "Try smaller numbers.")


def test_a_refused_credential_is_told_as_such(drive, bench):
    """`NO denied` is neutral to the breaker and is not retried."""
    made = bench([no("denied")], breaker=breaker(1))
    failed = assert_failed(drive(made, made.linked.run("add", THREE)), TokenRefused)
    assert (failed.kind, failed.attempts) == (Kind.CREDENTIAL_FAULT, 1)
    assert made.linked.statistics().breakers[""].state == "closed"


# --- guards -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", [no("broken"), Failure("read"), Answer(body=b"garbage")])
def test_a_fault_is_retried_and_paid_for(drive, bench, first):
    """A frame that says `broken`, none at all, and a connection that breaks."""
    made = bench([first, SUM], pricing=price())
    answered = assert_answered(drive(made, made.linked.run("add", THREE)))
    assert (answered.attempts, answered.cost) == (2, euros("0.02"))
    assert frames(made)[0] == frames(made)[1]


def test_a_question_that_may_have_taken_effect_is_not_asked_again(drive, bench):
    """Without a key and not declared to only ask."""
    made = bench([no("broken"), SUM])
    failed = assert_failed(drive(made, made.linked.run("fire", {})))
    assert (failed.attempts, failed.effect_unknown, len(frames(made))) == (1, True, 1)


def test_a_key_stays_the_same_for_all_attempts(drive, bench):
    """The protocol says where it goes; a caller may give it."""
    made = bench([no("broken"), ok({"receipt": "r"})])
    assert_answered(drive(made, made.linked.run("book", {}, idempotency_key="k-1")))
    keys = [dict(received.request.headers)["tiny-key"] for received in made.transport.received]
    assert keys == ["k-1", "k-1"]


def test_the_breaker_opens_on_frames_that_say_broken(drive, bench):
    """Three in a row, and nothing more is asked."""
    made = bench([no("broken")] * 3, breaker=breaker(3))
    assert_failed(drive(made, made.linked.run("add", THREE)), ServiceError)
    refused = assert_failed(drive(made, made.linked.run("add", THREE)), CircuitOpen)
    assert (refused.kind, len(frames(made))) == (Kind.REJECTED, 3)


def test_permits_hold_in_any_window(bench):
    """Ten at once with five a second: the sixth waits for a second."""
    made = bench([SUM], limits=per_second(5), retry=RetryOptions(max_attempts=1))
    outcomes = at_once(made, *(made.linked.run("add", THREE) for _ in range(10)))
    assert all(assert_answered(outcome).data == {"sum": 3} for outcome in outcomes)
    sent = sorted(received.at_s for received in made.transport.received)
    assert all(later - earlier >= 1.0 for earlier, later in zip(sent, sent[5:], strict=False))


def tiny_plan_retry():
    from intertie.runtime.policies.retry.options import RetryOptions

    return RetryOptions()


def test_a_busy_service_pauses_everybody(drive, bench):
    """`NO busy` with its wait: the next attempt comes after it."""
    made = bench([no("busy", tiny_wait="3"), SUM], limits=per_second(5))
    answered = assert_answered(drive(made, made.linked.run("add", THREE)))
    sent = [received.at_s for received in made.transport.received]
    assert answered.attempts == 2
    assert sent[1] - sent[0] >= 3.0


def test_the_budget_stops_before_asking(drive, bench):
    """The call that would pass it is not sent."""
    made = bench([SUM], pricing=price("0.40", monthly_limit="1"))
    for _ in range(2):
        assert_answered(drive(made, made.linked.run("add", THREE)))
    assert_failed(drive(made, made.linked.run("add", THREE)), BudgetExceeded)
    assert (len(frames(made)), made.linked.statistics().ledger.amount) == (2, Decimal("0.80"))


def test_the_last_good_answer_stands_in(drive, bench):
    """Kept under the question; another question has none."""
    made = bench([SUM, *[no("broken")] * 6], fallback=CACHE)
    assert_answered(drive(made, made.linked.run("add", THREE)))
    stale = assert_answered(drive(made, made.linked.run("add", THREE)))
    assert (stale.data, stale.fallback, stale.stale) == ({"sum": 3}, "cache", True)
    assert_failed(drive(made, made.linked.run("add", {"left": 5, "right": 5})))


def test_what_was_queued_is_asked_later_under_its_key(drive, bench):
    """A write that only the service's absence failed."""
    queue = FallbackOptions("queue", idempotency_ttl_s=3600.0)
    made = bench([*[Failure("connect")] * 3, ok({"receipt": "r"})], fallback=queue)
    queued = assert_answered(drive(made, made.linked.run("book", {"sum": 3}, idempotency_key="k-2")))
    assert queued.fallback == "queue"
    report = drive(made, made.linked.replay())
    assert len(report.sent) == 1
    assert dict(made.transport.received[-1].request.headers)["tiny-key"] == "k-2"


def test_the_deadline_bounds_all_attempts(drive, bench):
    """A service that never answers costs no more than `total`."""
    made = bench([ok({}, latency_s=60.0)], timeouts=timeouts(2.5))
    failed = assert_failed(drive(made, made.linked.run("add", THREE)), DeadlineExceeded)
    assert failed.elapsed_s <= 2.5


def test_both_paths_tell_the_same_decisions(drive, tmp_path):
    """What an explained call says is what the record of the fused one says."""
    plan = tiny_plan(root=tmp_path)
    records = []
    made = make_bench(plan, [SUM, SUM], secrets=PASS, on_record=records.append)
    assert_answered(drive(made, made.linked.run("add", THREE)))
    explained = assert_answered(drive(made, made.linked.run("add", THREE, explain=True)))
    told = [(event.stage, event.event) for event in explained.events]
    assert ("classify", "classified") in told
    assert ("rate_limit", "permit") in told
    assert records[0].decisions == records[1].decisions


# --- a stream ---------------------------------------------------------------------------------------------------------


def test_lines_are_handed_on_as_they_come(drive, bench):
    """A streamed topic through the same guards; an error in its place is that error."""
    lines = Answer(body=b'{"n": 1}\n{"n": 2}\n', headers={"Content-Type": STREAM})
    made = bench([no("broken"), lines, no("overflow")], pricing=price())

    async def read():
        answered = assert_answered(await made.linked.run("count", {}, stream=True))
        return answered, b"".join([piece async for piece in answered.response.stream])

    answered, body = drive(made, read())
    assert (answered.attempts, body) == (2, b'{"n": 1}\n{"n": 2}\n')
    failed = assert_failed(drive(made, made.linked.run("count", {}, stream=True)))
    assert failed.error.internal_code == "TOO_LARGE"


def test_a_stream_in_both_directions_passes_the_same_guards(drive, bench):
    """It is opened by `open_stream`, after a service that said no; its place in the limit is held until it ends."""
    script = [no("broken"), Stream((b'{"n": 1}\n', b'{"n": 2}\n'), every_s=0.1)]
    made = bench(script, pricing=price(), limits=per_second(5, concurrent=1))

    async def read():
        answered = assert_answered(await made.linked.run("follow", {}, stream=True))
        body = answered.response.stream
        held = made.linked.statistics().limiter.in_flight
        pieces = [piece async for piece in body]
        return answered, pieces, held, made.linked.statistics().limiter.in_flight

    answered, pieces, held, left = drive(made, read())
    assert (answered.attempts, answered.status, pieces) == (2, 101, [b'{"n": 1}\n', b'{"n": 2}\n'])
    assert (held, left) == (1, 0)


@pytest.mark.parametrize("topic", ["count", "follow"])
def test_a_stream_whose_permit_lapses_is_opened_once(drive, topic, tmp_path):
    """It goes on with another permit; its place in the limit is that of the stream that opened, until it ends."""
    lines = (b'{"n": 1}\n', b'{"n": 2}\n')
    answer = Stream(lines) if topic == "follow" else Answer(body=b"".join(lines), headers={"Content-Type": STREAM})
    plan = replace(tiny_plan(root=tmp_path), fallback=None, limits=per_second(1, concurrent=1))
    made, limits = lapsing_bench(plan, [answer], [True, True], secrets=PASS)

    async def read():
        answered = assert_answered(await made.linked.run(topic, {}, stream=True))
        held = limits.snapshot().in_flight
        return answered, [piece async for piece in answered.response.stream], held, limits.snapshot().in_flight

    answered, pieces, held, left = drive(made, read())
    assert (answered.attempts, b"".join(pieces)) == (1, b"".join(lines))
    assert (held, left, len(made.transport.received)) == (1, 0, 1)
    assert (len(limits.given_back), len(limits.finished_permits)) == (2, 1)


def test_a_stream_in_both_directions_has_to_be_asked_for(drive, bench):
    """A plain call of such a topic is the caller's mistake, and nothing is sent."""
    made = bench([SUM])
    with pytest.raises(UsageError, match="open it with"):
        drive(made, made.linked.run("follow", {}))
    assert made.transport.received == []


def test_a_stream_that_breaks_off_says_so(drive, bench):
    """What came before it stays."""
    made = bench([Stream((b"one",), failure=Failure("read"))])

    async def read():
        answered = assert_answered(await made.linked.run("follow", {}, stream=True))
        pieces = aiter(answered.response.stream)
        first = await anext(pieces)
        with pytest.raises(ReadError):
            await anext(pieces)
        return first

    assert drive(made, read()) == b"one"


# --- plan, check, mock ------------------------------------------------------------------------------------------------


def run_cli(*arguments):
    result = CliRunner().invoke(cli, [str(each) for each in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_check_and_plan_know_it(tmp_path):
    """`check` has nothing to say but hints of REST's; `plan` prints topic and frames, as text and as JSON."""
    spec = tmp_path / "sums.md"
    spec.write_text(SPEC)
    checked = run_cli("check", spec)
    assert (checked.exit_code, "error" in checked.output, "warning" in checked.output) == (0, False, False)
    shown = run_cli("plan", spec)
    assert "ASK add" in shown.output
    assert "body: a tiny frame, checked against the" in shown.output
    assert "one tiny-key for all attempts of a call" in shown.output
    document = json.loads(run_cli("plan", spec, "--format", "json").output)
    add = next(each for each in document["operations"] if each["operation"] == "add")
    assert (add["protocol"], add["topic"]) == ("tiny", "add")
    assert {"retry", "circuit_breaker", "budget", "rate_limit", "fallback"} <= {each["stage"] for each in add["stages"]}


def test_check_says_what_is_missing(tmp_path):
    """An endpoint without a topic can't be called, and the protocol's half says so."""
    loaded = SPEC.replace("tiny: {topic: fire}", "tiny: {topics: fire}")
    spec = tmp_path / "sums.md"
    spec.write_text(loaded)
    assert "Fire has no `tiny.topic`" in run_cli("check", spec).output


def test_diff_tells_a_field_that_no_rule_knows(tmp_path):
    """A field of the protocol's own part is compared like any other."""
    for name, text in (("old.md", SPEC), ("new.md", SPEC.replace("{topic: fire}", "{topic: blaze}"))):
        (tmp_path / name).write_text(text)
    told = run_cli("diff", tmp_path / "old.md", tmp_path / "new.md").output
    assert "fire: topic" in told
    assert "blaze" in told


def test_without_its_registration_the_name_is_none(tmp_path):
    """Elsewhere such a spec is an error, and not a guess."""

    registry.unregister(TAG)
    try:
        loaded = load_text(SPEC, tmp_path / "specs" / "sums.md", Workspace(tmp_path))
        assert {"invalid-choice", "unknown-key"} <= {found.name for found in loaded.diagnostics}
    finally:
        from support.tiny_protocol.compiling import TinyCompiler

        registry.register(TinyCompiler())


def test_client_and_mock_of_one_plan_agree(drive, tmp_path):
    """In one process, on virtual time: answers, refusals of the limit, faults of a profile, a stream."""
    plan = replace(tiny_plan(root=tmp_path), fallback=None)
    made = make_bench(plan, [], secrets=PASS)
    profile = profile_of({"operations": {"book": {"responses": [{"status": 503}]}}})
    engine = MockEngine(plan, clock=made.clock, profile=profile, latency=False)
    around = replace(made.surroundings, transport=MockTransport(engine, made.clock))
    linked = LinkedPlan(plan, around)

    async def call():
        added = assert_answered(await linked.run("add", THREE))
        booked = assert_answered(await linked.run("book", {}, idempotency_key="k"))
        counted = assert_answered(await linked.run("count", {}, stream=True))
        lines = b"".join([piece async for piece in counted.response.stream]).splitlines()
        return added, booked, lines

    added, booked, lines = drive(made, call())
    assert isinstance(added.data["sum"], int)
    assert booked.attempts == 2
    assert len(lines) == 3
    assert all(isinstance(json.loads(line)["n"], int) for line in lines)
    assert engine.state()["counts"]["book"] == {"200": 2}


def test_the_mock_refuses_in_the_protocols_own_words(tmp_path):
    """Limit, credential and question: each refusal is a frame."""
    plan = tiny_plan(root=tmp_path)

    engine = MockEngine(plan, clock=VirtualClock(), latency=False)

    def ask(body, **headers):
        fields = [(name.replace("_", "-"), value) for name, value in headers.items()]
        return engine.handle(MockRequest.of("POST", "/tiny", fields, body))

    good = b'TINY add\n{"a": 1, "b": 2}'
    assert ask(b"TINY nothing\n{}", tiny_pass="x").body.startswith(b"NO unknown\n")
    assert ask(good).body.startswith(b"NO denied\n")
    assert ask(b'TINY add\n{"a": "x"}', tiny_pass="x").body.startswith(b"NO invalid\n")
    assert ask(good, tiny_pass="x").body.startswith(b"OK\n")
    for _ in range(2):
        ask(good, tiny_pass="x")
    limited = ask(good, tiny_pass="x")
    assert limited.body.startswith(b"NO busy\n")
    assert dict(limited.headers)["tiny-wait"] == "1"


def test_a_spec_may_speak_two_protocols(drive, tmp_path):
    """An endpoint with a method and a path is REST beside topics; client and mock find each by its own rules."""
    rest = """### Status

```yaml
endpoint: {path: /status, method: GET}
response: {success: {status: 200, content_type: application/json, schema: {type: object, required: [up], properties: {up: {type: boolean}}}}}
```

### Add
"""
    plan = replace(tiny_plan(SPEC.replace("### Add\n", rest, 1), root=tmp_path), fallback=None)
    assert [each.wire.protocol for each in plan.operations.values()] == ["rest", "tiny", "tiny", "tiny", "tiny", "tiny"]
    made = make_bench(plan, [], secrets=PASS)
    engine = MockEngine(plan, clock=made.clock, latency=False)
    linked = LinkedPlan(plan, replace(made.surroundings, transport=MockTransport(engine, made.clock)))

    async def call():
        up = assert_answered(await linked.run("status", {})).data
        return up, assert_answered(await linked.run("add", THREE)).data

    up, added = drive(made, call())
    assert isinstance(up["up"], bool)
    assert isinstance(added["sum"], int)


def test_a_first_call_is_found(tmp_path):
    """What a mock proposes to its reader is a call that it answers."""
    found = next(iter(trial_calls(tiny_plan(root=tmp_path), clock=VirtualClock())))
    assert (found.operation, found.given.keys()) == ("add", {"left", "right"})


@pytest.mark.parametrize("command", ["types", "openapi"])
def test_generators_say_what_they_know(tmp_path, command):
    """A module has the result's types and takes any input; OpenAPI has no place for it."""
    spec = tmp_path / "sums.md"
    spec.write_text(SPEC)
    made = run_cli("generate", spec, "--target", command)
    assert made.exit_code == 0
    assert ("sum: int" in made.output) == (command == "types")


def test_over_sockets(tmp_path, monkeypatch):
    """`open` and `open_async` call a mock of the same spec over real connections."""
    monkeypatch.setenv("SUMS_PASS", "s3same")
    spec = tmp_path / "sums.md"
    spec.write_text(SPEC.replace("requests_per_second: 5", "requests_per_second: 1000"))
    plan = tiny_plan(spec.read_text(), root=tmp_path)
    with MockServer(plan, latency=False) as url:
        with open_sync(spec, base_url=url, state="memory://") as sums:
            assert isinstance(sums.add(left=1, right=2)["sum"], int)
            with sums.count.stream() as chunks:
                assert len(b"".join(chunks).splitlines()) == 3

        async def ask():
            async with open_async(spec, base_url=url, state="memory://") as sums:
                return (await sums.add(left=1, right=2))["sum"]

        assert isinstance(asyncio.run(ask()), int)
