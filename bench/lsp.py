"""From a keystroke to findings: a spec of 500 lines, one character typed, its text judged anew; no debounce in it.

Wall time of one process: medians, and the slowest of 100.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from measuring import HERE, Row

from intertie.core.clock import BlockingClock
from intertie.lsp.desk import Desk
from intertie.lsp.features.completion import complete
from intertie.lsp.features.hover import hover
from intertie.lsp.features.lens import lenses
from intertie.lsp.features.renaming import rename
from intertie.lsp.page import Page

SPECS = HERE.parent / "examples"
LINES = 500
TIMES = 100


def measure() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        shutil.copytree(SPECS, root, dirs_exist_ok=True)
        yield from _measured(root)


def _measured(root: Path) -> Iterator[Row]:
    path = root / "specs" / "payments.md"
    text = longer(path.read_text("utf-8"))
    desk = Desk(environ={}, clock=BlockingClock())
    line = text[: text.index("max_attempts")].count("\n") + 1
    column = 6

    def typed(number: int) -> Page:
        return desk.put(path, text.replace("max_attempts: 4", f"max_attempts: {number % 9 + 1}", 1))

    def timed(name: str, work: Callable[[int], object]) -> Row:
        work(0)
        taken_ms = []
        for number in range(TIMES):
            began_s = time.perf_counter()
            work(number)
            taken_ms.append((time.perf_counter() - began_s) * 1000)
        return Row(name, statistics.median(taken_ms), "ms", None, f"slowest {max(taken_ms):.0f} ms")

    shown = f"{text.count(chr(10)):,} lines"
    yield timed(f"keystroke to findings, {shown}", lambda number: typed(number).diagnostics)
    yield timed("keystroke to completion", lambda number: complete(typed(number), line, column))
    yield timed("keystroke to hover, with its plan", lambda number: hover(typed(number), line, column))
    yield timed("keystroke to lenses", lambda number: lenses(typed(number)))
    row = text[: text.index("internal_field: card_token")].count("\n") + 1
    yield timed("a rename over spec and cases", lambda number: rename(typed(number), row, 24, "token"))


def longer(text: str) -> str:
    """Add endpoints until the spec has 500 lines."""
    start = text.index("### Get Charge")
    endpoint = text[start : text.index("### List Charges")]
    number = 2
    while text.count("\n") < LINES:
        added = endpoint.replace("### Get Charge", f"### Get Charge {number}")
        text = text[:start] + added.replace("/v1/charges/", f"/v{number}/charges/") + text[start:]
        number += 1
    return text
