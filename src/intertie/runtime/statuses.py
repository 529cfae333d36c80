"""Sets of HTTP statuses written as codes and classes."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct


class StatusSet(Struct, frozen=True):
    """Statuses such as `409`, `5xx`, in the author's order."""

    written: tuple[str, ...] = ()
    codes: frozenset[int] = frozenset()

    @classmethod
    def of(cls, written: Iterable[str]) -> StatusSet:
        """Read codes and classes; raises ValueError naming what is neither.

        >>> 503 in StatusSet.of(["429", "5xx"]), 404 in StatusSet.of(["429", "5xx"])
        (True, False)
        """
        texts = tuple(text.strip().lower() for text in written)
        codes: set[int] = set()
        for text in texts:
            if len(text) == 3 and text.endswith("xx") and text[0] in "12345":
                codes.update(range(int(text[0]) * 100, int(text[0]) * 100 + 100))
            elif len(text) == 3 and text.isdigit() and "100" <= text <= "599":
                codes.add(int(text))
            else:
                msg = f"`{text}` is neither a status (100-599) nor a class (2xx)"
                raise ValueError(msg)
        return cls(texts, frozenset(codes))

    @property
    def has_server_errors(self) -> bool:
        """Whether any 5xx is in it."""
        return any(code >= 500 for code in self.codes)

    def __contains__(self, status: int) -> bool:
        return status in self.codes

    def __bool__(self) -> bool:
        return bool(self.codes)
