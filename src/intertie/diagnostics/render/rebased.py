"""Findings with other paths: those that a build server knows, or those that a person sees from their folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from posixpath import isabs, join, normpath

from msgspec.structs import replace

from intertie.diagnostics.diagnostic import Diagnostic
from intertie.diagnostics.span import SourceSpan


def rebased(diagnostics: Iterable[Diagnostic], move: Callable[[str], str]) -> tuple[Diagnostic, ...]:
    """Return the findings with `move` applied to each of their paths."""
    return tuple(
        replace(
            each,
            span=_moved(each.span, move),
            related=tuple(replace(label, span=_moved(label.span, move)) for label in each.related),
            fix=each.fix
            and replace(each.fix, edits=tuple(replace(edit, span=_moved(edit.span, move)) for edit in each.fix.edits)),
        )
        for each in diagnostics
    )


def rebased_path(path: str, folder: str) -> str:
    """Return a path with `folder` before it; an absolute path, and any below `.`, stays as it is.

    >>> rebased_path("specs/a.md", "shop"), rebased_path("/etc/a.md", "shop"), rebased_path("a.md", "../other")
    ('shop/specs/a.md', '/etc/a.md', '../other/a.md')
    """
    return path if isabs(path) or folder in ("", ".") else normpath(join(folder, path))


def _moved(span: SourceSpan, move: Callable[[str], str]) -> SourceSpan:
    path = move(span.path)
    return span if path == span.path else replace(span, path=path)
