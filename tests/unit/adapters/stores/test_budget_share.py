"""What one process holds of a month, and how much it should."""

from __future__ import annotations

import doctest

from intertie.adapters.stores import budget_share
from intertie.adapters.stores.budget_share import Books, Demand


def held(books):
    return books.calls, books.quantity, books.left_calls, books.left


def test_the_example_is_true():
    """What the docstring shows is what the class does."""
    assert doctest.testmod(budget_share).failed == 0


def test_books_cover_what_is_reserved_and_what_is_left():
    """Handing out and taking back move between the two; only settling and giving up make them less."""
    books = Books("2026-11")
    books.settled_before = 100
    books.add(3, 30)
    assert held(books) == (3, 30, 3, 30)
    first, second = books.hand_out(10), books.hand_out(12)
    assert (first.before, second.before) == (100, 110)
    assert held(books) == (3, 30, 1, 8)
    books.take_back(first.quantity)
    assert held(books) == (3, 30, 2, 18)
    books.settle(second.quantity, 15)
    assert held(books) == (2, 18, 2, 18)
    assert (books.settled_calls, books.settled) == (1, 15)
    assert books.hand_out(10).before == 115
    books.keep(5, 50)
    assert held(books) == (2, 18, 1, 8), "there is no more to keep than is there"
    books.keep(0, 3)
    assert held(books) == (1, 13, 0, 3)
    books.keep(0, 0)
    assert held(books) == (1, 10, 0, 0)


def test_what_is_settled_while_the_store_is_told_is_told_the_next_time():
    """Only what was told is forgotten; a month is over once nothing is open, left or untold."""
    books = Books("2026-11")
    books.settled_before = 7
    books.add(2, 20)
    first, second = books.hand_out(10), books.hand_out(10)
    books.settle(first.quantity, 10)
    assert books.tell() == (1, 10)
    books.settle(second.quantity, 9)
    books.told_all()
    assert (books.settled_before, books.settled_calls, books.settled, books.is_over) == (17, 1, 9, False)
    assert books.tell() == (1, 9)
    books.told_all()
    assert (books.settled_before, books.is_over) == (26, True)
    books.told_all()
    assert (books.settled_before, books.settled_calls) == (26, 0), "told once"
    books.add(1, 5)
    assert not books.is_over


def test_a_month_begins_with_nothing():
    """Nothing is spent, left or untold."""
    books = Books("2026-12")
    books.told_all()
    assert (books.settled_before, books.settled, books.settled_calls) == (0, 0, 0)
    assert (books.is_over, held(books)) == (True, (0, 0, 0, 0))


def test_a_share_follows_demand():
    """The last second's calls up to a hundred, from a thousand a second on a tenth of them, and nothing once nobody calls."""
    demand = Demand()
    assert demand.wanted(0, 0.0) == 0
    assert demand.wanted(30, 0.5) == 30
    assert demand.wanted(60, 1.0) == 60
    assert demand.wanted(60, 1.5) == 60, "the second before counts while this one is young"
    assert demand.wanted(400, 1.9) == 100
    assert demand.wanted(8_060, 3.0) == 400
    assert demand.wanted(8_060, 4.0) == 0
