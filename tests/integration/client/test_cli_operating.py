"""`queue`, `report cost`, `status`, `breaker`, `limiter`, `budget`: the same state that callers share."""

from __future__ import annotations

import pytest

import intertie

GIVEN = ("amount=12.50", "currency=EUR")


@pytest.fixture
def queued(shell) -> list[str]:
    """Receipts of two writes queued while the service was down."""
    shell.service_is("down")
    receipts = [shell.call("create_charge", *GIVEN, "--format", "json").json["receipt"]]
    shell("breaker", "open", "INT-001", *shell.at_mock)
    receipts.append(shell.call("create_charge", *GIVEN, "--format", "json").json["receipt"])
    shell("breaker", "auto", "INT-001", *shell.at_mock)
    return receipts


def test_the_queue_is_listed_oldest_first(shell, queued):
    """As text and as JSON, with state, tries and operation."""
    items = shell("queue", "list", "--format", "json").json["items"]
    assert [item["receipt"] for item in items] == queued
    assert {(item["state"], item["operation"], item["integration"]) for item in items} == {
        ("pending", "create_charge", "INT-001")
    }
    lines = shell("queue", "list").out.splitlines()
    assert [line for line in lines if not line.startswith(" ")] == queued


def test_the_queue_is_replayed_when_the_service_is_back(shell, queued):
    """Both are sent once; then the queue is empty, and the ended are still known."""
    shell.service_is("healthy")
    said = shell("queue", "replay", *shell.at_mock, "--format", "json")
    assert said.status == 0
    (replayed,) = said.json["replayed"]
    assert replayed == {
        "key": f"INT-001@default {shell.server.url}",
        "integration": "INT-001",
        "environment": "default",
        "origin": shell.server.url,
        "sent": queued,
        "parked": {},
        "put_back": None,
        "stopped": None,
    }
    assert said.json["elsewhere"] == []
    empty = shell("queue", "list")
    assert (empty.out, empty.err) == ("", "the queue is empty\n")
    ended = shell("queue", "list", "--all", "--format", "json").json["items"]
    assert [(item["receipt"], item["state"]) for item in ended] == [(receipt, "done") for receipt in queued]


def test_a_replay_stops_where_the_service_is_still_down(shell, queued):
    """Nothing is lost: the item is back in the queue, exit status 1 says that something is left."""
    said = shell("queue", "replay", *shell.at_mock)
    assert said.status == 1
    assert "stopped: DOWN" in said.err
    assert len(shell("queue", "list", "--format", "json").json["items"]) == 2


def test_one_receipt_may_be_replayed_alone_or_dropped(shell, queued):
    """The other stays; an unknown receipt is told, exit statuses say so."""
    shell.service_is("healthy")
    assert shell("queue", "replay", "--receipt", queued[1], *shell.at_mock).status == 0
    left = shell("queue", "list", "--format", "json").json["items"]
    assert [item["receipt"] for item in left] == queued[:1]
    assert shell("queue", "drop", queued[0]).err == f"dropped {queued[0]}\n"
    again = shell("queue", "drop", queued[0])
    assert (again.status, "there is no queued call" in again.err) == (1, True)
    unknown = shell("queue", "replay", "--receipt", "nope")
    assert (unknown.status, "there is no queued call nope" in unknown.err) == (2, True)


def test_an_item_is_sent_to_the_url_it_was_queued_at_and_nowhere_else(shell, queued):
    """Without the mock's URL, or with another, nothing is claimed; what is left is named with how to send it."""
    shell.service_is("healthy")
    for arguments in ((), ("--base-url", "http://127.0.0.1:9")):
        said = shell("queue", "replay", *arguments)
        assert (said.status, said.out) == (0, "")
        assert f"2 left: pass the URL at {shell.server.url} with --base-url" in said.err
    one = shell("queue", "replay", "--receipt", queued[0])
    assert (one.status, f"{queued[0]} was queued for INT-001@default {shell.server.url}" in one.err) == (2, True)
    items = shell("queue", "list", "--format", "json").json["items"]
    assert [(item["receipt"], item["state"], item["attempts"]) for item in items] == [(r, "pending", 0) for r in queued]


def test_a_mock_leaves_the_specs_own_state_alone(shell, queued):
    """Without the mock's URL, status, breaker and limiter are those of the spec's own; the mock is named below."""
    (now,) = shell("status", "--format", "json").json["integrations"]
    assert (now["origin"], now["queue"], now["budget"]["calls"]) == ("", {}, 0)
    assert now["elsewhere"] == [{"integration": "INT-001", "environment": "default", "origin": shell.server.url}]
    assert f"also     INT-001@default {shell.server.url}" in shell("status").out
    shell.service_is("healthy")
    shell("breaker", "open", "INT-001")
    shell("limiter", "pause", "INT-001")
    assert shell.call("get_charge", "charge_id=1").status == 0


def test_the_cost_report_has_exactly_this_shape(shell):
    """One integration, two calls, a budget and a forecast; money is always amount and currency."""
    for _ in range(2):
        shell.call("get_charge", "charge_id=1")
    document = shell("report", "cost", "--format", "json").json
    (line,) = document["integrations"]
    forecast = line.pop("forecast")
    assert set(forecast["amount"]) == {"amount", "currency"}
    assert line == {
        "id": "INT-001",
        "service": "test",
        "environment": "default",
        "origin": shell.server.url,
        "calls": 2,
        "amount": {"amount": "0.02", "currency": "EUR"},
        "reserved": {"amount": "0.00", "currency": "EUR"},
        "unreconciled": {"amount": "0.00", "currency": "EUR"},
        "budget": {
            "monthly_limit": {"amount": "1.00", "currency": "EUR"},
            "used_ratio": 0.02,
            "alert_ratio": 0.8,
            "hard_stop": True,
        },
    }
    assert len(document["period"]) == len("2026-11")
    text = shell("report", "cost").out
    assert "2 attempts billed" in text
    assert "1.00 EUR, 2.0% used" in text
    assert f"\n  at {shell.server.url}\n" in text
    assert shell("report", "cost", "--month", "2020-01").err == "no calls were billed in 2020-01\n"
    assert shell("report", "cost", "INT-001", "--format", "json").json["integrations"]


def test_status_shows_the_guards_as_they_are(shell, queued):
    """Limit, breaker, queue and budget, as text and as JSON."""
    shell.service_is("healthy")
    shell.call("get_charge", "charge_id=1")
    (now,) = shell("status", *shell.at_mock, "--format", "json").json["integrations"]
    assert (now["id"], now["service"], now["environment"]) == ("INT-001", "test", "default")
    assert now["limiter"]["windows"][0]["limit"] == 50
    assert now["queue"] == {"pending": 2}
    (breaker,) = now["breakers"].values()
    assert breaker["state"] == "closed"
    assert now["budget"]["calls"] == 3
    text = shell("status", "INT-001", *shell.at_mock).out
    assert "breaker  closed" in text
    assert "queue    2 pending" in text
    assert "0.03 EUR of 1.00 EUR spent" in text


def test_a_breaker_held_open_refuses_every_caller(shell):
    """The command's hand is felt by a call of the same workspace, until it decides for itself again."""
    assert "forced open" in shell("breaker", "open", "INT-001", *shell.at_mock).err
    refused = shell.call("get_charge", "charge_id=1", "--format", "json")
    assert (refused.status, refused.json["error"]["type"]) == (1, "CircuitOpen")
    with intertie.open("INT-001", base_url=shell.server.url) as api, pytest.raises(intertie.CircuitOpen):
        api.get_charge(charge_id="1")
    assert shell("breaker", "auto", "INT-001", *shell.at_mock).status == 0
    assert shell.call("get_charge", "charge_id=1").status == 0


def test_a_paused_limiter_refuses_every_caller(shell):
    """A pause longer than a call may take is a refusal with the time to wait; `resume` ends it."""
    assert "paused for 10 min" in shell("limiter", "pause", "INT-001", "--for", "10m", *shell.at_mock).err
    refused = shell.call("get_charge", "charge_id=1", "--format", "json").json
    assert refused["error"]["type"] == "RateLimited"
    assert 590 < refused["error"]["retry_after_s"] <= 600
    assert "paused for" in shell("status", *shell.at_mock).out
    shell("limiter", "resume", "INT-001", *shell.at_mock)
    assert shell.call("get_charge", "charge_id=1").status == 0


def test_there_is_nothing_to_reconcile_where_nobody_died(shell):
    """Reconciling a clean ledger changes nothing and says so."""
    shell.call("get_charge", "charge_id=1")
    assert shell("budget", "reconcile").err == "nothing to settle: no crashed process left an amount reserved\n"
    assert shell("budget", "reconcile", "INT-001", "--format", "json").json == {"reconciled": []}


def test_a_hard_stop_holds_across_processes_of_the_command(shell):
    """When the budget is gone, the next `intertie call` is refused, with the reason and when it ends."""
    spec = shell.root / "specs" / "test.md"
    spec.write_text(spec.read_text().replace("monthly_limit: 1,", "monthly_limit: 0.02,"))
    statuses = [shell.call("get_charge", "charge_id=1").status for _ in range(3)]
    assert statuses == [0, 0, 1]
    refused = shell.call("get_charge", "charge_id=1", "--format", "json").json
    assert (refused["error"]["type"], refused["error"]["reached"]) == ("BudgetExceeded", "no")
    assert refused["error"]["retry_after_s"] > 0
