"""What one transport may use, and what it takes from a server."""

from __future__ import annotations

from msgspec import Struct

RECHECK_S = 0.001
"""A connection looked at within this time is not looked at again before it is written to."""
JOIN_BYTES = 256 * 1024
"""Head and body up to this size leave in one write."""
READ_BYTES = 64 * 1024
"""Taken from a socket, or from TLS, at once."""


class TransportLimits(Struct, frozen=True):
    """Bounds of one transport; each has a default that suits a JSON API.

    Attributes:
        max_connections: Open at once to the origin, those in use included; >= 1.
        max_idle: Kept open while nobody uses them; the oldest is closed beyond it.
        idle_s: Seconds an unused connection is kept where the server states no shorter time.
        keep_alive_margin_s: Seconds taken off the server's own `Keep-Alive: timeout`, so that we leave before it does.
        undoubted_idle_s: Seconds up to which an idle connection is beyond doubt where the server states no time.
        max_head_bytes: Of an answer's head, of its trailers, and of any run of bytes that brings the body no further.
        max_fields: Header fields of an answer, and trailer fields.
        max_informational: 1xx answers before the final one.
        max_body_bytes: Of an answer read whole, on the wire and decoded each; a streamed one is not bounded.
        stream_buffer_bytes: Of a streamed answer, or of a stream in both directions, held in memory before reading
            pauses.
        continue_wait_s: Seconds to wait for `100 Continue` before the body is sent all the same.
    """

    max_connections: int = 64
    max_idle: int = 64
    idle_s: float = 15.0
    keep_alive_margin_s: float = 1.0
    undoubted_idle_s: float = 1.0
    max_head_bytes: int = 64 * 1024
    max_fields: int = 100
    max_informational: int = 16
    max_body_bytes: int = 16 * 1024 * 1024
    stream_buffer_bytes: int = 256 * 1024
    continue_wait_s: float = 1.0
