"""Looks up what stands beside a spec: related integrations, what cases call. Each once."""

from __future__ import annotations

import re
from collections.abc import Iterator

from intertie.core.errors import snake_case
from intertie.lint.around import Neighbour
from intertie.spec.loading import load
from intertie.spec.workspace import Unreadable, Workspace, read_text

_CALL_RE = re.compile(r"^\s*(?:-\s+)?(?:call|submit)\s*:\s*[\"']?([\w .-]+?)[\"']?\s*(?:#.*)?$", re.MULTILINE)
_FLOW_CALL_RE = re.compile(r"[{,]\s*(?:call|submit)\s*:\s*[\"']?([\w-]+)")
_CITED_RE = re.compile(r"[\w./-]*\b(?:TC|SC)-\d+[\w./-]*")
_DEEPEST = 3
"""A scenario may nest scenarios; deeper ones are not followed."""


class Surroundings:
    """The neighbours of the specs of one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
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

    def _called(self, case: str, depth: int) -> frozenset[str]:
        if case not in self._calls:
            self._calls[case] = frozenset()  # who cites himself cites nothing more
            path = self._workspace.find_case(case)
            try:
                text = read_text(path) if path is not None else ""
            except Unreadable:
                text = ""
            called = {snake_case(name) for name in (*_CALL_RE.findall(text), *_FLOW_CALL_RE.findall(text))}
            for cited in self._cited(case, text) if depth < _DEEPEST else ():
                called |= self._called(cited, depth + 1)
            self._calls[case] = frozenset(called)
        return self._calls[case]

    @staticmethod
    def _cited(case: str, text: str) -> Iterator[str]:
        if re.search(r"\bSC-\d+", case):
            yield from dict.fromkeys(_CITED_RE.findall(text))
