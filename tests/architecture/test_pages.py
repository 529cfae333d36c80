"""What the pages show is what happens: every snippet of README and docs is typed as a reader types it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.pace import PATIENCE_S
from support.page_text import Snippet, ports_in, read_page
from support.real_servers import ROOT
from support.snippets import PageRunner

ALL = [ROOT / "README.md", ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
TYPED = {"console", "python"}
PAGES = [
    page
    for page in ALL
    if "reference/rules" not in page.as_posix()
    and any(isinstance(item, Snippet) and item.language in TYPED for item in read_page(page.read_text("utf-8")))
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_what_a_page_says_is_what_happens(page: Path, tmp_path: Path) -> None:
    """Everything that the page says is done, from an empty folder, and prints what the page shows."""
    if "READ" in page.name and not (Path(sys.prefix) / "bin" / "activate").exists():
        pytest.skip("the tests run outside a virtual environment: `make test` makes one")
    with holding(ports_in(page.read_text("utf-8"))):
        assert PageRunner(page, tmp_path).run() > 0


@contextlib.contextmanager
def holding(ports: list[int]) -> Iterator[None]:
    """Have these ports to oneself among the test runs of this user: a page can't choose others than those it shows."""
    with contextlib.ExitStack() as stack:
        for port in ports:
            name = Path(tempfile.gettempdir()) / f"intertie-page-port-{os.getuid()}-{port}.lock"
            file = stack.enter_context(name.open("w"))
            fcntl.flock(file, fcntl.LOCK_EX)
            until = time.monotonic() + PATIENCE_S
            while not is_free(port):
                assert time.monotonic() < until, f"something else listens on port {port}"
                time.sleep(0.1)
        yield


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


@pytest.mark.parametrize("page", ALL, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_links_to_what_is_there(page: Path) -> None:
    """Every relative link leads to a file of the project."""
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    text = re.sub(r"`[^`\n]+`", "", text)  # `operations["close"](id=1)` is no link
    for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)", text):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_no_two_pages_name_the_same_port() -> None:
    """A reader who goes from page to page, with a mock of the last one still running, meets no clash."""
    named = [port for page in PAGES for port in ports_in(page.read_text("utf-8"))]
    assert len(named) == len(set(named))
