"""The stage's name; how long opening a connection may take is one of the deadline's options."""

from __future__ import annotations

from typing import Final

STAGE: Final = "connection"
