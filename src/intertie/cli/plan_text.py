"""A plan for people: per operation its stages in order, then what it amounts to, then what is not enforced."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from intertie.cli.layout import DIM, NAME, PLAIN_LAYOUT, STRONG, WARN, Layout
from intertie.compiler.describe import bounds, selected, totals
from intertie.compiler.words import stage_lines
from intertie.core.outside_text import shown
from intertie.core.seen_paths import seen_path
from intertie.runtime.guard import Line
from intertie.runtime.plan import OperationPlan, Plan

_STAGE_COLUMN = 28
_INDENT = 2
_LEGEND = "The right column shows where each number comes from: a line of the spec, `config`, `argument` or `default`."
_FOLDED_FROM = 2
"""A stage of so many sentences that an operation above has word for word is not repeated."""


def plan_text(
    plan: Plan, operation: str | None = None, *, layout: Layout = PLAIN_LAYOUT, root: Path = Path(), here: Path = Path()
) -> str:
    """Return the plan in words; every number has its source at the right edge.

    Args:
        plan: What to show.
        operation: One of its operations, all where it is None.
        layout: Width and colour.
        root: Folder that the plan's paths are below.
        here: Folder that the person stands in.

    Raises:
        UsageError: The plan has no such operation.
    """
    text = _PlanText(plan, layout, root, here)
    return "\n".join(text.lines(operation)) + "\n"


class _PlanText:
    def __init__(self, plan: Plan, layout: Layout, root: Path, here: Path) -> None:
        self._plan = plan
        self._layout = layout
        self._root, self._here = root, here
        self._shown_stages: dict[tuple[str, tuple[Line, ...]], str] = {}

    def lines(self, operation: str | None) -> Iterator[str]:
        chosen = list(selected(self._plan, operation))
        yield from self._head()
        for each in chosen:
            yield ""
            yield from self._operation(each)
        yield ""
        yield self._layout.heading("What it amounts to")
        for sentence, source in totals(self._plan):
            yield from self._row(sentence, source)
        yield from self._not_enforced()

    def _head(self) -> Iterator[str]:
        plan, layout = self._plan, self._layout
        yield layout.heading(shown(f"{plan.title} ({plan.id}, {plan.status})"))
        facts = (
            ("environment", plan.environment, plan.sources["environment"]),
            ("calls go to", plan.origin.url, plan.sources["base_url"]),
        )
        for label, value, source in facts:
            yield from layout.sourced(f"  {label}", value, self._place(source), column=_INDENT + 13, style=DIM)
        yield from layout.labelled("spec", self._path(plan.spec_path), column=13)
        yield ""
        yield from layout.text(_LEGEND, style=DIM)
        for warning in plan.warnings:
            yield from layout.beside("Warning:", f"{warning}.", column=9, style=WARN)

    def _operation(self, operation: OperationPlan) -> Iterator[str]:
        layout = self._layout
        lead = f"{operation.id}  "
        yield from layout.sourced(
            lead,
            operation.wire.title,
            self._place(operation.source),
            style=f"{STRONG};{NAME}",
        )
        if operation.description:
            yield from layout.text(shown(operation.description, most=None), indent=_INDENT)
        if operation.unsupported is not None:
            refused = f"Calls are refused: {operation.unsupported}."
            yield from layout.text(refused, indent=_INDENT, style=WARN)
        for number, stage in enumerate(operation.stages, start=1):
            sentences = tuple(stage_lines(stage, operation))
            lead = f"  {number:>2}. {stage.stage.replace('_', ' ')}"
            before = self._shown_stages.setdefault((stage.stage, sentences), operation.id)
            if before != operation.id and len(sentences) >= _FOLDED_FROM:
                sentences = ((f"as for {before}", ""),)
            for sentence, source in sentences:
                text, place = shown(sentence, most=None), self._place(source)
                yield from layout.sourced(lead, text, place, column=_STAGE_COLUMN, hanging=2, style=STRONG)
                lead = ""
        for sentence in bounds(self._plan, operation):
            yield from layout.text(sentence, indent=_INDENT, hanging=2)

    def _not_enforced(self) -> Iterator[str]:
        if not self._plan.not_enforced:
            return
        yield ""
        yield self._layout.heading("Not enforced")
        groups: dict[str, list[tuple[str, str]]] = {}
        for item in self._plan.not_enforced:
            groups.setdefault(item.why, []).append((item.what, item.source))
        for why, items in groups.items():
            if len(items) == 1:
                what, source = items[0]
                yield from self._row(f"{what}: {why}", source)
                continue
            yield from self._layout.text(f"{why[:1].upper()}{why[1:]}:", indent=_INDENT, hanging=2)
            for what, source in items:
                yield from self._row(what, source, indent=2 * _INDENT)

    def _row(self, sentence: str, source: str, *, indent: int = _INDENT) -> Iterator[str]:
        lead = " " * indent
        yield from self._layout.sourced(lead, shown(sentence, most=None), self._place(source), hanging=2)

    def _place(self, source: str) -> str:
        """Return a source as people read it: `line 12` inside the spec, `path:line` elsewhere, else a word."""
        path, colon, line = source.rpartition(":")
        if not colon or not line.isdecimal():
            return source
        return f"line {line}" if path == self._plan.spec_path else f"{self._path(path)}:{line}"

    def _path(self, path: str) -> str:
        return seen_path(self._root / path, self._here) if self._root.is_absolute() else path
