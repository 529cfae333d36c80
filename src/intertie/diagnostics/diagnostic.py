"""One finding: what, where, why it matters and what to do."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal, TypeAlias

from msgspec import Struct

from intertie.diagnostics.span import SourceSpan


class Severity(StrEnum):
    """How much it matters, the gravest first.

    An error contradicts itself or can't work; a warning will hurt; an info is good to know; a hint is advice, shown on
    request only.
    """

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"
    HINT = "hint"


Judges: TypeAlias = Literal["spec", "surroundings"]
"""Where the cause of a finding lies. `spec`: in its own text, and in the schemas that it refers to. `surroundings`: in
the date, other files and cases, the environment, or Intertie itself.

An error of the first kind stops whatever runs the spec; one of the second fails `check` and is a warning elsewhere.
"""


class Applicability(StrEnum):
    """Whether a fix may be applied unseen."""

    SAFE = "safe"
    UNSAFE = "unsafe"
    DISPLAY = "display"


class Edit(Struct, frozen=True):
    """Replace the text of `span` by `replacement`."""

    span: SourceSpan
    replacement: str


class Fix(Struct, frozen=True):
    """A mend, with what it does in words."""

    title: str
    edits: tuple[Edit, ...]
    applicability: Applicability = Applicability.SAFE


class Label(Struct, frozen=True):
    """A second place that belongs to the finding."""

    span: SourceSpan
    message: str


class Diagnostic(Struct, frozen=True):
    """A finding at a place.

    Attributes:
        code: `TIE` and three digits; the rule registry in `intertie.lint` explains each.
        name: The rule's name, such as `unknown-key`.
        message: One line that stands alone.
        help: What to do about it, None where the message says it.
        related: Other places that belong to it.
    """

    code: str
    name: str
    severity: Severity
    message: str
    span: SourceSpan
    help: str | None = None
    related: tuple[Label, ...] = ()
    fix: Fix | None = None
