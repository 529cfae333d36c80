"""From what a person names to the two versions to compare: files, or files of git revisions."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from msgspec import Struct

from intertie.comparing.change import Change, Impact
from intertie.comparing.compare import Comparison, compare
from intertie.comparing.render.names import Names
from intertie.comparing.revisions import Repository
from intertie.comparing.sides import Side
from intertie.compiler import Settings, compile_spec, load_settings
from intertie.compiler.origin import DEVELOPMENT
from intertie.core.errors import UsageError
from intertie.core.plurals import plural
from intertie.diagnostics import Diagnostic, Severity, SourceSpan
from intertie.spec.loading import load
from intertie.spec.model import Spec
from intertie.spec.workspace import Workspace, find_workspace


class Named(Struct, frozen=True):
    """A file, with the revision it is from."""

    path: Path
    revision: str | None
    tree: Tree


class Tree(Struct, frozen=True):
    """A workspace as it is, or as it was in a revision.

    Attributes:
        revision: As it was named, None for the working tree.
    """

    workspace: Workspace
    settings: Settings
    revision: str | None

    def at(self, path: Path) -> Named:
        """Return a file of it."""
        return Named(path, self.revision, self)


class Unusable(Struct, frozen=True):
    """A version with errors, so that nothing can be compared.

    Attributes:
        sources: Path as shown -> the text, for excerpts.
    """

    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, str]
    revision: str | None


class Outcome(Struct, frozen=True):
    """What came of one spec: a comparison, or the versions with errors."""

    names: Names
    comparison: Comparison | None = None
    unusable: tuple[Unusable, ...] = ()


class Versions:
    """Finds and compares versions; what it extracts from revisions is gone once it is closed.

    Args:
        workspace: Folder of the workspace, None for the one that each file lies in.
        config: Configuration file instead of that of the workspace, for both versions.
        environ: Where settings and `${NAME}` are read.
    """

    def __init__(self, *, workspace: Path | None, config: Path | None, environ: Mapping[str, str]) -> None:
        self._workspace = workspace
        self._config = config
        self._environ = environ
        self._stack = ExitStack()
        self._trees: dict[tuple[str | None, Path], Tree] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def compare(
        self, old: str, new: str, paths: tuple[str, ...], *, environment: str | None = None
    ) -> Iterator[Outcome]:
        """Yield what differs, spec by spec.

        Args:
            old: A file, or `REVISION:path`; with `paths`, or where neither is a file, a revision. A revision beside a
                file is that file in the revision.
            new: Likewise.
            paths: Specs to compare in both revisions; all of the workspace where there are none.
            environment: Of the plans.

        Raises:
            UsageError: There is no such file, revision, repository or environment.
        """
        if paths or self._are_revisions(old, new):
            trees = (self._revision(old), self._revision(new))
            for path in paths or self._all(trees):
                yield self._one(self._in(trees[0], path), self._in(trees[1], path), path, environment)
            return
        old, new = self._with_path(old, new), self._with_path(new, old)
        yield self._one(self._file(old), self._file(new), new, environment)

    # What is named

    def _with_path(self, text: str, other: str) -> str:
        """Return `REVISION:path` where `text` is a revision and `other` a file, else `text`."""
        if not Path(other).is_file() or Path(text).exists() or ":" in text:
            return text
        place = Workspace(self._workspace.resolve()) if self._workspace else find_workspace(Path(other))
        if place.find_by_id(text) is not None:
            return text
        if Repository(place.root).has(text):
            return f"{text}:{other}"
        raise UsageError(f"there is no file, spec or revision `{text}`")

    def _are_revisions(self, old: str, new: str) -> bool:
        if any(Path(text).exists() or ":" in text for text in (old, new)):
            return False
        place = self._place()
        if any(place.find_by_id(text) for text in (old, new)):
            return False
        repository = Repository(place.root)
        for text in (old, new):
            if not repository.has(text):
                raise UsageError(f"`{text}` is no file, no spec of the workspace, and no revision of {repository.root}")
        return True

    def _place(self) -> Workspace:
        return Workspace(self._workspace.resolve()) if self._workspace else find_workspace(Path.cwd())

    def _file(self, text: str) -> Named:
        path = Path(text)
        if path.is_file():
            place = Workspace(self._workspace.resolve()) if self._workspace else find_workspace(path)
            return self._tree(place, None).at(path)
        revision, colon, inside = text.partition(":")
        if colon and inside:
            tree = self._revision(revision, Path(inside))
            return self._in(tree, inside)
        place = self._place()
        found = place.find_by_id(text)
        if found is None:
            raise UsageError(f"there is no file or spec `{text}`")
        return self._tree(place, None).at(found)

    def _revision(self, revision: str, path: Path | None = None) -> Tree:
        """Return the workspace as it was in a revision; of a path, the workspace that it lies in now."""
        place = self._place() if self._workspace or path is None else find_workspace(path)
        key = (revision, place.root)
        if key not in self._trees:
            repository = Repository(_existing(place.root))
            commit = repository.commit(revision)
            folder = repository.inside(place.root)
            target = Path(self._stack.enter_context(TemporaryDirectory(prefix="intertie-diff-"))).resolve()
            repository.write_out(commit, folder, target)
            root = target / folder
            root.mkdir(parents=True, exist_ok=True)
            self._trees[key] = self._tree(Workspace(root), revision)
        return self._trees[key]

    def _tree(self, place: Workspace, revision: str | None) -> Tree:
        settings = load_settings(place.root, config=self._config, environ=self._environ, flags={})
        return Tree(place, settings, revision)

    def _in(self, tree: Tree, text: str) -> Named:
        """Return a file of a revision by its path as it is written now, or by a spec's id."""
        place = self._place() if self._workspace else find_workspace(Path(text))
        whole = Path(os.path.normpath(Path.cwd() / text))
        for base in (place.root, place.root.resolve()):
            if whole.is_relative_to(base):
                found = tree.workspace.root / whole.relative_to(base)
                if found.is_file() or whole.suffix:
                    return tree.at(found)
        found_by_id = tree.workspace.find_by_id(text)
        return tree.at(found_by_id or tree.workspace.root / text)

    def _all(self, trees: tuple[Tree, Tree]) -> list[str]:
        """Return the specs of both revisions, as paths of the workspace as it is now."""
        root = self._place().root
        found = {
            str(root / path.relative_to(tree.workspace.root)): None
            for tree in trees
            for path in tree.workspace.spec_files()
        }
        if not found:
            raise UsageError(f"there are no specs in {root}, in neither revision")
        return sorted(found)

    # What differs

    def _one(self, old: Named, new: Named, text: str, environment: str | None) -> Outcome:
        names = Names(old.revision, new.revision)
        there = (old.path.is_file(), new.path.is_file())
        if there == (False, False):
            raise UsageError(f"there is no file {text} in {old.revision or 'the working tree'}, nor in {new.revision}")
        if there != (True, True):
            return self._alone(old, new, names, environment)
        sides = (_side(old, environment), _side(new, environment))
        unusable = tuple(side for side in sides if isinstance(side, Unusable))
        if unusable:
            return Outcome(names, unusable=unusable)
        before, after = (side for side in sides if isinstance(side, Side))
        return Outcome(names, compare(before, after))

    def _alone(self, old: Named, new: Named, names: Names, environment: str | None) -> Outcome:
        """Return what it means that a spec is there in one version alone."""
        made = new.path.is_file()
        one = new if made else old
        side = _side(one, environment)
        if isinstance(side, Unusable):
            return Outcome(names, unusable=(side,))
        place = SourceSpan(side.spec.path, 1, 1, 1, 1)
        title = f"{side.plan.title} ({side.plan.id})"
        if made:
            reason = f"{plural(len(side.plan.operations), 'operation')} may be called"
            change = Change("spec-added", Impact.SAFE, "the spec", None, side.plan.id, reason, place, place)
        else:
            reason = f"calls of {side.plan.id} ({side.plan.service}) are refused: there is no such spec"
            change = Change("spec-removed", Impact.BREAKING, "the spec", side.plan.id, None, reason, place, place)
        return Outcome(names, Comparison(title, (change,)))


def _side(named: Named, environment: str | None) -> Side | Unusable:
    loaded = load(named.path, named.tree.workspace)
    settings = named.tree.settings
    if loaded.given_up:
        # Nothing could be read: what is missing in it is not worth a word.
        return Unusable(loaded.diagnostics, {}, named.revision)
    chosen = environment or _environment(loaded.spec, settings)
    compiled = compile_spec(loaded.spec, settings=settings, environment=chosen)
    found = (*loaded.diagnostics, *compiled.diagnostics)
    if compiled.plan is None or any(each.severity is Severity.ERROR for each in found):
        return Unusable(found, {loaded.spec.path: loaded.source} if loaded.source else {}, named.revision)
    return Side(loaded.spec, compiled.plan)


def _environment(spec: Spec, settings: Settings) -> str | None:
    """Return the environment to plan for: the first where the spec has no other way to be called without a choice."""
    service = spec.service
    if settings.environment or settings.base_url or service is None or service.base_url:
        return None
    names = [name.value for name, _ in service.environments]
    return None if not names or DEVELOPMENT in names else names[0]


def _existing(folder: Path) -> Path:
    """Return the nearest folder upwards that is there: one of a revision may be gone now."""
    return next((each for each in (folder, *folder.parents) if each.is_dir()), folder)
