"""What clients send makes a mock keep only so much."""

from __future__ import annotations

import doctest

from hypothesis import given
from hypothesis import strategies as st

from intertie.mockserver import hosts
from intertie.mockserver.kept import Kept
from intertie.mockserver.messages import MockReply, MockRequest
from intertie.mockserver.received import KEPT, Masking, ReceivedLog
from intertie.mockserver.wires.rest.things import Store
from intertie.runtime.policies.auth.options import AuthOptions

_KEY = ("/things", "")


def test_the_examples_of_hosts_are_true():
    """Every example of the module holds."""
    assert doctest.testmod(hosts).failed == 0


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 50))), st.integers(1, 8), st.integers(1, 100))
def test_memory_has_an_end(puts: list[tuple[int, int]], most: int, most_bytes: int):
    """Never more than so many, nor heavier than so much but for one alone; the newest is always there."""
    kept: Kept[int, int] = Kept(most, most_bytes)
    there: dict[int, int] = {}
    for key, weight in puts:
        there.pop(key, None)
        there[key] = weight
        gone = kept.put(key, weight, weight)
        for old, value in gone:
            assert there.pop(old) == value
        assert kept.get(key) == weight
        assert len(kept) == len(there) <= most
        assert sum(there.values()) <= most_bytes or len(there) == 1


def test_the_oldest_things_are_forgotten():
    """Creating without end keeps the newest things."""
    store = Store(most=100)
    for number in range(1000):
        collection, _ = store.collection(_KEY)
        collection.add(str(number), {"id": number})
    assert len(collection) <= 100
    assert collection.find("999") is not None
    assert not collection.knows("1")


def test_a_thing_that_grows_counts_with_what_it_has_become():
    """Changing one thing again and again pushes others out by its new size."""
    store = Store(most=100, most_bytes=20_000)
    collection, _ = store.collection(_KEY)
    for number in range(10):
        collection.add(str(number), {"id": number})
    collection.change("9", {"text": "x" * 10_000})
    assert [collection.find(str(number)) is not None for number in (0, 9)] == [False, True]


def test_collections_of_paths_that_nobody_asks_for_again_go():
    """A client that walks through parents without end leaves a bounded number of collections."""
    store = Store(most=50)
    kept, _ = store.collection(_KEY)
    for number in range(1000):
        kept.add("mine", {"id": 1})
        other, new = store.collection(("/parents/{id}/things", str(number)))
        assert new
        if number % 2:
            other.add("a", {"id": "a"})
            other.remove("a")
    assert len(store.counts()) <= 50
    assert kept.find("mine") is not None


def test_a_received_request_is_kept_cut():
    """Long targets, header values and many headers are not kept whole, and only the newest thousand are."""
    log = ReceivedLog(Masking(AuthOptions(), frozenset()))
    headers = [(f"x-{number}", "v" * 60_000) for number in range(200)]
    for _ in range(KEPT + 5):
        entry = log.add(MockRequest.of("GET", "/" + "a" * 16_000, headers), MockReply(200), 0.0)
    assert len(entry.path) <= 2000
    assert sum(map(len, entry.headers.values())) <= 60 * 2000
    assert len(log.newest()) == KEPT


def test_a_secret_in_a_target_is_masked_each_time():
    """Targets without secrets are remembered, those with one never."""
    log = ReceivedLog(Masking(AuthOptions(), frozenset()))
    targets = ["/a?weight=1", "/a?token=hidden", "/a?weight=1", "/a?token=hidden"]
    paths = [log.add(MockRequest.of("GET", target), MockReply(200), 0.0).path for target in targets]
    assert paths == ["/a?weight=1", "/a?token=••••"] * 2
