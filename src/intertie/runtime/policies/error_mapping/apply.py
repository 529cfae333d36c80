"""Pure: gives a final failure the words of the row that matches it."""

from __future__ import annotations

from intertie.runtime.call import Failed
from intertie.runtime.policies.error_mapping.options import ErrorMappingRow


def apply_row(failed: Failed, row: ErrorMappingRow | None) -> Failed:
    """Return the failure with the row's code and message on its error; as it is where no row matches."""
    if row is not None:
        failed.error.internal_code = row.internal_code
        failed.error.user_message = row.message
    return failed
