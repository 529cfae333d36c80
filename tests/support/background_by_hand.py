"""Background work that a test runs itself, when it wants to."""

from __future__ import annotations


class BackgroundByHand:
    """Keeps what a store asks for; stands in for its `Background`."""

    def __init__(self) -> None:
        self.due: dict[str, object] = {}
        self.at_once: set[str] = set()

    def ask(self, name, work, *, in_s=0.0) -> None:
        """Keep the work; asked for again, it is kept once. Note, by the first word, what must not wait."""
        self.due[name] = work
        if not in_s:
            self.at_once.add(name.split()[0])

    def names(self) -> set[str]:
        """What is due, by the first word of its name."""
        return {name.split()[0] for name in self.due}

    def run(self, *kinds: str) -> None:
        """Run what is due, of these kinds where some are given; what that asks for is due then."""
        for name in list(self.due):
            if not kinds or name.split()[0] in kinds:
                self.at_once.discard(name.split()[0])
                self.due.pop(name)()


def by_hand(journal, key) -> BackgroundByHand:
    """Have the ledger of `key` in this journal leave its background work to the test."""
    core = journal._ledgers[key][0]
    core._background = BackgroundByHand()
    return core._background
