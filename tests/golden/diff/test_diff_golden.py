"""A comparison as text, JSON and Markdown. `UPDATE_GOLDEN=1` rewrites the files; the review reads the difference."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from intertie.comparing import compare
from intertie.comparing.render import Names, comparison_json, comparison_markdown, comparison_text
from support.compared import RICH, edited, side

HERE = Path(__file__).parent
NAMES = Names(old="main")
EDITS = (
    ("### List Quotes", "### All Quotes"),
    ("required: [weight]", "required: [weight, size]"),
    ("minimum: 1, maximum: 100", "minimum: 2, maximum: 200"),
    ("enum: [eur, usd]", "enum: [eur, usd, gbp]"),
    ("max_attempts: 3", "max_attempts: 5"),
    ("requests_per_minute: 300", "requests_per_minute: 600"),
    ("personal: customer.email", "personal: customer.name"),
    ("internal_code: TOO_HEAVY", "internal_code: PARCEL|HEAVY"),
    ("v1: 2027-06-30", "v1: 2028-06-30"),
    ("Quotes one parcel.", "Quotes <one> parcel *fast*."),
)


@pytest.fixture(scope="module")
def comparison():
    return compare(side(RICH, HERE), side(edited(RICH, *EDITS), HERE))


def _is_golden(name: str, text: str) -> None:
    file = HERE / name
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(text, "utf-8")
    assert text == file.read_text("utf-8")


def test_text(comparison):
    """What people read on a terminal."""
    _is_golden("parcels.txt", comparison_text(comparison, NAMES))


def test_markdown(comparison):
    """What a pull request shows."""
    _is_golden("parcels.md", comparison_markdown(comparison, NAMES))


def test_document(comparison):
    """What programs read."""
    _is_golden("parcels.json", json.dumps(comparison_json([(comparison, NAMES)]), indent=1, ensure_ascii=False) + "\n")
