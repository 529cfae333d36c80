"""What stands beside a case in its workspace: specs, other cases, and who cites it. Each is read once."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import cached_property
from pathlib import Path

from intertie.compiler.settings import FILE_NAME
from intertie.core.errors import snake_case
from intertie.diagnostics import SourceSpan
from intertie.lint.cases.facts import OperationFacts, SpecFacts
from intertie.lint.ids import IdPlace
from intertie.spec.cases.case import Case, CaseStep
from intertie.spec.cases.loading import MAX_CASE_BYTES, LoadedCase, load_case, load_case_text
from intertie.spec.cases.names import CASE_FOLDERS, ID_RE, CaseKind, id_in, kind_of
from intertie.spec.workspace import Unreadable, Workspace

_ID_LINE_RE = re.compile(r"""^id\s*:\s*(?P<quote>["']?)(?P<id>(?:TC|SC|PC)-\d+)(?P=quote)\s*(?:#.*)?$""", re.MULTILINE)
_SPEC_ID_RE = re.compile(r"[A-Z][A-Z0-9]*-\d+\Z")
_HEAD_CHARACTERS = 4_000
MOST_FILES = 5_000
"""Most cases of a workspace that are looked at for one that they cite or name like another."""


class CaseSurroundings:
    """Specs and cases of one workspace, as cases ask for them.

    Args:
        workspace: Theirs.
        read_spec: What cases may name of the spec in a file, given by path and text.
    """

    def __init__(self, workspace: Workspace, read_spec: Callable[[Path, str], SpecFacts]) -> None:
        self.workspace = workspace
        self._read_spec = read_spec
        self._specs: dict[Path, tuple[str, SpecFacts]] = {}
        self._cases: dict[Path, tuple[str, LoadedCase]] = {}

    def spec_path(self, name: str) -> Path | None:
        """Return the file of a spec given by id, service or path; None where there is none in the workspace."""
        if _SPEC_ID_RE.match(name) or ("/" not in name and not name.lower().endswith((".md", ".markdown"))):
            return self.workspace.find_by_id(name)
        try:
            path = self.workspace.locate(name)
        except Unreadable:
            # It leads out of the workspace: there is no such spec in it.
            return None
        return path if path.is_file() else None

    def spec(self, path: Path) -> SpecFacts | None:
        """Return what cases may name of a spec, None where it can't be read."""
        text = self._text(path, None)
        if text is None:
            return None
        known = self._specs.get(path)
        if known is None or known[0] != text:
            known = (text, self._read_spec(path, text))
            self._specs[path] = known
        return known[1]

    def load(self, path: Path) -> LoadedCase:
        """Return the case in a file, read once as long as its text is the same."""
        text = self._text(path, MAX_CASE_BYTES)
        if text is None:
            return load_case(path, self.workspace)
        real = Path(os.path.realpath(path))
        known = self._cases.get(real)
        if known is None or known[0] != text:
            known = (text, load_case_text(text, path, self.workspace))
            self._cases[real] = known
        return known[1]

    def case(self, path: Path) -> Case | None:
        """Return another case, None where it can't be read."""
        return self.load(path).case

    def listing(self, case: Path, identity: str) -> Iterator[SpecFacts]:
        """Yield the specs whose Validation Cases list a case."""
        for path in self._mentioned.get(identity, ()):
            facts = self.spec(path)
            if facts is not None and any(self.workspace.find_case(each) == case for each in facts.cases):
                yield facts

    def scenarios_with(self, case: Path, identity: str) -> Iterator[Case]:
        """Yield the scenarios that cite a case."""
        for path in self._citing.get(identity, ()):
            scenario = self.case(path)
            if scenario is not None and any(
                self.workspace.find_case(each.node.text) == case for each in scenario.references()
            ):
                yield scenario

    def places_of(self, identity: str, own: Path) -> tuple[SourceSpan, ...]:
        """Return where other files give an id."""
        real = os.path.realpath(own)
        return tuple(place.span for place in self._ids.get(identity, ()) if place.file != real)

    @cached_property
    def _ids(self) -> dict[str, list[IdPlace]]:
        found: dict[str, list[IdPlace]] = {}
        for path in self._files:
            match = _ID_LINE_RE.search((self._text(path, MAX_CASE_BYTES) or "")[:_HEAD_CHARACTERS])
            if match:
                line = match.string.count("\n", 0, match.start()) + 1
                start, end = (at - match.start() + 1 for at in match.span("id"))
                span = SourceSpan(self.workspace.shown(path), line, start, line, end)
                found.setdefault(match["id"], []).append(IdPlace(span, os.path.realpath(path)))
        return found

    @cached_property
    def _mentioned(self) -> dict[str, list[Path]]:
        """Id of a case -> the specs whose text has it."""
        return self._by_id(list(self.workspace.spec_files()))

    @cached_property
    def _citing(self) -> dict[str, list[Path]]:
        """Id of a case -> the scenarios whose text has it."""
        return self._by_id([path for path in self._files if kind_of(path.name) is CaseKind.SCENARIO])

    @cached_property
    def _files(self) -> list[Path]:
        return list(self.workspace.case_files())[:MOST_FILES]

    def _by_id(self, paths: list[Path]) -> dict[str, list[Path]]:
        found: dict[str, list[Path]] = {}
        for path in paths:
            for identity in {match.group() for match in ID_RE.finditer(self._text(path, None) or "")}:
                found.setdefault(identity, []).append(path)
        return found

    def _text(self, path: Path, most: int | None) -> str | None:
        try:
            return self.workspace.read_text(path) if most is None else self.workspace.read_text(path, most=most)
        except Unreadable:
            # Its own check says why.
            return None


class BesideCase:
    """What a rule may ask about the world of one case.

    Attributes:
        today: The day (UTC).
        path: Of the case.
    """

    def __init__(self, case: Case, path: Path, around: CaseSurroundings, today: date) -> None:
        self.today = today
        self.path = Path(os.path.realpath(path))
        self._case = case
        self._around = around

    @cached_property
    def knows_workspace(self) -> bool:
        """Whether the workspace is known, so that what a case names can be missing from it.

        A configuration says where it begins, or the folder that the case stands in.
        """
        root = self._around.workspace.root
        if (root / FILE_NAME).is_file():
            return True
        return any(self.path.parent == base / folder for base in (root, root / "specs") for folder in CASE_FOLDERS)

    @cached_property
    def listing(self) -> tuple[SpecFacts, ...]:
        """The specs that list the case."""
        return tuple(self._around.listing(self.path, self._identity))

    @cached_property
    def scenarios(self) -> tuple[Case, ...]:
        """The scenarios that cite the case."""
        return tuple(self._around.scenarios_with(self.path, self._identity))

    @cached_property
    def same_id(self) -> tuple[SourceSpan, ...]:
        """Where other cases give the same id."""
        return self._around.places_of(self._case.id, self.path) if self._case.id else ()

    def has_spec(self, name: str) -> bool:
        """Return whether the workspace has a spec."""
        return self._around.spec_path(name) is not None

    def spec(self, name: str) -> SpecFacts | None:
        """Return a spec by id, service or path, None where there is none or it can't be read."""
        path = self._around.spec_path(name)
        return self._around.spec(path) if path is not None else None

    @cached_property
    def named(self) -> SpecFacts | None:
        """The spec that the case names, None where it names none, or one that is not there."""
        named = self._case.owner
        return self.spec(named.text) if named is not None else None

    @cached_property
    def owner(self) -> SpecFacts | None:
        """The spec that the case is for: the one it names, else the only one that lists it.

        Where it calls nothing of the one it names, and the one that lists it has all of it, that one is meant.
        """
        only = self.listing[0] if len(self.listing) == 1 else None
        named = self.named
        if named is None:
            return None if self._case.owner is not None else only
        if only is None or only.path == named.path:
            return named
        called = {
            snake_case(step.operation.text)
            for step in self._case.steps()
            if step.operation is not None and step.spec is None
        }
        is_meant = called and called.isdisjoint(named.operations) and called.issubset(only.operations)
        return only if is_meant else named

    def spec_of(self, step: CaseStep) -> SpecFacts | None:
        """Return the spec that a step's operation belongs to."""
        return self.spec(step.spec.text) if step.spec is not None and step.spec.text else self.owner

    def operation_of(self, step: CaseStep) -> OperationFacts | None:
        """Return the operation that a step calls, None where it calls none that is known."""
        facts = self.spec_of(step) if step.operation is not None else None
        if facts is None or step.operation is None:
            return None
        return facts.operations.get(snake_case(step.operation.text))

    def find(self, reference: str) -> Path | None:
        """Return the file of a case, None where it is not there."""
        return self._around.workspace.find_case(reference)

    def cited(self, reference: str) -> Case | None:
        """Return a case that is cited, None where it is not there or can't be read."""
        path = self.find(reference)
        return self._around.case(path) if path is not None else None

    @property
    def _identity(self) -> str:
        return id_in(self.path.name) or self._case.id
