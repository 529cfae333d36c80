"""Findings with paths as a person sees them from the folder they stand in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path

from intertie.core.seen_paths import seen_path
from intertie.diagnostics import Diagnostic
from intertie.diagnostics.render.rebased import rebased


def seen_from_here(root: Path) -> Callable[[str], str]:
    """Return what turns a path below `root` into one as it is seen from the current folder."""
    here = Path.cwd()
    return cache(lambda path: seen_path(root / path, here))


def findings_from_here(
    diagnostics: Iterable[Diagnostic], sources: Mapping[str, str], root: Path | None
) -> tuple[tuple[Diagnostic, ...], dict[str, str]]:
    """Return findings and sources with their paths so; as they are where it is not known what they are below."""
    if root is None:
        return tuple(diagnostics), dict(sources)
    seen = seen_from_here(root)
    return rebased(diagnostics, seen), {seen(path): text for path, text in sources.items()}
