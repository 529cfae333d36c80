"""Seeds defects into specs and tells whether the checker finds them at the right block."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from intertie.compiler import Settings
from intertie.diagnostics import Diagnostic
from intertie.lint.checking import Checker
from intertie.spec.workspace import Workspace
from support.spec_mutations import Mutation

ROOT = Path(__file__).parents[2]
WORKSPACES = {
    ROOT / "examples": ("payments", "tasks", "httpbin"),
    ROOT / "tests/data/clean": ("messaging", "geocoding"),
}
"""Workspace -> the integration specs under its `specs` that defects are seeded into."""
TODAY = date(2026, 11, 24)

_HEADING_RE = re.compile(r"#{1,3}\s")


@dataclass(frozen=True)
class Judged:
    """What came of one defect: found at its block, found elsewhere only, or not at all; with what was new."""

    mutation: Mutation
    outcome: str
    new: tuple[Diagnostic, ...]


class Judge:
    """Checks the clean specs, as they are and changed."""

    def __init__(self) -> None:
        self._places: dict[str, tuple[Checker, Path]] = {}
        for root, names in WORKSPACES.items():
            paths = {path.stem: path for path in sorted((root / "specs").glob("*.md"))}
            workspace = Workspace(root)
            checker = Checker([*paths.values()], workspace, Settings(root), today=TODAY)
            self._places |= {name: (checker, paths[name]) for name in names}
        self.texts = {name: path.read_text() for name, (_, path) in self._places.items()}
        self._before = {name: Counter(map(_what, self._check(name, text))) for name, text in self.texts.items()}

    def judge(self, mutation: Mutation) -> Judged:
        """Return what the checker finds of one defect.

        Raises:
            LookupError: The text that is to be changed is not in the spec.
        """
        text, first, last = changed(self.texts[mutation.spec], mutation)
        known = self._before[mutation.spec].copy()
        new = []
        for found in self._check(mutation.spec, text):
            what = _what(found)
            if known[what] > 0:
                known[what] -= 1
            else:
                new.append(found)
        lines = text.split("\n")
        blocks = [_block(lines, first), _block(lines, last)]
        blocks += [_block(lines, n) for n, line in enumerate(lines, 1) if line.lstrip("# ") in mutation.also
                   and line.startswith("#")]  # fmt: skip
        path = f"specs/{mutation.spec}.md"
        places = [span for found in new for span in (found.span, *(label.span for label in found.related))]
        hit = any(span.path == path and start <= span.line <= end for span in places for start, end in blocks)
        return Judged(mutation, "found" if hit else "elsewhere" if new else "missed", tuple(new))

    def found(self, name: str) -> tuple[Diagnostic, ...]:
        """Return what is found in a spec as it is."""
        return self._check(name, self.texts[name])

    def _check(self, name: str, text: str) -> tuple[Diagnostic, ...]:
        checker, path = self._places[name]
        return checker.text(path, text).found


def changed(text: str, mutation: Mutation) -> tuple[str, int, int]:
    """Return the changed text, and the first and last line of the change."""
    start = text.find(mutation.after) if mutation.after else 0
    at = text.find(mutation.old, start) if start >= 0 else -1
    if at < 0:
        raise LookupError(f"{mutation.name}: `{mutation.old}` is not in {mutation.spec}")
    # A change begins where the texts begin to differ: the lines before are context.
    same = 0
    while same < min(len(mutation.old), len(mutation.new)) and mutation.old[same] == mutation.new[same]:
        same += 1
    after = text[:at] + mutation.new + text[at + len(mutation.old) :]
    first = after.count("\n", 0, at + min(same, len(mutation.new))) + 1
    last = max(first, after.count("\n", 0, at + len(mutation.new.rstrip("\n"))) + 1)
    return after, first, last


def score(judged: Sequence[Judged]) -> float:
    """Return the share of defects that are found at their block."""
    return sum(each.outcome == "found" for each in judged) / len(judged)


def report(judged: Sequence[Judged]) -> Iterator[str]:
    """Yield the score and every defect that is not found where it is."""
    numbers = Counter(each.outcome for each in judged)
    yield (
        f"{len(judged)} seeded defects: {numbers['found']} found at their block ({score(judged):.1%}), "
        f"{numbers['elsewhere']} elsewhere, {numbers['missed']} missed"
    )
    for each in judged:
        if each.outcome != "found":
            told = ", ".join(f"{found.code} {found.name} on line {found.span.line}" for found in each.new) or "nothing"
            yield f"  {each.outcome}: {each.mutation.spec}: {each.mutation.name}: {told}"


def _what(found: Diagnostic) -> tuple[str, str]:
    return found.code, found.message


def _block(lines: Sequence[str], number: int) -> tuple[int, int]:
    """Return the lines of the section that line `number` stands in; the front matter and the title are one."""
    fences = [n for n, line in enumerate(lines, 1) if line.lstrip().startswith("```")]
    inside = {n for opening, closing in zip(fences[::2], fences[1::2], strict=False) for n in range(opening, closing)}
    headings = [n for n, line in enumerate(lines, 1) if _HEADING_RE.match(line) and n not in inside]
    start = max((n for n in headings if n <= number), default=1)
    end = min((n for n in headings if n > max(number, start)), default=len(lines) + 1) - 1
    title = headings[0] if headings else 1
    return (1, end) if start <= title else (start, end)
