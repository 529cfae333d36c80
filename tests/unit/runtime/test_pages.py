"""How pages follow each other."""

from __future__ import annotations

import pytest

from intertie.core.errors import InvalidResponse
from intertie.runtime.http import Headers
from intertie.runtime.pages import first_page_input, next_input, next_link, page_items
from intertie.runtime.plan import PaginationPlan

NONE = Headers()
CURSOR = PaginationPlan(
    "cursor",
    {"cursor_parameter": "starting_after", "cursor_path": "data[-1].id", "items_path": "data", "more_path": "has_more"},
)
TOKEN = PaginationPlan("cursor", {"cursor_parameter": "token", "cursor_path": "next", "items_path": "items"})
PAGE = PaginationPlan(
    "page", {"page_parameter": "page", "first": 1, "size_parameter": "per_page", "size": 2, "items_path": "items"}
)
OFFSET = PaginationPlan(
    "offset",
    {"offset_parameter": "offset", "limit_parameter": "limit", "limit": 2, "items_path": "rows", "total_path": "total"},
)
LINK = PaginationPlan("link", {"items_path": ""})


def link(value):
    return Headers.of([("Link", value)])


@pytest.mark.parametrize(
    ("plan", "given", "data", "following"),
    [
        (CURSOR, {"limit": 2}, {"data": [{"id": 1}, {"id": 2}], "has_more": True}, {"limit": 2, "starting_after": 2}),
        (CURSOR, {}, {"data": [{"id": 1}], "has_more": False}, None),
        (CURSOR, {}, {"data": [], "has_more": True}, None),
        (TOKEN, {}, {"items": [1], "next": "t"}, {"token": "t"}),
        (TOKEN, {"token": "t"}, {"items": [1], "next": ""}, None),
        (TOKEN, {"token": "t"}, {"items": [1], "next": None}, None),
        (TOKEN, {}, {"items": [1]}, None),
        (TOKEN, {}, {"items": [], "next": "t"}, None),
        (PAGE, {"page": 1, "per_page": 2}, {"items": [1, 2]}, {"page": 2, "per_page": 2}),
        (PAGE, {"page": "3", "per_page": "2"}, {"items": [1, 2]}, {"page": 4, "per_page": "2"}),
        (PAGE, {"page": 2, "per_page": 2}, {"items": [1]}, None),
        (PAGE, {"page": 2, "per_page": 5}, {"items": [1, 2]}, None),
        (PAGE, {}, {"items": [1, 2]}, {"page": 2}),
        (PAGE, {"page": 2}, {"items": []}, None),
        (OFFSET, {"limit": 2}, {"rows": [1, 2], "total": 5}, {"limit": 2, "offset": 2}),
        (OFFSET, {"limit": 2, "offset": 2}, {"rows": [1, 2], "total": 4}, None),
        (OFFSET, {"limit": 9, "offset": 0}, {"rows": [1, 2], "total": 5}, {"limit": 9, "offset": 2}),
        (OFFSET, {"limit": 2, "offset": 2}, {"rows": [1]}, None),
        (OFFSET, {"limit": 2}, {"rows": [1, 2]}, {"limit": 2, "offset": 2}),
        (OFFSET, {}, {"rows": [], "total": 5}, None),
        (LINK, {}, [1], None),
        (PaginationPlan("other", {}), {}, {}, None),
        (PaginationPlan("cursor", {}), {}, {"next": 1}, None),
        (PaginationPlan("page", {}), {}, [1], None),
        (PaginationPlan("offset", {}), {}, [1], None),
    ],
)
def test_the_input_of_the_next_page(plan, given, data, following):
    """The next page's input, None where this one was the last: short, empty, the same cursor, the total reached."""
    before = dict(given)
    assert next_input(plan, given, data, NONE) == following
    assert given == before


def test_the_next_link_gives_its_parameters_and_never_its_host():
    """Only the query of the target is taken over: where calls go is decided by the spec."""
    headers = link(
        '<https://evil.example/x?page=2&q=a%20b&tag=1&tag=2>; rel="next", <https://a.example/?page=9>; rel="last"'
    )
    assert next_input(LINK, {"page": 1, "k": "v"}, [1], headers) == {
        "page": "2",
        "k": "v",
        "q": "a b",
        "tag": ["1", "2"],
    }
    assert next_input(LINK, {}, [1], link('<https://a.example/?page=2>; rel="prev"')) is None


@pytest.mark.parametrize(
    ("plan", "given", "data", "headers"),
    [
        (CURSOR, {"starting_after": 2}, {"data": [{"id": 2}], "has_more": True}, NONE),
        (LINK, {"page": 2}, [1], link('<https://a.example/?page=2>; rel="next"')),
        (LINK, {}, [1], link('</things/page/2>; rel="next"')),
    ],
)
def test_a_part_is_never_passed_off_as_everything(plan, given, data, headers):
    """Where there is more and it can't be asked for, the iteration fails instead of ending."""
    with pytest.raises(InvalidResponse):
        next_input(plan, given, data, headers)


@pytest.mark.parametrize(
    ("values", "target"),
    [
        (['<a?x=1>; rel="next"'], "a?x=1"),
        (["<a>; rel=next"], "a"),
        (['<a>; title="x, y; rel=next"; rel="prev", <b>; REL="first next"'], "b"),
        (["<a>; rel=prev", "<b>;rel=next"], "b"),
        (["<a>; anchor=x"], None),
        (["garbage; rel=next"], None),
        (["<" * 50_000], None),
        ([], None),
    ],
)
def test_link_headers(values, target):
    """RFC 8288: several links, several headers, quoted parameters."""
    assert next_link(values) == target


def test_the_first_page_has_the_declared_size():
    """The spec's size and first position are asked for unless the caller says otherwise."""
    assert first_page_input(PAGE, {}) == {"page": 1, "per_page": 2}
    assert first_page_input(PAGE, {"per_page": 9, "page": 3}) == {"page": 3, "per_page": 9}
    assert first_page_input(OFFSET, {"q": 1}) == {"q": 1, "limit": 2}
    assert first_page_input(CURSOR, {"q": 1}) == {"q": 1}


@pytest.mark.parametrize(
    ("plan", "data", "items"),
    [
        (CURSOR, {"data": [1, 2]}, [1, 2]),
        (CURSOR, {"data": None}, []),
        (CURSOR, {}, []),
        (CURSOR, None, []),
        (LINK, [1], [1]),
        (LINK, {"rows": [1], "n": 2}, [1]),
        (LINK, {"rows": [1], "others": [2]}, []),
    ],
)
def test_the_items_of_a_page(plan, data, items):
    """The list at `items_path`; without a path the answer itself, or the one list in it."""
    assert page_items(plan, data) == items


@pytest.mark.parametrize("plan", [PAGE, OFFSET, CURSOR])
def test_every_style_comes_to_an_end(plan):
    """Over a service of 7 items, all pages together hold each item once."""
    everything = [{"id": n} for n in range(1, 8)]

    def service(asked):
        if plan is PAGE:
            start = (int(asked["page"]) - 1) * 2
        elif plan is OFFSET:
            start = int(asked.get("offset", 0))
        else:
            start = int(asked.get("starting_after", 0))
        rows = everything[start : start + 2]
        return {"items": rows, "rows": rows, "data": rows, "has_more": start + 2 < 7}

    asked, seen = first_page_input(plan, {}), []
    for _ in range(10):
        page = service(asked)
        seen += page_items(plan, page)
        asked = next_input(plan, asked, page, NONE)
        if asked is None:
            break
    assert asked is None
    assert seen == everything
