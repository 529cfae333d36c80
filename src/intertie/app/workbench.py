"""From what a person names to a compiled plan: workspace, settings, spec, plan."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from intertie.app.planning import Planner
from intertie.compiler import Settings, load_settings
from intertie.compiler.settings import FILE_NAME
from intertie.core.clock import BlockingClock, Clock
from intertie.core.errors import UsageError
from intertie.runtime.plan import Plan
from intertie.spec.workspace import Workspace, find_workspace

if TYPE_CHECKING:
    from intertie.spec.loading import Loaded

_log = logging.getLogger("intertie")


def _log_warning(sentence: str) -> None:
    _log.warning("%s", sentence)


@dataclass(frozen=True, slots=True)
class Workbench:
    """A workspace with its settings.

    Attributes:
        environ: Where `env:NAME` and `INTERTIE_*` are read.
        named: What a spec was called -> its file. A path is meant from where the caller stands, an id may stand in
            several workspaces: what the workbench was opened for stays that file.
        warn: Hears of errors that lie around a spec rather than in it, each once.
        clock: Says the day that ends of versions are judged by.
    """

    workspace: Workspace
    settings: Settings
    environ: Mapping[str, str] = field(repr=False)
    named: Mapping[str, Path] = field(default_factory=dict)
    warn: Callable[[str], None] = field(default=_log_warning, repr=False, compare=False)
    clock: Clock = field(default_factory=BlockingClock, repr=False, compare=False)
    _warned: set[str] = field(default_factory=set, init=False, repr=False, compare=False)
    _planner: Planner = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        planner = Planner(self.workspace, self.settings, self.clock, self._tell)
        object.__setattr__(self, "_planner", planner)

    @property
    def root(self) -> Path:
        """The workspace's folder."""
        return self.workspace.root

    @property
    def is_declared(self) -> bool:
        """Whether the folder says that it is a workspace, by its `intertie.toml`."""
        return (self.root / FILE_NAME).is_file()

    def find(self, spec: str | Path) -> Path:
        """Return the file of a spec given by path, id or service.

        Raises:
            UsageError: There is none; the message names what there is.
        """
        found = self.named.get(str(spec)) or find_spec(self.workspace, spec)
        if found is not None:
            return found
        path = Path(spec)
        if path.suffix or len(path.parts) > 1:
            raise UsageError(f"there is no file {spec}")
        known = self.workspace.spec_ids()
        near = get_close_matches(str(spec), known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"known here: {', '.join(known) or 'none'}"
        raise UsageError(f"there is no spec `{spec}` in {self.root}: {hint}")

    def identity(self, spec: str | Path) -> str:
        """Return the id of a spec given by path, id or service: the name of its state in every store."""
        return self.plan(spec, judged=False).id

    def spec_files(self) -> list[Path]:
        """Return the specs of the workspace."""
        return list(self.workspace.spec_files())

    def load(self, spec: str | Path) -> Loaded:
        """Read a spec."""
        from intertie.spec.loading import load  # noqa: PLC0415  # a plan that is kept is opened without its text

        return load(self.find(spec), self.workspace)

    def plan(
        self,
        spec: str | Path,
        *,
        environment: str | None = None,
        base_url: str | None = None,
        judged: bool = True,
    ) -> Plan:
        """Return the plan of a spec that has no error of its own; errors around it are warnings.

        Args:
            spec: Its path, id or service.
            environment: See `compile_spec`.
            base_url: See `compile_spec`.
            judged: Whether the rules are asked; not where only what was recorded under the spec is looked at.

        Raises:
            UsageError: There is no such spec or environment.
            SpecError: It has errors; all findings stand on it.
        """
        path = self.find(spec)
        return self._planner.plan(path, environment=environment, base_url=base_url, judged=judged)

    def remember(self) -> None:
        """Keep what passed for the next start, now that whoever opened the stores has made the state folder."""
        self._planner.remember()

    def _tell(self, sentences: Iterable[str]) -> None:
        for sentence in sentences:
            if sentence not in self._warned:
                self._warned.add(sentence)
                self.warn(sentence)


def find_spec(workspace: Workspace, spec: str | Path) -> Path | None:
    """Return the file of a spec given by path (from here, else from the workspace), id or service; None without one."""
    path = Path(spec)
    if path.is_file():
        return path
    if (workspace.root / path).is_file():
        return workspace.root / path
    return workspace.find_by_id(str(spec))


def home_of(spec: str | Path) -> tuple[Workspace, Path | None]:
    """Return the workspace of a spec, however it is named, and its file.

    The workspace is that of the file, as `find_workspace` finds it: state is kept there, so that all who use the file
    share it. Where there is no file of this name, it is the workspace of the folder named, else of the current folder.
    """
    here = find_workspace(Path.cwd())
    if Path(spec).is_dir():
        return find_workspace(Path(spec)), None
    found = find_spec(here, spec)
    home = here if found is None else find_workspace(found)
    return here if home == here else home, found  # `here` has looked at its files already


def open_workbench(
    spec: str | Path | None = None,
    *,
    workspace: Path | None = None,
    config: Path | None = None,
    flags: Mapping[str, object] | None = None,
    environ: Mapping[str, str] | None = None,
    warn: Callable[[str], None] = _log_warning,
) -> Workbench:
    """Return the workbench of the workspace given, else of the spec's own (`home_of`)."""
    environ = os.environ if environ is None else environ
    named: dict[str, Path] = {}
    if workspace is not None:
        place = Workspace(workspace)
    elif spec is None:
        place = find_workspace(Path.cwd())
    else:
        place, found = home_of(spec)
        named = {} if found is None else {str(spec): found}
    settings = load_settings(place.root, config=config, environ=environ, flags=flags or {})
    return Workbench(place, settings, environ, named, warn)
