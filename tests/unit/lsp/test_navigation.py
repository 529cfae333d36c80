"""Definitions and references."""

from __future__ import annotations

from pathlib import Path

import pytest

from intertie.lsp.features.definitions import Target, definitions
from intertie.lsp.features.occurrences import references
from support.lsp_desk import Bench


def words(bench: Bench, targets: list[Target]) -> list[tuple[str, str]]:
    """Return file and the text at each place."""
    found = []
    for target in targets:
        lines = target.path.read_text("utf-8").split("\n")
        text = lines[target.span.line - 1][target.span.column - 1 : target.span.end_column - 1]
        found.append((target.path.relative_to(bench.root).as_posix(), text))
    return found


@pytest.mark.parametrize(
    ("marked", "place"),
    [
        ("schemas/Cha¦rge'", ("specs/payments.md", "Charge")),
        ("/test-cases/TC-¦001.yaml", ("test-cases/TC-001.yaml", "")),
        ("[DATA-0¦04]", ("specs/orders-data.md", "")),
        ("external_field: billing_details.em¦ail", ("specs/payments.md", "email")),
        ("external_field: metadata.order¦_id", None),
        ("external_field: sou¦rce", ("specs/payments.md", "source")),
        ("personal: customer.em¦ail", ("specs/payments.md", "customer.email")),
        ("decimal_to_minor_units(cur¦rency)", ("specs/payments.md", "currency")),
        ("max_att¦empts: 4", None),
    ],
)
def test_a_name_leads_to_its_definition(bench: Bench, marked: str, place: tuple[str, str] | None) -> None:
    """Schemas, cases, related specs, schema members of mapped fields and internal fields are found."""
    found = words(bench, definitions(*bench.on(marked)))
    assert found == ([] if place is None else [place])


def test_a_reference_into_another_file_is_followed(bench: Bench) -> None:
    """A JSON pointer into YAML and JSON of the workspace leads to the key it ends at, escapes included."""
    (bench.root / "specs/api.yaml").write_text("components:\n  schemas:\n    a/b:\n      type: object\n")
    (bench.root / "specs/api.json").write_text('{"defs":\n  {"Thing": {"type": "object"}}}')
    for reference, text in (("./api.yaml#/components/schemas/a~1b", "a/b"), ("./api.json#/defs/Thing", "Thing")):
        marked = f"$ref: '{reference[:6]}¦{reference[6:]}'"
        [(file, found)] = words(bench, definitions(*bench.on(marked, "$ref: '#/components/schemas/Charge'")))
        assert found == text
        assert file == f"specs/{reference[2:].split('#')[0]}"


@pytest.mark.parametrize(("place", "found"), [("1", True), ("²", False), ("01", False), ("9" * 5000, False)])
def test_a_reference_into_a_list_is_followed_to_a_place_that_it_has(bench: Bench, place: str, found: bool) -> None:
    """A list has places 0, 1, 2 …; any other word there leads to the start of the file, as all that leads nowhere."""
    (bench.root / "specs/api.yaml").write_text("oneOf:\n  - {type: object}\n  - {type: string}\n")
    marked = f"$ref: './api¦.yaml#/oneOf/{place}'"
    [target] = definitions(*bench.on(marked, "$ref: '#/components/schemas/Charge'"))
    assert target.span.line == (3 if found else 1)


@pytest.mark.parametrize(
    "reference", ["../../etc/passwd#/a", "https://x.example/a.yaml#/a", "./none.yaml#/a", "./payments.md#/a/b"]
)
def test_a_reference_that_leads_nowhere_opens_nothing_outside(bench: Bench, reference: str) -> None:
    """What is outside of the workspace, remote or missing is no definition; a missing pointer is its file at most."""
    marked = f"$ref: '{reference[:3]}¦{reference[3:]}'"
    found = definitions(*bench.on(marked, "$ref: '#/components/schemas/Charge'"))
    assert all(target.path.is_relative_to(bench.root) for target in found)


def test_a_related_specs_schema_is_found(bench: Bench) -> None:
    """A component that this spec does not have is looked up in the specs it is related to, as they are shown now."""
    other = "---\nid: INT-009\ntype: Integration\n---\n## Components\n```yaml\ncomponents:\n  schemas:\n    Refund: {type: object}\n```\n"
    path = bench.root / "specs/refunds.md"
    path.write_text(other)
    bench.payments = bench.payments.replace("[DATA-004]", "[DATA-004, INT-009]")
    for marked in (
        "'#/components/schemas/Ref¦und'",
        "'INT-009#/components/schemas/Ref¦und'",
        "'./refunds.md#/components/schemas/Ref¦und'",
    ):
        found = definitions(*bench.on(f"$ref: {marked}", "$ref: '#/components/schemas/Charge'"))
        assert words(bench, found) == [("specs/refunds.md", "Refund")]


def test_a_case_leads_to_its_spec(bench: Bench) -> None:
    """From a case file `call` leads to the endpoint, `spec` to the spec, an input to its row."""
    case = (bench.root / "test-cases/TC-001.yaml").read_text("utf-8")

    def found(marked: str) -> list[tuple[str, str]]:
        text = case.replace(marked.replace("¦", ""), marked, 1)
        return words(bench, definitions(*bench.at(text, "test-cases/TC-001.yaml")))

    assert found("call: create_ch¦arge") == [("specs/payments.md", "Create Charge")]
    assert found("spec: INT-¦001") == [("specs/payments.md", "INT-001")]
    assert found("card_to¦ken: tok") == [("specs/payments.md", "card_token")]
    assert found("data.curr¦ency") == [("specs/payments.md", "currency")]


def test_references_reach_cases_and_other_specs(bench: Bench) -> None:
    """A schema's, an operation's, a spec's and a case's mentions are found wherever they are."""
    other = bench.root / "specs/other.md"
    other.write_text(
        "---\nid: INT-009\ntype: Integration\nrelated: [INT-001]\n---\n## API Endpoints\n### Do\n```yaml\nendpoint: {path: /x, method: GET}\n"
        "response: {success: {status: 200, schema: {$ref: 'INT-001#/components/schemas/Charge'}}}\n```\n"
    )

    def files(marked: str, *, declaration: bool = True) -> list[str]:
        found = references(*bench.on(marked), declaration=declaration)
        return [target.path.name for target in found]

    assert files("schemas/Cha¦rge'") == ["payments.md"] * 4 + ["other.md"]
    assert files("schemas/Cha¦rge'", declaration=False) == ["payments.md"] * 3 + ["other.md"]
    assert files("### Create Ch¦arge") == ["payments.md", "TC-001.yaml", "TC-002.yaml", "TC-002.yaml"]
    assert files("id: INT-0¦01") == ["payments.md", "other.md", "TC-001.yaml", "TC-002.yaml"]
    assert files("/test-cases/TC-¦001.yaml") == ["payments.md", "TC-001.yaml", "SC-001.yaml"]
    assert files("internal_field: card_to¦ken") == ["payments.md", "TC-001.yaml", "TC-002.yaml", "TC-002.yaml"]


def test_unsaved_texts_are_read(bench: Bench) -> None:
    """A case that is open and changed counts as it is shown, not as it is saved."""
    case = (bench.root / "test-cases/TC-001.yaml").read_text("utf-8")
    bench.put(case.replace("call: create_charge", "call: get_charge"), Path("test-cases/TC-001.yaml"))
    found = references(*bench.on("### Create Ch¦arge"))
    assert "TC-001.yaml" not in {target.path.name for target in found}
