from __future__ import annotations

import json
import subprocess
import sys

import pytest

from intertie.cli.layout import Layout
from intertie.cli.plan_text import plan_text
from intertie.compiler import plan_json
from intertie.compiler.codes import TABLE
from intertie.compiler.conditions import Conditions
from intertie.compiler.defaults import DEFAULTS
from intertie.core.errors import UsageError
from intertie.runtime.order import ORDER
from intertie.runtime.policies.breaker.options import BreakerOptions
from intertie.runtime.policies.deadline.options import TimeoutOptions
from intertie.runtime.policies.limiter.options import LimiterOptions
from intertie.runtime.policies.retry.options import RetryOptions
from support.spec_builder import endpoint, plan_of

FULL = {
    "front_matter": {"id": "INT-7", "name": "Made", "status": "approved"},
    "authentication": {"type": "api_key", "config": {"scheme": "Bearer", "secret": "env:KEY"}},
    "timeouts": {"connect": 1.0, "read": 4.0, "write": 2.0, "total": 10.0},
    "rate_limits": {"requests_per_second": 25, "requests_per_minute": 1000, "burst_size": 10, "concurrent_requests": 4},
    "throttling": {"strategy": "token_bucket", "max_wait": 2.0},
    "retry": {"max_attempts": 4, "initial_delay": 0.2, "max_delay": 2.0, "retry_on": ["409", "5xx"]},
    "circuit_breaker": {"failure_threshold": "50%", "window": 30},
    "costs": {
        "pricing_model": "per_request",
        "currency": "EUR",
        "tiers": [{"limit": 10000.0, "cost": "0.002"}, {"cost": "0.001"}],
        "budget": {"monthly_limit": 150, "hard_stop": True, "alert_at": 0.8},
    },
    "versioning": {
        "strategy": "header",
        "current": "2",
        "supported": ["1", "2"],
        "deprecation_schedule": {"1": "2030-01-31"},
    },
    "fallback_behavior": {"strategy": "cache"},
    "error_mapping": [{"external_code": "5xx", "internal_code": "DOWN", "action": "fallback"}],
    "validation": {"responses": "strict"},
    "endpoints": (
        endpoint(
            "Get",
            "/t/{id}",
            concurrent_requests=3,
            request={"headers": [{"name": "Idempotency-Key", "value": "{uuid}"}]},
            response={"success": {"status": ["200"], "schema": {"type": "object", "properties": {"a": {}}}}},
        ),
        endpoint("Make", "/t", "POST", request={"body": {"schema": {"type": "object", "properties": {"b": {}}}}}),
    ),
    "inbound": [{"external_field": "a", "internal_field": "b", "transform": "uppercase", "required": True}],
    "outbound": [{"internal_field": "b", "external_field": "b", "default": 3}],
}

WIDE = 200


def test_stages_are_in_order_and_all_can_be_on():
    """A full spec has every stage over its operations, each operation's in the order of the pipeline."""
    plan = plan_of(**FULL)
    order = [guard.stage for guard in ORDER]
    seen = set()
    for operation in plan.operations.values():
        names = [stage.stage for stage in operation.stages]
        assert names == sorted(names, key=order.index)
        seen.update(names)
    assert seen == set(order)


def test_every_option_has_a_source():
    """Each effective value of each stage says where it came from."""
    for operation in plan_of(**FULL).operations.values():
        for stage in operation.stages:
            assert set(stage.options) == set(stage.sources), stage.stage
            for source in stage.sources.values():
                assert source in {"default", "config"} or source.startswith("specs/made.md:")


def test_sources_tell_the_spec_from_defaults():
    """What the spec says has its line, what it leaves open is a default."""
    retry = next(s for s in plan_of(**FULL).operations["get"].stages if s.stage == "retry")
    assert retry.sources["max_attempts"].startswith("specs/made.md:")
    assert retry.sources["jitter"] == "default"
    assert retry.source == retry.sources["max_attempts"]


def test_options_are_json_with_seconds():
    """Options survive JSON unchanged, and durations are named in seconds."""
    document = plan_json(plan_of(**FULL))
    assert json.loads(json.dumps(document)) == document
    stages = {stage["stage"]: stage["options"] for stage in document["operations"][0]["stages"]}
    assert stages["deadline"] == {"total_s": 10.0}
    assert stages["connection"] == {"connect_s": 1.0}
    assert stages["send"] == {"write_s": 2.0, "read_s": 4.0}
    assert stages["rate_limit"]["windows"] == [{"limit": 25, "window_s": 1.0}, {"limit": 1000, "window_s": 60.0}]
    assert stages["retry"]["retry_on"] == [409, "5xx"]
    assert stages["idempotency_key"] == {"header": "Idempotency-Key"}
    assert stages["version"]["supported"] == ["1", "2"]
    assert "idempotency_key" not in {stage["stage"] for stage in document["operations"][1]["stages"]}


def test_plan_json_has_its_shape():
    """The document has the keys that scripts rely on."""
    document = plan_json(plan_of(**FULL))
    assert {"id", "service", "environment", "base_url", "operations", "limits", "not_enforced", "warnings"} <= set(
        document
    )
    assert document["limits"] == [{"limit": 25, "window_s": 1.0}, {"limit": 1000, "window_s": 60.0}]
    assert document["cost_per_month_at_limit"] == {"amount": "43210.00", "currency": "EUR"}
    assert document["budget_runs_dry"] == {"after_s": 8400.0, "day": 1}
    operation = document["operations"][0]
    assert {"operation", "method", "path", "stages", "worst_case_s", "max_attempts", "cost_per_call"} <= set(operation)
    assert (operation["operation"], operation["worst_case_s"], operation["max_attempts"]) == ("get", 10.0, 4)
    assert operation["cost_per_call"] == {"amount": "0.002", "currency": "EUR"}


def test_one_operation_can_be_asked_for():
    """An operation is found by id or heading; a wrong name is told with a guess."""
    plan = plan_of(**FULL)
    assert [o["operation"] for o in plan_json(plan, "make")["operations"]] == ["make"]
    assert [o["operation"] for o in plan_json(plan, "Make")["operations"]] == ["make"]
    assert "t/{id}" not in plan_text(plan, "make")
    with pytest.raises(UsageError, match="did you mean `make`"):
        plan_text(plan, "mak")


def test_text_says_the_numbers_and_their_places():
    """The text has the guards' numbers in words, each with its line or `default`."""
    text = plan_text(plan_of(**FULL), layout=Layout(WIDE))
    for part in (
        "Made (INT-7, approved)",
        "at most 4 attempts, the first included",
        "opens when 50 % of the last 30 attempts failed, once there were 15",
        "stays open for 30 s",
        "25 requests in 1 s and 1,000 requests in 60 s, counted by token bucket, with 20 ms of margin",
        "at most 4 are in flight at a time",
        "150.00 EUR a month (UTC); results and log warn from 80 % on",
        "the key from env:KEY goes into header Authorization, after `Bearer`",
        "1 ends on 2030-01-31",
        "not where an attempt may have taken effect: POST without an idempotency key",
        "an answer that breaks it fails the call",
        "a → b by `uppercase`, required",
        "Longest call: 10 s; attempts and backoff alone could take 29.4 s, so `total` cuts them off.",
        "an attempt costs 0.002 EUR, a call 0.008 EUR at most",
        "runs dry on day 1 at the full rate, after 2 h 20 min; then calls are refused.",
    ):
        assert part in text, part
    lines = text.splitlines()
    assert not any(line != line.rstrip() for line in lines)
    places = {line.strip(): line[WIDE - 9 :].strip() for line in lines if len(line) == WIDE}
    attempts = next(place for line, place in places.items() if "at most 4 attempts" in line)
    assert attempts.startswith("line ")
    assert next(place for line, place in places.items() if "stays open for 30 s" in line) == "default"


@pytest.mark.parametrize(
    ("fallback", "says"),
    [
        ({"strategy": "cache", "cache_ttl": 60.0}, "the last good answer is returned, at most 60 s old, marked stale"),
        ({"strategy": "default", "default_response": {"a": 1}}, "the declared default answer is returned"),
        ({"strategy": "queue"}, "the call is queued and sent when the service is back; the caller gets a receipt"),
        ({"strategy": "fail_fast"}, "the call fails at once with what the breaker knows"),
    ],
)
def test_text_says_what_answers_instead_and_where_that_stands(fallback, says):
    """Each strategy in words, with the line that chose it or its numbers."""
    keyed = {"headers": [{"name": "Idempotency-Key", "value": "{uuid}"}]}
    endpoints = (
        (endpoint("Make", "/t", "POST", request=keyed),) if fallback["strategy"] == "queue" else (endpoint("Get"),)
    )
    plan = plan_of(fallback_behavior=fallback, circuit_breaker={}, endpoints=endpoints)
    text = plan_text(plan, layout=Layout(WIDE))
    (line,) = [line for line in text.splitlines() if says in line]
    assert line[WIDE - 9 :].strip().startswith("line ")


def test_text_of_a_bare_spec_reads_too():
    """The least spec has a plan in words, with what nothing limits."""
    text = plan_text(plan_of())
    assert "Nothing limits how often calls are made" in text
    assert "1 attempt at most." in text


def test_what_is_refused_is_said_first():
    """An operation that can't be called says so under its name."""
    text = plan_text(plan_of(endpoints=(endpoint("Do", grpc={}),)))
    assert "Calls are refused: this version does not support gRPC." in text


def test_codes_are_unique_and_in_their_range():
    """Each code and name stands once, in order, from TIE050 on, each with a meaning and a help."""
    codes = [row.code for row in TABLE]
    assert codes == sorted(set(codes))
    assert len({row.name for row in TABLE}) == len(TABLE)
    assert all("TIE050" <= code <= "TIE099" for code in codes)
    assert all(row.meaning.endswith(".") and row.help[0].islower() and row.help[-1] != "." for row in TABLE)


def test_the_documented_defaults_are_those_of_the_options():
    """The table of defaults and the options' own defaults say the same."""
    value = {key: default.value for key, default in DEFAULTS.items()}
    times, retry, breaker, limits = TimeoutOptions(), RetryOptions(), BreakerOptions(), LimiterOptions()
    assert [value[f"timeouts.{name}"] for name in ("connect", "read", "write", "total")] == [
        times.connect_s,
        times.read_s,
        times.write_s,
        times.total_s,
    ]
    assert (
        value["retry.initial_delay"],
        value["retry.max_delay"],
        value["retry.backoff"],
        value["retry.multiplier"],
    ) == (
        retry.initial_delay_s,
        retry.max_delay_s,
        retry.backoff,
        retry.multiplier,
    )
    assert (value["retry.jitter"], value["retry.retry_budget"]) == (retry.jitter, retry.budget_ratio)
    assert int(value["circuit_breaker.failure_threshold"]) == breaker.failure_threshold
    assert (value["circuit_breaker.timeout"], value["circuit_breaker.window"]) == (breaker.open_s, breaker.window)
    named = Conditions.of(value["circuit_breaker.failure_on"])
    assert (named.network_error, named.timeout, named.statuses) == (True, True, breaker.statuses)
    assert (value["throttling.strategy"], value["throttling.retry_after"], value["throttling.max_pause"]) == (
        limits.strategy,
        limits.retry_after_s,
        limits.max_pause_s,
    )


def test_the_compiler_is_light_to_import():
    """Importing the compiler loads no schema library, no zone data, no sockets and no event loop."""
    code = (
        "import sys, intertie.compiler; heavy = {'jsonschema_rs', 'zoneinfo', 'jsonpath', 'cel_expr_python', 'sqlite3',"
        " 'httptools', 'asyncio'} & set(sys.modules); print(sorted(heavy))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
