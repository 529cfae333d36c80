"""The reference page of the transforms."""

from __future__ import annotations

from pathlib import Path

from intertie.runtime.mapping.reference import transforms_markdown
from intertie.runtime.mapping.transforms import LIBRARY


def test_the_page_names_every_transform():
    """Every transform has its row and its example."""
    page = transforms_markdown()
    for spec in LIBRARY.values():
        assert f"| `{spec.usage}` | {spec.takes}" in page
        assert f"{spec.name}(" in page


def test_the_committed_page_is_up_to_date():
    """`docs/reference/transforms.md` is what the library says today."""
    page = Path(__file__).parents[4] / "docs" / "reference" / "transforms.md"
    assert page.read_text(encoding="utf-8") == transforms_markdown()
