"""Renaming: everything that stands for the thing changes, nothing else does."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from intertie.lsp.features.renaming import FileEdit, RenameRefused, rename, renameable
from intertie.lsp.page import Page
from support.lsp_desk import Bench

CASE = """\
id: TC-007
type: TestCase
spec: INT-001
inputs:
  - {name: amount, type: string, value: "1.00"}
  - {name: country, type: string, value: DE}
steps:
  - step: 1
    action: Charge
    call: create_charge
    input:
      amount: "{{ amount }}"
      currency: EUR
      order_id: "{{ country }}-1"
    expect: ["data.amount == '1.00'", "data.customer.email != 'data.amount'", "attempts == 1"]
    capture: {paid: data.amount, who: "data.customer.email"}
  - step: 2
    call: get_charge
    input: {charge_id: "{{ paid }}"}
    expect: ["data.amount > 0 and data.charge_id == 'x'"]
  - step: 3
    spec: INT-999
    call: create_charge
    input: {amount: 1}
validations: ["data.amount > 0", {check: "data.amount == 1", expected: yes}]
expected_outputs: {amount: "1.00"}
"""


def applied(bench: Bench, edits: list[FileEdit], texts: dict[Path, str]) -> dict[str, str]:
    by_path = defaultdict(list)
    for each in edits:
        by_path[each.path].append(each.edit)
    made = {}
    for path, own in by_path.items():
        text = texts.get(path) or path.read_text("utf-8")
        for edit in sorted(own, key=lambda each: each.span, reverse=True):
            lines = text.split("\n")
            line = lines[edit.span.line - 1]
            assert edit.span.line == edit.span.end_line
            lines[edit.span.line - 1] = (
                line[: edit.span.column - 1] + edit.replacement + line[edit.span.end_column - 1 :]
            )
            text = "\n".join(lines)
        made[path.relative_to(bench.root).as_posix()] = text
    return made


def renamed(bench: Bench, place: tuple[Page, int, int], name: str) -> dict[str, str]:
    page, line, column = place
    return applied(bench, rename(page, line, column, name), {page.path: page.text})


def test_a_field_is_renamed_in_the_spec_and_its_cases(bench: Bench) -> None:
    """Rows, arguments of outbound transforms, the steps' inputs and the assertions on results all have the new name."""
    (bench.root / "test-cases/TC-007.yaml").write_text(CASE)
    made = renamed(bench, bench.on("internal_field: amou¦nt"), "total")
    spec = made["specs/payments.md"]
    assert spec.count("internal_field: total") == 2
    assert "internal_field: amount" not in spec
    assert spec.count("external_field: amount") == 2
    expected = CASE
    for old, new in (
        ("{name: amount,", "{name: total,"), ('amount: "{{ amount }}"', 'total: "{{ total }}"'),
        ("\"data.amount == '1.00'\"", "\"data.total == '1.00'\""), ("paid: data.amount", "paid: data.total"),
        ("data.amount > 0 and", "data.total > 0 and"), ('["data.amount > 0"', '["data.total > 0"'),
        ('check: "data.amount == 1"', 'check: "data.total == 1"'), ('{amount: "1.00"}', '{total: "1.00"}'),
    ):  # fmt: skip
        assert old in expected
        expected = expected.replace(old, new, 1)
    assert made["test-cases/TC-007.yaml"] == expected
    assert 'input: {total: "12.50"' in made["test-cases/TC-001.yaml"]


def test_what_goes_by_the_services_own_name_keeps_it(bench: Bench) -> None:
    """`charge_id` of the result is renamed; `charge_id` that names a path parameter is not."""
    (bench.root / "test-cases/TC-007.yaml").write_text(CASE)
    made = renamed(bench, bench.on("internal_field: charge¦_id"), "payment")
    assert "{charge_id}" in made["specs/payments.md"]
    assert "- name: charge_id" in made["specs/payments.md"]
    assert "input: {charge_id:" in made["test-cases/TC-007.yaml"]
    assert "data.payment == 'x'" in made["test-cases/TC-007.yaml"]


def test_one_name_of_a_path_is_renamed_in_all_paths(bench: Bench) -> None:
    """The cursor's own name of a dotted path changes, whatever follows it, nested keys included."""
    (bench.root / "test-cases/TC-007.yaml").write_text(CASE)
    bench.payments = bench.payments.replace(
        "default_response: {}", "default_response: {customer: {email: none}, items: []}"
    )
    made = renamed(bench, bench.on("personal: custo¦mer.email"), "buyer")
    assert "internal_field: buyer.email" in made["specs/payments.md"]
    assert "personal: buyer.email, billing_details.email" in made["specs/payments.md"]
    assert "{buyer: {email: none}, items: []}" in made["specs/payments.md"]
    assert "data.buyer.email != 'data.amount'" in made["test-cases/TC-007.yaml"]
    made = renamed(bench, bench.on("personal: customer.em¦ail"), "mail")
    assert "{customer: {mail: none}, items: []}" in made["specs/payments.md"]
    assert 'who: "data.customer.mail"' in made["test-cases/TC-007.yaml"]


@pytest.mark.parametrize(
    ("written", "renamed_to"),
    [
        ("personal: [amount, 'amount']", "personal: [amount, total, 'amount', 'total']"),
        (
            'personal:\n    - amount\n    - "amount"',
            'personal:\n    - amount\n    - total\n    - "amount"\n    - "total"',
        ),
        ("personal: [charge_id]", "personal: [charge_id]"),
    ],
)
def test_a_personal_field_of_the_service_stays_personal(bench: Bench, written: str, renamed_to: str) -> None:
    """Where the service has a field of the old name, the new name is put beside it."""
    block = f"## Security Considerations\n```yaml\nsecurity:\n  {written}\n```\n"
    bench.payments = bench.payments.replace("## Security Considerations\n", block)
    made = renamed(bench, bench.on("internal_field: amou¦nt"), "total")
    assert renamed_to in made["specs/payments.md"]


def test_patterns_and_expressions_follow_an_input(bench: Bench) -> None:
    """A header pattern and `source.…` of an expression read the input, so they have its new name."""
    bench.payments = bench.payments.replace('value: "{uuid}"', 'value: "{order_id}-{uuid}"', 1)
    bench.payments = bench.payments.replace("transform: lowercase", "transform: 'cel: source.order_id + value'")
    made = renamed(bench, bench.on("internal_field: order¦_id"), "order")["specs/payments.md"]
    assert '"{order}-{uuid}"' in made
    assert "cel: source.order + value" in made
    assert "external_field: metadata.order_id" in made


def test_an_operation_is_renamed_by_its_heading(bench: Bench) -> None:
    """Cases call it by the new id; rows that name it have the new words."""
    bench.payments = bench.payments.replace(
        "    internal_field: charge_id", "    internal_field: charge_id\n    endpoints: [Create Charge, get_charge]", 1
    )
    made = renamed(bench, bench.on("### Create Ch¦arge"), "Take Payment")
    assert "### Take Payment\n" in made["specs/payments.md"]
    assert "endpoints: [Take Payment, get_charge]" in made["specs/payments.md"]
    assert "call: take_payment" in made["test-cases/TC-001.yaml"]
    made = renamed(bench, bench.on("[Create Charge, get_ch¦arge]"), "Read Charge")
    assert "endpoints: [Create Charge, read_charge]" in made["specs/payments.md"]


def test_a_rename_can_start_in_a_case(bench: Bench) -> None:
    """From a case file the spec and the other cases are changed too."""
    path = bench.root / "test-cases/TC-001.yaml"
    page, line, column = bench.at(path.read_text("utf-8").replace("card_token", "card_to¦ken", 1), path)
    made = applied(bench, rename(page, line, column, "token"), {})
    assert "internal_field: token" in made["specs/payments.md"]
    assert {*made} == {"specs/payments.md", "test-cases/TC-001.yaml", "test-cases/TC-002.yaml"}


def test_a_schema_is_renamed_in_other_specs_too(bench: Bench) -> None:
    """References from this spec and from others to the component change, names that only begin alike do not."""
    (bench.root / "specs/other.md").write_text(
        "---\nid: INT-009\ntype: Integration\n---\n## API Endpoints\n### Do\n```yaml\nendpoint: {path: /x, method: GET}\n"
        "response: {success: {status: 200, schema: {$ref: './payments.md#/components/schemas/Charge'}}}\n```\n"
    )
    made = renamed(bench, bench.on("schemas/Cha¦rge'"), "Payment")
    assert made["specs/payments.md"].count("Payment'") == 3
    assert "    Payment:\n" in made["specs/payments.md"]
    assert "ChargeList:" in made["specs/payments.md"]
    assert "payments.md#/components/schemas/Payment'" in made["specs/other.md"]


@pytest.mark.parametrize(
    ("marked", "name"),
    [
        ("internal_field: amou¦nt", "total"),
        ("personal: custo¦mer.email", "buyer"),
        ("### Create Ch¦arge", "Take Payment"),
        ("schemas/Cha¦rge'", "Payment"),
    ],
)
def test_a_renamed_spec_is_as_sound_as_before(bench: Bench, marked: str, name: str) -> None:
    """After a rename the check finds what it found before, and nothing else."""

    def findings(page: Page) -> list[tuple[str, int]]:
        return [(each.code, each.span.line) for each in page.diagnostics]

    before = findings(bench.put())
    for path, text in renamed(bench, bench.on(marked), name).items():
        (bench.root / path).write_text(text)
    bench.desk.refresh()
    assert findings(bench.put(bench.path.read_text("utf-8"))) == before


@pytest.mark.parametrize(
    ("marked", "name", "why"),
    [
        ("internal_field: amou¦nt", "currency", "there is a field `currency` already"),
        ("internal_field: amou¦nt", "a b", "can't be a name"),
        ("internal_field: amou¦nt", "", "can't be a name"),
        ("internal_field: amou¦nt", "a.b", "can't be a name"),
        ("### Create Ch¦arge", "Get charge", "an endpoint `get_charge` already"),
        ("### Create Ch¦arge", "…", "needs a letter"),
        ("schemas/Cha¦rge'", "Error", "a schema `Error` already"),
        ("max_att¦empts: 4", "x", "nothing here"),
        ("external_field: sou¦rce", "x", "nothing here"),
        ("Takes card pay¦ments", "x", "nothing here"),
    ],
)
def test_an_impossible_rename_says_why(bench: Bench, marked: str, name: str, why: str) -> None:
    """A taken or unwritable name, or a place that is no name, is refused in words."""
    with pytest.raises(RenameRefused, match=why):
        rename(*bench.on(marked), name)


def test_what_can_be_renamed_is_told_before(bench: Bench) -> None:
    """The editor marks the one name that would change."""
    span = renameable(*bench.on("personal: custo¦mer.email"))
    assert span is not None
    assert bench.put().source.slice(span) == "customer"
    assert renameable(*bench.on("max_att¦empts: 4")) is None
