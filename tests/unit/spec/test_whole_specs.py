"""The example spec and the founding template, read whole."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

from intertie.diagnostics import Severity
from intertie.spec.loading import load, load_text
from intertie.spec.template import template_text
from intertie.spec.workspace import Workspace
from support.spec_text import DATA, read


def test_the_example_spec_is_read_without_a_finding():
    """A spec as it should be gives its whole model and nothing to say."""
    loaded = load(DATA / "specs" / "payments.md")
    spec = loaded.spec
    assert loaded.diagnostics == ()
    assert spec.path == "specs/payments.md"
    assert spec.id == "INT-001"
    assert spec.title.value == "Stripe Payments"
    assert spec.overview.value.startswith("Takes card payments")
    assert spec.integration_type.authentication.value == "API Key"
    assert spec.service.version.value == "2024-06-20"
    assert [(name.value, url.value) for name, url in spec.service.environments][1] == (
        "sandbox", "http://127.0.0.1:8421",
    )  # fmt: skip
    assert spec.authentication.config.secret.value == "env:STRIPE_API_KEY"
    assert (spec.timeouts.connect.value, spec.timeouts.total.value) == (1.0, 10.0)
    assert spec.rate_limits.requests_per_minute.value == 1000
    assert [item.value for item in spec.retry.retry_on] == ["409", "500", "502", "503", "504"]
    assert spec.retry.initial_delay.value == 0.2
    assert spec.circuit_breaker.timeout.value == 15.0
    assert spec.monitoring.alert_on_open.value is True
    assert [alert.condition.value for alert in spec.monitoring.alerts] == ["error_rate > 5%", "response_time > 1500"]
    assert spec.costs.tiers[0].cost.value.amount == Decimal("0.002")
    assert spec.costs.budget.alert_at.value == 0.8
    assert spec.security.gdpr_privacy.value == "personal: customer.email, billing_details.email"
    assert spec.versioning.deprecation_schedule[0][1].value == "2027-06-30"
    assert spec.sla.error_rate.value == "< 0.5%"
    assert [case.path.value for case in spec.cases][-1] == "/scenario-cases/SC-001.yaml"
    assert [case.kind for case in spec.cases] == ["test_case", "test_case", "scenario_case"]
    first = spec.implementation[0]
    assert (first.what.value, first.where.value) == (
        "Client Library", "/src/integrations/stripe/",
    )  # fmt: skip
    assert spec.uncertainties == ()


def test_the_example_s_endpoints_have_their_schemas():
    """Each endpoint has its path, its targets in seconds and self-contained schemas."""
    create, get, listing = load(DATA / "specs" / "payments.md").spec.endpoints
    assert [endpoint.name.value for endpoint in (create, get, listing)] == [
        "Create Charge", "Get Charge", "List Charges",
    ]  # fmt: skip
    assert create.request.headers[0].value.value == "{uuid}"
    assert create.request.body.schema.value.name == "ChargeRequest"
    assert create.performance.p99.value == 1.5
    assert [status.value for status, _ in create.response.errors] == ["402", "429"]
    assert get.request.parameters[0].location.value == "path"
    assert listing.request.parameters[0].default.value == 10
    assert listing.pagination.cursor_path.value == "data[-1].id"
    schema = listing.response.success.schema.value
    assert schema.json["properties"]["data"]["items"] == {"$ref": "#/$defs/Charge"}
    assert set(schema.json["$defs"]) == {"Charge"}


def test_a_related_data_spec_becomes_a_schema():
    """The field table of a related DATA spec is an object schema by the spec's id."""
    ((name, schema),) = load(DATA / "specs" / "payments.md").spec.related_schemas
    assert name == "DATA-004"
    assert schema.json["required"] == ["order_id", "amount", "currency"]
    assert schema.json["properties"]["amount"]["type"] == ["string", "number"]


def test_the_template_gives_one_finding_for_every_placeholder_and_no_other():
    """Every pair of square brackets in the template is reported once, exactly there, as unfilled."""
    text = template_text()
    loaded = load_text(text, Path("spec.md"), Workspace(DATA))
    expected = {
        (number, match.start() + 1, match.end() + 1)
        for number, line in enumerate(text.split("\n"), start=1)
        for match in re.finditer(r"\[[^\[\]]+\]", line)
    }
    places = [(found.span.line, found.span.column, found.span.end_column) for found in loaded.diagnostics]
    assert {found.name for found in loaded.diagnostics} == {"unfilled"}
    assert len(places) == len(set(places))
    assert set(places) == expected
    assert all(found.help for found in loaded.diagnostics)


def test_the_template_is_a_spec_with_nothing_in_it():
    """What is wholly unfilled counts as absent, and a draft's placeholders are only infos."""
    loaded = load_text(template_text(), Path("spec.md"), Workspace(DATA))
    spec = loaded.spec
    assert {found.severity for found in loaded.diagnostics} == {Severity.INFO}
    assert spec.endpoints == spec.inbound == spec.outbound == spec.error_mapping == spec.cases == ()
    assert spec.service is spec.retry is spec.timeouts is spec.costs is spec.versioning is spec.sla is None
    assert spec.front_matter.id is None
    assert spec.front_matter.status.value == "draft"
    assert [metric.value for metric in spec.monitoring.metrics][:2] == ["request_count", "error_rate"]


def test_placeholders_of_an_approved_spec_are_warnings():
    """Once a spec is no draft, what is not filled in is a warning."""
    loaded = read("## Rate Limits\n```yaml\nrate_limits:\n  requests_per_second: [number]\n```\n")
    (found,) = loaded.diagnostics
    assert (found.name, found.severity) == ("unfilled", Severity.WARNING)


def test_a_half_filled_template_reads_as_far_as_it_is_filled():
    """What is filled in is there, and what is not is reported and nothing else."""
    text = (
        template_text()
        .replace("total: [ms]", "total: 5000")
        .replace("base_url: [production_url]", "base_url: https://a.b")
    )
    text = text.replace("strategy: [cache|default|queue|circuit_break]", "strategy: queue")
    loaded = load_text(text, Path("spec.md"), Workspace(DATA))
    assert {found.name for found in loaded.diagnostics} == {"unfilled"}
    assert loaded.spec.timeouts.total.value == 5.0
    assert loaded.spec.service.base_url.value == "https://a.b"
    assert loaded.spec.fallback_behavior.strategy.value == "queue"


def test_the_placeholder_title_is_told_of_once_the_name_is_there():
    """`# {name}` stands for the name; beside a name it is one more thing to fill in."""
    front = "---\nid: INT-001\ntype: Integration\nname: Test\nstatus: draft\nservice: t\n---\n# {name}\n"
    loaded = read("", front_matter=front)
    assert [(found.name, found.span.line) for found in loaded.diagnostics] == [("unfilled", 8)]
    assert loaded.spec.title is None
