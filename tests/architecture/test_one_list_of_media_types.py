"""One place knows what a media type is, and one which charsets there are."""

from __future__ import annotations

import re

import pytest

from support.real_servers import ROOT

SOURCES = sorted((ROOT / "src/intertie").rglob("*.py"))
MEDIA_TYPES, CHARSETS, BOUNDS = "core/media_types.py", "core/charsets.py", "runtime/bounds.py"


@pytest.mark.parametrize(
    ("pattern", "home", "use"),
    [
        (r"""endswith\([^)]*["'][+/](?:json|xml)|["']json["'] (?:not )?in |["'][+](?:json|xml)["']""", MEDIA_TYPES, "codec_of"),
        (r"""partition\(["'];["']\)\[0\]\.strip\(\)\.lower\(\)""", MEDIA_TYPES, "essence"),
        (r"""\.(?:de|en)code\((?:charset|label|codec|encoding)""", CHARSETS, "decode_text or encode_text"),
    ],
)  # fmt: skip
def test_nobody_else_decides(pattern, home, use):
    """A second list would disagree with the first sooner or later."""
    known = {f"{ROOT}/src/intertie/{home}"}
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in SOURCES
        if str(path) not in known
        for match in re.finditer(pattern, path.read_text("utf-8"))
    ]
    assert not found, f"use {use}"


def test_the_pattern_would_find_one():
    """The home itself has what is looked for elsewhere."""
    assert 'partition(";")[0].strip().lower()' in (ROOT / "src/intertie" / MEDIA_TYPES).read_text("utf-8")
    assert ".decode(codec)" in (ROOT / "src/intertie" / CHARSETS).read_text("utf-8")
