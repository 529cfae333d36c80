"""What a path or transform that can't be read says."""

from __future__ import annotations


class MappingSyntaxError(ValueError):
    """A path, transform or argument is written wrongly, or names something that does not exist.

    Attributes:
        message: One sentence: what is wrong and what to write instead.
        offset: Characters from the start of the text to the place, 0-based.
    """

    def __init__(self, message: str, offset: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
