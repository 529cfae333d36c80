"""What a rule may know beside the spec: the day, and what else stands in the workspace."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from msgspec import Struct

from intertie.diagnostics import SourceSpan


class Around(Struct, frozen=True):
    """The world of one check, as data.

    Attributes:
        today: The day deprecations are judged by (UTC).
        ids: Id -> the places in the workspace's specs where it is given.
        has_case: Whether the workspace has the file of a case, given as a spec gives it.
    """

    today: date
    ids: Mapping[str, tuple[SourceSpan, ...]]
    has_case: Callable[[str], bool]
