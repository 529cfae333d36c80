"""Limits, breaker, fallbacks, budget and versions: the same through the synchronous and the asyncio client."""

from __future__ import annotations

import pytest

from intertie.core.money import Money
from intertie.testing import Answer, Failure, euros
from support.client_faces import both, plan_of_spec

OK = Answer(json={"id": "ch_1", "amount": 1, "currency": "eur"})
ONE = {"charge_id": "1"}
LIMITS = {
    "Rate_Limits": """
rate_limits: {requests_per_second: 2}
throttling: {strategy: sliding_window}
"""
}
BREAKER = {
    "Retry_Policy": None,
    "Circuit_Breaker": """
circuit_breaker: {enabled: true, failure_threshold: 2, success_threshold: 2, timeout: 10, half_open_requests: 1}
""",
}


def get(face, times=1, **options):
    return [face.call("get_charge", ONE, **options) for _ in range(times)]


def test_a_throttled_call_waits_as_long_as_it_was_told():
    """A 429 with Retry-After pauses, is tried again within the total time and counts as an attempt."""
    (told,) = both(plan_of_spec(), [Answer(429, headers={"Retry-After": "2"}), OK], get)
    assert (told["ok"], told["attempts"], told["elapsed_s"]) == (True, 2, 2.0)


def test_a_pause_that_can_not_fit_is_told_at_once():
    """A 429 for an hour fails at once with the time to wait; the next call is refused without being sent."""

    def scenario(face):
        return get(face, 2), face.sent

    (first, second), sent = both(plan_of_spec(), [Answer(429, headers={"Retry-After": "3600"}), OK], scenario)
    assert (first["type"], first["status"], first["retry_after_s"], first["elapsed_s"]) == (
        "ServiceError",
        429,
        3600.0,
        0.0,
    )
    assert (second["type"], second["attempts"], second["reached"], len(sent)) == ("RateLimited", 0, "no", 1)
    assert second["policy"] == "rate_limit"
    assert second["retry_after_s"] == 3600.0


def test_a_limit_is_waited_for():
    """The third call within a second waits for its turn and says so."""

    def scenario(face):
        return get(face, 3, explain=True)

    told = both(plan_of_spec(**LIMITS), [OK], scenario)
    assert [one["elapsed_s"] for one in told] == [0.0, 0.0, pytest.approx(1.02)]
    assert ("rate_limit", "wait") in told[2]["events"]


def test_a_turn_that_can_not_come_in_time_is_refused_at_once():
    """`RateLimited` comes without waiting, and knows when a turn is free."""

    def scenario(face):
        return get(face, 2), get(face, timeout_s=0.5)

    _, (told,) = both(plan_of_spec(**LIMITS), [OK], scenario)
    assert (told["type"], told["elapsed_s"], told["attempts"]) == ("RateLimited", 0.0, 0)
    assert told["retry_after_s"] == pytest.approx(1.02)


def test_a_breaker_opens_probes_and_closes():
    """Two failures open it; after its time a probe goes through; two successes close it."""

    def scenario(face):
        told = get(face, 3)
        face.wait(10.0)
        told += get(face, 2)
        states = [breaker.state for breaker in face.api.statistics().breakers.values()]
        return told, states, len(face.sent)

    told, states, sent = both(plan_of_spec(**BREAKER), [Answer(500), Answer(500), OK], scenario)
    assert [one.get("type") for one in told] == ["ServiceError", "ServiceError", "CircuitOpen", None, None]
    assert (told[2]["attempts"], told[2]["reached"], told[2]["policy"]) == (0, "no", "circuit_breaker")
    assert told[2]["retry_after_s"] == 10.0
    assert (states, sent) == (["closed"], 4)


def test_a_probe_that_fails_opens_it_again():
    """One failure in half-open is enough."""

    def scenario(face):
        get(face, 2)
        face.wait(10.0)
        return [one["type"] for one in get(face, 2)]

    assert both(plan_of_spec(**BREAKER), [Answer(500)], scenario) == ["ServiceError", "CircuitOpen"]


def test_an_operator_holds_a_breaker():
    """Forced open nothing passes, forced closed everything, and then it decides again."""

    def scenario(face):
        (breaker,) = face.api.breakers.values()
        told = []
        for held in ("open", "closed", None):
            breaker.force(held)
            told += [one.get("type") for one in get(face, 3)]
        return told

    told = both(plan_of_spec(**BREAKER), [Answer(500)], scenario)
    assert told[:6] == ["CircuitOpen"] * 3 + ["ServiceError"] * 3
    assert "CircuitOpen" in told[6:]


def test_an_operator_pauses_a_limiter():
    """While paused calls are refused or wait; resumed they go at once."""

    def scenario(face):
        face.api.limiter.pause(60.0)
        told = get(face)
        face.api.limiter.resume()
        return told + get(face)

    paused, resumed = both(plan_of_spec(**LIMITS), [OK], scenario)
    assert (paused["type"], paused["retry_after_s"]) == ("RateLimited", 60.0)
    assert (resumed["ok"], resumed["elapsed_s"]) == (True, 0.0)


def fallback(strategy: str, more: str = "") -> dict:
    return {
        **BREAKER,
        "Error_Handling": f"""
error_mapping: [{{external_code: 5xx, internal_code: DOWN, message: It is down., action: fallback}}]
fallback_behavior: {{strategy: {strategy}{more}}}
""",
    }


def test_the_last_good_answer_stands_in_and_is_marked():
    """A read is answered from the cache, stale, while it is young enough; a write and an old one fail as mapped."""

    def scenario(face):
        told = get(face, 2)
        told.append(face.call("add_note", {"text": "x"}))
        face.wait(61.0)
        return told + get(face)

    plan = plan_of_spec(**fallback("cache", ", cache_ttl: 60"))
    good, cached, write, old = both(plan, [OK, Answer(500)], scenario)
    assert (cached["data"], cached["fallback"], cached["stale"]) == (good["data"], "cache", True)
    assert (write["type"], write["code"], write["user_message"]) == ("ServiceError", "DOWN", "It is down.")
    assert old["ok"] is False


def test_a_default_answer_stands_in_and_is_a_copy():
    """Callers may change what they got without changing what the next one gets."""

    def scenario(face):
        first = face.result("get_charge", ONE)
        first.data["limits"].append("changed")
        return get(face)

    plan = plan_of_spec(**fallback("default", ", default_response: {limits: []}"))
    (told,) = both(plan, [Answer(500)], scenario)
    assert (told["data"], told["fallback"], told["status"], told["stale"]) == ({"limits": []}, "default", None, False)


def test_a_write_is_queued_and_sent_when_the_service_is_back():
    """What can't have been done, or has a key, is queued under a receipt and replayed in order under its key."""

    def scenario(face):
        told = [face.call("create_charge", {"amount": f"{n}.00", "currency": "EUR"}) for n in (1, 2)]
        told.append(face.call("get_charge", ONE))
        face.wait(11.0)
        report = face.replay()
        return told, report.sent == tuple(one["receipt"] for one in told[:2]), report.stopped, face.sent

    plan = plan_of_spec(**fallback("queue"))
    script = [Answer(503), Answer(503), Answer(201, json={"id": "c", "amount": 1, "currency": "eur"})]
    told, in_order, stopped, sent = both(plan, script, scenario)
    assert [(one["ok"], one.get("fallback")) for one in told] == [(True, "queue"), (True, "queue"), (False, None)]
    assert all(one["data"] is None and one["receipt"] for one in told[:2])
    assert (in_order, stopped) == (True, None)
    assert sent.count("POST /charges") == 4


def test_a_write_that_may_have_been_done_is_not_queued_without_a_key():
    """Without a key an ambiguous failure is the caller's to judge; refused by the breaker it is queued."""

    def scenario(face):
        return [face.call("add_note", {"text": "x"}) for _ in range(3)]

    first, second, third = both(plan_of_spec(**fallback("queue")), [Failure("read")], scenario)
    assert (first["ok"], first["reached"]) == (False, "maybe")
    assert (second["ok"], second["reached"]) == (False, "maybe")
    assert (third["ok"], third["fallback"], third["attempts"]) == (True, "queue", 0)


def costs(limit: str) -> dict:
    return {
        "Cost_Management": f"""
costs:
  pricing_model: per_request
  currency: EUR
  tiers: [{{name: all, cost: 0.01, unit: request}}]
  budget: {{monthly_limit: {limit}, alert_at: 80%, hard_stop: true}}
"""
    }


def test_a_hard_stop_refuses_before_it_sends():
    """Three cents pay for three calls; the fourth is refused until next month and nothing is sent."""

    def scenario(face):
        return get(face, 4), len(face.sent), face.api.statistics().ledger

    told, sent, month = both(plan_of_spec(**costs("0.03")), [OK], scenario)
    assert [one.get("cost") for one in told[:3]] == [euros("0.01")] * 3
    refused = told[3]
    assert (refused["type"], refused["policy"], refused["reached"], sent) == ("BudgetExceeded", "budget", "no", 3)
    assert 0 < refused["retry_after_s"] < 31 * 86400
    assert (month.calls, Money(month.amount, month.currency), month.reserved) == (3, euros("0.03"), 0)


def test_every_attempt_that_reached_the_service_is_paid():
    """A call of two attempts costs twice; one that reached nobody costs nothing."""

    def scenario(face):
        return get(face, 2), face.api.statistics().ledger.calls

    plan = plan_of_spec(**costs("10"))
    (twice, none), calls = both(plan, [Answer(503), OK, Failure("connect")], scenario)
    assert (twice["cost"], calls) == (euros("0.02"), 2)
    assert none["cost"] == euros("0")


VERSIONS = {
    "Migration & Versioning": """
versioning:
  strategy: header
  header: Test-Version
  current: "2"
  supported: ["1", "2"]
  deprecation_schedule: {"1": 2026-12-24}
"""
}


def test_a_call_may_ask_for_another_supported_version():
    """The current one by default, another per call or per view; one that ends is warned of, one unknown refused."""

    def scenario(face):
        told = get(face) + get(face, version="1") + get(face, version="9")
        face.api = face.api.with_version("1")
        told += get(face)
        return told, face.headers("test-version")

    told, asked = both(plan_of_spec(**VERSIONS), [OK], scenario)
    assert asked == ["2", "1", "1"]
    assert [one.get("warnings") for one in (told[0], told[1])] == [
        (),
        ("API version 1 ends on 2026-12-24, in 30 days; the current one is 2",),
    ]
    assert told[2]["type"] == "UsageError"
    assert told[2]["message"] == "INT-001 does not support version 9; it supports 2, 1"
    assert told[3]["warnings"] == told[1]["warnings"]


def test_a_version_where_there_is_none_is_refused():
    """A spec without versions can't be asked for one."""
    (told,) = both(plan_of_spec(), [OK], lambda face: get(face, version="1"))
    assert told["message"] == "INT-001 has no versions, so version 1 can't be asked for"


def test_the_services_own_notices_are_passed_on():
    """`Deprecation` and `Sunset` headers become warnings on the result."""
    noticed = Answer(
        json={"id": "x", "amount": 1, "currency": "eur"},
        headers={"Deprecation": "@1767225600", "Sunset": "Thu, 31 Dec 2026 23:59:59 GMT"},
    )
    (told,) = both(plan_of_spec(), [noticed], get)
    assert told["warnings"] == (
        "get_charge: the service says that this resource is deprecated from 2026-01-01 and is switched off on 2026-12-31",
    )
