"""Paths as a person sees them from the folder they stand in."""

from __future__ import annotations

import os
from pathlib import Path

_MOST_UPWARDS = 2


def seen_path(path: str | Path, folder: Path) -> str:
    """Return a path relative to `folder`; an absolute one where it leads more than two steps up, or up to the top.

    >>> seen_path("/shop/specs/a.md", Path("/shop")), seen_path("/shop/specs/a.md", Path("/shop/specs/old"))
    ('specs/a.md', '../a.md')
    >>> seen_path("/shop/specs/a.md", Path("/tmp")), seen_path("/w/a/specs/b.md", Path("/w/x/y/z"))
    ('/shop/specs/a.md', '/w/a/specs/b.md')
    """
    absolute = os.path.normpath(folder / path)
    relative = os.path.relpath(absolute, folder)
    upwards = relative.count(f"..{os.sep}")
    if upwards > _MOST_UPWARDS or (upwards and os.path.commonpath((absolute, folder)) == Path(absolute).anchor):
        return absolute
    return Path(relative).as_posix()
