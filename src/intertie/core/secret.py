"""Secrets that can't be printed by accident."""

from __future__ import annotations

import hashlib

MASK = "••••"


class Secret:
    """A credential's text behind a masked `repr`; only the transport seam calls `reveal()`."""

    __slots__ = ("_text", "reference")

    def __init__(self, text: str, *, reference: str = "") -> None:
        self._text = text
        self.reference = reference
        """Where it came from, such as `env:STRIPE_API_KEY`; safe to show."""

    def reveal(self) -> str:
        """Return the text itself. Never log, store or format what this returns."""
        return self._text

    def fingerprint(self) -> str:
        """Return a digest of the text: tells credentials apart without holding them. Never shown, only digested."""
        return hashlib.sha256(self._text.encode()).hexdigest()

    def __repr__(self) -> str:
        return f"Secret({self.reference or MASK})"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __reduce__(self) -> str | tuple[object, ...]:
        msg = "a Secret is never pickled; pass its reference instead"
        raise TypeError(msg)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash((Secret, self._text))
