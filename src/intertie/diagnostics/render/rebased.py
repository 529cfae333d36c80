"""Findings with the paths that a build server knows: relative to the folder it runs in."""

from __future__ import annotations

from collections.abc import Iterable
from posixpath import isabs, join, normpath

from msgspec.structs import replace

from intertie.diagnostics.diagnostic import Diagnostic
from intertie.diagnostics.span import SourceSpan


def rebased(diagnostics: Iterable[Diagnostic], folder: str) -> tuple[Diagnostic, ...]:
    """Return the findings with `folder` before their paths; absolute paths, and all below `.`, stay as they are."""
    if folder in ("", "."):
        return tuple(diagnostics)
    return tuple(
        replace(
            each,
            span=_moved(each.span, folder),
            related=tuple(replace(label, span=_moved(label.span, folder)) for label in each.related),
            fix=each.fix
            and replace(
                each.fix, edits=tuple(replace(edit, span=_moved(edit.span, folder)) for edit in each.fix.edits)
            ),
        )
        for each in diagnostics
    )


def rebased_path(path: str, folder: str) -> str:
    """Return one path so.

    >>> rebased_path("specs/a.md", "shop"), rebased_path("/etc/a.md", "shop"), rebased_path("a.md", "../other")
    ('shop/specs/a.md', '/etc/a.md', '../other/a.md')
    """
    return path if isabs(path) or folder in ("", ".") else normpath(join(folder, path))


def _moved(span: SourceSpan, folder: str) -> SourceSpan:
    return replace(span, path=rebased_path(span.path, folder))
