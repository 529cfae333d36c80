"""One finding a line, as editors and grep like it."""

from __future__ import annotations

from collections.abc import Iterable

from intertie.core.paint import Paint
from intertie.diagnostics.diagnostic import Diagnostic
from intertie.diagnostics.order import in_order
from intertie.diagnostics.render.paint import SEVERITY_STYLE
from intertie.diagnostics.render.width import printable


def render_concise(diagnostics: Iterable[Diagnostic], *, color: bool = False) -> str:
    """Return `path:line:col: error TIE012 message` lines in order, empty where there is none."""
    paint = Paint(color)
    return "".join(
        f"{printable(d.span.path)}:{d.span.line}:{d.span.column}: "
        f"{paint(d.severity.value, SEVERITY_STYLE[d.severity])} {d.code} {printable(d.message)}\n"
        for d in in_order(diagnostics)
    )
