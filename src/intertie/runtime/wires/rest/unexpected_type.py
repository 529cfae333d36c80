"""A success whose body is of another media type than the spec declares."""

from __future__ import annotations

from intertie.core.errors import InvalidResponse, Reach
from intertie.core.media_types import essence
from intertie.core.outside_text import shown

_LONGEST = 80


class UnexpectedTypeError(InvalidResponse):
    """Raised by the reader; classify makes it a fault of the service.

    Attributes:
        received, declared: Media types as a sentence shows them, cut and in backquotes.
    """

    def __init__(self, operation: str, received: str, declared: tuple[str, ...]) -> None:
        self.received = _quoted(received)
        self.declared = " or ".join(_quoted(each) for each in declared)
        message = f"{operation}: the answer is {self.received}, and the spec declares {self.declared}"
        super().__init__(message, path="$", rule=f"be {self.declared}", operation=operation, reached=Reach.YES)


def _quoted(content_type: str) -> str:
    return f"`{shown(essence(content_type), most=_LONGEST)}`"
