"""The pure halves of the policies: numbers in, decision out."""

import math
import random
from datetime import date

import pytest

from intertie.core.errors import CircuitOpen, ConnectError, DeadlineExceeded, Reach, ReadError, ServiceError
from intertie.core.money import ONE_UNIT as ONE
from intertie.runtime.call import Answered, Failed, Kind
from intertie.runtime.clipping import connect_timeout_s, read_timeout_s, write_deadline_s
from intertie.runtime.http import Headers, Request, Response
from intertie.runtime.policies.breaker.options import BreakerOptions
from intertie.runtime.policies.breaker.verdict import FAILURE, NEUTRAL, SUCCESS, verdict_of
from intertie.runtime.policies.budget.quantities import (
    expected_quantity,
    expecting,
    gigabytes,
    minutes,
    used_quantity,
)
from intertie.runtime.policies.deadline.options import TimeoutOptions
from intertie.runtime.policies.retry.backoff import backoff_s
from intertie.runtime.policies.retry.budget import RetryBudget
from intertie.runtime.policies.retry.decision import Again, Enough, decide
from intertie.runtime.policies.retry.options import RetryOptions
from intertie.runtime.policies.version.notices import header_notice, schedule_notice
from intertie.runtime.policies.version.options import VersionOptions
from intertie.runtime.schemas import CompiledSchema
from intertie.runtime.statuses import StatusSet
from intertie.testing import make_operation
from support.plans import retries


def answer(status: int) -> Response:
    return Response(status, Headers())


def failed(status: int, kind: Kind = Kind.SERVICE_FAULT, **fields) -> Failed:
    return Failed(ServiceError("x"), kind, Reach.YES, response=answer(status), **fields)


# --- backoff --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("backoff", "expected"),
    [
        ("exponential", [0.1, 0.2, 0.4, 0.8, 1.0, 1.0]),
        ("linear", [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]),
        ("fixed", [0.1] * 6),
    ],
)
def test_the_three_shapes(backoff, expected):
    """Delays grow as the plan says, up to their cap."""
    options = RetryOptions(initial_delay_s=0.1, max_delay_s=1.0, backoff=backoff, jitter=False)
    assert [backoff_s(n, options, draw=0.9) for n in range(1, 7)] == pytest.approx(expected)


def test_all_delays_lie_between_zero_and_the_cap():
    """Whatever the attempt, the shape and the draw; overflow counts as the cap."""
    draws = random.Random(7)
    kinds = ("exponential", "linear", "fixed")
    options = [
        RetryOptions(initial_delay_s=i, max_delay_s=m, backoff=k, multiplier=f, jitter=j)
        for i, m in ((0.0, 0.0), (0.1, 5.0), (1e-9, 1e9))
        for k in kinds
        for f in (1.0, 2.0, 1e300)
        for j in (True, False)
    ]
    for n in range(200_000):
        chosen = options[n % len(options)]
        delay = backoff_s(draws.choice((0, 1, 2, 50, 5000, 10**6)), chosen, draw=draws.random())
        assert 0.0 <= delay <= chosen.max_delay_s


# --- retry budget ---------------------------------------------------------------------------------------------------


def test_in_any_window_retries_stay_below_ratio_or_minimum():
    """A random hour of calls: every ten seconds on their own hold no more than the rule allows, slots aside."""
    draws = random.Random(11)
    budget = RetryBudget(RetryOptions(budget_ratio=0.2, budget_minimum=10, budget_window_s=10.0))
    now, calls, spent = 5.0, [], []
    for _ in range(60_000):
        now += draws.expovariate(20)
        calls.append(now)
        budget.count_call(now)
        if draws.random() < 0.5 and budget.take(now):
            spent.append(now)
    start = 0
    begin = 0
    for index, instant in enumerate(spent):
        while spent[start] < instant - 9.0:
            start += 1
        while calls[begin] < instant - 10.0:
            begin += 1
        within = sum(1 for call in calls[begin : begin + 2000] if call <= instant)
        assert index - start + 1 <= max(10, math.ceil(0.2 * within) + 1)


def test_what_is_older_than_the_window_is_forgotten():
    """Slot by slot, and all at once after a long silence."""
    budget = RetryBudget(RetryOptions(budget_ratio=0.0, budget_minimum=2, budget_window_s=10.0))
    for now_s in (100.0, 104.0):
        budget.count_call(now_s)
        assert budget.take(now_s)
    assert not budget.take(109.9)
    assert budget.counts(109.9) == (2, 2)
    assert budget.counts(110.0) == (1, 1)
    assert budget.take(110.0)
    assert budget.counts(113.9) == (1, 2)
    assert budget.counts(114.0) == (0, 1)
    assert budget.counts(1000.0) == (0, 0)


def test_a_late_thread_wipes_nothing_newer():
    """An instant from before the current slot counts, and forgets nothing."""
    budget = RetryBudget(RetryOptions())
    budget.count_call(100.0)
    budget.count_call(98.0)
    assert budget.counts(100.0) == (2, 0)


# --- decision -------------------------------------------------------------------------------------------------------


def judged(outcome: Failed, *, attempt=1, action=None, backoff=0.1, left=10.0, **options):
    return decide(
        outcome, options=retries(3, **options), attempt=attempt, action=action, backoff_s=backoff, left_s=left
    )


def test_the_table_of_decisions():
    """Each row of `decide`, first match wins."""
    refused = Failed(CircuitOpen("x"), Kind.REJECTED)
    assert judged(refused, action="retry").reason == "not_retriable"
    assert judged(failed(200, Kind.MAPPING_FAULT)).reason == "not_retriable"
    assert judged(failed(503), action="fail").reason == "row_says_fail"
    assert judged(failed(429, Kind.QUOTA_EXHAUSTED)).reason == "quota_exhausted"
    assert judged(failed(404, Kind.CALLER_FAULT)).reason == "not_listed"
    assert judged(failed(404, Kind.CALLER_FAULT), retry_on=("404",)) == Again(0.1, "status_404")
    assert judged(failed(404, Kind.CALLER_FAULT), action="retry") == Again(0.1, "row_says_retry")
    assert judged(failed(500, effect_unknown=True), retry_on=("5xx",)).reason == "effect_unknown"
    assert judged(failed(503), attempt=3) == Enough("max_attempts")
    assert judged(failed(503), left=0.1) == Enough("deadline")
    assert judged(failed(503, retry_after_s=4.0)) == Again(4.0, "service_unavailable")
    assert judged(failed(429, Kind.THROTTLED, retry_after_s=0.0)) == Again(0.1, "throttled")
    late = Failed(DeadlineExceeded("x", phase="total"), Kind.SERVICE_FAULT, Reach.MAYBE)
    assert judged(late).reason == "not_listed"
    never_left = Failed(ReadError("x"), Kind.SERVICE_FAULT, Reach.NO, effect_unknown=True)
    assert judged(never_left) == Again(0.1, "network_error")


def test_only_what_somebody_hoped_for_is_told():
    """Giving up is an event where a further try was due, and none where nobody would have tried again."""
    told = {judged(failed(503), attempt=3), judged(failed(503), left=0.1), judged(failed(429, Kind.QUOTA_EXHAUSTED))}
    assert {each.told for each in told} == {True}
    untold = {judged(failed(503), action="fail"), judged(failed(404, Kind.CALLER_FAULT))}
    assert {each.told for each in untold} == {False}


def test_a_gigabyte_has_a_thousand_million_bytes():
    """As services bill it."""
    assert gigabytes(2_500_000_000) == ONE * 5 // 2


def test_a_body_that_was_read_from_is_not_sent_again():
    """It would not be the same body."""
    spent = decide(failed(503), options=retries(3), attempt=1, action=None, backoff_s=0.1, left_s=10.0, body_spent=True)
    assert spent == Enough("body_spent")


def test_a_success_that_is_none_is_retried_where_any_server_error_is():
    """A 200 of another media type has no number among the 5xx."""
    assert judged(failed(200), retry_on=("5xx",)) == Again(0.1, "broken_success")
    assert judged(failed(200), retry_on=("200",)) == Enough("not_listed", told=False)


# --- breaker --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "verdict"),
    [
        (Answered({}, 200), SUCCESS),
        (failed(500), FAILURE),
        (failed(404, Kind.CALLER_FAULT), SUCCESS),
        (failed(429, Kind.THROTTLED), NEUTRAL),
        (failed(503, Kind.THROTTLED), NEUTRAL),
        (failed(401, Kind.CREDENTIAL_FAULT), NEUTRAL),
        (failed(200, Kind.MAPPING_FAULT), NEUTRAL),
        (Failed(ConnectError("x"), Kind.SERVICE_FAULT), FAILURE),
        (Failed(DeadlineExceeded("x"), Kind.SERVICE_FAULT, Reach.MAYBE), FAILURE),
    ],
)
def test_verdicts(outcome, verdict):
    """What an attempt means to the breaker by default."""
    assert verdict_of(outcome, BreakerOptions()) == verdict


def test_failure_on_chooses_what_counts():
    """Network errors and timeouts can be left out, other statuses taken in."""
    options = BreakerOptions(network_error=False, timeout=False, statuses=StatusSet.of(["404"]))
    assert verdict_of(Failed(ConnectError("x"), Kind.SERVICE_FAULT), options) == NEUTRAL
    assert verdict_of(Failed(DeadlineExceeded("x"), Kind.SERVICE_FAULT), options) == NEUTRAL
    assert verdict_of(failed(404, Kind.CALLER_FAULT), options) == FAILURE
    assert verdict_of(failed(500), options) == SUCCESS


# --- deadline, quantities -------------------------------------------------------------------------------------------


def test_no_step_gets_more_than_is_left():
    """Each timeout is the smaller of its own and the total's rest, never negative."""
    options = TimeoutOptions(connect_s=1.0, read_s=2.0, write_s=3.0)
    assert connect_timeout_s(options, now_s=10.0, deadline_s=10.4) == pytest.approx(0.4)
    assert read_timeout_s(options, now_s=10.0, deadline_s=9.0) == 0.0
    assert write_deadline_s(options, now_s=10.0, deadline_s=99.0) == 13.0


def test_quantities_are_exact():
    """Units of the pricing model, by declared sizes before and by what was counted after."""
    text = make_operation(schema={"type": "string", "maxLength": 10_000})
    request = Request("POST", "/", body=b"x" * 500)
    assert expecting("per_request", text, attempt_s=9)(request) == ONE
    assert expecting("per_gb", text, attempt_s=9)(request) == gigabytes(1024 + 500 + 1024 + 10_000)
    assert expecting("per_gb", text, attempt_s=9)(None) == gigabytes(1024 + 1024 + 10_000)
    assert expecting("per_minute", text, attempt_s=90.0)(request) == ONE * 3 // 2
    counted = Response(200, Headers(), bytes_sent=100, bytes_received=900)
    assert used_quantity("per_gb", counted, wire_s=1.0, expected=ONE) == gigabytes(1000)
    assert used_quantity("per_gb", None, wire_s=1.0, expected=ONE) == ONE
    assert used_quantity("per_minute", None, wire_s=30.0, expected=ONE) == minutes(30.0) == ONE // 2
    assert used_quantity("subscription", counted, wire_s=1.0, expected=ONE) == ONE


# --- versions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 10, 2), None),
        (date(2026, 10, 3), "API version 1 ends on 2027-01-01, in 90 days; the current one is 2"),
        (date(2026, 12, 31), "API version 1 ends on 2027-01-01, in 1 day; the current one is 2"),
        (date(2027, 1, 2), "API version 1 ended on 2027-01-01; the current one is 2"),
    ],
)
def test_the_schedule_warns_from_ninety_days_before(today, expected):
    """And goes on when the day has passed."""
    options = VersionOptions("header", "X", "2", ("1", "2"), (("1", date(2027, 1, 1)),))
    assert schedule_notice(options, "1", today) == expected
    assert schedule_notice(options, "2", today) is None


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"Deprecation": "@1688169599"}, "is deprecated from 2023-06-30"),
        ({"Deprecation": "true"}, "is deprecated"),
        ({"Deprecation": "Sun, 11 Nov 2018 23:59:59 GMT"}, "is deprecated from 2018-11-11"),
        ({"Sunset": "Fri, 01 Jan 2027 00:00:00 GMT"}, "is switched off on 2027-01-01"),
        ({"Deprecation": "false"}, None),
        ({"Sunset": "some day"}, None),
        ({"Deprecation": "@999999999999"}, "a date that no calendar has"),
        ({}, None),
    ],
)
def test_announcements_in_every_spelling(fields, says):
    """RFC 9745, its drafts, and RFC 8594."""
    notice = header_notice(Headers.of(fields.items()))
    assert (notice is None) == (says is None)
    assert says is None or says in notice
    assert schedule_notice(VersionOptions("url", "", "1"), "1", date(2026, 1, 1)) is None


def test_a_schema_without_length_is_weighed_by_its_example():
    """What the author shows is what is expected."""
    shown = make_operation()
    plain = expected_quantity("per_gb", shown, attempt_s=1)
    assert plain == gigabytes(1024 + 1024 + 64 * 1024)
    assert isinstance(CompiledSchema(True).json, bool)
