"""The table of what the parser reports."""

from __future__ import annotations

import re

from intertie.spec import codes
from intertie.spec.codes import CODES, Code


def test_codes_are_unique_ordered_and_well_named():
    """Each code is one finding, in order, with a name in kebab case and one line of meaning."""
    assert [entry.code for entry in CODES] == sorted({entry.code for entry in CODES})
    assert len({entry.name for entry in CODES}) == len(CODES)
    for entry in CODES:
        assert re.fullmatch(r"TIE0[0-4]\d", entry.code)
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", entry.name)
        assert entry.meaning.endswith(".")


def test_the_table_holds_every_code_of_its_module():
    """No code is declared and forgotten."""
    assert {value for value in vars(codes).values() if isinstance(value, Code)} == set(CODES)
