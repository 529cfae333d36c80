"""The schema, as numbered SQL files that are applied once each, in order."""

from __future__ import annotations

import sqlite3
from pathlib import Path

APPLICATION_ID = 0x54494531
"""Marks a SQLite file as ours (`TIE1`)."""


def scripts() -> list[tuple[int, str]]:
    """Return (number, SQL) of each migration, in order."""
    found = Path(__file__).parent.glob("*.sql")  # `importlib.resources` takes 10 ms to load
    return sorted((int(entry.name.split("_", 1)[0]), entry.read_text(encoding="utf-8")) for entry in found)


def statements(script: str) -> list[str]:
    """Return the statements of a script; unlike `executescript`, running them one by one commits nothing in between."""
    found, pending = [], ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            found.append(pending)
            pending = ""
    return found
