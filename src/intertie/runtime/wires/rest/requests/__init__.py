"""The internal object made into a request, validated before anything is sent."""

from __future__ import annotations

from intertie.runtime.wires.rest.requests.bodies import RAW_FIELD
from intertie.runtime.wires.rest.requests.builder import RequestBuilder

__all__ = ["RAW_FIELD", "RequestBuilder"]
