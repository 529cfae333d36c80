"""What is told, and how gravely, of specs as their authors write them."""

from __future__ import annotations

from pathlib import Path

from intertie.compiler import load_settings
from intertie.diagnostics import Diagnostic, Severity
from intertie.lint.checking import check_paths
from intertie.spec.workspace import Workspace
from support.rule_examples import TODAY
from support.spec_text import FRONT_MATTER, section


def found(folder: Path, body: str) -> dict[str, Diagnostic]:
    (folder / "a.md").write_text(FRONT_MATTER + body)
    (folder / "intertie.toml").write_text("")
    workspace = Workspace(folder)
    settings = load_settings(workspace.root, config=None, environ={}, flags={})
    return {each.name: each for each in check_paths([folder / "a.md"], workspace, settings, today=TODAY).diagnostics}


SERVICE = section("Service Configuration", "service:\n  name: test\n  base_url: https://api.test.example")


def test_a_variable_that_is_not_set_here_is_an_info_and_hides_nothing(tmp_path):
    """Who calls will have it; the rules judge the rest all the same."""
    body = section("Service Configuration", "service:\n  name: test\n  base_url: ${API_URL}\ntimeouts: {total: 1s}")
    body += section("Rate Limits", "rate_limits: {requests_per_minute: 60}\nthrottling: {retry_after: 5}")
    body += section("Retry Policy", "retry: {max_attempts: 3, retry_on: [429]}")
    told = found(tmp_path, body)
    assert told["unset-variable"].severity is Severity.INFO
    assert "pause-outlasts-deadline" in told


def test_a_subscription_s_price_per_request_is_a_warning(tmp_path):
    """The template's units are `request`, `gb` and `minute`; with a subscription none of them is counted."""
    costs = "costs:\n  pricing_model: subscription\n  tiers:\n    - {name: basic, cost: %s, unit: request}"
    told = found(tmp_path, SERVICE + section("Cost Management", costs % 49))["wrong-tier-unit"]
    assert (told.severity, "not counted" in told.message) == (Severity.WARNING, True)
    assert "wrong-tier-unit" not in found(tmp_path, SERVICE + section("Cost Management", costs % 0))


def test_a_condition_with_a_colon_is_mended_to_one_without(tmp_path):
    """`error_rate: > 5%` is no YAML; quoted it would be no condition."""
    body = SERVICE + section(
        "Monitoring", "monitoring:\n  alerts:\n    - condition: error_rate: > 5%\n      channel: slack"
    )
    told = found(tmp_path, body)["yaml-syntax"]
    assert told.fix.edits[0].replacement == "error_rate > 5%"
    mended = found(tmp_path, body.replace("error_rate: > 5%", told.fix.edits[0].replacement))
    assert {each.severity for each in mended.values()} <= {Severity.INFO, Severity.WARNING}


def test_a_code_of_the_provider_s_own_is_retried_by_a_row(tmp_path):
    """`retry_on: [SlowDown]` is told where such a code belongs."""
    body = SERVICE + section("Retry Policy", "retry: {max_attempts: 3, retry_on: [SlowDown]}")
    assert "`action: retry`" in found(tmp_path, body)["unknown-condition"].help


def test_grpc_has_no_status_of_success(tmp_path):
    """Where HTTP statuses don't count, none is missing."""
    endpoint = "## API Endpoints\n\n### Get\n```yaml\nendpoint: {path: /a.B/Get, method: POST}\ngrpc: {reflection: true}\n```\n"
    assert "missing-success-status" not in found(tmp_path, SERVICE + endpoint)
    assert "missing-success-status" in found(tmp_path, SERVICE + endpoint.replace("grpc: {reflection: true}\n", ""))


def test_a_fixed_token_of_oauth_is_an_api_key(tmp_path):
    """Who has no token endpoint but a token is told how to say so."""
    body = SERVICE + section("Service Configuration", "authentication: {type: oauth2, config: {token: env:T}}")
    assert "type: api_key" in found(tmp_path, body)["incomplete-grant"].help


def test_rows_of_xml_are_told_once(tmp_path):
    """XML is handed over as text, whatever its fields are called: one finding says so, for all rows."""
    body = SERVICE + section(
        "API Endpoints\n### Check Number",
        "endpoint: {path: /check, method: POST}\nidempotent: true\n"
        "request: {body: {content_type: text/xml, schema: {type: object, properties: {number: {type: string}}}}}\n"
        "response: {success: {status: 200, content_type: text/xml, schema: {type: string}}}",
    )
    rows = "".join(f"  - {{internal_field: a{n}, external_field: Envelope.Body.a{n}}}\n" for n in range(6))
    (tmp_path / "a.md").write_text(FRONT_MATTER + body + section("Data Mappings", f"outbound:\n{rows}"))
    settings = load_settings(tmp_path, config=None, environ={}, flags={})
    told = check_paths([tmp_path / "a.md"], Workspace(tmp_path), settings, today=TODAY).diagnostics
    (one,) = [each for each in told if each.name == "unused-mapping-row"]
    assert "6 rows of `outbound` have no effect" in one.message
    assert "XML" in one.message
    assert "XML" in one.help


def test_a_misspelt_field_of_json_is_told_by_its_name(tmp_path):
    """Where there are fields, a row for none of them is told with its own."""
    body = SERVICE + section(
        "API Endpoints\n### Book",
        "endpoint: {path: /book, method: POST}\nidempotent: true\nrequest:\n  body:\n    content_type: application/json\n"
        "    schema: {type: object, additionalProperties: false, properties: {number: {type: string}}}\n"
        "response: {success: {status: 204}}",
    )
    rows = "outbound:\n  - {internal_field: a, external_field: numbr}\n  - {internal_field: b, external_field: nmbr}\n"
    assert (
        "no endpoint has a field"
        in found(tmp_path, body + section("Data Mappings", rows))["unused-mapping-row"].message
    )
