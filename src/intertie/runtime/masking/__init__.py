"""Masks for everything that is shown, logged or recorded."""

from __future__ import annotations

from intertie.runtime.masking.masker import LONGEST, Masker
from intertie.runtime.masking.secrets import KnownSecrets

__all__ = ["LONGEST", "KnownSecrets", "Masker"]
