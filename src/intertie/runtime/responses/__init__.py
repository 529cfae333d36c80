"""What a service answers, read: data, violations of its schema, error codes, and the page that follows."""

from __future__ import annotations

from intertie.runtime.responses.error_codes import ErrorReading
from intertie.runtime.responses.error_rows import codes_of, matching_row
from intertie.runtime.responses.reader import ResponseReader

__all__ = ["ErrorReading", "ResponseReader", "codes_of", "matching_row"]
