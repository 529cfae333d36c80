"""Registered secrets, found in a text in every form they are written in."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

from intertie.core.secret import MASK, Secret

_SHORTEST_ENCODED = 4
"""Shorter texts are masked as they are, not in their encodings: those would be found everywhere."""


class KnownSecrets:
    """The secrets a process has resolved. Reading takes no lock: the pattern is replaced as a whole."""

    __slots__ = ("_forms", "_lock", "_pattern")

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        self._lock = threading.Lock()
        self._forms: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        for secret in secrets:
            self.add(secret)

    def add(self, secret: Secret) -> None:
        """Mask this secret from now on; an empty one is nothing to mask."""
        forms = written_forms(secret.reveal())
        if forms <= self._forms:
            return
        with self._lock:
            self._forms |= forms
            # Longest first, so that a secret that begins with another one is masked whole.
            ordered = sorted(self._forms, key=len, reverse=True)
            self._pattern = re.compile("|".join(re.escape(form) for form in ordered))

    def masked(self, text: str) -> str:
        """Return the text without any of them."""
        pattern = self._pattern
        if pattern is None:
            return text
        # Taking one out may bring two parts of another one together. Each round takes away what is no mask, so it ends.
        while True:
            cleaned = pattern.sub(MASK, text)
            if cleaned == text:
                return text
            text = cleaned


def written_forms(text: str) -> set[str]:
    """Return the forms in which a secret may stand in a text: as it is, percent-encoded, in JSON, in Base64, in hex.

    Base64 of a longer text that holds the secret depends on where it begins: the middle of each alignment is there.
    """
    if not text.strip(MASK[0]):
        return set()  # nothing, or nothing but the mask itself
    forms = {text}
    if len(text) < _SHORTEST_ENCODED:
        return forms
    raw = text.encode("utf-8", "surrogatepass")
    forms |= {quote(raw, safe=""), quote(raw), quote_plus(raw), quote(raw, safe="").lower()}
    forms |= {json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]}
    forms |= {form.replace("/", "\\/") for form in forms if "/" in form}  # as PHP writes JSON
    forms |= {raw.hex(), raw.hex().upper()}
    for lead in range(3):
        encoded = base64.b64encode(b"\0" * lead + raw).decode()
        # The first characters mix with what stands before, the last ones with what follows.
        start = (lead * 8 + 5) // 6
        end = len(encoded.rstrip("=")) - (1 if (lead + len(raw)) % 3 else 0)
        middle = encoded[start:end]
        if len(middle) >= 2 * _SHORTEST_ENCODED:
            forms |= {middle, middle.replace("+", "-").replace("/", "_")}
    return forms
