"""Checks files: parser, compiler and rules, over specs and cases of one workspace."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from intertie.compiler import Compiled, Settings, compile_spec
from intertie.compiler.build import Build
from intertie.compiler.origin import DEVELOPMENT, judge_environments
from intertie.compiler.settings import FILE_NAME
from intertie.diagnostics import Diagnostic, Severity, SourceSpan
from intertie.diagnostics.order import in_order, without_hints
from intertie.lint.around import Around
from intertie.lint.cases.beside import CaseSurroundings
from intertie.lint.cases.facts import SpecFacts, facts_of
from intertie.lint.cases.judging import is_judged_as_case, judge_case
from intertie.lint.choice import read_choice
from intertie.lint.fixers import with_fixes
from intertie.lint.ids import ids_of
from intertie.lint.ignores import Ignores
from intertie.lint.overlap import told_once, without_absences
from intertie.lint.pointing import pointed
from intertie.lint.registry import RULES
from intertie.lint.running import run_rules
from intertie.lint.surroundings import Surroundings
from intertie.runtime.plan import Plan
from intertie.spec.cases.loading import LoadedCase, load_case_text
from intertie.spec.loading import Loaded, load, load_text
from intertie.spec.model import Spec
from intertie.spec.source import normalised
from intertie.spec.workspace import Workspace


class CheckResult(Struct, frozen=True):
    """What a check has found.

    Attributes:
        diagnostics: By path, line, column and code.
        files: The files that were checked, as shown.
        sources: File as shown -> its text, for excerpts; files that can't be read are left out.
    """

    diagnostics: tuple[Diagnostic, ...]
    files: tuple[str, ...]
    sources: Mapping[str, str]


class Checked(Struct, frozen=True):
    """One file: its name as shown, its text (empty where it can't be read), and all that was found in it."""

    file: str
    source: str
    found: tuple[Diagnostic, ...]


class Checker:
    """Checks the files of one workspace, one by one, so that they can be shared out among processes.

    Args:
        paths: The files that will be checked. Where the workspace has no intertie.toml, only their ids are compared,
            else those of all its specs.
        workspace: Where related specs, cases and other specs' ids are looked up.
        settings: Of the workspace; `[lint]` in it selects what is told.
        today: The day that the ends of versions are judged by (UTC).

    Raises:
        UsageError: `[lint]` names a rule that is not there.
    """

    def __init__(self, paths: Sequence[Path], workspace: Workspace, settings: Settings, *, today: date) -> None:
        self._choice = read_choice(settings.lint)
        self._workspace = workspace
        self._settings = settings
        known = workspace.spec_files() if (workspace.root / FILE_NAME).is_file() else paths
        self._cases = CaseSurroundings(workspace, self._facts)
        beside = Surroundings(workspace, self._cases.case)
        self._ids = ids_of(known, workspace)
        self._around = Around(
            today,
            {},
            cache(lambda case: workspace.find_case(case) is not None),
            beside.neighbour,
            beside.calls_in,
        )

    def shown_path(self, path: Path) -> str:
        """Return a file's name as it is shown, and as the places of its findings have it."""
        return self._workspace.shown(path)

    def file(self, path: Path) -> Checked:
        """Return what is wrong in one file: a case where its name or folder says so, else a spec."""
        if is_judged_as_case(path):
            return self._case(path, self._cases.load(path))
        return self._checked(path, load(path, self._workspace))

    def text(self, path: Path, text: str) -> Checked:
        """Return what would be wrong in the file `path` if `text` stood in it."""
        text = text.removeprefix("\ufeff")
        if is_judged_as_case(path):
            return self._case(path, load_case_text(text, path, self._workspace))
        return self._checked(path, load_text(text, path, self._workspace))

    def loaded(self, path: Path, loaded: Loaded) -> Checked:
        """Return what is wrong in a file that is read already, whose places name `path`."""
        return self._checked(path, loaded)

    def plan(self, spec: Spec) -> Plan | None:
        """Return the plan that the file's findings are judged by, None where an error prevents one."""
        return _compiled(spec, self._settings).plan

    def told(self, file: Checked, *, hints: bool = True) -> tuple[Diagnostic, ...]:
        """Return the findings of one file that are told: `[lint]` leaves out the others.

        Args:
            file: What was found in it.
            hints: Whether hints are told.
        """
        told = in_order(self._choice.apply(file.found))
        return told if hints else without_hints(told)

    def _checked(self, path: Path, loaded: Loaded) -> Checked:
        shown = self._workspace.shown(path)
        found, judged = _judge(loaded, self._beside(path, loaded.spec), self._settings)
        everything = pointed(loaded.spec, _gravest([*loaded.diagnostics, *found]))
        # The text as places count it: `load` has taken off the byte order mark.
        ignores = Ignores(shown, normalised(loaded.source), today=self._around.today)
        return Checked(shown, loaded.source, tuple(ignores.apply(with_fixes(everything, loaded.spec), judged=judged)))

    def _case(self, path: Path, loaded: LoadedCase) -> Checked:
        shown = self._workspace.shown(path)
        found, judged = judge_case(loaded, path, self._cases, self._around.today)
        ignores = Ignores(shown, normalised(loaded.source), today=self._around.today, in_yaml=True)
        return Checked(shown, loaded.source, tuple(ignores.apply(found, judged=judged)))

    def _facts(self, path: Path, text: str) -> SpecFacts:
        spec = load_text(text, path, self._workspace).spec
        return facts_of(spec, self.plan(spec))

    def _beside(self, path: Path, spec: Spec) -> Around:
        """Return the world without the file itself: under whatever name it is checked, it is no duplicate of itself."""
        given = spec.front_matter.id if spec.front_matter else None
        places = self._ids.get(given.value, ()) if given else ()
        own = os.path.realpath(path)
        others = tuple(place.span for place in places if place.file != own)
        return replace(self._around, ids={given.value: others}) if given and others else self._around

    def result(self, files: Iterable[Checked]) -> CheckResult:
        """Return what is told of all files together, and of the configuration."""
        checked = tuple(files)
        found = [*self._settings.diagnostics, *(finding for file in checked for finding in file.found)]
        return CheckResult(
            in_order(self._choice.apply(found)),
            tuple(file.file for file in checked),
            {file.file: file.source for file in checked if file.source},
        )


def check_paths(paths: Sequence[Path], workspace: Workspace, settings: Settings, *, today: date) -> CheckResult:
    """Return what is wrong in the spec files `paths`, each of which is there once; see `Checker`."""
    checker = Checker(paths, workspace, settings, today=today)
    return checker.result(map(checker.file, paths))


def _gravest(found: Sequence[Diagnostic]) -> Iterator[Diagnostic]:
    """Yield each finding once, and of one kind at one place only those of the gravest severity.

    The compiler warns of an environment that it does not plan for, and refuses it where it does.
    """
    gravest: dict[tuple[str, SourceSpan], int] = {}
    for finding in found:
        key = (finding.code, finding.span)
        gravest[key] = min(gravest.get(key, len(_GRAVITY)), _GRAVITY.index(finding.severity))
    for finding in dict.fromkeys(found):
        if _GRAVITY.index(finding.severity) == gravest[finding.code, finding.span]:
            yield finding


_GRAVITY = tuple(Severity)


def _judge(loaded: Loaded, around: Around, settings: Settings) -> tuple[list[Diagnostic], frozenset[str]]:
    """Return the findings of compiler and rules, and the codes of all the rules that could be asked."""
    spec = loaded.spec
    if loaded.given_up or not loaded.source:
        # The file can't be read, or is empty: that is all there is to say about it.
        return [], frozenset()
    compiled = _compiled(spec, settings)
    told = told_once(spec, loaded.diagnostics, [*compiled.diagnostics, *_other_origins(spec, settings)])
    judged = frozenset(rule.code for rule in RULES if compiled.plan is not None or "plan" not in rule.takes)
    ruled = without_absences(loaded.diagnostics, run_rules(spec, compiled.plan, around))
    return [*told, *ruled], judged


def _compiled(spec: Spec, settings: Settings) -> Compiled:
    """Return the plan, also where its URL names a variable that is not set here: those who call will have it.

    Rules judge numbers, not hosts: they are asked with a URL of nobody's.
    """
    environment = _environment(spec, settings)
    compiled = compile_spec(spec, settings=settings, environment=environment)
    unset = [finding for finding in compiled.diagnostics if finding.name == "unset-variable"]
    if compiled.plan is not None or not unset:
        return compiled
    elsewhere = compile_spec(spec, settings=settings, environment=environment, base_url=_NOWHERE)
    return Compiled(elsewhere.plan, (*map(_as_info, unset), *elsewhere.diagnostics))


_NOWHERE = "https://unset.invalid"


def _as_info(finding: Diagnostic) -> Diagnostic:
    """Return a finding about a variable that is not set, which is a matter of this machine, as an info."""
    return replace(finding, severity=Severity.INFO) if finding.name == "unset-variable" else finding


def _environment(spec: Spec, settings: Settings) -> str | None:
    """Return the environment to plan for: the first where the spec has no other way to be called without a choice."""
    service = spec.service
    if settings.environment or settings.base_url or service is None or service.base_url or not service.environments:
        return None
    names = [name.value for name, _ in service.environments]
    return None if DEVELOPMENT in names else names[0]


def _other_origins(spec: Spec, settings: Settings) -> Iterator[Diagnostic]:
    """Yield what is wrong with the URLs of the environments that the plan is not for."""
    build = Build(spec, settings)
    judge_environments(build)
    yield from map(_as_info, build.diagnostics)
