"""Looks up what stands beside a spec: related integrations, what cases call. Each once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from intertie.core.errors import snake_case
from intertie.lint.around import Neighbour
from intertie.spec.cases.case import Case
from intertie.spec.cases.names import CaseKind
from intertie.spec.loading import load
from intertie.spec.workspace import Unreadable, Workspace

_DEEPEST = 3
"""A scenario may nest scenarios; deeper ones are not followed."""


class Surroundings:
    """The neighbours of the specs of one workspace.

    Args:
        workspace: Theirs.
        read_case: The case in a file, None where it can't be read.
    """

    def __init__(self, workspace: Workspace, read_case: Callable[[Path], Case | None]) -> None:
        self._workspace = workspace
        self._read_case = read_case
        self._neighbours: dict[str, Neighbour | None] = {}
        self._calls: dict[str, frozenset[str]] = {}

    def neighbour(self, name: str) -> Neighbour | None:
        """Return the integration of an id, a service or a path, None where there is none or it can't be read."""
        if name not in self._neighbours:
            self._neighbours[name] = self._read(name)
        return self._neighbours[name]

    def calls_in(self, case: str) -> frozenset[str]:
        """Return the ids of the operations that a case calls, empty where it is not there."""
        return self._called(case, 0)

    def _read(self, name: str) -> Neighbour | None:
        path = self._workspace.find_by_id(name)
        if path is None and name.lower().endswith((".md", ".markdown")):
            try:
                path = self._workspace.locate(name)
            except Unreadable:
                # The parser tells of a path that leads nowhere.
                return None
        if path is None:
            return None
        spec = load(path, self._workspace).spec
        front = spec.front_matter
        if front is None or front.type is None or spec.retry is None:
            return None
        tries = spec.retry.max_attempts
        return Neighbour(
            spec.id or name,
            front.service.value if front.service else "",
            tries.value if tries else 3,
            tries.span if tries else spec.retry.head,
        )

    def _called(self, name: str, depth: int) -> frozenset[str]:
        if name not in self._calls:
            self._calls[name] = frozenset()  # who cites himself cites nothing more
            path = self._workspace.find_case(name)
            case = self._read_case(path) if path is not None else None
            if case is None:
                return frozenset()
            named = (step.operation.text for step in case.steps() if step.operation is not None)
            called = {snake_case(each) for each in named if "{{" not in each}
            for reference in case.references() if depth < _DEEPEST else ():
                if reference.wanted is not CaseKind.PRECONDITION:
                    called |= self._called(reference.node.text, depth + 1)
            self._calls[name] = frozenset(called)
        return self._calls[name]


@cache
def is_installed(name: str) -> bool:
    """Return whether a Python distribution of this name is installed."""
    from importlib.metadata import PackageNotFoundError, distribution  # noqa: PLC0415  # few specs name libraries

    try:
        distribution(name)
    except (PackageNotFoundError, ValueError):
        return False
    return True
