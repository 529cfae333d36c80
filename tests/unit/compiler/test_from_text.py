"""Specs as people write them, compiled."""

from __future__ import annotations

from pathlib import Path

import pytest

from intertie.compiler import Settings, compile_spec
from intertie.diagnostics import Severity
from intertie.runtime.policies.limiter.options import Window
from intertie.spec.loading import load_text
from support.pace import work

SETTINGS = Settings(Path("/nowhere"))
PAYMENTS = Path(__file__).parents[2] / "data" / "specs" / "payments.md"

HEAD = """---
id: INT-204
type: Integration
name: Parcels
status: approved
service: parcels
---
# Parcels

## Service Configuration
```yaml
service:
  name: parcels
  base_url: https://api.parcels.example/v1
```
"""
ENDPOINT = """
## API Endpoints

### Quote Parcel
```yaml
endpoint:
  path: /quotes
  method: POST
```
"""


def compile_text(text, **options):
    loaded = load_text(text, Path("specs/parcels.md"))
    return compile_spec(loaded.spec, settings=SETTINGS, **options), loaded


def test_payments_compiles_without_a_finding():
    """The example spec has a plan and nothing to complain about."""
    loaded = load_text(PAYMENTS.read_text("utf-8"), Path("specs/payments.md"))
    compiled = compile_spec(loaded.spec, settings=SETTINGS)
    assert compiled.diagnostics == ()
    plan = compiled.plan
    create, listing = plan.operations["create_charge"], plan.operations["list_charges"]
    assert (str(plan.key), plan.origin.url) == (
        "INT-001@development http://127.0.0.1:8420",
        "http://127.0.0.1:8420",
    )
    assert plan.limits.windows == (Window(1.0, 25), Window(60.0, 1000))
    assert (create.replay_safe, create.idempotency_header, create.wire.body.codec) == (True, "Idempotency-Key", "form")
    assert [row.write.text for row in create.outbound] == ["amount", "currency", "source", "metadata.order_id"]
    assert listing.inbound == ()
    assert listing.pagination.options["cursor_path"] == "data[-1].id"
    assert [stage.stage for stage in plan.operations["get_charge"].stages].count("fallback") == 0


def test_payments_compiles_quickly():
    """Compiling a spec is less work than reading it: measured, a quarter."""
    text = PAYMENTS.read_text("utf-8")
    spec = load_text(text, Path("specs/payments.md")).spec
    reading = work(lambda: load_text(text, Path("specs/payments.md")), times=20)
    compiling = work(lambda: compile_spec(spec, settings=SETTINGS), times=20)
    assert compiling < reading


def test_the_unfilled_template_is_a_draft_not_a_crash():
    """The template as it is has no plan, and the findings are those of an empty spec."""
    text = (Path(__file__).parents[3] / "src" / "intertie" / "spec" / "template.md").read_text("utf-8")
    compiled, _ = compile_text(text)
    errors = {finding.name for finding in compiled.diagnostics if finding.severity is Severity.ERROR}
    assert compiled.plan is None
    assert errors == {"no-base-url"}


def test_the_least_spec_runs():
    """A base URL and one endpoint are enough for a plan."""
    compiled, loaded = compile_text(HEAD + ENDPOINT)
    assert loaded.diagnostics == compiled.diagnostics == ()
    operation = compiled.plan.operations["quote_parcel"]
    assert [stage.stage for stage in operation.stages] == ["telemetry", "deadline", "connection", "send", "classify"]


@pytest.mark.parametrize(
    ("block", "expect"),
    [
        ("retry: {max_retries: 2, base_delay: 1s, strategy: fixed_interval, retry_on: [429, 5xx, timeout]}",
         lambda plan: (plan.retry.max_attempts, plan.retry.initial_delay_s, plan.retry.backoff, plan.retry.timeout) == (3, 1.0, "fixed", True)),
        ("retry: {max_attempts: 2, initial_delay_ms: 300}", lambda plan: plan.retry.initial_delay_s == 0.3),
        ("circuit_breaker: {failureRateThreshold: 50%, recovery_timeout: 1m, half_open_max_calls: 3}",
         lambda plan: (plan.breaker.failure_ratio, plan.breaker.open_s, plan.breaker.half_open_requests) == (0.5, 60.0, 3)),
        ("circuit_breaker: {enabled: false, failure_threshold: 5}", lambda plan: plan.breaker is None),
        ("rate_limits: {rate_limit: '1,000 requests/hour'}", lambda plan: plan.limits.windows == (Window(3600.0, 1000),)),
        ("rate_limits: {rpm: 60, burst: 5}", lambda plan: (plan.limits.windows, plan.limits.burst) == ((Window(60.0, 60),), 5)),
        ("timeouts: {connect: PT2S, read: 5 seconds, total: 9000}",
         lambda plan: (plan.timeouts.connect_s, plan.timeouts.read_s, plan.timeouts.total_s) == (2.0, 5.0, 9.0)),
        ("fallback_behavior: {strategy: default, default_value: {price: null}}",
         lambda plan: plan.fallback.default_response == {"price": None}),
        ("costs: {pricing_model: per_request, tiers: [{name: all, cost: $0.5}]}", lambda plan: plan.pricing.currency == "USD"),
        ("authentication: {type: bearer, config: {secret: '${PARCEL_KEY}'}}",
         lambda plan: (plan.auth.secret, plan.auth.scheme, plan.auth.name) == ("env:PARCEL_KEY", "Bearer", "Authorization")),
    ],
)  # fmt: skip
def test_real_spellings_reach_the_plan(block, expect):
    """Aliases, units and prose mean in the plan what their authors meant."""
    section = {"retry": "Retry Policy", "circuit_breaker": "Circuit Breaker", "rate_limits": "Rate Limits",
               "fallback_behavior": "Error Handling", "costs": "Cost Management"}.get(block.partition(":")[0], "Service Configuration")  # fmt: skip
    text = HEAD + f"\n## {section}\n```yaml\n{block}\n```\n" + ENDPOINT
    if section == "Service Configuration":
        text = (
            HEAD.replace("```\n", f"```\n\n```yaml\n{block}\n```\n", 2).replace(
                f"```yaml\n\n```yaml\n{block}\n```\n", "```yaml\n"
            )
            + ENDPOINT
        )
    compiled, loaded = compile_text(text)
    assert compiled.plan is not None, [finding.message for finding in (*loaded.diagnostics, *compiled.diagnostics)]
    assert expect(compiled.plan)


def test_half_filled_drafts_compile_as_far_as_they_are_filled():
    """Placeholders that are left count as absent: the filled endpoint can be called."""
    text = HEAD + "\n## Retry Policy\n```yaml\nretry:\n  max_attempts: [number]\n  initial_delay: 100\n```\n" + ENDPOINT
    text += "\n### [Endpoint Name]\n```yaml\nendpoint:\n  path: [/path/to/endpoint]\n  method: [GET|POST]\n```\n"
    compiled, _ = compile_text(text)
    assert list(compiled.plan.operations) == ["quote_parcel"]
    assert (compiled.plan.retry.max_attempts, compiled.plan.retry.initial_delay_s) == (3, 0.1)


def test_findings_point_at_the_line():
    """A finding's place is the line of what is wrong."""
    text = (
        HEAD
        + ENDPOINT
        + "\n## Data Mappings\n```yaml\ninbound:\n  - external_field: a\n    internal_field: b\n    transform: uppercas\n```\n"
    )
    compiled, _ = compile_text(text)
    finding = compiled.diagnostics[0]
    assert (finding.name, text.splitlines()[finding.span.line - 1].strip()) == (
        "unknown-transform",
        "transform: uppercas",
    )
