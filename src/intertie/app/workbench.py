"""From what a person names to a compiled plan: workspace, settings, spec, plan."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from intertie.compiler import Compiled, Settings, compile_spec, load_settings
from intertie.core.errors import UsageError
from intertie.core.seen_paths import seen_path
from intertie.diagnostics import Diagnostic, Severity, SpecError
from intertie.lint.ids import other_type
from intertie.lint.overlap import told_once
from intertie.runtime.plan import Plan
from intertie.spec.loading import Loaded, load
from intertie.spec.workspace import Workspace, find_workspace


@dataclass(frozen=True, slots=True)
class Workbench:
    """A workspace with its settings.

    Attributes:
        environ: Where `env:NAME` and `INTERTIE_*` are read.
    """

    workspace: Workspace
    settings: Settings
    environ: Mapping[str, str] = field(repr=False)

    @property
    def root(self) -> Path:
        """The workspace's folder."""
        return self.workspace.root

    def find(self, spec: str | Path) -> Path:
        """Return the file of a spec given by path, id or service.

        Raises:
            UsageError: There is none; the message names what there is.
        """
        path = Path(spec)
        if path.is_file():
            return path
        if (self.root / path).is_file():
            return self.root / path
        found = self.workspace.find_by_id(str(spec))
        if found is not None:
            return found
        if path.suffix or len(path.parts) > 1:
            raise UsageError(f"there is no file {spec}")
        known = self.workspace.spec_ids()
        near = get_close_matches(str(spec), known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"known here: {', '.join(known) or 'none'}"
        raise UsageError(f"there is no spec `{spec}` in {self.root}: {hint}")

    def identity(self, spec: str | Path) -> str:
        """Return the id of a spec given by path, id or service: the name of its state in every store."""
        return self.plan(spec).id

    def spec_files(self) -> list[Path]:
        """Return the specs of the workspace."""
        return list(self.workspace.spec_files())

    def load(self, spec: str | Path) -> Loaded:
        """Read a spec."""
        return load(self.find(spec), self.workspace)

    def compile(self, loaded: Loaded, *, environment: str | None = None, base_url: str | None = None) -> Compiled:
        """Compile a spec for one environment."""
        return compile_spec(loaded.spec, settings=self.settings, environment=environment, base_url=base_url)

    def plan(self, spec: str | Path, *, environment: str | None = None, base_url: str | None = None) -> Plan:
        """Return the plan of a spec.

        Raises:
            UsageError: There is no such spec or environment.
            SpecError: It has errors; all findings stand on it.
        """
        path = self.find(spec)
        kind = other_type(path)
        if kind is not None:
            shown = seen_path(path, Path.cwd())
            raise UsageError(f"{shown} is of type {kind}: only integration specs can be called")
        loaded = load(path, self.workspace)
        if not loaded.source and loaded.diagnostics:
            # Nothing could be read: what is missing in it is not worth a word.
            raise SpecError(loaded.diagnostics, root=self.root)
        compiled = self.compile(loaded, environment=environment, base_url=base_url)
        found = (*loaded.diagnostics, *told_once(loaded.spec, loaded.diagnostics, compiled.diagnostics))
        if not _has_errors(found):
            # What is unfilled is no error to a reader; to who wants to call, what is missing for it is.
            found = (*found, *(finding for finding in compiled.diagnostics if finding.severity is Severity.ERROR))
        if compiled.plan is None or _has_errors(found):
            raise SpecError(found, {self.workspace.shown(path): loaded.source}, root=self.root)
        return compiled.plan


def _has_errors(found: Sequence[Diagnostic]) -> bool:
    return any(finding.severity is Severity.ERROR for finding in found)


def open_workbench(
    spec: str | Path | None = None,
    *,
    workspace: Path | None = None,
    config: Path | None = None,
    flags: Mapping[str, object] | None = None,
    environ: Mapping[str, str] | None = None,
) -> Workbench:
    """Return the workbench of the workspace given, else of the one a spec's file lies in, else of this folder's."""
    environ = os.environ if environ is None else environ
    if workspace is not None:
        place = Workspace(workspace.resolve())
    else:
        start = Path(spec) if spec is not None and Path(spec).exists() else Path.cwd()
        place = find_workspace(start.resolve())
    return Workbench(place, load_settings(place.root, config=config, environ=environ, flags=flags or {}), environ)
