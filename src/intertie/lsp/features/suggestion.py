"""What is offered while somebody types."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from intertie.diagnostics import SourceSpan


class Suggested(StrEnum):
    """What kind of thing is offered; an editor shows an icon for it."""

    KEY = "key"
    BLOCK = "block"
    CHOICE = "choice"
    FUNCTION = "function"
    REFERENCE = "reference"
    FILE = "file"
    FIELD = "field"
    HEADING = "heading"


class Suggestion(Struct, frozen=True):
    """One text that may be meant.

    Attributes:
        label: What is shown, and matched with what is typed.
        insert: What is written in the place of `span`; its lines are indented already.
        detail: Beside the label.
        doc: Markdown.
        rank: Smaller ones come first.
    """

    label: str
    insert: str
    span: SourceSpan
    kind: Suggested
    detail: str = ""
    doc: str = ""
    rank: int = 0
