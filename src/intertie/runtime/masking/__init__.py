"""Masks for everything that is shown, logged or recorded."""

from __future__ import annotations

from intertie.runtime.masking.masker import Masker
from intertie.runtime.masking.messages import ShownResponse, shown_response
from intertie.runtime.masking.secrets import KnownSecrets

__all__ = ["KnownSecrets", "Masker", "ShownResponse", "shown_response"]
