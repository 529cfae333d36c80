"""Pages on the desk, checks that wait, and the bounds that hold for any text."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from intertie.lsp.debounce import Debouncer
from intertie.lsp.desk import Desk
from intertie.lsp.features.actions import actions, fix_all
from intertie.lsp.features.completion import complete
from intertie.lsp.features.definitions import definitions
from intertie.lsp.features.hover import hover
from intertie.lsp.features.lens import lenses
from intertie.lsp.features.occurrences import references
from intertie.lsp.features.renaming import renameable
from intertie.lsp.features.symbols import symbols
from intertie.lsp.page import Page
from intertie.lsp.regions import RegionKind, layout_of
from intertie.testing.virtual_time import VirtualClock, run_virtual
from support.lsp_desk import Bench, draft


def ask_everything(page: Page, line: int, column: int) -> None:
    for feature in (hover, complete, definitions, references, renameable):
        feature(page, line, column)


def test_findings_are_those_of_a_check(bench: Bench) -> None:
    """An unsaved text is judged as `intertie check` would judge it if it were saved."""
    text = bench.payments.replace("max_attempts: 4", "max_atempts: 4")
    [finding] = [each for each in bench.put(text).diagnostics if each.name == "unknown-key"]
    assert "max_attempts" in (finding.help or "")
    assert (finding.span.path, finding.span.line) == ("specs/payments.md", 62)


@pytest.mark.parametrize(
    ("path", "head", "is_spec"),
    [
        ("specs/a.md", "---\ntype: Integration\n---\n", True),
        ("docs/a.md", "---\ntype: integration\n---\n", True),
        ("docs/a.md", "---\nid: INT-1\ntype: Inte\n---\n", True),
        ("specs/a.md", "---\nid: INT-1\n---\n", True),
        ("docs/a.md", "---\ntitle: x\n---\n", False),
        ("specs/a.md", "---\ntype: Data\n---\n", False),
        ("specs/a.md", "# no front matter\n", False),
        ("specs/a.txt", "---\ntype: Integration\n---\n", False),
    ],
)
def test_only_specs_are_judged(bench: Bench, path: str, head: str, is_spec: bool) -> None:
    """Other Markdown of the workspace gets no findings."""
    page = bench.put(head + "# x\n", path)
    assert page.is_spec is is_spec
    assert bool(page.diagnostics) is is_spec


def test_a_broken_configuration_is_told_and_does_not_stop(bench: Bench) -> None:
    """Where intertie.toml can't be read the defaults hold, and the reason stands on the neighbourhood."""
    (bench.root / "intertie.toml").write_text("[lint]\nselect = ['nonsense']\n")
    page = bench.put()
    assert "nonsense" in (page.around.trouble or "")
    assert page.plan is not None


def test_a_refresh_sees_what_was_saved_elsewhere(bench: Bench) -> None:
    """A configuration written since counts after a refresh; the open text stays."""
    page = bench.put(bench.payments.replace("max_attempts: 4", "max_atempts: 4"))
    assert page.diagnostics
    (bench.root / "intertie.toml").write_text("[lint]\nignore = ['TIE']\n")
    [page] = bench.desk.refresh()
    assert page.diagnostics == ()
    assert "max_atempts" in page.text


def test_a_closed_document_is_read_from_its_file(bench: Bench) -> None:
    """Closing forgets the text; closing twice is no matter."""
    bench.put("changed")
    for _ in range(2):
        bench.desk.take_off(bench.path)
    assert bench.desk.page(bench.path) is None
    page = bench.put("x", "README.md")
    assert page.around.text(bench.path) == bench.payments


def test_a_link_is_the_file_it_leads_to(bench: Bench) -> None:
    """A document that is opened through a link has one page."""
    (bench.root / "link.md").symlink_to(bench.path)
    assert bench.put(None, "link.md") is bench.desk.page(bench.path)


def test_typing_is_waited_for() -> None:
    """Of requests that follow each other closely the last is answered, once, after the delay; keys are apart."""
    clock = VirtualClock()
    done: list[tuple[str, float]] = []

    async def work(key: str) -> None:
        done.append((key, round(clock.monotonic_s() - 1000.0, 3)))

    async def type_text() -> None:
        waiting = Debouncer(work, delay_s=0.1, most_s=1.0, clock=clock)
        for _ in range(5):
            waiting.ask("a")
            await clock.sleep_until(clock.monotonic_s() + 0.05)
        waiting.ask("b")
        await clock.sleep_until(clock.monotonic_s() + 1)
        waiting.ask("c", at_once=True)
        waiting.ask("d")
        waiting.forget("d")
        await clock.sleep_until(clock.monotonic_s() + 1)

    run_virtual(type_text(), clock)
    assert done == [("a", 0.3), ("b", 0.35), ("c", 1.25)]


def test_layout_of_an_unfinished_file() -> None:
    """Front matter, blocks of several languages and headings are told apart; a comment in YAML is no heading."""
    text = "---\nid: x\n---\n# T\n## Rate limit\n```yaml\n# no heading\na: 1\n```\n~~~json\n{}\n~~~\n## Retry\n```yaml\nopen:\n## Costs\ntext\n"
    layout = layout_of(text.split("\n"))
    assert [(each.kind, each.first, each.last) for each in layout.regions] == [
        (RegionKind.FRONT_MATTER, 2, 2), (RegionKind.YAML, 7, 8), (RegionKind.OTHER_BLOCK, 11, 11), (RegionKind.YAML, 15, 15),
    ]  # fmt: skip
    assert [each.text for each in layout.headings] == ["T", "Rate limit", "Retry", "Costs"]
    assert layout.section(8) == "rate limits"
    assert layout.region(17) is None


def test_every_prefix_and_hole_of_a_spec_can_be_asked(bench: Bench) -> None:
    """Cut off or with a piece missing anywhere, the spec answers every question without an error."""
    random_places = random.Random(7)
    size = len(bench.payments)
    for _ in range(40):
        at, length = random_places.randrange(size), random_places.choice([1, 5, 40, size])
        before, after = bench.payments[:at], bench.payments[at + length :]
        page, line, column = bench.at(f"{before}¦{after}")
        ask_everything(page, line, column)
        lenses(page)
        symbols(page)
        actions(page, 1, 9999)
        fix_all(page)


HOSTILE = {
    "nothing": "",
    "one fence": "```",
    "deep flow": draft("```yaml\na: " + "[" * 20_000 + "\n```\n"),
    "deep blocks": draft("```yaml\n" + "\n".join(" " * n + "a:" for n in range(400)) + "\n```\n"),
    "alias bomb": draft("```yaml\na: &a [x, x]\n" + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(22)) + "```\n"),
    "endless quotes": draft("```yaml\na: '" + "x'" * 5_000 + "\n```\n"),
    "null": draft("a\0b"),
    "surrogate": draft("\ud800 ## x"),
    "many headings": draft("## A\n" * 5_000),
    "odd line ends": draft("a\u2028b\x0bc\x85d\x0c\r\r\n## Retry Policy"),
    "self reference": draft("## Components\n```yaml\ncomponents: {schemas: {A: {$ref: '#/components/schemas/A'}}}\n```\n"),
    "path escapes": draft("## Validation Cases\n- /../../etc/TC-001.yaml: x\n- " + "/" + "a" * 5_000 + "/TC-001.yaml: y\n"),
    "long key": draft("```yaml\na" + " " * 300_000 + "\n```\n"),
    "long colons": draft("```yaml\n" + "a:" * 150_000 + "\n```\n"),
    "long heading": draft("## a" + " " * 300_000 + "b\n## " + " #" * 150_000),
    "long bullet": draft("## Security\n- **a" + " " * 300_000 + "\n- personal: " + "a " * 150_000),
    "long path": draft("## Data Mappings\n```yaml\ninbound: [{internal_field: '" + "a[" * 100_000 + "', transform: '" + "source.a(" * 30_000 + "'}]\n```\n"),
    "too large": draft("x" * 4_100_000),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_costs_nothing_but_an_answer(bench: Bench, name: str) -> None:
    """Bombs, broken encodings, endless nesting and escapes give findings or nothing, never an error."""
    page = bench.put(HOSTILE[name])
    inside = [region.first for region in page.layout.regions][1:2]
    for line, column in (
        (1, 1),
        (len(page.lines), 1),
        (len(page.lines) // 2 + 1, 9),
        (9999, 9999),
        *((n, 9) for n in inside),
    ):
        ask_everything(page, line, column)
    assert isinstance(page.diagnostics, tuple)
    lenses(page)
    symbols(page)
    fix_all(page)


def test_a_case_file_may_hold_anything(bench: Bench) -> None:
    """Case files with wrong kinds everywhere are asked without an error."""
    for text in (
        "",
        "- 1",
        "steps: 5",
        "steps: [a, {call: [x]}, {input: 3, expect: {a: data.x}}]",
        "spec: {a: b}\nrelated: 4",
        "validations: ['" + "data.a[" * 50_000 + "']",
        "name: '" + "{{a" * 100_000 + "'",
        "a: [",
        "\0",
    ):
        page = bench.put(text, "test-cases/TC-009.yaml")
        ask_everything(page, 1, len(text) + 1)
        ask_everything(page, 1, 8)


def test_a_text_of_another_place_is_not_read(bench: Bench, tmp_path: Path) -> None:
    """The text of an open document outside of the workspace is not reachable through a reference."""
    desk = Desk(environ={}, clock=VirtualClock())
    outside = tmp_path.parent / "outside.yaml"
    desk.put(outside, "a: {type: object}")
    page = desk.put(bench.path, bench.payments.replace("'#/components/schemas/Charge'", f"'{outside}#/a'", 1))
    assert any(each.code == "TIE041" for each in page.diagnostics)
