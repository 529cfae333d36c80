"""One line for each request that a mock answers: what came, and why it was refused."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from intertie.cli.common import say_lines
from intertie.cli.context import CliContext
from intertie.cli.layout import BAD, DIM, GOOD, WARN
from intertie.core.columns import wrapped
from intertie.core.outside_text import shown
from intertie.core.seen_paths import seen_path
from intertie.mockserver.received import Received
from intertie.runtime.plan import Plan

_STYLES = {2: GOOD, 3: GOOD, 4: WARN, 5: BAD}


class RequestLines:
    """Writes to stderr; a line is folded at the edge of a terminal alone.

    Args:
        plan: Of the mock.
        root: Folder that its paths are below.
        context: Of the command.
        named: Whether each line begins with the service, where several are served.
    """

    def __init__(self, plan: Plan, root: Path, context: CliContext, *, named: bool) -> None:
        self._service = f"{shown(plan.service)} " if named else ""
        self._spec_path = plan.spec_path
        self._seen = seen_path(root / plan.spec_path, Path.cwd())
        self._layout = context.sentences()

    def __call__(self, received: Received) -> None:
        """Write the line of one request."""
        say_lines("\n".join(self.lines(received)), color=self._layout.paint.on)

    def lines(self, received: Received) -> list[str]:
        """Return the line, folded where it is for a terminal."""
        clock = f"{datetime.fromtimestamp(received.at_s).astimezone():%H:%M:%S} "
        operation = f"{shown(received.operation)} " if received.operation else ""
        what = f"{self._service}{shown(f'{received.method} {received.path}')} {operation}"
        status = str(received.status)
        delay = f" in {received.delay_s * 1000:.0f} ms" if received.delay_s else ""
        why = f": {self._reason(received.reason)}" if received.reason else ""
        whole = f"{clock}{what}{status}{delay}{why}"
        paint = self._layout.paint
        lines = wrapped(whole, self._layout.width, rest=" " * len(clock))
        begin = f"{clock}{what}{status}"
        style = _STYLES.get(received.status // 100, "")
        after = lines[0][len(begin) :] if lines[0].startswith(begin) else None
        middle = lines[0][len(clock) :] if after is None else f"{what}{paint(status, style)}{after}"
        return [f"{paint(clock, DIM)}{middle}", *lines[1:]]

    def _reason(self, reason: str) -> str:
        return shown(reason).replace(f"{self._spec_path}:", f"{self._seen}:")
