"""What a rule may know beside the spec: the day, and what else stands in the workspace."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from msgspec import Struct

from intertie.diagnostics import SourceSpan


class Neighbour(Struct, frozen=True):
    """Another integration of the workspace.

    Attributes:
        name: Its id.
        service: Its service's slug, empty where it has none.
        attempts: Tries of one call, the first included.
        span: Where it says so.
    """

    name: str
    service: str
    attempts: int
    span: SourceSpan


def _no_neighbour(_name: str) -> Neighbour | None:
    return None


def _no_calls(_case: str) -> frozenset[str]:
    return frozenset()


class Around(Struct, frozen=True):
    """The world of one check, as data.

    Attributes:
        today: The day deprecations are judged by (UTC).
        ids: Id -> the places in the workspace's other specs where it is given.
        has_case: Whether the workspace has the file of a case, given as a spec gives it.
        neighbour: The integration that an entry of `related` names, None where it is none.
        calls_in: The operations that a case calls, given as a spec gives it; a scenario calls what its cases do.
    """

    today: date
    ids: Mapping[str, tuple[SourceSpan, ...]]
    has_case: Callable[[str], bool]
    neighbour: Callable[[str], Neighbour | None] = _no_neighbour
    calls_in: Callable[[str], frozenset[str]] = _no_calls
