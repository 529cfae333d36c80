"""What a mock stores: the things of each collection, by identifier, oldest first.

All collections share one memory with an end (`kept`): where it is full, the oldest things are forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from intertie.mockserver.kept import MOST_BYTES, Kept

Key = tuple[str, ...]

MOST_THINGS = 10_000
"""Things, deleted identifiers and collections that a mock remembers."""
_LEAST_WEIGHT = 200


class Thing:
    """One stored thing. `encoded` keeps its answer per operation until it changes."""

    __slots__ = ("data", "encoded")

    def __init__(self, data: dict[str, object]) -> None:
        self.data = data
        self.encoded: dict[str, bytes] = {}


class Collection:
    """The things under one concrete collection path."""

    def __init__(self, store: Store, key: Key) -> None:
        self._store = store
        self._key = key
        self.things: dict[str, Thing] = {}
        self.deleted: set[str] = set()
        self.made = 0
        """Things that were ever added."""

    def __len__(self) -> int:
        return len(self.things)

    def knows(self, identifier: str) -> bool:
        """Return whether the identifier is or was in use, as far as is remembered."""
        return identifier in self.things or identifier in self.deleted

    def find(self, identifier: str) -> Thing | None:
        """Return the thing of that identifier."""
        return self.things.get(identifier)

    def add(self, identifier: str, data: dict[str, object]) -> Thing:
        """Store a new thing."""
        thing = self.things[identifier] = Thing(data)
        self.deleted.discard(identifier)
        self.made += 1
        self._store.remember(self._key, identifier, _weight(data))
        return thing

    def change(self, identifier: str, data: dict[str, object]) -> None:
        """Replace what is stored under an identifier."""
        thing = self.things[identifier]
        thing.data = data
        thing.encoded.clear()
        self._store.remember(self._key, identifier, _weight(data))

    def remove(self, identifier: str) -> bool:
        """Forget a thing; False where there was none."""
        self.deleted.add(identifier)
        found = self.things.pop(identifier, None) is not None
        self._store.remember(self._key, identifier, len(identifier))
        return found

    def forget(self, identifier: str) -> None:
        """Forget that the identifier ever was."""
        self.things.pop(identifier, None)
        self.deleted.discard(identifier)

    def newest_first(self) -> Iterator[Thing]:
        """Yield the things, newest first."""
        return reversed(self.things.values())


class Store:
    """All collections of one mock, by template and the values of the path before it."""

    def __init__(self, most: int = MOST_THINGS, most_bytes: int = MOST_BYTES) -> None:
        self._collections: dict[Key, Collection] = {}
        self._remembered: Kept[tuple[Key, str | None], None] = Kept(most, most_bytes)

    def collection(self, key: Key) -> tuple[Collection, bool]:
        """Return the collection and whether it is new."""
        found = self._collections.get(key)
        if found is not None:
            return found, False
        made = self._collections[key] = Collection(self, key)
        self.remember(key, None, 0)
        return made, True

    def remember(self, key: Key, identifier: str | None, weight: int) -> None:
        """Count an identifier as the newest, and forget the oldest where it is full. None: a collection of none yet."""
        if identifier is not None:
            self._remembered.pop((key, None))
        for (old, name), _ in self._remembered.put(
            (key, identifier), None, weight + sum(map(len, key)) + _LEAST_WEIGHT
        ):
            collection = self._collections[old]
            if name is not None:
                collection.forget(name)
            if not collection.things and not collection.deleted:
                del self._collections[old]

    def reset(self) -> None:
        """Forget everything."""
        self._collections.clear()
        self._remembered.clear()

    def counts(self) -> dict[str, int]:
        """Return how many things each collection holds."""
        return {"/".join(part for part in key if part): len(found) for key, found in self._collections.items()}


def _weight(data: dict[str, object]) -> int:
    """Return about how many bytes a thing holds on to: its text, and the answer made from it."""
    return 3 * len(msgspec.json.encode(data, enc_hook=str))
