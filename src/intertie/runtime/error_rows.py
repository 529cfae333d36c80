"""Which row of the error mapping an outcome matches: the most specific wins."""

from __future__ import annotations

from collections.abc import Sequence

from intertie.runtime.policies.error_mapping.options import ErrorMappingRow


def codes_of(status: int | None, external_code: str | None = None) -> tuple[str, ...]:
    """Return what rows are matched against, most specific first: the provider's code, the status, its class.

    A network failure has no status: it matches `5xx`.

    >>> codes_of(402, "card_declined"), codes_of(None)
    (('card_declined', '402', '4xx'), ('5xx',))
    """
    own = () if external_code is None else (external_code,)
    return (*own, "5xx") if status is None else (*own, str(status), f"{status // 100}xx")


def matching_row(rows: Sequence[ErrorMappingRow], external_codes: Sequence[str]) -> ErrorMappingRow | None:
    """Return the row of the first code that has one, None where none has. Of two rows with one code, the first.

    A code is compared as it is written, then without regard to case.

    >>> row = ErrorMappingRow("5xx", "DOWN", None, "fallback")
    >>> matching_row([row], codes_of(503)) is row
    True
    """
    for code in external_codes:
        for row in rows:
            if row.external_code == code:
                return row
        folded = code.casefold()
        for row in rows:
            if row.external_code.casefold() == folded:
                return row
    return None
