"""`intertie fmt` never changes the compiled plan, and formats once and for all."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from itertools import groupby, pairwise
from pathlib import Path

import pytest

from intertie.compiler import Settings, compile_spec
from intertie.compiler.describe import plan_json
from intertie.spec.formatting import format_text
from intertie.spec.loading import load_text
from intertie.spec.workspace import Workspace
from support.mutating import ROOT, WORKSPACES, changed
from support.spec_mutations import MUTATIONS

ROOTS = {name: root for root, names in WORKSPACES.items() for name in names}
SPECS = sorted(
    path for folder in ("examples", "tests/data/authors", "tests/data/clean") for path in ROOT.glob(f"{folder}/specs/*.md")
)  # fmt: skip
EVERY = 8
"""One seeded defect in so many is taken: each costs some ten readings of a spec."""
_ENTRY_RE = re.compile(r"( *)([a-z_]+): (?![|>&*\[{!])(\S.*)")
_WORD_RE = re.compile(r"[a-z]\w+")
_ABOUT_THE_TEXT = frozenset({"source", "sources", "content_hash"})


@pytest.mark.parametrize("path", SPECS, ids=lambda path: f"{path.parent.parent.name}-{path.stem}")
def test_whole_specs(path: Path) -> None:
    """A spec, and each of three rewritten ones that mean the same, has the same plan once it is formatted."""
    text = path.read_text("utf-8-sig")
    _assert_kept(text, path)
    for seed in range(3):
        _assert_kept(disturbed(text, random.Random(f"{path.stem} {seed}")), path)


@pytest.mark.parametrize("first", [1, 5])
def test_specs_with_a_defect(first: int) -> None:
    """So has a spec with a seeded defect, however odd what it says is."""
    for mutation in MUTATIONS[first :: 2 * EVERY]:
        path = ROOTS[mutation.spec] / "specs" / f"{mutation.spec}.md"
        text, _, _ = changed(path.read_text("utf-8"), mutation)
        _assert_kept(disturbed(text, random.Random(mutation.name)), path)


def test_rewriting_leaves_work_for_the_formatter() -> None:
    """What `disturbed` makes is not canonical: the tests above have something to hold."""
    for name, root in ROOTS.items():
        path = root / "specs" / f"{name}.md"
        text = disturbed(path.read_text("utf-8"), random.Random(name))
        formatted = format_text(text, path, Workspace(root))
        assert formatted.text != text, name
        assert formatted.untouched == ()


def disturbed(text: str, rng: random.Random) -> str:
    """Return a spec with keys of its YAML in another order, quotes that nothing needs, and its units as they are."""
    parts = re.split(r"(^```yaml\n.*?^```)", text, flags=re.MULTILINE | re.DOTALL)
    return "".join(
        "\n".join(_shuffled(part.split("\n"), rng)) if part.startswith("```yaml") else part for part in parts
    )


def _shuffled(lines: list[str], rng: random.Random) -> Iterator[str]:
    """Yield lines, those of single values that stand next to each other in any order."""
    deeper = {number for number, (line, after) in enumerate(pairwise(lines)) if _indent(after) > _indent(line)}
    keyed = [
        (match[1] if number not in deeper and (match := _ENTRY_RE.fullmatch(line)) else None, line)
        for number, line in enumerate(lines)
    ]
    for indent, group in groupby(keyed, key=lambda pair: pair[0]):
        found = [line for _, line in group]
        if indent is None:
            yield from found
            continue
        rng.shuffle(found)
        for line in found:
            head, value = line.split(": ", 1)
            is_text = _WORD_RE.fullmatch(value) is not None and value not in ("true", "false")
            yield f'{head}: "{value}"' if is_text and rng.random() < 0.3 else line


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" ")) if line.strip() else -1


def _assert_kept(text: str, path: Path) -> None:
    workspace = Workspace(path.parent.parent)
    once = format_text(text, path, workspace).text
    assert format_text(once, path, workspace).text == once
    if once != text:
        assert _plan(once, path, workspace) == _plan(text, path, workspace)


def _plan(text: str, path: Path, workspace: Workspace) -> object:
    """Return the plan without places in the text; where a spec has none, the codes that say why."""
    compiled = compile_spec(load_text(text, path, workspace).spec, settings=Settings(workspace.root))
    if compiled.plan is None:
        return sorted(each.code for each in compiled.diagnostics)
    return _without_places(plan_json(compiled.plan))


def _without_places(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_places(each) for key, each in value.items() if key not in _ABOUT_THE_TEXT}
    return [_without_places(each) for each in value] if isinstance(value, list | tuple) else value
