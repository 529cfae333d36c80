"""What authors write where the template has another word: read as it was meant, and said."""

from __future__ import annotations

import pytest

from intertie.diagnostics import Applicability, Severity
from support.spec_text import names, only, read, section, sliced, spec_of


def value_of(heading: str, yaml: str, *path: str):
    loaded = read(section(heading, yaml))
    found = loaded.spec
    for name in path:
        found = getattr(found, name)
    return loaded, found


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("api_key: env:K", "secret", "env:K"), ("token: env:K", "secret", "env:K"),
        ("access_token: env:K", "secret", "env:K"), ("header: X-Api-Key", "key_name", "X-Api-Key"),
        ("in: query", "key_location", "query"), ("private_key: file:/k.pem", "key", "file:/k.pem"),
        ("kid: k1", "key_id", "k1"), ("iss: shop", "issuer", "shop"), ("sub: svc", "subject", "svc"),
        ("aud: bank", "audience", "bank"), ("alg: RS256", "algorithm", "RS256"), ("user: env:U", "username", "env:U"),
    ],
)  # fmt: skip
def test_a_credential_under_another_word(line: str, field: str, value: str):
    """The words of other tools and of JWT itself are read, with an info that names ours."""
    loaded, config = value_of(
        "Service Configuration", f"authentication:\n  config:\n    {line}", "authentication", "config"
    )
    assert field in only(loaded, "alias-used").message
    assert getattr(config, field).value == value


def test_a_prefix_is_the_scheme_without_its_blank():
    """`prefix: "Bearer "` sends `Bearer`, then one blank, then the key."""
    loaded, config = value_of(
        "Service Configuration", 'authentication:\n  config:\n    prefix: "Bearer "', "authentication", "config"
    )
    assert names(loaded) == ["alias-used"]
    assert config.scheme.value == "Bearer"


def test_a_secret_in_double_braces_is_a_variable():
    """`"{{OPENAI_API_KEY}}"` is the variable of that name."""
    loaded, config = value_of(
        "Service Configuration",
        'authentication:\n  config:\n    secret: "{{ OPENAI_API_KEY }}"',
        "authentication",
        "config",
    )
    assert names(loaded) == ["alias-used"]
    assert config.secret.value == "env:OPENAI_API_KEY"


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("waitDuration: 100ms", "initial_delay", 0.1), ("maxWaitDuration: 20s", "max_delay", 20.0),
        ("initial_interval: 100", "initial_delay", 0.1), ("max_backoff: 2s", "max_delay", 2.0),
        ("backoff_factor: 1.5", "multiplier", 1.5),
    ],
)  # fmt: skip
def test_waits_under_another_word(line: str, field: str, value: float):
    """What other retry libraries call the waits is read."""
    loaded, retry = value_of("Retry Policy", f"retry:\n  {line}", "retry")
    only(loaded, "alias-used")
    assert getattr(retry, field).value == value


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("slidingWindowSize: 100", "window", 100), ("minimumNumberOfCalls: 20", "minimum_calls", 20),
        ("waitDurationInOpenState: 30s", "timeout", 30.0),
        ("permittedNumberOfCallsInHalfOpenState: 10", "half_open_requests", 10),
        ("failureRateThreshold: 50", "failure_threshold", "50%"), ("failure_rate: 50%", "failure_threshold", "50%"),
        ("errorThresholdPercentage: 25", "failure_threshold", "25%"),
    ],
)  # fmt: skip
def test_a_breaker_in_the_words_of_other_libraries(line: str, field: str, value: object):
    """A rate without its sign is a rate, never a number of failures in a row."""
    loaded, breaker = value_of("Circuit Breaker", f"circuit_breaker:\n  {line}", "circuit_breaker")
    only(loaded, "alias-used")
    assert getattr(breaker, field).value == value


def test_a_rate_is_mended_with_its_sign():
    """The mend of `failureRateThreshold: 50` says 50 %, or it would mean 50 failures in a row."""
    found = only(read(section("Circuit Breaker", "circuit_breaker:\n  failureRateThreshold: 50")), "alias-used")
    assert [edit.replacement for edit in found.fix.edits] == ["failure_threshold", "50%"]


def test_a_range_in_a_list_is_mended_by_hand():
    """`- 502-504` can't become three items in its place."""
    found = only(read(section("Retry Policy", "retry:\n  retry_on:\n    - 502-504")), "alias-used")
    assert found.fix is None


@pytest.mark.parametrize("key", ["limit", "rate"])
def test_a_rate_under_a_short_word(key: str):
    """`limit: 100/10s` is a rate."""
    loaded, limits = value_of("Rate Limits", f"rate_limits:\n  {key}: 100/10s", "rate_limits")
    assert set(names(loaded)) == {"alias-used"}
    assert limits.rate_limit.value == "100/10s"


@pytest.mark.parametrize(
    ("written", "read_as"),
    [("500-599", ["5xx"]), ("502-504", ["502", "503", "504"]), ("503 Service Unavailable", ["503"])],
)
def test_statuses_to_retry_as_people_write_them(written: str, read_as: list[str]):
    """Ranges and reason phrases are read."""
    loaded, retry = value_of("Retry Policy", f"retry:\n  retry_on: [{written}]", "retry")
    found = only(loaded, "alias-used")
    assert sliced(loaded, found) == written
    assert [item.value for item in retry.retry_on] == read_as


@pytest.mark.parametrize("word", ["connection_error", "connection_reset", "connection_refused", "dns_error"])
@pytest.mark.parametrize("key", ["retry_on", "retry_conditions"])
def test_a_connection_that_fails_is_a_network_error(word: str, key: str):
    """Its kinds are all `network_error`."""
    loaded, retry = value_of("Retry Policy", f"retry:\n  {key}: [{word}]", "retry")
    assert set(names(loaded)) == {"alias-used"}
    assert [item.value for item in retry.retry_conditions] == ["network_error"]


def test_a_success_with_its_reason_phrase():
    """`200 OK` is 200."""
    loaded = read(
        "## API Endpoints\n\n### Get\n```yaml\nendpoint:\n  path: /a\n  method: GET\nresponse:\n"
        "  success:\n    status: 200 OK\n  errors:\n    404 Not Found: {description: none}\n```\n"
    )
    response = loaded.spec.endpoints[0].response
    assert names(loaded) == ["alias-used", "alias-used"]
    assert [status.value for status in response.success.status] == ["200"]
    assert [status.value for status, _ in response.errors] == ["404"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [("str", "string"), ("int", "integer"), ("float", "number"), ("bool", "boolean"), ("uuid", "string"),
     ("date-time", "string"), ("list", "array")],
)  # fmt: skip
def test_types_of_programming_languages(written: str, meant: str):
    """A parameter's type in another language's word is read."""
    loaded = read(
        "## API Endpoints\n\n### Get\n```yaml\nendpoint: {path: /a, method: GET}\nrequest:\n  parameters:\n"
        f"    - {{name: a, in: query, type: {written}}}\n```\n"
    )
    only(loaded, "alias-used")
    assert loaded.spec.endpoints[0].request.parameters[0].type.value == meant


def test_a_header_by_its_name():
    """A row of one key that is none of ours is the header's name and value."""
    loaded = read(
        "## API Endpoints\n\n### Get\n```yaml\nendpoint: {path: /a, method: GET}\nrequest:\n  headers:\n"
        '    - X-Request-ID: "{uuid}"\n    - nmae: X-Other\n```\n'
    )
    first = loaded.spec.endpoints[0].request.headers[0]
    assert names(loaded) == ["alias-used", "unknown-key"]
    assert (first.name.value, first.value.value) == ("X-Request-ID", "{uuid}")


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        ("500, 502, 503", ["500", "502", "503"]), ("401/403", ["401", "403"]), ("[500, 502]", ["500", "502"]),
        ("401 or 403", ["401", "403"]), ("429 / rate_limit_exceeded", ["rate_limit_exceeded"]),
        ("422:INSUFFICIENT_FUNDS", ["INSUFFICIENT_FUNDS"]), ("'`ratelimited` (429)'", ["ratelimited"]),
        ("402 (card_declined)", ["card_declined"]), ("429 Too Many Requests", ["429"]), ("404 (Not Found)", ["404"]),
        ("500-599", ["5xx"]), ("card_declined, expired_card", ["card_declined", "expired_card"]),
    ],
)  # fmt: skip
def test_an_error_row_for_several_codes_or_for_a_status_and_a_code(written: str, codes: list[str]):
    """One row becomes a row for each code; a vendor's own code says more than its status."""
    loaded, rows = value_of(
        "Error Handling", f"error_mapping:\n  - external_code: {written}\n    internal_code: X", "error_mapping"
    )
    found = only(loaded, "alias-used")
    assert [row.external_code.value for row in rows] == codes
    assert {row.internal_code.value for row in rows} == {"X"}
    assert all(code in found.message for code in codes)


@pytest.mark.parametrize("code", ["card_declined", "21211", "0404", "5xx", "UNAVAILABLE", "invalid request", "E-12/34"])
def test_one_code_is_one_code(code: str):
    """What can't be taken apart for sure is left as it is."""
    loaded, rows = value_of(
        "Error Handling", f"error_mapping:\n  - external_code: {code}\n    internal_code: X", "error_mapping"
    )
    assert names(loaded) == []
    assert [row.external_code.value for row in rows] == [code]


def test_no_fallback_is_none():
    """`strategy: none` says that there is no fallback."""
    loaded, fallback = value_of("Error Handling", "fallback_behavior:\n  strategy: none", "fallback_behavior")
    assert names(loaded) == ["alias-used"]
    assert fallback is None or fallback.strategy is None


def test_a_channel_by_its_name_is_slack():
    """`#oncall` is a channel of Slack."""
    loaded, monitoring = value_of(
        "Monitoring", 'monitoring:\n  alerts:\n    - {condition: error_rate > 5%, channel: "#oncall"}', "monitoring"
    )
    assert names(loaded) == ["alias-used"]
    assert monitoring.alerts[0].channel.value == "slack"


def test_a_local_environment_is_development():
    """Nothing but the workstation is meant."""
    loaded, service = value_of(
        "Service Configuration", "service:\n  environments:\n    local: http://127.0.0.1:9", "service"
    )
    assert names(loaded) == ["alias-used"]
    assert [name.value for name, _ in service.environments] == ["development"]


@pytest.mark.parametrize(
    ("heading", "line", "meant"),
    [
        ("Retry Policy", "retry:\n  backoff: Exponential", "exponential"),
        ("Rate Limits", "throttling:\n  strategy: token-bucket", "token_bucket"),
        ("Error Handling", "error_mapping:\n  - {external_code: 5xx, action: Fail}", "fail"),
    ],
)
def test_a_choice_in_another_case_is_read_and_said(heading: str, line: str, meant: str):
    """Case and separators don't matter, and the mend is safe."""
    found = only(read(section(heading, line)), "alias-used")
    assert found.fix.edits[0].replacement == meant
    assert found.fix.applicability is Applicability.SAFE


def test_a_time_at_the_top_is_said_once_and_mended_by_hand():
    """`timeout_seconds: 10` beside the blocks is one finding, and no mend that would leave `total` alone at the top."""
    loaded = read(section("Service Configuration", "timeout_seconds: 10"))
    found = only(loaded, "alias-used")
    assert loaded.spec.timeouts.total.value == 10.0
    assert found.fix is None
    assert "under `timeouts:` as `total: 10s`" in found.help


@pytest.mark.parametrize("line", ["author: Jo", "version: 1.2.0", "tags: [a]", "created: 2025-12-31"])
def test_further_front_matter_is_an_info(line: str):
    """Who wrote a file, and when, is nobody's mistake."""
    loaded = read("", front_matter=f"---\nid: INT-001\ntype: Integration\nname: Test\n{line}\n---\n# Test\n\n")
    assert only(loaded, "unknown-key").severity is Severity.INFO


def test_a_slip_in_the_front_matter_is_a_warning():
    """A key that is nearly one of ours is one of ours."""
    loaded = read("", front_matter="---\nid: INT-001\ntype: Integration\nname: Test\nstauts: draft\n---\n# Test\n\n")
    assert only(loaded, "unknown-key").severity is Severity.WARNING


@pytest.mark.parametrize(
    ("heading", "yaml"),
    [("Rate Limits", "rate_limits:\n  tokens_per_minute: 9"), ("Retry Policy", "retry:\n  respect_retry_after: true")],
)
def test_another_thing_is_no_slip(heading: str, yaml: str):
    """A key that differs by a whole word gets no `did you mean`."""
    found = only(read(section(heading, yaml)), "unknown-key")
    assert "did you mean" not in found.help
    assert found.fix is None


def test_a_window_of_time_says_what_a_window_is():
    """The breaker's window counts calls."""
    found = only(read(section("Circuit Breaker", "circuit_breaker:\n  window: 60s")), "wrong-type")
    assert "calls" in found.help


@pytest.mark.parametrize(
    ("line", "field"), [("Uptime: 99.9%", "availability"), ("Latency: p95 < 300ms", "response_time")]
)
def test_the_sla_in_other_words(line: str, field: str):
    """Uptime is availability, latency is response time."""
    key, _, value = line.partition(": ")
    loaded = read(f"## SLA\n- **{key}**: {value}\n")
    assert getattr(loaded.spec.sla, field).value == value


@pytest.mark.parametrize(
    ("model", "unit", "tiers"),
    [("per_token", "request", 0), ("per_request", "1M tokens", 1), ("per_request", "request", 2), ("", "request", 2),
     ("[per_request|per_gb]", "request", 2)],
)  # fmt: skip
def test_nobody_is_billed_by_a_guess(model: str, unit: str, tiers: int):
    """A price whose model or unit is refused is none; an absent or unfilled one has its default."""
    tier = "    - {name: a, cost: 1, unit: %s}"
    yaml = f"costs:\n  pricing_model: {model}\n  tiers:\n{tier % unit}\n{tier % 'request'}"
    assert len(read(section("Cost Management", yaml)).spec.costs.tiers) == tiers


@pytest.mark.parametrize(
    ("heading", "body"),
    [("Integration Type", "- **Authentication**: Bearer Token\n"),
     ("Service Configuration", "```yaml\nauthentication:\n  type: bearer\n```\n")],
)  # fmt: skip
def test_a_bearer_is_not_mended_into_a_bare_key(heading: str, body: str):
    """The word before the key would be lost: `scheme: Bearer` is to be written beside it."""
    found = only(read(f"## {heading}\n{body}"), "alias-used")
    assert found.fix is None
    assert "`scheme: Bearer`" in found.help


@pytest.mark.parametrize(
    ("heading", "yaml", "helps"),
    [
        ("Cost Management", "costs:\n  tiers:\n    - {name: a, cost: '€0,002'}", "`0.002`"),
        ("Cost Management", "costs:\n  tiers:\n    - {name: a, cost: '1,50'}", "`1.50`"),
        ("Cost Management", "costs:\n  budget: {alert_at: '0,8'}", "`0.8`"),
        ("Rate Limits", "throttling:\n  backoff_multiplier: '1,5'", "`1.5`"),
    ],
)
def test_a_decimal_comma_is_refused_and_not_taken_for_thousands(heading: str, yaml: str, helps: str):
    """`0,002` is no 2, and what to write is said."""
    assert helps in only(read(section(heading, yaml)), "wrong-type").help


@pytest.mark.parametrize(
    ("heading", "yaml"),
    [
        ("Rate Limits", "rate_limits:\n  requests_per_minute: 1.000"),
        ("Service Configuration", "timeouts:\n  total: 30.000"),
        ("Cost Management", "costs:\n  budget: {monthly_limit: 1.000 EUR}"),
    ],
)
def test_a_point_between_thousands_is_asked_about(heading: str, yaml: str):
    """Nobody writes three zeros behind the point of a whole number: thousands may be meant."""
    found = only(read(section(heading, yaml)), "alias-used")
    assert found.severity is Severity.WARNING
    assert "000 meant?" in found.message


@pytest.mark.parametrize(
    ("yaml", "statuses"),
    [
        ('retry_on: "429, 5xx"', ["429", "5xx"]),
        ("retry_on: 502/503", ["502", "503"]),
        ('retry_on: "429, timeout"', ["429"]),
    ],
)
def test_several_statuses_in_one_text(yaml: str, statuses: list[str]):
    """Quoted or not, a text of statuses is a list of them."""
    assert [item.value for item in spec_of(section("Retry Policy", f"retry:\n  {yaml}")).retry.retry_on] == statuses
