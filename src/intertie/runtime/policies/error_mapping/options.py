"""What an external error becomes."""

from __future__ import annotations

from msgspec import Struct


class ErrorMappingRow(Struct, frozen=True):
    """One row: `external_code` is a status, a class (`5xx`) or the provider's own code; the most specific row wins.

    `action` is `retry`, `fail` or `fallback`; None where the row only names the failure: retry and fallback stay
    as they are.
    """

    external_code: str
    internal_code: str | None
    message: str | None
    action: str | None
    source: str = ""


class ErrorMappingOptions(Struct, frozen=True):
    """All rows, and where the provider's own code and message stand in a body (None: the usual places)."""

    rows: tuple[ErrorMappingRow, ...] = ()
    error_code_path: str | None = None
    error_message_path: str | None = None
