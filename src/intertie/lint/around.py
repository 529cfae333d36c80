"""What a rule may know beside the spec: the day, and what else stands in the workspace."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from intertie.diagnostics import SourceSpan


def _nothing_is_there(path: str) -> bool:
    return not path


@dataclass(frozen=True, slots=True)
class Around:
    """The world of one check, as data.

    Attributes:
        today: The day deprecations are judged by (UTC).
        ids: Id -> the places in the workspace's specs where it is given, each spec once.
        exists: Whether a file is there; the path is relative to the workspace root, with or without a leading slash, or
            relative to the spec's own folder where it starts with a dot. Never true for one outside the root.
    """

    today: date
    ids: Mapping[str, tuple[SourceSpan, ...]] = field(default_factory=dict)
    exists: Callable[[str], bool] = _nothing_is_there
