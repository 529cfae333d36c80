"""Budget, credential, version, validation, life cycle, record and log of a call."""

import asyncio
import logging
import re
from datetime import date
from decimal import Decimal

import pytest

from intertie.core.errors import (
    BudgetExceeded,
    CredentialMissing,
    InvalidInput,
    InvalidResponse,
    Reach,
    Retired,
    ServiceError,
    TokenRefused,
    UsageError,
)
from intertie.core.secret import Secret
from intertie.runtime.call import Kind
from intertie.runtime.plan import LoggingOptions
from intertie.runtime.policies.auth.options import AuthOptions
from intertie.runtime.policies.budget.options import PriceTier
from intertie.runtime.policies.version.options import VersionOptions
from intertie.testing import (
    Answer,
    Failure,
    assert_answered,
    assert_failed,
    assert_stage_order,
    euros,
    make_bench,
    make_operation,
    make_plan,
    price,
    run_virtual,
)
from support.plans import at_once, breaker, per_second, retries, timeouts

OK = Answer(json={"id": 1})
KEY = AuthOptions("api_key", location="header", name="Authorization", scheme="Bearer", secret="env:KEY")


def ledger(bench):
    return bench.linked.statistics().ledger


# --- budget ---------------------------------------------------------------------------------------------------------


def test_each_attempt_that_reached_the_service_is_paid(drive):
    """Two that were sent, none for the connection that failed."""
    bench = make_bench(make_plan(retry=retries(3), pricing=price()), [Answer(503), Failure("connect"), OK])
    answered = assert_answered(drive(bench, bench.linked.run("get_thing", {})))
    assert (answered.attempts, answered.cost) == (3, euros("0.02"))
    assert (ledger(bench).calls, ledger(bench).amount, ledger(bench).reserved) == (2, Decimal("0.02"), 0)


def test_the_hard_stop_refuses_before_sending(drive):
    """The call that would pass the limit is not sent; the refusal is no failure of the service."""
    plan = make_plan(pricing=price("0.40", monthly_limit="1"), breaker=breaker(1), retry=retries(3))
    bench = make_bench(plan, [OK])
    for _ in range(2):
        assert_answered(drive(bench, bench.linked.run("get_thing", {})))
    refused = assert_failed(drive(bench, bench.linked.run("get_thing", {})), BudgetExceeded)
    assert (refused.kind, refused.attempts, len(bench.transport.received)) == (Kind.REJECTED, 0, 2)
    assert refused.error.retry_after_s > 0
    assert bench.linked.statistics().breakers[""].state == "closed"


def test_a_hundred_at_once_never_overshoot():
    """The budget pays for ten: ten are sent, ninety refused."""
    bench = make_bench(make_plan(pricing=price("0.10", monthly_limit="1")), [Answer(json={}, latency_s=0.1)])
    outcomes = at_once(bench, *(bench.linked.run("get_thing", {}) for _ in range(100)))
    assert len(bench.transport.received) == 10
    assert sum(isinstance(getattr(outcome, "error", None), BudgetExceeded) for outcome in outcomes) == 90
    assert ledger(bench).amount == 1


def test_bytes_are_paid_as_they_were_counted(drive):
    """per_gb: both ways, heads included."""
    plan = make_plan(pricing=price("1000", model="per_gb"))
    bench = make_bench(plan, [Answer(json={"x": "y" * 800})])
    answered = assert_answered(drive(bench, bench.linked.run("get_thing", {})))
    response = answered.response
    assert answered.cost.amount == Decimal(1000) * (response.bytes_sent + response.bytes_received) / 10**9


def test_minutes_are_paid_as_long_as_the_exchange_took(drive):
    """per_minute: the wait for a permit is not the service's time."""
    plan = make_plan(pricing=price("60", model="per_minute"), limits=per_second(1))
    bench = make_bench(plan, [Answer(json={}, latency_s=0.5)])
    for _ in range(2):
        cost = assert_answered(drive(bench, bench.linked.run("get_thing", {}))).cost
        assert float(cost.amount) == pytest.approx(0.5)


@pytest.mark.parametrize("model", ["per_request", "per_gb", "per_minute"])
def test_a_record_says_that_its_cost_was_set_aside_and_settled(drive, model):
    """On a new connection and on one that was kept, whatever is paid for."""
    bench = make_bench(make_plan(pricing=price("1", model=model)), [Answer(json={}), Answer(json={})])
    for _ in range(2):
        assert_answered(drive(bench, bench.linked.run("get_thing", {})))
    for record in bench.surroundings.journal.records():
        assert [name for name in record.decisions if name in {"reserve", "settle"}] == ["reserve", "settle"]


def test_a_stream_is_paid_when_it_ended(drive):
    """Its bytes are known then; until then the expected cost stays set aside."""
    bench = make_bench(make_plan(pricing=price("1000", model="per_gb")), [Answer(body=b"x" * 1000)])
    answered = assert_answered(drive(bench, bench.linked.run("get_thing", {}, stream=True)))
    assert (ledger(bench).amount, ledger(bench).reserved > 0) == (0, True)

    async def read():
        return [chunk async for chunk in answered.response.stream]

    assert b"".join(drive(bench, read())) == b"x" * 1000
    assert ledger(bench).reserved == 0
    assert ledger(bench).amount == Decimal(1000) * (200 + 1000 + 1000) / 10**9


def test_a_stream_with_a_price_per_call_is_paid_at_once(drive):
    """However long it is read, and whether it is read at all."""
    bench = make_bench(make_plan(pricing=price("0.10")), [Answer(body=b"x" * 1000)])
    answered = assert_answered(drive(bench, bench.linked.run("get_thing", {}, stream=True)))
    assert str(answered.cost) == "0.10 EUR"

    async def read():
        return [chunk async for chunk in answered.response.stream]

    for _ in range(2):
        assert (ledger(bench).amount, ledger(bench).reserved) == (Decimal("0.10"), 0)
        drive(bench, read())


def test_tiers_are_graduated(drive):
    """The first two at one price, the third at the next."""
    tiers = (PriceTier("first", Decimal(2), Decimal("0.10")), PriceTier("beyond", None, Decimal("0.01")))
    bench = make_bench(make_plan(pricing=price(tiers=tiers)), [OK])
    costs = [assert_answered(drive(bench, bench.linked.run("get_thing", {}))).cost.amount for _ in range(3)]
    assert costs == [Decimal("0.10"), Decimal("0.10"), Decimal("0.01")]


# --- credential -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("location", ["header", "query"])
def test_the_credential_goes_to_the_transport_as_a_secret(drive, location):
    """Its text is on no request that anybody could print."""
    auth = AuthOptions("api_key", location=location, name="X-Key", secret="env:KEY")
    bench = make_bench(make_plan(auth=auth), [OK], secrets={"env:KEY": "s3cret"})
    answered = assert_answered(drive(bench, bench.linked.run("get_thing", {}, explain=True)))
    request = bench.transport.received[0].request
    assert (request.credential.location, request.credential.name) == (location, "X-Key")
    assert request.credential.secret.reveal() == "s3cret"
    assert "s3cret" not in repr(request) + repr(answered)


def test_a_credential_in_the_body_makes_the_body_secret(drive):
    """The request is built with it, and nobody may log it."""
    auth = AuthOptions("api_key", location="body", name="api_key", secret="env:KEY")
    bench = make_bench(make_plan(auth=auth), [OK], secrets={"env:KEY": "s3cret"})
    assert_answered(drive(bench, bench.linked.run("create_thing", {"a": 1})))
    request = bench.transport.received[0].request
    assert request.body_is_secret
    assert b"s3cret" in request.body


def test_basic_is_user_and_password(drive):
    """RFC 7617: both in one, encoded."""
    auth = AuthOptions("basic", username="env:USER", password="env:PASS")
    bench = make_bench(make_plan(auth=auth), [OK], secrets={"env:USER": "Aladdin", "env:PASS": "open sesame"})
    assert_answered(drive(bench, bench.linked.run("get_thing", {})))
    credential = bench.transport.received[0].request.credential
    assert (credential.scheme, credential.secret.reveal()) == ("Basic", "QWxhZGRpbjpvcGVuIHNlc2FtZQ==")


def test_a_missing_credential_sends_nothing(drive):
    """The error names the reference; no permit, no money, no blame on the service."""
    plan = make_plan(auth=KEY, breaker=breaker(1), pricing=price(), limits=per_second(1), retry=retries(3))
    bench = make_bench(plan, [OK])
    failed = assert_failed(drive(bench, bench.linked.run("get_thing", {})), CredentialMissing)
    assert (failed.kind, failed.attempts, failed.cost) == (Kind.CREDENTIAL_FAULT, 0, euros("0"))
    assert "env:KEY" in str(failed.error)
    assert bench.linked.statistics().breakers[""].state == "closed"


def test_a_401_is_our_fault_and_forgets_the_credential(drive):
    """A rotated secret takes effect with the next call."""
    bench = make_bench(make_plan(auth=KEY, retry=retries(3)), [Answer(401), OK], secrets={"env:KEY": "old"})
    failed = assert_failed(drive(bench, bench.linked.run("get_thing", {})), TokenRefused)
    assert (failed.kind, failed.attempts) == (Kind.CREDENTIAL_FAULT, 1)
    bench.secrets.texts["env:KEY"] = "new"
    assert_answered(drive(bench, bench.linked.run("get_thing", {})))
    assert bench.transport.received[1].request.credential.secret.reveal() == "new"


def test_a_credential_is_resolved_once(drive):
    """Not on every call."""
    bench = make_bench(make_plan(auth=KEY), [OK], secrets={"env:KEY": "s"})
    for _ in range(3):
        assert_answered(drive(bench, bench.linked.run("get_thing", {})))
    assert bench.secrets.asked == ["env:KEY"]


@pytest.mark.parametrize(
    ("step", "error"),
    [
        (Answer(403), ServiceError),
        (Answer(403, json={"error": {"code": "forbidden", "message": "not your order"}}), ServiceError),
        (Answer(403, json={"error": {"code": "invalid_api_key"}}), TokenRefused),
        (Answer(403, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'}), TokenRefused),
        (Answer(403, json={"message": "The API key has expired"}), TokenRefused),
    ],
)
def test_a_403_is_about_our_credential_only_where_it_says_so(drive, step, error):
    """Otherwise the caller asked for what it may not have."""
    bench = make_bench(make_plan(auth=KEY), [step], secrets={"env:KEY": "s"})
    assert_failed(drive(bench, bench.linked.run("get_thing", {})), error)


# --- version --------------------------------------------------------------------------------------------------------

VERSIONS = VersionOptions("header", "X-Version", "2", ("1", "2"), (("1", date(2027, 1, 1)),))


def test_any_supported_version_may_be_asked_for(drive):
    """The current one by default."""
    bench = make_bench(make_plan(version=VERSIONS), [OK])
    for version, expected in ((None, "2"), ("1", "1")):
        assert_answered(drive(bench, bench.linked.run("get_thing", {}, version=version)))
        request = bench.transport.received[-1].request
        assert f"X-Version: {expected}".encode() in request.static_head or ("X-Version", expected) in request.headers


def test_an_unsupported_version_is_the_callers_mistake(drive):
    """The message lists what there is."""
    bench = make_bench(make_plan(version=VERSIONS), [OK])
    with pytest.raises(UsageError, match="supports 2, 1"):
        drive(bench, bench.linked.run("get_thing", {}, version="3"))
    bench = make_bench(make_plan(), [OK])
    with pytest.raises(UsageError, match="no versions"):
        drive(bench, bench.linked.run("get_thing", {}, version="1"))


def test_a_version_that_ends_is_warned_of_from_ninety_days_before(drive):
    """Once a call, with the day."""
    bench = make_bench(make_plan(version=VERSIONS, retry=retries(2)), [Answer(503), OK])
    answered = assert_answered(drive(bench, bench.linked.run("get_thing", {}, version="1")))
    assert answered.warnings == ("API version 1 ends on 2027-01-01, in 38 days; the current one is 2",)
    assert assert_answered(drive(bench, bench.linked.run("get_thing", {}))).warnings == ()


def test_deprecation_and_sunset_headers_are_noticed_once(drive):
    """What the service announces reaches the caller."""
    old = {"Deprecation": "@1780000000", "Sunset": "Fri, 01 Jan 2027 00:00:00 GMT"}
    bench = make_bench(make_plan(retry=retries(2)), [Answer(503, headers=old), Answer(json={}, headers=old)])
    answered = assert_answered(drive(bench, bench.linked.run("get_thing", {})))
    (warning,) = answered.warnings
    assert "deprecated from 2026-05-28" in warning
    assert "switched off on 2027-01-01" in warning


# --- validation and mapping -----------------------------------------------------------------------------------------

SCHEMA = {"type": "object", "properties": {"id": {"type": "integer"}}, "required": ["id"]}


def test_an_answer_that_breaks_its_schema_warns(drive):
    """By default the data is given, with the place and the rule."""
    bench = make_bench(make_plan(make_operation(schema=SCHEMA)), [Answer(json={"id": "secret value"})])
    answered = assert_answered(drive(bench, bench.linked.run("get_thing", {})))
    assert answered.data == {"id": "secret value"}
    assert "$.id" in answered.warnings[0]
    assert "secret value" not in answered.warnings[0]


def test_strict_makes_it_an_error_and_no_retry(drive):
    """The service is up; its answer is wrong, and was paid for."""
    plan = make_plan(
        make_operation(schema=SCHEMA, validate="strict"), retry=retries(3), breaker=breaker(1), pricing=price()
    )
    bench = make_bench(plan, [Answer(json={})])
    failed = assert_failed(drive(bench, bench.linked.run("get_thing", {})), InvalidResponse)
    assert (failed.kind, failed.attempts, failed.reached, failed.cost) == (
        Kind.MAPPING_FAULT,
        1,
        Reach.YES,
        euros("0.01"),
    )
    assert bench.linked.statistics().breakers[""].state == "closed"


def test_off_looks_at_nothing(drive):
    """The answer is given as it is."""
    bench = make_bench(make_plan(make_operation(schema=SCHEMA, validate="off")), [Answer(json={})])
    assert assert_answered(drive(bench, bench.linked.run("get_thing", {}))).warnings == ()


def test_an_unreadable_answer_is_not_retried(drive):
    """A page of HTML where JSON was promised says nothing about whether it took effect."""
    bench = make_bench(
        make_plan(retry=retries(3)), [Answer(200, body=b"<html>", headers={"Content-Type": "application/json"})]
    )
    failed = assert_failed(drive(bench, bench.linked.run("create_keyed_thing", {})))
    assert (failed.kind, failed.attempts, failed.reached) == (Kind.MAPPING_FAULT, 1, Reach.YES)


def test_an_undeclared_success_is_a_success_with_a_warning(drive):
    """201 where the spec says 200."""
    bench = make_bench(make_plan(), [Answer(201, json={"id": 1})])
    answered = assert_answered(drive(bench, bench.linked.run("get_thing", {})))
    assert (answered.data, answered.status) == ({"id": 1}, 201)
    assert "201" in answered.warnings[0]


def test_bad_input_is_raised_before_anything_happens(drive):
    """Nothing sent, recorded or paid."""
    bench = make_bench(make_plan(pricing=price()), [OK])
    with pytest.raises(InvalidInput):
        drive(bench, bench.linked.run("get_thing", {"unknown": 1}))
    assert (bench.transport.received, bench.surroundings.journal.records()) == ([], [])


def test_an_error_in_a_success_is_mapped_by_its_own_code(drive):
    """A provider that answers 200 with its code in the body fails as the row says."""
    from intertie.testing import rows

    plan = make_plan(errors=rows(("channel_not_found", "NO_CHANNEL", "fail")))
    bench = make_bench(plan, [Answer(json={"ok": False, "error": "channel_not_found"})])
    assert assert_failed(drive(bench, bench.linked.run("create_thing", {})), ServiceError).error.code == "NO_CHANNEL"


# --- life cycle and arguments ---------------------------------------------------------------------------------------


def test_an_unknown_operation_says_what_was_meant(drive):
    """A near name is offered."""
    bench = make_bench(make_plan(), [OK])
    with pytest.raises(UsageError, match="did you mean get_thing"):
        drive(bench, bench.linked.run("get_thin", {}))


@pytest.mark.parametrize("timeout_s", [0, -1, float("nan"), float("inf")])
def test_a_time_limit_must_make_sense(drive, timeout_s):
    """Zero, negative and endless limits are the caller's mistake."""
    bench = make_bench(make_plan(), [OK])
    with pytest.raises(UsageError, match="timeout_s"):
        drive(bench, bench.linked.run("get_thing", {}, timeout_s=timeout_s))


def test_a_key_needs_a_header(drive):
    """A key that could not be sent is refused rather than lost."""
    bench = make_bench(make_plan(), [OK])
    with pytest.raises(UsageError, match="idempotency key"):
        drive(bench, bench.linked.run("create_thing", {}, idempotency_key="mine"))


def test_what_this_version_cannot_call_says_so(drive):
    """The plan's own sentence."""
    bench = make_bench(make_plan(make_operation(unsupported="gRPC needs an extra")), [OK])
    with pytest.raises(UsageError, match="gRPC needs an extra"):
        drive(bench, bench.linked.run("get_thing", {}))


def test_a_retired_integration_is_refused(drive):
    """Nothing is sent; the refusal is on record."""
    bench = make_bench(make_plan(status="retired"), [OK])
    failed = assert_failed(drive(bench, bench.linked.run("get_thing", {})), Retired)
    assert (failed.kind, bench.transport.received) == (Kind.REJECTED, [])
    assert bench.surroundings.journal.records()[0].outcome == "rejected"


@pytest.mark.parametrize(
    ("status", "environment", "word"),
    [("draft", "production", "draft"), ("draft", "development", None), ("deprecated", "development", "deprecated")],
)
def test_drafts_in_production_and_deprecated_ones_warn(drive, status, environment, word):
    """On every call, fused or not."""
    bench = make_bench(make_plan(status=status, environment=environment), [OK])
    for explain in (False, True):
        answered = assert_answered(drive(bench, bench.linked.run("get_thing", {}, explain=explain)))
        assert [word in text for text in answered.warnings] == ([] if word is None else [True])


# --- record, log, cancellation --------------------------------------------------------------------------------------


def test_every_call_leaves_a_record_with_its_decisions(drive):
    """Who, what, when, how it went, what it cost."""
    bench = make_bench(make_plan(retry=retries(2), pricing=price()), [Answer(503), OK])
    assert_answered(drive(bench, bench.linked.run("get_thing", {}, caller="shop")))
    (record,) = bench.surroundings.journal.records()
    assert (record.operation, record.caller, record.outcome, record.attempts) == ("get_thing", "shop", "success", 2)
    assert (record.amount, record.currency, record.reached) == ("0.02", "EUR", "yes")
    assert record.decisions.count("attempt") == 2
    assert "retry" in record.decisions


def test_a_strict_audit_is_stored_before_the_call_is_sent(drive):
    """The entry is there when the service first hears of the call."""
    seen = []
    bench = make_bench(
        make_plan(audit="strict"), lambda *_: seen.append(len(bench.surroundings.journal.records())) or OK
    )
    assert_answered(drive(bench, bench.linked.run("get_thing", {})))
    assert seen == [1]
    assert [record.outcome for record in bench.surroundings.journal.records()] == ["success", "started"]


def test_the_log_keeps_to_its_level(drive, caplog):
    """Successes at info, failures at error, through `intertie.<service>`."""
    caplog.set_level(logging.DEBUG)
    for level, expected in (("info", ["INFO", "ERROR"]), ("error", ["ERROR"]), ("critical", [])):
        caplog.clear()
        bench = make_bench(make_plan(logging=LoggingOptions(level=level)), [OK, Answer(404)])
        for _ in range(2):
            drive(bench, bench.linked.run("get_thing", {}))
        assert [r.levelname for r in caplog.records if r.name == "intertie.things"] == expected


def test_no_secret_reaches_the_log(drive, caplog):
    """Headers and bodies are logged through the mask; a secret's body never."""
    caplog.set_level(logging.DEBUG)
    options = LoggingOptions(level="debug", include_headers=True, include_body=True)
    for auth in (KEY, AuthOptions("api_key", location="body", name="api_key", secret="env:KEY")):
        bench = make_bench(make_plan(logging=options, auth=auth), [OK], secrets={"env:KEY": "s3cret-text"})
        drive(bench, bench.linked.run("create_thing", {"a": 1}))
    assert caplog.records
    assert "s3cret-text" not in caplog.text + repr([record.__dict__ for record in caplog.records])


def test_logged_headers_are_those_on_the_wire(drive, caplog):
    """The fixed ones of the spec, the transport's own and our credential, masked; an answer's come with them."""
    caplog.set_level(logging.DEBUG)
    bench = make_bench(
        make_plan(logging=LoggingOptions(level="debug", include_headers=True), auth=KEY),
        [Answer(200, json={}, headers={"Set-Cookie": "sid=1", "X-Long": "y" * 10_000, "X-Odd": "a\x9bb"})],
        secrets={"env:KEY": "s3cret-text"},
    )
    drive(bench, bench.linked.run("get_thing", {}))
    lines = {line.partition(" headers ")[0]: line for line in caplog.messages if " headers " in line}
    assert "Host: " in lines["request"]
    assert "Authorization: Bearer ••••" in lines["request"]
    assert "set-cookie: ••••" in lines["response"]
    assert r"x-odd: a\x9bb" in lines["response"]
    assert len(lines["response"]) < 1000


def test_nothing_is_logged_as_sent_that_was_not(drive, caplog):
    """Without a connection nothing went over the wire."""
    caplog.set_level(logging.DEBUG)
    bench = make_bench(make_plan(logging=LoggingOptions(level="debug", include_headers=True)), [Failure("connect")])
    drive(bench, bench.linked.run("get_thing", {}))
    assert not [line for line in caplog.messages if "request headers" in line]


def test_a_cancelled_call_passes_at_once_and_is_paid():
    """Cancellation goes through untouched; what may have left counts, and nothing stays taken."""
    plan = make_plan(pricing=price(), breaker=breaker(1), limits=per_second(5), timeouts=timeouts())
    for explain in (False, True):
        bench = make_bench(plan, [Failure("hang")])

        async def cancel(bench=bench, explain=explain):
            task = asyncio.ensure_future(bench.linked.run("get_thing", {}, explain=explain))
            await bench.clock.sleep_until(1000.5)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

        run_virtual(cancel(), bench.clock)
        after = bench.linked.statistics()
        assert (after.ledger.calls, after.ledger.amount, after.ledger.reserved) == (1, Decimal("0.01"), 0)
        assert (after.limiter.in_flight, after.breakers[""].state) == (0, "closed")
        (record,) = bench.surroundings.journal.records()
        assert (record.outcome, record.attempts, record.reached) == ("cancelled", 1, "maybe")


def test_a_cancelled_probe_leaves_its_place_to_the_next():
    """What it would have said nobody knows; the circuit stays half-open, and nobody waits for its lease to end."""
    bench = make_bench(make_plan(breaker=breaker(1), timeouts=timeouts()), [Answer(500), Failure("hang"), OK])
    assert_failed(run_virtual(bench.linked.run("get_thing", {}), bench.clock))
    bench.advance(10)

    async def cancel():
        task = asyncio.ensure_future(bench.linked.run("get_thing", {}))
        await bench.clock.sleep_until(bench.clock.monotonic_s() + 0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    run_virtual(cancel(), bench.clock)
    assert (bench.linked.statistics().breakers[""].state, len(bench.transport.received)) == ("half_open", 2)
    assert_answered(run_virtual(bench.linked.run("get_thing", {}), bench.clock))
    assert bench.linked.statistics().breakers[""].state == "closed"


def test_cancelled_while_waiting_for_a_permit_nothing_is_paid():
    """Nothing was sent, so nothing stays taken."""
    bench = make_bench(make_plan(pricing=price(), breaker=breaker(1), limits=per_second(1)), [OK])
    assert_answered(run_virtual(bench.linked.run("get_thing", {}), bench.clock))

    async def cancel():
        task = asyncio.ensure_future(bench.linked.run("get_thing", {}))
        await bench.clock.sleep_until(1000.5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    run_virtual(cancel(), bench.clock)
    after = bench.linked.statistics()
    assert (after.ledger.calls, after.ledger.reserved, after.limiter.waiting) == (1, 0, 0)
    assert bench.transport.released == 1


def test_a_listener_hears_of_every_call(drive):
    """Events as they happen, records when calls end."""
    events, records = [], []
    bench = make_bench(make_plan(), [OK], listener=events.append, on_record=records.append)
    assert_answered(drive(bench, bench.linked.run("get_thing", {})))
    assert "attempt" in [event.event for event in events]
    assert [record.outcome for record in records] == ["success"]


def test_plans_say_their_stages_in_order():
    """The order is the one that the pipeline runs in."""
    assert_stage_order(make_plan(breaker=breaker(), pricing=price(), limits=per_second(1), auth=KEY, version=VERSIONS))


def test_who_is_over_the_budget_is_told_when_the_month_ends_in_words(drive):
    """Days and hours, not half a million seconds."""
    bench = make_bench(make_plan(pricing=price(monthly_limit="0.01")), [Answer(json={})])
    assert_answered(drive(bench, bench.linked.run("get_thing", {})))
    failed = assert_failed(drive(bench, bench.linked.run("get_thing", {})), BudgetExceeded)
    assert re.search(r"begins in \d+ d( \d+ h)?\Z", failed.error.message)


def test_a_secret_that_the_transport_resolved_is_masked_too(drive, caplog):
    """What is known to anybody around the pipeline is masked in its log."""
    plan = make_plan(logging=LoggingOptions(level="info", include_body=True))
    bench = make_bench(plan, [Answer(json={"echo": "pass phrase of a key"})])
    bench.surroundings.known_secrets.add(Secret("pass phrase of a key"))
    with caplog.at_level(logging.INFO, "intertie"):
        assert_answered(drive(bench, bench.linked.run("get_thing", {})))
    assert "pass phrase" not in caplog.text


def test_a_client_key_that_is_missing_is_a_credential_fault(drive, monkeypatch):
    """Found when the connection is made, and as much our configuration as a missing API key."""
    bench = make_bench(make_plan(), [Answer(json={})], pooled=False)

    async def no_key(**_limits):
        raise CredentialMissing("file:client.key: the file can't be read")

    monkeypatch.setattr(bench.transport, "connect", no_key)
    failed = assert_failed(drive(bench, bench.linked.run("get_thing", {})), CredentialMissing)
    assert (failed.kind, failed.reached) == (Kind.CREDENTIAL_FAULT, Reach.NO)


@pytest.mark.parametrize(
    "body",
    [b"[" * 5000 + b"]" * 5000, b'{"token": "s3cret", "rows": [' + b"1," * 60_000 + b"1]}", b"\xff\xfe"],
    ids=["deep", "wide", "odd"],
)
def test_a_logged_body_is_bounded(drive, caplog, body):
    """The log of an answer never fails the call, masks a large body as text, and cuts it."""
    plan = make_plan(logging=LoggingOptions(level="info", include_body=True))
    bench = make_bench(plan, [Answer(500, body=body, headers={"Content-Type": "application/json"})])
    with caplog.at_level(logging.INFO, "intertie"):
        assert_failed(drive(bench, bench.linked.run("get_thing", {})), ServiceError)
    assert "s3cret" not in caplog.text
    assert len(caplog.text) < 250_000
