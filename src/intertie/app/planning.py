"""From a spec's text to its plan: read, compiled and checked, or taken from what was kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from intertie.adapters.stores import state_folder
from intertie.app import kept_plans, passed_texts
from intertie.app.conditions import ReadVariables
from intertie.compiler import Settings
from intertie.core.clock import Clock
from intertie.core.errors import UsageError
from intertie.core.seen_paths import seen_path
from intertie.diagnostics import Diagnostic, Severity, SpecError
from intertie.runtime.plan import Plan
from intertie.spec.codes import AROUND_THE_SPEC
from intertie.spec.workspace import Unreadable, Workspace, read_text

if TYPE_CHECKING:  # a plan that is kept is opened without what reads its text
    from intertie.spec.loading import Loaded


class Planner:
    """Makes plans of the specs of a workspace.

    Args:
        workspace: Where the specs are, and what they refer to.
        settings: Of the workspace.
        clock: Says the day that ends of versions are judged by.
        tell: Hears of errors that lie around a spec rather than in it.
    """

    def __init__(
        self, workspace: Workspace, settings: Settings, clock: Clock, tell: Callable[[Iterable[str]], None]
    ) -> None:
        self._workspace = workspace
        self._settings = settings
        self._clock = clock
        self._tell = tell

    @cached_property
    def _state_folder(self) -> Path | None:
        return state_folder(self._settings.state, self._workspace.root)

    @cached_property
    def _kept(self) -> kept_plans.KeptPlans:
        return kept_plans.KeptPlans(self._state_folder)

    @cached_property
    def _passed(self) -> passed_texts.PassedTexts:
        return passed_texts.PassedTexts(self._state_folder)

    def plan(self, path: Path, *, environment: str | None, base_url: str | None, judged: bool) -> Plan:
        """Return the plan of the spec in a file; see `Workbench.plan`."""
        today = self._clock.utc_now().date()

        def key_of(text: str) -> str:
            shown = self._workspace.shown(path)
            return kept_plans.key_of(
                path, shown, text, self._settings, environment=environment, base_url=base_url, today=today
            )

        def anew() -> Plan:
            text = _text(path)
            if text is None or key_of(text) != key:
                shown = seen_path(path, Path.cwd())
                raise UsageError(f"{shown} has changed, and what was kept of it can't be read any more: open it again")
            return self._made(path, text, environment, base_url)[0]

        text = _text(path)
        if text is None:
            return self._made(path, text, environment, base_url)[0]
        key = key_of(text)
        environ = self._settings.environ
        found = self._kept.find(key, self._workspace, environ, anew)
        if found is not None:
            return found
        plan, loaded, variables = self._made(path, text, environment, base_url)
        if judged and self._passes(path, loaded, base_url, today) and _is_written(plan, text):
            conditions = kept_plans.Conditions.now(loaded.looked_up, variables, self._workspace, environ)
            self._kept.add(key, plan, conditions)
        return plan

    def remember(self) -> None:
        """Keep what passed for the next start, now that whoever opened the stores has made the state folder."""
        self._passed.keep()
        self._kept.keep()

    def _made(
        self, path: Path, text: str | None, environment: str | None, base_url: str | None
    ) -> tuple[Plan, Loaded, tuple[str, ...]]:
        """Return a plan made of the text, with what was read and the variables that were asked for.

        Raises:
            UsageError: The file holds no integration spec, or the caller's environment or base URL is none.
            SpecError: It has errors; all findings stand on it.
        """
        from intertie.compiler import compile_spec  # noqa: PLC0415  # a plan that is kept needs none of these
        from intertie.lint.ids import other_type  # noqa: PLC0415
        from intertie.lint.overlap import told_once  # noqa: PLC0415
        from intertie.spec.loading import load, load_text  # noqa: PLC0415

        kind = other_type(path)
        if kind is not None:
            shown = seen_path(path, Path.cwd())
            raise UsageError(f"{shown} is of type {kind}: only integration specs can be called")
        loaded = load(path, self._workspace) if text is None else load_text(text, path, self._workspace)
        if not loaded.source and loaded.diagnostics:
            # Nothing could be read: what is missing in it is not worth a word.
            raise SpecError(loaded.diagnostics, root=self._workspace.root)
        variables = ReadVariables(self._settings.environ)
        settings = replace(self._settings, environ=variables)
        compiled = compile_spec(loaded.spec, settings=settings, environment=environment, base_url=base_url)
        found = (*loaded.diagnostics, *told_once(loaded.spec, loaded.diagnostics, compiled.diagnostics))
        stopped = any(_is_error(finding) and finding.code not in AROUND_THE_SPEC for finding in found)
        if not stopped:
            # What is unfilled is no error to a reader; to who wants to call, what is missing for it is.
            found = (*found, *filter(_is_error, compiled.diagnostics))
        if stopped or compiled.plan is None:
            raise SpecError(found, {self._workspace.shown(path): loaded.source}, root=self._workspace.root)
        return compiled.plan, loaded, tuple(variables.names)

    def _passes(self, path: Path, loaded: Loaded, base_url: str | None, today: date) -> bool:
        """Check a spec whole, unless its text has passed before; warn of errors around it.

        Returns:
            Whether there is no error of any kind.

        Raises:
            SpecError: It has errors; all findings stand on it.
        """
        settings = self._settings if base_url is None else replace(self._settings, base_url=base_url)
        key = passed_texts.key_of(loaded, settings, today=today)
        if key in self._passed:
            return True
        from intertie.lint.before_use import judge_before_use  # noqa: PLC0415  # a text that has passed needs no rules

        verdict = judge_before_use(path, loaded, self._workspace, settings, today=today)
        if verdict.stopping:
            raise SpecError(verdict.found, {self._workspace.shown(path): loaded.source}, root=self._workspace.root)
        self._tell(verdict.sentences())
        if verdict.is_clean:
            self._passed.add(key)
        return verdict.is_clean


def _text(path: Path) -> str | None:
    """Return the text of a file, None where it can't be read: whoever reads it as a spec says why."""
    try:
        return read_text(path)
    except Unreadable:
        return None


def _is_written(plan: Plan, text: str) -> bool:
    """Return whether the path of the base URL is the spec's own.

    Some services have a token there, which a variable or the configuration brings: such a plan is never stored.
    """
    return plan.origin.base_path in text


def _is_error(finding: Diagnostic) -> bool:
    return finding.severity is Severity.ERROR
