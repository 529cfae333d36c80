"""Specs as fourteen authors write them: the sound ones are left in peace, the others are read as they were meant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from intertie.cli.plan_text import plan_text
from intertie.compiler import Settings, compile_spec, load_settings
from intertie.compiler.describe import plan_json
from intertie.diagnostics import Applicability, Diagnostic, Severity
from intertie.lint.checking import check_paths
from intertie.lint.mending import mend
from intertie.spec.formatting.meaning import meaning
from intertie.spec.loading import Loaded, load, load_text
from intertie.spec.workspace import Workspace
from support.rule_examples import TODAY
from support.spec_text import DATA

AUTHORS = DATA / "authors"
SOUND = ("auth0", "github", "graphql-shop", "grpc-inventory", "stripe-billing", "twilio-sms", "weather")
DEVIATING = ("bank", "llm-gateway", "mapbox", "object-store", "salesforce", "sendgrid", "slack")
NOT_YET = "unsupported-feature"
"""What this version can't do is no mistake of the author's."""
SPELLINGS = frozenset({"alias-used", "loose-boolean", "unit-in-comment"})


def path_of(name: str) -> Path:
    return AUTHORS / "specs" / f"{name}.md"


def loaded(name: str, *changes: tuple[str, str]) -> Loaded:
    if not changes:
        return load(path_of(name), Workspace(AUTHORS))
    text = path_of(name).read_text(encoding="utf-8-sig")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return load_text(text, path_of(name), Workspace(AUTHORS))


def checked(name: str) -> tuple[Diagnostic, ...]:
    workspace = Workspace(AUTHORS)
    settings = load_settings(AUTHORS, config=None, environ={}, flags={})
    return check_paths([path_of(name)], workspace, settings, today=TODAY).diagnostics


def planned(name: str, *changes: tuple[str, str], environment: str | None = None) -> dict[str, dict[str, Any]]:
    """Return the options of each stage of the spec's first operation."""
    compiled = compile_spec(loaded(name, *changes).spec, settings=Settings(AUTHORS), environment=environment)
    assert compiled.plan is not None, compiled.diagnostics
    operation: Any = plan_json(compiled.plan)["operations"]
    return {stage["stage"]: stage["options"] for stage in operation[0]["stages"]}


def codes_read(name: str) -> dict[str, int]:
    """Return how often each finding of the reader was made, but for spellings."""
    found = [each.name for each in loaded(name).diagnostics if each.name not in SPELLINGS]
    return {each: found.count(each) for each in sorted(set(found))}


def errors(name: str) -> set[str]:
    return {each.name for each in checked(name) if each.severity is Severity.ERROR}


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_spec_has_no_error_and_no_warning(name):
    """Numbers that fit together are left in peace."""
    grave = [
        each for each in checked(name) if each.severity in (Severity.ERROR, Severity.WARNING) and each.name != NOT_YET
    ]
    assert grave == []


@pytest.mark.parametrize("name", [*SOUND, *DEVIATING])
def test_safe_mends_of_spellings_keep_the_meaning(name):
    """What is said to be read as something is mended to that very thing, at once and for good."""
    before = loaded(name)
    spellings = [
        each
        for each in before.diagnostics
        if each.name in SPELLINGS and each.fix and each.fix.applicability is Applicability.SAFE
    ]
    text = mend(path_of(name).read_bytes().decode(), spellings).text
    after = load_text(text.removeprefix("\ufeff"), path_of(name), Workspace(AUTHORS))
    assert meaning(after.spec) == meaning(before.spec)
    assert not [each for each in after.diagnostics if each.name in SPELLINGS and each.fix]


def test_units_in_comments_and_suffixes():
    """SendGrid: seconds in comments and suffixes, retries counted without the first, `${ENV}`, no front matter."""
    plan = planned("sendgrid", environment="production")
    assert plan["deadline"]["total_s"] == 60.0
    assert (plan["send"]["write_s"], plan["send"]["read_s"], plan["connection"]["connect_s"]) == (10.0, 30.0, 5.0)
    retry = plan["retry"]
    assert (retry["max_attempts"], retry["initial_delay_s"], retry["max_delay_s"]) == (4, 1.0, 30.0)
    assert (retry["backoff"], retry["jitter"], retry["retry_conditions"]) == ("exponential", True, ["timeout"])
    assert plan["rate_limit"]["windows"] == [{"limit": 600, "window_s": 60.0}]
    assert (plan["rate_limit"]["strategy"], plan["rate_limit"]["burst"]) == ("token_bucket", 50)
    assert (plan["circuit_breaker"]["failure_ratio"], plan["circuit_breaker"]["open_s"]) == (0.5, 60.0)
    auth = plan["authentication"]
    assert (auth["scheme"], auth["secret"]) == ("Bearer", "env:SENDGRID_API_KEY")
    rows = plan["classify"]["error_rows"]
    assert [(row["external_code"], row["action"]) for row in rows] == [
        (400, "fail"), (401, "fail"), (429, "retry"), ("5xx", "fallback"),
    ]  # fmt: skip
    assert plan["outbound_mapping"]["rows"][0] == {
        "from": "to", "to": "personalizations[0].to[0].email", "transform": "lowercase", "required": True,
    }  # fmt: skip
    assert codes_read("sendgrid") == {"no-front-matter": 1, "yaml-syntax": 1}
    assert errors("sendgrid") == {"no-front-matter", "yaml-syntax"}


def test_emoji_headings_ranges_and_words_of_languages():
    """Mapbox: emoji and numbered headings, mapping tables with ticks, `500-599`, `200 OK`, `str`, errors by status."""
    plan = planned("mapbox")
    assert plan["retry"]["retry_on"] == [429, "5xx"]
    assert plan["retry"]["retry_conditions"] == ["network_error"]
    assert plan["classify"]["success"] == [200]
    assert [row["external_code"] for row in plan["classify"]["error_rows"]] == [401, 429, "5xx"]
    assert plan["rate_limit"]["windows"] == [{"limit": 600, "window_s": 60.0}, {"limit": 100_000, "window_s": 86_400.0}]
    assert (plan["budget"]["monthly_limit"], plan["budget"]["alert_at"]) == ("200.00", 0.8)
    assert [tier["cost"] for tier in plan["settle"]["tiers"]] == ["0.00", "0.00075"]
    assert plan["last_good"]["keep_s"] == 86_400.0
    first, _, last = plan["inbound_mapping"]["rows"]
    assert (first["to"], first["required"], last.get("required", False)) == ("places[].label", True, False)
    country = loaded("mapbox").spec.endpoints[0].request.parameters[2]
    assert country.enum.value == ["de", "no", "se"]
    assert codes_read("mapbox") == {"unknown-key": 2}
    assert errors("mapbox") == set()


def test_rates_in_prose_lists_of_waits_and_codes_beside_statuses():
    """The model gateway: `60 RPM`, `backoff_seconds`, ISO durations, several codes in a row, a price by the token."""
    plan = planned("llm-gateway")
    assert (plan["connection"]["connect_s"], plan["send"]["read_s"], plan["send"]["write_s"]) == (5.0, 60.0, 10.0)
    assert plan["deadline"]["total_s"] == 120.0
    retry = plan["retry"]
    assert (retry["max_attempts"], retry["initial_delay_s"], retry["max_delay_s"]) == (5, 1.0, 10.0)
    assert (retry["retry_on"], retry["retry_conditions"]) == ([429, "5xx"], ["timeout"])
    assert plan["rate_limit"]["windows"] == [{"limit": 60, "window_s": 60.0}]
    assert plan["rate_limit"]["concurrent"] == 10
    assert (plan["circuit_breaker"]["failure_ratio"], plan["circuit_breaker"]["open_s"]) == (0.5, 60.0)
    assert [row["external_code"] for row in plan["classify"]["error_rows"]] == [
        "rate_limit_exceeded", "insufficient_quota", "context_length_exceeded", 500, 502, 503,
    ]  # fmt: skip
    auth = plan["authentication"]
    assert (auth["name"], auth["scheme"], auth["secret"]) == ("Authorization", "Bearer", "env:OPENAI_API_KEY")
    assert plan["settle"]["tiers"] == []
    assert loaded("llm-gateway").spec.endpoints[0].performance.p95.value == 8.0
    assert codes_read("llm-gateway") == {"invalid-choice": 3, "unknown-key": 3, "wrong-type": 2}


def test_tables_bullets_and_request_lines():
    """Slack: limits in a table, retries in bullets, `POST /path` headings, a code with its status in backticks."""
    plan = planned("slack")
    assert plan["deadline"]["total_s"] == 10.0
    retry = plan["retry"]
    assert (retry["max_attempts"], retry["initial_delay_s"], retry["max_delay_s"]) == (3, 1.0, 10.0)
    assert retry["retry_on"] == [429, 500, 502, 503, 504]
    assert plan["rate_limit"]["windows"] == [{"limit": 1, "window_s": 1.0}, {"limit": 50, "window_s": 60.0}]
    assert [row["external_code"] for row in plan["classify"]["error_rows"]] == [
        "channel_not_found", "not_in_channel", "ratelimited", "5xx",
    ]  # fmt: skip
    spec = loaded("slack").spec
    assert [(each.endpoint.method.value, each.endpoint.path.value) for each in spec.endpoints] == [
        ("POST", "/chat.postMessage"), ("GET", "/users.info"),
    ]  # fmt: skip
    assert spec.endpoints[1].request.parameters[0].required.value is True
    assert spec.authentication.config.secret.value == "env:SLACK_BOT_TOKEN"
    assert codes_read("slack") == {}
    compiled = compile_spec(spec, settings=Settings(AUTHORS))
    assert compiled.plan is not None
    assert "1 request in 1 s and 50 requests in 60 s" in plan_text(compiled.plan)


def test_german_numbered_headings_with_windows_line_ends():
    """Salesforce: BOM, CRLF, headings in German, YAML 1.1 booleans, numbers with underscores, a version like a number."""
    plan = planned("salesforce")
    assert (plan["deadline"]["total_s"], plan["connection"]["connect_s"]) == (60.0, 3.0)
    assert plan["rate_limit"]["windows"] == [{"limit": 25, "window_s": 1.0}, {"limit": 100_000, "window_s": 86_400.0}]
    assert (plan["rate_limit"]["strategy"], plan["rate_limit"]["retry_after_s"]) == ("token_bucket", 10.0)
    assert [row["external_code"] for row in plan["classify"]["error_rows"]] == [
        "INVALID_SESSION_ID", "REQUEST_LIMIT_EXCEEDED", "5xx",
    ]  # fmt: skip
    spec = loaded("salesforce").spec
    assert [each.name.value for each in spec.endpoints] == ["Konto lesen", "Verkaufschance anlegen"]
    assert (spec.service.version.value, spec.authentication.config.expires_in.value) == ("59.0", 7200.0)
    assert spec.authentication.config.token_refresh.value is True
    assert codes_read("salesforce") == {"unknown-key": 3, "unknown-section": 3}
    assert errors("salesforce") == set()


def test_the_words_of_other_resilience_libraries():
    """The object store: waits, windows and probes under the names of another library, no fallback, a local environment."""
    plan = planned("object-store", ('"SlowDown", "RequestTimeout"', "429"))
    retry = plan["retry"]
    assert (retry["max_attempts"], retry["initial_delay_s"], retry["max_delay_s"]) == (5, 0.1, 20.0)
    assert retry["retry_conditions"] == ["network_error", "timeout"]
    breaker = plan["circuit_breaker"]
    assert (breaker["failure_ratio"], breaker["window"], breaker["minimum_calls"]) == (0.5, 100, 20)
    assert (breaker["open_s"], breaker["half_open_requests"]) == (30.0, 10)
    assert plan["rate_limit"]["windows"] == [{"limit": 3500, "window_s": 1.0}]
    assert (plan["send"]["read_s"], plan["deadline"]["total_s"]) == (30.0, 120.0)
    assert (plan["budget"]["monthly_limit"], plan["budget"]["alert_at"]) == ("1000.00", 0.8)
    assert "fallback" not in plan
    assert [name.value for name, _ in loaded("object-store").spec.service.environments] == ["development", "production"]
    assert codes_read("object-store") == {"invalid-choice": 2, "unknown-key": 1, "wrong-type": 1}


def test_a_comment_before_the_front_matter_and_scalars_of_old_yaml():
    """The bank: a key twice, `100/10s`, a delay in seconds by its comment, `on` and `off` as texts, a minor version."""
    plan = planned("bank", ("transform: cents_to_euros", "transform: -"), ("transform: parse_datetime", "transform: -"))
    assert plan["rate_limit"]["windows"] == [{"limit": 100, "window_s": 10.0}, {"limit": 1000, "window_s": 3600.0}]
    assert plan["rate_limit"]["retry_after_s"] == 10.0
    retry = plan["retry"]
    assert (retry["initial_delay_s"], retry["max_delay_s"], retry["backoff"], retry["jitter"]) == (
        5.0,
        20.0,
        "fixed",
        False,
    )
    assert plan["circuit_breaker"]["open_s"] == 120.0
    assert [row["external_code"] for row in plan["classify"]["error_rows"]] == [
        "INSUFFICIENT_FUNDS", 422, "0404", "5xx",
    ]  # fmt: skip
    spec = loaded("bank").spec
    config = spec.authentication.config
    assert (config.key.value, config.key_id.value, config.issuer.value) == (
        "file:/run/secrets/bank.pem",
        "k-2026",
        "acme",
    )
    assert (config.audience.value, config.expires_in.value) == ("bank", 300.0)
    assert [(each.name.value, each.value.value) for each in spec.endpoints[0].request.headers][1] == (
        "X-Request-ID", "{uuid}",
    )  # fmt: skip
    state = spec.endpoints[1].response.success.schema.value.json["properties"]["state"]
    assert state["enum"] == ["on", "off", "pending"]
    assert (spec.service.version.value, [each.value for each in spec.versioning.supported]) == ("1.10", ["v1", "v2"])
    assert codes_read("bank") == {"duplicate-key": 1, "invalid-choice": 2, "unknown-key": 1, "wrong-type": 1}
