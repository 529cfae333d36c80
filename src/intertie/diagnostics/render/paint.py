"""Colour for terminals, only where asked."""

from __future__ import annotations

from intertie.diagnostics.diagnostic import Severity

SEVERITY_STYLE = {Severity.ERROR: "1;31", Severity.WARNING: "1;33", Severity.INFO: "1;36"}
"""SGR parameters (ECMA-48) of each severity."""

GUTTER = "34"
STRONG = "1"


class Paint:
    """Wraps text into SGR sequences, or leaves it as it is."""

    __slots__ = ("_on",)

    def __init__(self, on: bool) -> None:
        self._on = on

    def __call__(self, text: str, style: str) -> str:
        """Return `text` in `style` (SGR parameters such as `1;31`)."""
        return f"\x1b[{style}m{text}\x1b[0m" if self._on and text else text
