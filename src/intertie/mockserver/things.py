"""What a mock stores: the things of each collection, by identifier, oldest first."""

from __future__ import annotations

from collections.abc import Iterator

Key = tuple[str, ...]


class Thing:
    """One stored thing. `encoded` keeps its answer per operation until it changes."""

    __slots__ = ("data", "encoded")

    def __init__(self, data: dict[str, object]) -> None:
        self.data = data
        self.encoded: dict[str, bytes] = {}

    def change(self, data: dict[str, object]) -> None:
        """Replace what is stored."""
        self.data = data
        self.encoded.clear()


class Collection:
    """The things under one concrete collection path."""

    def __init__(self) -> None:
        self._things: dict[str, Thing] = {}
        self.deleted: set[str] = set()

    def __len__(self) -> int:
        return len(self._things)

    def knows(self, identifier: str) -> bool:
        """Return whether the identifier is or was in use."""
        return identifier in self._things or identifier in self.deleted

    def find(self, identifier: str) -> Thing | None:
        """Return the thing of that identifier."""
        return self._things.get(identifier)

    def add(self, identifier: str, data: dict[str, object]) -> Thing:
        """Store a new thing."""
        thing = self._things[identifier] = Thing(data)
        self.deleted.discard(identifier)
        return thing

    def remove(self, identifier: str) -> bool:
        """Forget a thing; False where there was none."""
        self.deleted.add(identifier)
        return self._things.pop(identifier, None) is not None

    def newest_first(self) -> Iterator[Thing]:
        """Yield the things, newest first."""
        return reversed(self._things.values())


class Store:
    """All collections of one mock, by template and the values of the path before it."""

    def __init__(self) -> None:
        self._collections: dict[Key, Collection] = {}

    def collection(self, key: Key) -> tuple[Collection, bool]:
        """Return the collection and whether it is new."""
        found = self._collections.get(key)
        if found is not None:
            return found, False
        made = self._collections[key] = Collection()
        return made, True

    def reset(self) -> None:
        """Forget everything."""
        self._collections.clear()

    def counts(self) -> dict[str, int]:
        """Return how many things each collection holds."""
        return {"/".join(part for part in key if part): len(found) for key, found in self._collections.items()}
