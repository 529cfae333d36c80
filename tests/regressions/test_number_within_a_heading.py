"""A number within an endpoint's heading was taken for the heading's own numbering and cut out of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from intertie.spec.loading import load_text

TEXT = """---
id: INT-001
type: Integration
name: Shop
---
# Shop
## API Endpoints
### {heading}
```yaml
endpoint: {{path: /v1/orders, method: GET}}
```
"""


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("Get V1 Orders", "Get V1 Orders"),
        ("List 2 Factor Methods", "List 2 Factor Methods"),
        ("1.2) Get V1 Orders", "Get V1 Orders"),
    ],
)
def test_only_numbering_at_the_start_of_a_heading_is_left_out(heading: str, name: str) -> None:
    """A heading loses the number it begins with, and keeps those within it."""
    endpoint = load_text(TEXT.format(heading=heading), Path("/nowhere/specs/shop.md")).spec.endpoints[0]
    assert endpoint.name is not None
    assert endpoint.name.value == name
