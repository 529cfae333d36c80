"""What several packages need is written in one place: the windows of a rate, and JSON Pointers."""

from __future__ import annotations

import re

import pytest

from support.real_servers import ROOT

SOURCES = sorted((ROOT / "src/intertie").rglob("*.py"))
HOMES = [
    (r"(?:3600|86400)(?:\.0)?: ?[\"'](?:requests_per_)?(?:hour|day)\b", "core/rate_windows.py", "WINDOW_OF_LENGTH"),
    (r"requests_per_(?:hour|day)[\"']?[:,] ?(?:3600|86400)", "core/rate_windows.py", "RATE_WINDOWS"),
    (r"replace\([\"'](?:~1[\"'], [\"']/|/[\"'], [\"']~1)[\"']\)", "core/json_pointer.py", "escaped and unescaped"),
    (r"= f?[\"']#/(?:\$defs|components/schemas)/[\"']", "core/json_pointer.py", "DEFINITIONS and COMPONENTS"),
]


@pytest.mark.parametrize(("pattern", "home", "use"), HOMES)
def test_nobody_else_writes_it(pattern: str, home: str, use: str) -> None:
    """A second table or a second reader of pointers would disagree with the first sooner or later."""
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in SOURCES
        if path != ROOT / "src/intertie" / home
        for match in re.finditer(pattern, path.read_text("utf-8"))
    ]
    assert not found, f"use {use} of {home}"


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (0, '3600.0: "hour"'),
        (0, "86400: 'requests_per_day'"),
        (1, '("requests_per_hour", 3600.0)'),
        (1, "(limits.requests_per_day, 86400, 'day')"),
        (2, '.replace("~1", "/")'),
        (2, ".replace('/', '~1')"),
        (3, '_PREFIX = "#/$defs/"'),
    ],
)
def test_the_pattern_would_find_one(at: int, text: str) -> None:
    """What the patterns look for is what was written before there was one place."""
    assert re.search(HOMES[at][0], text)
