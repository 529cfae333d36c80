"""What may be meant in a case file: its keys, operations of its spec, their inputs, other cases, specs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from intertie.core.errors import snake_case
from intertie.lsp.features.around import case_files, spec_page
from intertie.lsp.features.fields import internal_names, reads_input
from intertie.lsp.features.mentions import Thing
from intertie.lsp.features.suggestion import Suggested, Suggestion
from intertie.lsp.outline import ITEM, Role, Spot
from intertie.lsp.page import Page
from intertie.spec.cases.case import STEP_LISTS
from intertie.spec.cases.fields import CHOICES, PHASE, PHASE_EXECUTION, STEP, keys_of
from intertie.spec.cases.names import CaseKind, kind_of


def complete_case(page: Page, line: int, column: int) -> list[Suggestion]:
    """Return what may be written at a place of a case file."""
    spot = page.spot(line, column)
    if spot is None or spot.role is Role.COMMENT:
        return []
    if spot.role is Role.VALUE:
        return list(_values(page, line, spot))
    if spot.path == ():
        return list(_keys(page, line, spot, keys_of(kind_of(page.path.name) or CaseKind.TEST)))
    if len(spot.path) == 2 and spot.path[0] in STEP_LISTS and spot.path[1] == ITEM:
        return list(_keys(page, line, spot, STEP))
    if spot.path == ("phases", ITEM):
        return list(_keys(page, line, spot, PHASE))
    if spot.path == ("phase_execution",):
        return list(_keys(page, line, spot, PHASE_EXECUTION))
    if spot.path == ("steps", ITEM, "input"):
        return list(_inputs(page, line, spot))
    return list(_values(page, line, spot))


def _keys(page: Page, line: int, spot: Spot, known: Mapping[str, str]) -> Iterator[Suggestion]:
    span = page.span(line, spot.column, spot.end_column)
    for rank, (key, doc) in enumerate(known.items()):
        if key not in spot.siblings or key == spot.token:
            insert = key if spot.role is Role.KEY else f"{key}: "
            yield Suggestion(key, insert, span, Suggested.KEY, "", doc, rank)


def _values(page: Page, line: int, spot: Spot) -> Iterator[Suggestion]:
    token = page.span(line, spot.column, spot.end_column)
    last = next((step for step in reversed(spot.path) if step != ITEM), "")
    if spot.path[:1] == ("steps",) and last in ("call", "submit"):
        spec = spec_page(page)
        for endpoint in spec.spec.endpoints if spec is not None else ():
            if endpoint.name is not None:
                name = snake_case(endpoint.name.value)
                yield Suggestion(name, name, token, Suggested.REFERENCE, endpoint.name.value)
    elif last == "spec":
        for identity in page.around.workspace.spec_ids():
            yield Suggestion(identity, identity, token, Suggested.REFERENCE, "spec")
    elif last in ("preconditions", "test_cases", "nested_scenarios", "path"):
        yield from _cases(page, line, spot, wanted="PC-" if last == "preconditions" else "")
    elif len(spot.path) == 1:
        yield from (Suggestion(each, each, token, Suggested.CHOICE) for each in CHOICES.get(last, ()))


def _cases(page: Page, line: int, spot: Spot, *, wanted: str) -> Iterator[Suggestion]:
    token = page.span(line, spot.column, spot.end_column)
    for path in case_files(page):
        if path.name.startswith(wanted) and path != page.path:
            shown = "/" + path.relative_to(page.around.workspace.root).as_posix()
            yield Suggestion(shown, shown, token, Suggested.FILE, "case")


def _inputs(page: Page, line: int, spot: Spot) -> Iterator[Suggestion]:
    """Yield the input of the step's operation: internal fields that it maps, and parameters that go by name."""
    spec = spec_page(page)
    if spec is None:
        return
    span = page.span(line, spot.column, spot.end_column)
    operation = _called(page, line)
    mapped = [name for name in internal_names(spec) if reads_input(spec, operation, (name.split(".", 1)[0],))]
    names: Iterable[str] = dict.fromkeys([*(name.split(".", 1)[0] for name in mapped), *_parameters(spec, operation)])
    for rank, name in enumerate(names):
        if name not in spot.siblings or name == spot.token:
            insert = name if spot.role is Role.KEY else f"{name}: "
            yield Suggestion(
                name, insert, span, Suggested.FIELD, f"input of {operation}" if operation else "input", "", rank
            )


def _called(page: Page, line: int) -> str:
    """Return the operation of the last call at or above a line."""
    calls = [each for each in page.mentions if each.thing is Thing.OPERATION and each.span.line <= line]
    return max(calls, key=lambda each: each.span.line).name if calls else ""


def _parameters(spec: Page, operation: str) -> list[str]:
    plan = spec.plan.operations.get(operation) if spec.plan is not None else None
    if plan is None:
        return []
    written = {row.write.text for row in plan.outbound}
    return [name for name in plan.wire.slots if name not in written]
