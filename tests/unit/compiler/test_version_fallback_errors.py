from __future__ import annotations

from datetime import date

import pytest

from intertie.compiler import Settings, compile_spec
from support.spec_builder import endpoint, findings_of, plan_of
from support.spec_text import NOWHERE, read, section


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"strategy": "header", "current": "2"}, ("header", "Api-Version")),
        ({"strategy": "header", "current": "2", "header": "Stripe-Version"}, ("header", "Stripe-Version")),
        ({"strategy": "query", "current": "2"}, ("query", "version")),
        ({"strategy": "query", "current": "2", "parameter": "v"}, ("query", "v")),
        ({"strategy": "url", "current": "2"}, ("url", "")),
        ({"current": "2", "header": "X-V"}, ("header", "X-V")),
    ],
)
def test_versions_go_where_the_strategy_says(given, expected):
    """Header, query or path, under the declared name or the usual one."""
    version = plan_of(versioning=given).version
    assert (version.strategy, version.name) == expected


def test_the_current_version_is_always_supported():
    """A call may ask for the current version even where the list forgot it."""
    version = plan_of(versioning={"strategy": "header", "current": "3", "supported": ["1", "2"]}).version
    assert version.supported == ("1", "2", "3")


def test_the_current_version_can_come_from_the_service():
    """`service.version` is sent where `versioning.current` is absent."""
    service = {"name": "made", "base_url": "https://a.example", "version": "2024-06-20"}
    assert plan_of(service=service, versioning={"strategy": "header"}).version.current == "2024-06-20"


def test_a_version_that_goes_nowhere_is_said():
    """A version without a strategy is not sent, and the plan says so."""
    plan = plan_of(service={"base_url": "https://a.example", "version": "2"})
    assert plan.version is None
    assert plan.not_enforced[0].what == "API version"


def test_deprecations_are_dates():
    """The schedule's dates are read; what is none is an error."""
    given = {"strategy": "header", "current": "2", "deprecation_schedule": {"1": "2027-06-30"}}
    assert plan_of(versioning=given).version.deprecations == (("1", date(2027, 6, 30)),)
    assert findings_of(versioning={**given, "deprecation_schedule": {"1": "soon"}}) == ["invalid-date"]


def test_the_version_placeholder_is_no_parameter():
    """With versions in the path, `{version}` is filled by versioning."""
    plan = plan_of(
        versioning={"strategy": "url", "current": "v2"}, endpoints=(endpoint("Get", "/{version}/things/{id}"),)
    )
    assert [parameter.name for parameter in plan.operations["get"].wire.parameters] == ["id"]


def test_fallback_values_and_defaults():
    """The strategy comes through with the lifetimes that were left open."""
    fallback = plan_of(fallback_behavior={"strategy": "cache"}).fallback
    assert (fallback.strategy, fallback.cache_ttl_s, fallback.idempotency_ttl_s) == ("cache", 300.0, 86400.0)
    default = plan_of(fallback_behavior={"strategy": "default", "default_response": {"rate": 1}}).fallback
    assert default.default_response == {"rate": 1}


def test_a_strategy_is_a_stage_only_where_it_can_serve():
    """The cache serves reads, the queue takes writes, and the plan shows it where it is."""
    endpoints = (endpoint("Read"), endpoint("Write", "/w", "POST"))

    def stages(strategy):
        answer = {"default_response": {}} if strategy == "default" else {}
        plan = plan_of(fallback_behavior={"strategy": strategy, **answer}, endpoints=endpoints)
        return {
            name: [stage.stage for stage in operation.stages if stage.stage in ("fallback", "last_good")]
            for name, operation in plan.operations.items()
        }

    assert stages("cache") == {"read": ["fallback", "last_good"], "write": []}
    assert stages("queue") == {"read": [], "write": ["fallback"]}
    assert stages("default") == {"read": ["fallback"], "write": ["fallback"]}


def test_error_rows_keep_their_order_and_sources():
    """Rows come through; one without an action only names its failure, one without a code is left out."""
    errors = plan_of(
        error_mapping=[
            {"external_code": "card_declined", "internal_code": "DECLINED", "message": "No.", "action": "fail"},
            {"external_code": "5XX"},
            {"internal_code": "LOST"},
        ]
    ).errors
    assert [(row.external_code, row.internal_code, row.action) for row in errors.rows] == [
        ("card_declined", "DECLINED", "fail"),
        ("5xx", None, None),
    ]
    assert errors.rows[0].source.startswith("specs/made.md:")


def test_a_row_that_asks_for_a_missing_fallback_is_told():
    """`action: fallback` without a fallback is a warning."""
    assert findings_of(error_mapping=[{"external_code": "5xx", "action": "fallback"}]) == ["missing-fallback"]


def test_the_error_code_path_is_read():
    """The path of the provider's own code is checked when compiled."""
    assert plan_of(error_code_path="error.code").errors.error_code_path == "error.code"
    assert findings_of(error_code_path="error[") == ["invalid-field-path"]


def test_a_default_without_an_answer_is_no_fallback():
    """Nothing to give means that calls fail as mapped; a JSON null that is written is an answer."""
    silent = plan_of(fallback_behavior={"strategy": "default"})
    assert silent.fallback is None
    assert [item.what for item in silent.not_enforced] == ["fallback"]
    null = compile_spec(
        read(section("Error Handling", "fallback_behavior: {strategy: default, default_response: null}")
             + section("Service Configuration", "service: {name: a, base_url: https://a.example}")
             + "## API Endpoints\n\n### Get\n```yaml\nendpoint: {path: /a, method: GET}\n```\n").spec,
        settings=Settings(NOWHERE),
    ).plan  # fmt: skip
    assert null is not None
    assert null.fallback is not None
    assert null.fallback.default_response is None


@pytest.mark.parametrize(
    ("strategy", "options", "unread"),
    [
        ("cache", {"default_response": {}, "idempotency_ttl": 60.0}, ["default_response", "idempotency_ttl"]),
        ("queue", {"cache_ttl": 60.0, "default_response": {}}, ["cache_ttl", "default_response"]),
        ("circuit_break", {"cache_ttl": 60.0}, ["cache_ttl"]),
        ("default", {"default_response": {}, "cache_ttl": 60.0}, ["cache_ttl"]),
    ],
)
def test_an_option_of_another_strategy_is_not_enforced(strategy, options, unread):
    """What the chosen strategy does not read stands in the plan as such."""
    plan = plan_of(fallback_behavior={"strategy": strategy, **options})
    assert [item.what for item in plan.not_enforced] == unread


def test_the_error_message_path_is_read():
    """So is the path of its message."""
    assert plan_of(error_message_path="error.text").errors.error_message_path == "error.text"
    assert findings_of(error_message_path="error[") == ["invalid-field-path"]


@pytest.mark.parametrize("version", ["1\r\nX-Own: 1", "1\x1b[2J", "é\u202e", "1\x00"])
def test_a_version_that_no_header_can_carry_is_found(version):
    """It would end in the middle of a call, or begin a header of its own; in a query it can be sent."""
    block = {"header": "V", "current": version, "supported": [version]}
    assert set(findings_of(versioning={"strategy": "header", **block})) == {"invalid-header"}
    assert (
        findings_of(
            versioning={"strategy": "query", "parameter": "v", **{k: block[k] for k in ("current", "supported")}}
        )
        == []
    )
