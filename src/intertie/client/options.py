"""What one call, or a view of an integration, may ask for beside its input."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

CloseStores: TypeAlias = Callable[[], Coroutine[Any, Any, None]]
"""Closes the stores that were opened for an integration; None where somebody else owns them."""


class CallOptions(Struct, frozen=True):
    """Options of calls.

    Attributes:
        version: API version asked for, one of the plan's supported ones; None means the current one.
        timeout_s: Total time, at most the plan's; None means the plan's.
        caller: Who calls, for audit and history.
        explain: Collect what each guard saw.
    """

    version: str | None = None
    timeout_s: float | None = None
    caller: str = ""
    explain: bool = False

    def but(
        self,
        *,
        version: str | None = None,
        timeout_s: float | None = None,
        caller: str | None = None,
        explain: bool | None = None,
    ) -> CallOptions:
        """Return these options with those given changed."""
        changes: dict[str, object] = {
            name: value
            for name, value in (
                ("version", version),
                ("timeout_s", timeout_s),
                ("caller", caller),
                ("explain", explain),
            )
            if value is not None
        }
        return replace(self, **changes)
