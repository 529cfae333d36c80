"""Which row of the error mapping wins."""

from __future__ import annotations

import pytest

from intertie.runtime.error_rows import codes_of, matching_row
from intertie.runtime.policies.error_mapping.options import ErrorMappingRow

ROWS = [ErrorMappingRow(code, code, None, "fail") for code in ("5xx", "4xx", "409", "card_declined", "409")]


@pytest.mark.parametrize(
    ("status", "own", "row"),
    [
        (402, "card_declined", 3),
        (402, "CARD_DECLINED", 3),
        (409, "other", 2),
        (404, None, 1),
        (503, None, 0),
        (None, None, 0),
        (302, None, None),
    ],
)
def test_the_most_specific_row_wins(status, own, row):
    """Provider's code, then status, then class; a network failure is a 5xx; of equal rows the first."""
    found = matching_row(ROWS, codes_of(status, own))
    assert found is (None if row is None else ROWS[row])


def test_no_rows_match_nothing():
    """An empty mapping has no row."""
    assert matching_row([], codes_of(500)) is None
    assert matching_row(ROWS, ()) is None
