"""Specs as they are while somebody types them: every beginning of them, and every line begun anew."""

from __future__ import annotations

import re

import pytest

from intertie.lsp.features.completion import complete
from intertie.lsp.features.definitions import definitions
from intertie.lsp.features.findings import findings
from intertie.lsp.features.hover import hover
from intertie.lsp.features.lens import lenses
from intertie.lsp.features.occurrences import references
from intertie.lsp.features.renaming import renameable
from intertie.lsp.features.symbols import symbols
from support.lsp_desk import Bench

SPECS = ("payments", "httpbin", "tasks")
PREFIXES = 60
MOST_MORE = 25
"""Most findings that one half-typed line may add; a quote that swallows the rest of a file would add a hundred."""
_KEY_RE = re.compile(r"(?P<lead>\s*(?:- )?)(?P<key>[a-z_]{3,}):(?P<rest>.*)")


def text_of(bench: Bench, name: str) -> str:
    return (bench.root / f"specs/{name}.md").read_text("utf-8")


@pytest.mark.parametrize("name", SPECS)
def test_every_beginning_of_a_spec_is_answered(bench: Bench, name: str) -> None:
    """However far a spec is typed, nothing fails and the findings stay few."""
    text = text_of(bench, name)
    # A step that is no divisor of a line's length ends in keys, values, marks and headings alike.
    for end in range(0, len(text), max(1, len(text) // PREFIXES)):
        typed = text[:end]
        page = bench.put(typed, f"specs/{name}.md")
        line, column = typed.count("\n") + 1, end - typed.rfind("\n")
        for feature in (hover, complete, definitions, renameable):
            feature(page, line, column)
        references(page, line, column)
        assert len(findings(page)) <= MOST_MORE, typed[-40:]
        lenses(page)
        symbols(page)


@pytest.mark.parametrize("name", SPECS)
def test_a_half_typed_key_is_completed_and_a_whole_one_explained(bench: Bench, name: str) -> None:
    """At every fifth key of a spec that ends there, its first half offers it, and the key itself has a hover."""
    lines = text_of(bench, name).split("\n")
    whole = bench.put("\n".join(lines), f"specs/{name}.md")
    keys = [
        (number, found)
        for number, line in enumerate(lines)
        if (found := _KEY_RE.fullmatch(line))
        and whole.yaml_region(number + 1)
        and not _is_own_name(line, number, lines)
    ]
    assert len(keys) > 80
    for number, found in keys[::5]:
        lead, key = found["lead"], found["key"]
        cut = len(key) // 2
        page = bench.put("\n".join([*lines[:number], lead + key[:cut]]), f"specs/{name}.md")
        offered = [each.label for each in complete(page, number + 1, len(lead) + cut + 1)]
        assert key in offered, (number + 1, lines[number])
        page = bench.put("\n".join(lines[: number + 1]), f"specs/{name}.md")
        assert hover(page, number + 1, len(lead) + 2) is not None, (number + 1, lines[number])


def _is_own_name(line: str, number: int, lines: list[str]) -> bool:
    """Return whether a key is a name of the author's: a member or a schema, by what stands above it."""
    indent = len(line) - len(line.lstrip())
    above = [each for each in lines[:number] if each.strip() and len(each) - len(each.lstrip()) < indent]
    return bool(above) and above[-1].strip() in ("properties:", "schemas:", "environments:")


@pytest.mark.parametrize("mark", ["```", "```yaml", "---", '"', "'", "{", "[", "&a", "*a", "<!--", "## ", "|", "!!x y"])
def test_a_mark_typed_anywhere_floods_nothing(bench: Bench, mark: str) -> None:
    """A fence, a quote or a bracket that is not closed yet adds findings of its neighbourhood, not of the whole file."""
    lines = bench.payments.split("\n")
    before = len(findings(bench.put()))
    for number in range(3, len(lines), 40):
        page = bench.put("\n".join([*lines[:number], mark, *lines[number:]]))
        assert len(findings(page)) <= before + MOST_MORE, number + 1


@pytest.mark.parametrize("head", ["---", "---\n", "---\nty", "---\nid: INT-050\nna", "---\nid: INT-050\n"])
def test_front_matter_that_is_not_closed_is_completed(bench: Bench, head: str) -> None:
    """The first lines of a new spec get their keys offered before the closing marks are there."""
    page = bench.put(head, "specs/new.md")
    line, column = head.count("\n") + 1, len(head) - head.rfind("\n")
    offered = [each.label for each in complete(page, line, column)]
    assert ("name" in offered) == (head != "---")
