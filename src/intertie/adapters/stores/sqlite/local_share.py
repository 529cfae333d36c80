"""The share of a limit that this process may spend in memory."""

from __future__ import annotations


class LocalShare:
    """Not locked: its limiter's lock guards it.

    Attributes:
        left: Permits that may still be taken before `end_s` (store time).
        most: Most that the next share may hold.
        stamps: When the others were.
        unsettled: Shares that are over and not told to the store yet: (number, stamps).
    """

    __slots__ = (
        "_began_s",
        "_count",
        "_number",
        "_share_s",
        "_size",
        "_size_s",
        "end_s",
        "left",
        "most",
        "stamps",
        "unsettled",
    )

    def __init__(self, most: int, share_s: float) -> None:
        self.left = 0
        self.end_s = 0.0
        self.stamps: list[float] = []
        self.unsettled: list[tuple[int, list[float]]] = []
        self._number: int | None = None
        self._count = 0
        self._began_s = 0.0
        self.most = most
        self._share_s = share_s
        self._size = 0
        self._size_s = 0.0

    def open(self, number: int, count: int, end_s: float, now_s: float) -> None:
        """Begin to spend a new share."""
        self.close()
        self._number, self._count, self.left, self.end_s = number, count, count, end_s
        self.stamps = []
        self._began_s = now_s

    def close_if_over(self, now_s: float) -> None:
        """Close it where all of it is used or its time is over, and learn from how fast it went."""
        if self._number is None or (self.left and now_s < self.end_s):
            return
        used = self._count - self.left
        if self.left:
            self._size = used
        else:
            elapsed_s = max(self.stamps[-1] - self._began_s, 0.001) if self.stamps else self._share_s
            self._size = min(int(used * self._share_s / elapsed_s), 4 * self._count)
        self._size_s = now_s
        self.close()

    def close(self) -> None:
        """Stop spending; what was used is told to the store with the next transaction."""
        if self._number is not None:
            self.unsettled.append((self._number, self.stamps))
            self.stamps = []
        self._number, self.left, self.end_s = None, 0, 0.0

    def wanted(self, granted: int, now_s: float) -> int:
        """Return how many the next share should hold: what one share's time has lately needed."""
        if now_s - self._size_s > self._share_s:
            self._size = granted  # nobody asked for so long: begin small again
        else:
            self._size = max(self._size, granted + 1)
        self._size_s = now_s
        return min(self._size, self.most)
