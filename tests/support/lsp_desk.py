"""A workspace on disk and a desk on it; texts carry the cursor as `¦` (a pipe means something in specs)."""

from __future__ import annotations

import shutil
from pathlib import Path

from intertie.lsp.desk import Desk
from intertie.lsp.page import Page
from intertie.testing.virtual_time import VirtualClock

EXAMPLES = Path(__file__).parents[2] / "examples"
CURSOR = "¦"


class Bench:
    """The example workspace, copied; `payments` is the text of its spec."""

    def __init__(self, root: Path) -> None:
        for name in ("specs", "test-cases", "scenario-cases"):
            shutil.copytree(EXAMPLES / name, root / name)
        shutil.copy(EXAMPLES / "intertie.toml", root)
        self.root = root
        self.path = root / "specs" / "payments.md"
        self.payments = self.path.read_text("utf-8")
        self.desk = Desk(environ={}, clock=VirtualClock())

    def put(self, text: str | None = None, path: Path | str | None = None) -> Page:
        """Open a text, the spec's own unless another path is given."""
        target = self.path if path is None else self.root / path
        return self.desk.put(target, self.payments if text is None else text)

    def at(self, text: str, path: Path | str | None = None) -> tuple[Page, int, int]:
        """Open a text without its cursor; return page, line and column of it."""
        before, after = text.split(CURSOR)
        page = self.put(before + after, path)
        return page, before.count("\n") + 1, len(before) - before.rfind("\n")

    def on(self, marked: str, instead_of: str | None = None) -> tuple[Page, int, int]:
        """Open payments.md with the cursor in the first place that reads as `marked`.

        What stands there is `instead_of`, or `marked` itself without the cursor.
        """
        found = marked.replace(CURSOR, "") if instead_of is None else instead_of
        assert found in self.payments, found
        return self.at(self.payments.replace(found, marked, 1))


def draft(body: str) -> str:
    """Return a spec of three keys of front matter and a body."""
    return f"---\nid: INT-050\ntype: Integration\nname: Draft\n---\n# Draft\n\n{body}"
