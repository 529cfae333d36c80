"""What is offered, on whole and on half-typed lines."""

from __future__ import annotations

import pytest

from intertie.lsp.features.completion import complete
from intertie.spec.loading import load_text
from support.lsp_desk import Bench, draft


def labels(bench: Bench, marked: str, instead_of: str | None = None) -> list[str]:
    found = sorted(enumerate(complete(*bench.on(marked, instead_of))), key=lambda each: (each[1].rank, each[0]))
    return [each.label for _, each in found]


@pytest.mark.parametrize(
    ("marked", "instead_of", "offered", "withheld"),
    [
        ("backoff: ¦", "backoff: exponential", ["exponential", "linear", "fixed"], ["jitter"]),
        ("  backoff: lin¦", "  backoff: exponential", ["linear"], []),
        ("jitter: true\n  ret¦", "jitter: true", ["multiplier", "retry_budget"], ["jitter", "max_attempts"]),
        ("jitter: ¦", "jitter: true", ["true", "false"], ["exponential"]),
        ("[network_error, ¦]", "[network_error, timeout, service_unavailable]", ["timeout"], ["500"]),
        ("[409, ¦]", "[409, 500, 502, 503, 504]", ["503", "5xx"], ["timeout"]),
        ("retry_on: [409, ¦\n", "retry_on: [409, 500, 502, 503, 504]\n", ["503"], []),
        ("{name: limit, in: ¦", "{name: limit, in: query", ["query", "path", "header"], []),
        ("{name: limit, ¦, in:", "{name: limit, in:", ["enum", "style"], ["name", "default"]),
        ("    - name: charge_id\n      ¦", "    - name: charge_id", ["enum", "pattern"], ["in", "type"]),
        ("transform: trim | up¦", "transform: uppercase", ["uppercase", "minor_units_to_decimal"], ["amount"]),
        ("    secret: ¦", "    secret: env:STRIPE_API_KEY", ["env:STRIPE_API_KEY", "file:", "vault:"], []),
        ("$ref: ¦", "$ref: '#/components/schemas/Charge'", ["#/components/schemas/Error", "DATA-004#"], []),
        ("$ref: '#/comp¦'", "$ref: '#/components/schemas/Charge'", ["#/components/schemas/Charge"], []),
        ("internal_field: ¦", "internal_field: charge_id", ["amount", "customer.email", "order_id"], ["source"]),
        ("external_field: ¦\n", "external_field: id\n", ["billing_details.email", "created"], ["source"]),
        ("external_field: s¦\n", "external_field: source\n", ["source", "metadata", "limit"], ["created"]),
        ("external_code: ¦", "external_code: 409", ["402", "429", "5xx"], []),
        ("action: ¦", "action: fail", ["retry", "fail", "fallback"], []),
        ("status: ¦", "status: approved", ["draft", "retired"], []),
        ("related: [¦]", "related: [DATA-004]", ["DATA-004"], ["INT-001"]),
        ("service: stripe\n¦", "service: stripe", [], ["id", "name"]),
        ("    - ¦", "    - request_count", ["request_count", "throughput"], []),
        ("  alerts:\n    - ¦", "  alerts:", ["condition", "channel"], []),
        ("method: ¦", "method: POST", ["GET", "DELETE"], []),
        ("pagination:\n  ¦", "pagination:", ["first", "size"], ["style", "items_path"]),
        ("streaming: ¦\npagination:", "pagination:", ["sse", "ndjson"], []),
        ("perf¦\nperformance:", "performance:", ["idempotent", "streaming"], ["request", "retry"]),
        ("amount: {type: ¦, min", "amount: {type: integer, min", ["integer", "object"], ["minLength"]),
        ("amount: {¦, min", "amount: {type: integer, min", ["type", "maximum", "$ref"], ["minimum"]),
        ("- **Protocol**: ¦", "- **Protocol**: REST", ["REST", "gRPC"], []),
        ("- **Da¦", "- **Data Format**: JSON", ["Data Format"], ["Protocol"]),
        ("- /te¦", "- /test-cases/TC-001.yaml: A charge succeeds", ["/test-cases/TC-002.yaml"], []),
        ("## ¦", "## SLA Requirements", ["## SLA Requirements"], ["## Retry Policy"]),
    ],
)  # fmt: skip
def test_what_fits_is_offered(
    bench: Bench, marked: str, instead_of: str, offered: list[str], withheld: list[str]
) -> None:
    """The field's own values or keys are offered, what is there already or belongs elsewhere is not."""
    found = labels(bench, marked, instead_of)
    assert set(offered) <= set(found)
    assert not set(withheld) & set(found)


def test_a_sections_own_block_comes_first(bench: Bench) -> None:
    """In an empty block under Rate Limits its two blocks come before all others."""
    page, line, column = bench.at(draft("## Rate Limits\n```yaml\n¦\n```\n"))
    found = sorted(complete(page, line, column), key=lambda each: each.rank)
    assert [each.label for each in found[:2]] == ["rate_limits", "throttling"]


def test_an_unclosed_block_is_a_block(bench: Bench) -> None:
    """Keys are offered in a fence that nothing closes, and the next section is not swallowed by it."""
    page, line, column = bench.at(draft("## Retry Policy\n```yaml\nretry:\n  ¦\n\n## Monitoring\n- x\n"))
    assert "max_attempts" in [each.label for each in complete(page, line, column)]
    assert page.layout.region(line + 2) is None


def test_operations_are_offered_where_endpoints_are_named(bench: Bench) -> None:
    """`endpoints: [` of a mapping row takes the headings."""
    page, line, column = bench.on("    internal_field: charge_id\n    endpoints: [¦]", "    internal_field: charge_id")
    assert [each.label for each in complete(page, line, column)] == ["Create Charge", "Get Charge", "List Charges"]


@pytest.mark.parametrize(
    ("marked", "instead_of", "label"),
    [
        ("backoff: lin¦", "backoff: exponential", "linear"),
        ("transform: trim | up¦", "transform: uppercase", "uppercase"),
        ("$ref: ¦", "$ref: '#/components/schemas/Charge'", "#/components/schemas/Error"),
        ("$ref: '#/c¦'", "$ref: '#/components/schemas/Charge'", "#/components/schemas/Error"),
        ("jitter: true\n  mult¦", "jitter: true", "multiplier"),
        ("- **Protocol**: gr¦", "- **Protocol**: REST", "gRPC"),
        ("- /te¦", "- /test-cases/TC-001.yaml: A charge succeeds", "/test-cases/TC-002.yaml"),
    ],
)
def test_what_is_taken_can_be_read(bench: Bench, marked: str, instead_of: str, label: str) -> None:
    """The spec with the suggestion in the place of its span has no more errors than the spec was written with."""
    page, line, column = bench.on(marked, instead_of)
    taken = next(each for each in complete(page, line, column) if each.label == label)
    lines = list(page.lines)
    row = lines[taken.span.line - 1]
    value = f"{taken.insert}2" if taken.insert.endswith(": ") else taken.insert
    lines[taken.span.line - 1] = row[: taken.span.column - 1] + value + row[taken.span.end_column - 1 :]
    loaded = load_text("\n".join(lines), page.path, page.around.workspace)
    assert [each.message for each in loaded.diagnostics] == []


def test_a_block_opens_with_its_first_line_indented(bench: Bench) -> None:
    """A key of a block brings the line below it, as deep as it has to be; a list brings its first dash."""
    page, line, column = bench.on("costs:\n  ¦", "costs:")
    found = {each.label: each.insert for each in complete(page, line, column)}
    assert found["monthly_fee"] == "monthly_fee: "
    page, line, column = bench.at(draft("## Costs\n```yaml\ncosts:\n  ¦\n```\n"))
    found = {each.label: each.insert for each in complete(page, line, column)}
    assert found["budget"] == "budget:\n    "
    assert found["tiers"] == "tiers:\n    - "
    page, line, column = bench.at(draft("## Costs\n```yaml\ncosts: {¦}\n```\n"))
    assert {each.label: each.insert for each in complete(page, line, column)}["budget"] == "budget: "


def test_a_key_with_a_value_keeps_it(bench: Bench) -> None:
    """Completing inside a key that has its colon writes the key alone."""
    page, line, column = bench.on("  mult¦: 3", "  jitter: true")
    assert next(each for each in complete(page, line, column) if each.label == "multiplier").insert == "multiplier"


def test_a_case_is_completed_from_its_spec(bench: Bench) -> None:
    """In a case file `call` takes the spec's operations, `input` the operation's fields, a step its keys."""
    case = (bench.root / "test-cases/TC-001.yaml").read_text("utf-8")
    path = "test-cases/TC-001.yaml"

    def offered(marked: str, instead_of: str) -> list[str]:
        assert instead_of in case
        return [each.label for each in complete(*bench.at(case.replace(instead_of, marked, 1), path))]

    assert offered("call: ¦", "call: create_charge") == ["create_charge", "get_charge", "list_charges"]
    assert {"expect", "capture"} & {*offered("    ca¦", "    call: create_charge")} == {"capture"}
    assert offered("input: {¦}", 'input: {amount: "12.50", currency: EUR, card_token: tok_visa, order_id: o-1}') == [
        "amount", "currency", "card_token", "order_id",
    ]  # fmt: skip
    assert "INT-001" in offered("spec: ¦", "spec: INT-001")
    assert offered("status: ¦", "status: ready") == ["draft", "ready", "active", "deprecated"]


def test_other_documents_are_left_alone(bench: Bench) -> None:
    """A README and another block's language get nothing."""
    assert complete(*bench.at("# Notes\n\n- **¦", "README.md")) == []
    assert complete(*bench.at(draft("```json\n{¦}\n```\n"))) == []
