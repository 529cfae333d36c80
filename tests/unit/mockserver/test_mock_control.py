"""The control endpoint and the record of what was received."""

from __future__ import annotations

import json

import pytest

from intertie.mockserver.control import ControlEndpoint
from intertie.mockserver.messages import MockRequest
from intertie.runtime.policies.auth.options import AuthOptions
from support.mock_plans import LIMITS, LIST, Bench, plan


def control(bench, method, path, body=b"", host="127.0.0.1:8420", **more):
    fields = [("Host", host), *((name, value) for name, value in more.items())]
    return ControlEndpoint(bench.engine).handle(MockRequest.of(method, f"/__intertie/{path}", fields, body))


def test_state_shows_profile_counts_limits_and_things():
    """A snapshot of everything, as JSON."""
    bench = Bench(plan(limits=LIMITS), seed=4)
    bench.charge()
    bench.ask("GET", "/v1/nowhere")
    state = json.loads(control(bench, "GET", "state").body)
    assert state["profile"] == {"name": "healthy", "forced_left": 0}
    assert state["counts"] == {"create_charge": {"200": 1}, "(no operation)": {"404": 1}}
    assert state["things"] == {"/v1/charges": 1}
    assert [limit["name"] for limit in state["limits"]] == ["second", "minute", "bucket"]
    assert state["limits"][0]["left"] == 24
    assert state["seed"] == 4


@pytest.mark.parametrize("body", [b'"down"', b'{"name": "down"}', b'{"error_share": 1}'])
def test_a_profile_is_switched_while_it_runs(body):
    """By name or by fields, from the next request on."""
    bench = Bench()
    assert bench.charge().status == 200
    assert control(bench, "PUT", "profile", body).status == 200
    assert bench.charge(idempotency="2").status == 503
    assert control(bench, "POST", "profile", b'{"name": "healthy"}').status == 200
    assert bench.charge(idempotency="2").status == 200


@pytest.mark.parametrize(
    "body",
    [
        b"down",
        b'{"name": "nope"}',
        b'{"error_share": 7}',
        b"[1]",
        b'{"credential": "env:X"}',
        b'{"operations": {"nope": {"error_share": 1}}}',
        b"[" * 9000,
    ],
)
def test_a_bad_profile_changes_nothing(body):
    """It is a 400 with the reason, and the old profile goes on."""
    bench = Bench(profile="down")
    reply = control(bench, "PUT", "profile", body)
    assert reply.status == 400
    assert json.loads(reply.body)["detail"]
    assert bench.charge().status == 503


def test_requests_are_recorded_with_secrets_masked():
    """Method, path, operation, status; no credential in header, query or anywhere else."""
    bench = Bench(plan(LIST, auth=AuthOptions("api_key", "query", "k", None, "env:K")))
    bench.ask(
        "GET",
        "/v1/charges?k=hush-1&limit=5&access_token=hush-2",
        key="hush-3",
        x_api_key="hush-4",
        cookie="a=hush-5",
        idempotency="visible",
    )
    reply = control(bench, "GET", "requests")
    assert b"hush" not in reply.body
    (entry,) = json.loads(reply.body)["requests"]
    assert (entry["method"], entry["operation"], entry["status"]) == ("GET", "list_charges", 200)
    assert "limit=5" in entry["path"]
    assert entry["headers"]["idempotency-key"] == "visible"
    assert entry["headers"]["authorization"] == "••••"


def test_the_record_is_bounded_and_can_be_emptied():
    """The newest thousand are kept; DELETE forgets them."""
    bench = Bench(plan(LIST))
    for number in range(1005):
        bench.ask("GET", f"/v1/charges?limit={number % 50 + 1}")
    assert len(bench.engine.requests()) == 1000
    assert json.loads(control(bench, "GET", "state").body)["received"] == 1005
    assert control(bench, "DELETE", "requests").status == 204
    assert bench.engine.requests() == []


def test_reset_forgets_and_health_answers():
    """`reset` begins anew, forced answers included."""
    bench = Bench()
    bench.engine.use_profile("healthy")
    bench.charge()
    assert json.loads(control(bench, "POST", "reset").body)["received"] == 0
    assert json.loads(control(bench, "GET", "health").body)["status"] == "ok"


def test_rules_are_explained():
    """The type of a problem document leads to what it means."""
    bench = Bench()
    kind = json.loads(bench.ask("GET", "/v1/charges", key=None).body)["type"]
    assert "credential" in json.loads(control(bench, "GET", kind.removeprefix("/__intertie/")).body)["meaning"]
    assert control(bench, "GET", "rules/none").status == 404
    assert control(bench, "DELETE", "state").status == 404


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8420", 200),
        ("localhost", 200),
        ("mock.localhost:1", 200),
        ("[::1]:8420", 200),
        ("evil.example", 403),
        ("127.0.0.1.evil.example", 403),
        ("", 403),
        ("10.0.0.1", 403),
        ("127.0.0.1:x@evil.example", 403),
        ("127.0.0.1@evil.example", 403),
        ("127.0.0.1:80, evil.example", 403),
        ("[::1", 403),
    ],
)
def test_foreign_hosts_are_refused(host, status):
    """A page that points its own name at loopback can't steer the mock."""
    assert control(Bench(), "GET", "state", host=host).status == status


def test_foreign_origins_are_refused():
    """A page of another site can't steer the mock by a plain form either."""
    assert control(Bench(), "POST", "reset", Origin="https://evil.example").status == 403
    assert control(Bench(), "POST", "reset", Origin="http://localhost:3000").status == 200


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"host": "10.0.0.7:8420"}, 200),
        ({"host": "mock:8420"}, 200),
        ({"host": "[fd00::7]:8420"}, 200),
        ({"host": "evil.example"}, 403),
        ({"host": "10.0.0.7@evil.example"}, 403),
        ({"host": "10.0.0.7", "origin": "https://evil.example"}, 403),
        ({"host": "10.0.0.7", "origin": "null"}, 403),
        ({"host": "10.0.0.7", "origin": "http://localhost:3000"}, 200),
        ({"host": "10.0.0.7", "sec-fetch-site": "cross-site"}, 403),
        ({"host": "10.0.0.7", "sec-fetch-site": "none"}, 200),
    ],
)
def test_a_mock_on_another_address_refuses_pages_too(fields, status):
    """Whatever address it listens on, no page of another machine steers it."""
    endpoint = ControlEndpoint(Bench().engine, loopback_only=False)
    for method, path in (("GET", "state"), ("POST", "reset"), ("DELETE", "requests")):
        answered = endpoint.handle(MockRequest.of(method, f"/__intertie/{path}", fields.items())).status
        assert (answered < 300) == (status == 200)
