"""What an edit of a spec is told as: kind and impact, by subject."""

from __future__ import annotations

import pytest

from intertie.comparing.rules import RULES
from support.compared import RICH, changes, edited

EDITS = [
    # operations
    ("### List Quotes", "### All Quotes", "operation-renamed", "breaking"),
    ("### List Quotes", "### List quotes", "operation-renamed", "safe"),
    ("path: /quotes, method", "path: /offers, method", "operation-path", "risky"),
    ("path: /quotes, method: GET", "path: /quotes, method: PUT", "operation-method", "risky"),
    ('- {name: Idempotency-Key, value: "{uuid}"}', "", "replay", "risky"),
    ("page_parameter: page", "page_parameter: p", "pagination", "breaking"),
    ("pagination: {style: page, page_parameter: page, first: 1, items_path: rows}", "", "pagination", "breaking"),
    ("description: Quotes one parcel.", "description: Quotes it.", "description", "safe"),
    # requests
    ("required: [weight]", "required: [weight, note]", "request-required", "risky"),  # outbound fills `note`
    ("required: [weight]", "required: [weight, size]", "request-required", "breaking"),
    ("note: {type: string, maxLength: 20}", "size: {type: string}", "request-field-added", "safe"),
    ("note: {type: string, maxLength: 20}", "note2: {type: string}", "request-field-removed", "risky"),
    ("{type: number, minimum: 1, maximum: 100}", "{type: integer, minimum: 1, maximum: 100}", "request-type", "breaking"),
    ("minimum: 1, maximum: 100", "minimum: 2, maximum: 100", "request-bounds", "breaking"),
    ("minimum: 1, maximum: 100", "minimum: 1, maximum: 200", "request-bounds", "safe"),
    ("enum: [slow, fast]", "enum: [slow]", "request-choices", "breaking"),
    ("enum: [slow, fast]", "enum: [slow, fast, now]", "request-choices", "safe"),
    ("default: slow}", "default: fast}", "parameter", "risky"),
    ("- {name: page, in: query, type: integer}", "- {name: page, in: query, type: integer, required: true}",
     "parameter", "breaking"),
    ("- {name: page, in: query, type: integer}", "- {name: size, in: query, type: integer}", "parameter", "breaking"),
    ("value: logistics", "value: finance", "header", "risky"),
    ("- {name: X-Team, value: logistics}", "- {name: X-Team, required: true}", "header", "breaking"),
    ("    content_type: application/json\n    schema:\n      type: object\n      required",
     "    content_type: application/x-www-form-urlencoded\n    schema:\n      type: object\n      required",
     "request-body", "risky"),
    # answers
    ("days: {type: integer}", "day: {type: integer}", "answer-field-removed", "breaking"),  # listed without a mapping
    ("days: {type: integer}", "days: {type: integer}\n        more: {type: string}", "answer-field-added", "safe"),
    ("required: [price, currency]", "required: [currency]", "answer-optional", "breaking"),
    ("required: [price, currency]", "required: [price, currency, days]", "answer-optional", "safe"),
    ("price: {type: integer, minimum: 0}", "price: {type: number, minimum: 0}", "answer-type", "breaking"),
    ("enum: [eur, usd]", "enum: [eur, usd, gbp]", "answer-choices", "risky"),
    ("price: {type: integer, minimum: 0}", "price: {type: integer, minimum: -5}", "answer-bounds", "risky"),
    ("days: {type: integer}", "days: {type: integer, description: until it is there}", "schema-note", "safe"),
    ("status: [200, 201]", "status: [200]", "answer-status", "breaking"),
    ("status: [200, 201]", "status: [200, 201, 202]", "answer-status", "risky"),
    ("'429': {description: Too many, retry_after: Retry-After, content_type: application/json}", "'430': {}",
     "declared-error", "risky"),
    ("example: {price: 500, currency: eur}", "example: {price: 1, currency: eur}", "example", "safe"),
    ("p99: < 900", "p99: < 2000", "latency-target", "risky"),
    ("p99: < 900", "p99: < 500", "latency-target", "safe"),
    # mappings
    ("  - {external_field: price, internal_field: cost, transform: divide(100), required: true}\n", "",
     "inbound-row", "breaking"),
    ("transform: divide(100)", "transform: divide(1000)", "inbound-value", "breaking"),
    ("default: EUR}", "default: USD}", "inbound-value", "risky"),
    ("  - {internal_field: remark, external_field: note, default: none}\n", "", "outbound-row", "breaking"),
    ("transform: round(1)", "transform: round(2)", "outbound-value", "risky"),
    # identity
    ("id: INT-007", "id: INT-008", "id", "breaking"),
    ("service: parcels\n---", "service: packets\n---", "service", "breaking"),
    ("status: approved", "status: deprecated", "status", "risky"),
    ("status: approved", "status: retired", "status", "breaking"),
    ("Quotes parcels.", "It quotes parcels.", "title", "safe"),
    ("staging: https://staging", "sandbox: https://staging", "environment", "breaking"),
    ("https://staging.parcels.example", "https://stage.parcels.example", "environment", "risky"),
    ("base_url: https://api.parcels.example/root", "base_url: https://api.parcels.example", "base-url", "risky"),
    # time
    ("total: 20000", "total: 9000", "total-timeout", "risky"),
    ("read: 2000", "read: 1000", "attempt-timeout", "risky"),
    ("max_attempts: 3", "max_attempts: 5", "retry-attempts", "risky"),  # each attempt is paid
    ("jitter: true", "jitter: false", "retry-delay", "risky"),
    ("max_delay: 2000", "max_delay: 500", "retry-delay", "safe"),
    ("retry_on: [502, 5xx]", "retry_on: [502]", "retry-causes", "risky"),
    ("retry_on: [502, 5xx]", "retry_on: [502, 5xx, 409]", "retry-causes", "safe"),
    ("retry_budget: 20%", "retry_budget: 30%", "retry-budget", "risky"),
    # limits
    ("requests_per_second: 10", "requests_per_second: 5", "limit", "risky"),
    ("requests_per_second: 10, ", "", "limit", "safe"),
    ("burst_size: 5", "burst_size: 2", "burst", "risky"),
    ("concurrent_requests: 8", "concurrent_requests: 9", "concurrency", "safe"),
    ("description: Quotes one parcel.}", "description: Quotes one parcel.}\nconcurrent_requests: 3", "guard-option", "risky"),
    ("strategy: token_bucket", "strategy: sliding_window", "throttling-strategy", "risky"),
    ("margin: 10ms", "margin: 30ms", "limit-margin", "risky"),
    ("margin: 10ms", "margin: 0", "limit-margin", "safe"),
    ("max_wait: 4s", "max_wait: 1s", "at-the-limit", "risky"),
    ("max_wait: 4s", "max_wait: 4s, on_limit: reject", "at-the-limit", "risky"),
    ("retry_after: 2,", "retry_after: 4,", "pause", "risky"),
    # failures
    ("circuit_breaker: {fail", "circuit_breaker: {enabled: false, fail", "breaker", "risky"),
    ("failure_threshold: 5", "failure_threshold: 9", "breaker-opens", "safe"),
    ("failure_threshold: 5", "failure_threshold: 2", "breaker-opens", "risky"),
    ("timeout: 15", "timeout: 60", "breaker-closes", "risky"),
    ("strategy: queue", "strategy: cache", "fallback", "risky"),
    ("idempotency_ttl: 2h", "idempotency_ttl: 1h", "fallback-age", "safe"),
    ("internal_code: TOO_HEAVY", "internal_code: HEAVY", "error-code", "breaking"),
    ("action: fail}", "action: retry}", "error-action", "risky"),
    ("message: Too heavy.", "message: That is too heavy.", "error-action", "safe"),
    # money
    ("currency: EUR\n", "currency: USD\n", "pricing", "risky"),
    ("cost: 0.02", "cost: 0.03", "price", "risky"),
    ("cost: 0.02", "cost: 0.01", "price", "safe"),
    ("monthly_fee: 5", "monthly_fee: 9", "price", "risky"),
    ("monthly_limit: 100", "monthly_limit: 50", "budget", "risky"),
    ("monthly_limit: 100", "monthly_limit: 500", "budget", "safe"),
    ("alert_at: 80%", "alert_at: 95%", "budget-alert", "risky"),
    # versions
    ("current: v2", "current: v1", "version", "risky"),
    ("header: X-Version", "header: X-V", "version-place", "risky"),
    ("supported: [v1, v2]", "supported: [v2]", "version-supported", "breaking"),
    ("v1: 2027-06-30", "v1: 2027-03-31", "version-end", "risky"),
    ("v1: 2027-06-30", "v1: 2028-06-30", "version-end", "safe"),
    # security
    ('secret: "env:PARCELS_KEY"', 'secret: "env:OTHER_KEY"', "auth", "breaking"),
    ("key_name: X-Key", "key_name: X-Token", "auth", "risky"),
    ('tls_minimum: "1.2"', 'tls_minimum: "1.3"', "tls", "risky"),
    ("include_body: false", "include_body: true", "logging", "risky"),
    ("personal: customer.email", "personal: customer.name", "personal-data", "risky"),
    ("retention: 30d", "retention: 60d", "retention", "risky"),
    ("retention: 30d", "retention: 7d", "retention", "safe"),
    ('url: "http://proxy.example:3128"', 'url: "http://proxy.example:8080"', "proxy", "risky"),
    ('username: "env:PROXY_USER"', 'username: "env:OTHER"', "proxy", "risky"),
    # around
    ("**Communication**: Synchronous", "**Communication**: Asynchronous", "protocol", "breaking"),
    ("error_rate > 5%", "error_rate > 2%", "alert", "risky"),
    ("metrics: [request_count, error_rate]", "metrics: [request_count]", "metric", "risky"),
    ("**Availability**: 99.9%", "**Availability**: 99%", "service-level", "risky"),
    ("- /test-cases/TC-001.yaml: A parcel is quoted\n", "", "case", "risky"),
    ("- Does the service count weekends?", "- Who pays?", "uncertainty", "risky"),
    ("https://docs.parcels.example", "https://help.parcels.example", "surroundings", "safe"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "kind", "impact"), EDITS, ids=[f"{e[2]}-{e[3]}-{i}" for i, e in enumerate(EDITS)]
)
def test_an_edit_is_told(old, new, kind, impact, tmp_path):
    """An edit is told as its kind, with its impact, its reason, and places in both files."""
    found = [change for change in changes(tmp_path, (old, new)) if change.kind == kind]
    assert impact in {change.impact.value for change in found}, changes(tmp_path, (old, new))
    for change in found:
        assert change.reason
        assert change.old != change.new
        assert change.old_place.path == change.new_place.path == "specs/parcels.md"


def test_every_kind_has_an_edit_here():
    """No kind of change is left without an example, but those that only a plan made otherwise can show."""
    shown = {kind for _, _, kind, _ in EDITS}
    elsewhere = {
        "operation-removed", "operation-added", "operation-callable", "streaming", "validation-mode", "answer-form",
        "audit", "not-enforced", "longest-call", "cost",
    }  # fmt: skip
    assert {rule.kind for rule in RULES} == shown | elsewhere


MORE = [
    ("retry_budget: 20%", "retry_budget: 20%\n\nvalidation: {responses: strict}", "validation-mode", "risky"),
    ("response:\n  success:\n    status: 200\n", "streaming: ndjson\nresponse:\n  success:\n    status: 200\n",
     "streaming", "breaking"),
    ("  success:\n    status: 200\n", "  success:\n    status: 200\n    content_type: text/plain\n",
     "answer-form", "breaking"),
    ("transform: round(1), required: true", "transform: round(1)", "outbound-value", "safe"),
    ("transform: round(1), required: true", "required: true", "outbound-value", "risky"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "kind", "impact"), MORE)
def test_more_edits(old, new, kind, impact, tmp_path):
    """Kinds that need a new block."""
    found = [change for change in changes(tmp_path, (old, new)) if change.kind == kind]
    assert impact in {change.impact.value for change in found}, changes(tmp_path, (old, new))


def test_an_operation_that_is_gone_breaks_and_one_that_comes_does_not(tmp_path):
    """Removing is breaking, adding is safe, and neither is told as anything else."""
    start, end = RICH.index("### List Quotes"), RICH.index("## Data Mappings")
    gone = (RICH[start:end], "")
    found = changes(tmp_path, gone)
    assert [(change.kind, change.impact.value) for change in found] == [("operation-removed", "breaking")]
    assert found[0].old_place.line == RICH[:start].count("\n") + 3
    back = changes(tmp_path, ("## Data Mappings", RICH[start:end] + "## Data Mappings"), base=edited(RICH, gone))
    assert [(change.kind, change.impact.value) for change in back] == [("operation-added", "safe")]


def test_a_reason_has_its_numbers(tmp_path):
    """More attempts are told with what a call can then take and cost, and what a month at the limit costs."""
    found = changes(tmp_path, ("max_attempts: 3", "max_attempts: 6"), ("total: 20000", "total: 60000"))
    reason = next(change.reason for change in found if change.kind == "retry-attempts")
    assert "tried 6 times instead of 3" in reason
    assert "the longest call 20 s → 60 s" in reason
    assert "the dearest call 0.06 EUR → 0.12 EUR" in reason
    limits = changes(tmp_path, ("requests_per_minute: 300", "requests_per_minute: 100"))
    assert "a month at the limit 129,615.00 EUR → 43,215.00 EUR" in limits[0].reason


def test_places_are_those_of_the_values(tmp_path):
    """A change of one value in a flow mapping points at that value, in both versions."""
    (change,) = (
        each
        for each in changes(tmp_path, ("timeout: 15", "timeout: 9"), ("Quotes parcels.", "Quotes\nthem."))
        if each.kind == "breaker-closes"
    )
    for text, place in (
        (RICH, change.old_place),
        (edited(RICH, ("timeout: 15", "timeout: 9"), ("Quotes parcels.", "Quotes\nthem.")), change.new_place),
    ):
        line = text.splitlines()[place.line - 1]
        assert line[place.column - 1 : place.end_column - 1] in ("15", "9")


def test_a_shared_schema_is_told_once_for_all_its_operations(tmp_path):
    """One line of the file that two operations use is one change of two operations."""
    (change,) = changes(tmp_path, ("enum: [eur, usd]", "enum: [usd]"))
    assert change.operations == ("list_quotes", "quote_parcel")
    assert (change.kind, change.impact.value) == ("answer-choices", "safe")


def test_what_no_inbound_row_reads_is_not_seen(tmp_path):
    """Where inbound rows say what a result is, a field that none reads is lost to nobody."""
    found = changes(tmp_path, ("days: {type: integer}", "later: {type: integer}"))
    lost = {change.operations: change.impact.value for change in found if change.kind == "answer-field-removed"}
    assert lost == {("list_quotes",): "breaking", ("quote_parcel",): "safe"}


def test_prose_and_order_change_nothing(tmp_path):
    """Words around the fields, comments and the order of sections are no changes."""
    start, end = RICH.index("## SLA Requirements"), RICH.index("## Documentation")
    moved = RICH[:start] + RICH[end:].replace("## Validation Cases", RICH[start:end] + "## Validation Cases")
    assert changes(tmp_path, (RICH, moved.replace("## Retry Policy\n", "## Retry Policy\nWe retry.\n\n"))) == ()


def test_a_field_that_no_rule_knows_is_told(tmp_path):
    """A field of the spec that reaches no plan is told as safe, with its path."""
    found = changes(
        tmp_path, ("**Communication**: Synchronous", "**Communication**: Synchronous\n- **Authentication**: API Key")
    )
    assert [(change.kind, change.subject, change.new) for change in found] == [
        ("other-field", "integration_type.authentication", "API Key")
    ]
