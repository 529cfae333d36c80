"""What a service answers, read: data, and error codes."""

from __future__ import annotations

from intertie.runtime.wires.rest.responses.error_codes import ErrorReading
from intertie.runtime.wires.rest.responses.reader import ResponseReader

__all__ = ["ErrorReading", "ResponseReader"]
