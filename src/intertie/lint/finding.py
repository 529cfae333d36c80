"""What a rule yields: a place and what is wrong there."""

from __future__ import annotations

from msgspec import Struct

from intertie.diagnostics import Fix, Label, Severity, SourceSpan


class Finding(Struct, frozen=True):
    """One violation of the rule that yields it.

    Attributes:
        span: Where; a missing field points at the block that lacks it.
        message: One line that stands alone, with the numbers it was judged by.
        help: What to do.
        related: Other places that belong to it.
        fix: A mend, where one is certain.
        severity: Where it differs from the rule's own.
    """

    span: SourceSpan
    message: str
    help: str
    related: tuple[Label, ...] = ()
    fix: Fix | None = None
    severity: Severity | None = None
