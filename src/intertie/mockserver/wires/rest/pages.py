"""One page of a list, cut as the plan's pagination says, with what leads to the next one.

| style | cut by | leads on by |
|---|---|---|
| cursor | everything after the thing (or position) that the cursor names | `cursor_path`, `more_path` |
| page | `page_parameter`, `size_parameter` | `total_path`, a short page |
| offset | `offset_parameter`, `limit_parameter` | `total_path`, a short page |
| link | `page`, `per_page` or `limit` | `Link: <…>; rel="next"` (RFC 8288) |

Without a declared pagination `limit` (or `per_page`, `page_size`) is honoured where a request has it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from msgspec import Struct, field

from intertie.core.units import whole_number
from intertie.runtime.plan import OperationPlan, PaginationPlan
from intertie.runtime.wires.rest.plan import rest_wire

SIZE = 10
MOST = 1000
_SIZE_NAMES = ("limit", "per_page", "page_size", "pageSize", "size", "count")
_POSITION_PREFIX = "pos_"


class Page(Struct, frozen=True):
    """A page.

    Attributes:
        items: The things on it.
        written: Path -> value to write into the answer's body.
        next_query: Query of the next page, None on the last or where the style has no link.
        more: Whether anything follows.
    """

    items: list[object]
    written: Mapping[str, object] = field(default_factory=dict)
    next_query: str | None = None
    more: bool = False


def cut(things: Sequence[object], operation: OperationPlan, query: Mapping[str, list[str]], id_field: str) -> Page:
    """Return the page that the query asks for; `things` are in the order of the list."""
    plan = operation.pagination or PaginationPlan("none", {})
    size = _size(plan, operation, query)
    if plan.style == "cursor":
        return _by_cursor(things, plan, query, size, id_field)
    if plan.style in ("page", "link"):
        name = _text(plan, "page_parameter") or "page"
        first = _number(plan, "first", 1)
        number = max(_asked(query, name, first), first)
        start = (number - first) * size
        link = None
        if plan.style == "link" and start + size < len(things):
            link = urlencode({**{key: values[-1] for key, values in query.items()}, name: str(number + 1)})
        return _page(things, start, size, plan, link)
    name = _text(plan, "offset_parameter") or "offset"
    start = max(_asked(query, name, 0), 0) if plan.style == "offset" or name in query else 0
    return _page(things, start, size, plan, None)


def _page(things: Sequence[object], start: int, size: int, plan: PaginationPlan, link: str | None) -> Page:
    end = start + size
    return Page(list(things[start:end]), _totals(plan, len(things), end), link, end < len(things))


def _by_cursor(
    things: Sequence[object], plan: PaginationPlan, query: Mapping[str, list[str]], size: int, id_field: str
) -> Page:
    name = _text(plan, "cursor_parameter") or "cursor"
    path, items_path = _text(plan, "cursor_path"), _text(plan, "items_path")
    # A cursor that is a field of the last item needs no writing: it stands there already.
    prefix = f"{items_path}[-1]."
    in_item = path[len(prefix) :] if path.startswith(prefix) else None
    cursor = next(iter(query.get(name, ())), "")
    start = _after(things, cursor, in_item or id_field)
    page = list(things[start : start + size])
    more = start + size < len(things)
    following = _field(page[-1], in_item or id_field) if more and page else None
    text = None if not more else str(following) if following is not None else f"{_POSITION_PREFIX}{start + size}"
    written: dict[str, object] = dict(_totals(plan, len(things), start + size))
    if path and in_item is None:
        written[path] = text
    return Page(page, written, None, more)


def _after(things: Sequence[object], cursor: str, name: str) -> int:
    if not cursor:
        return 0
    if cursor.startswith(_POSITION_PREFIX):
        position = whole_number(cursor.removeprefix(_POSITION_PREFIX))
        if position is not None:
            return position
    for index, thing in enumerate(things):
        if str(_field(thing, name)) == cursor:
            return index + 1
    return len(things)


def _field(thing: object, name: str) -> object:
    return thing.get(name) if isinstance(thing, Mapping) else None


def _totals(plan: PaginationPlan, total: int, end: int) -> dict[str, object]:
    written: dict[str, object] = {}
    if more := _text(plan, "more_path"):
        written[more] = end < total
    if path := _text(plan, "total_path"):
        written[path] = total
    return written


def _size(plan: PaginationPlan, operation: OperationPlan, query: Mapping[str, list[str]]) -> int:
    declared = {
        parameter.name: parameter for parameter in rest_wire(operation).parameters if parameter.location == "query"
    }
    named = _text(plan, "size_parameter") or _text(plan, "limit_parameter")
    names = [name for name in ((named,) if named else _SIZE_NAMES) if name in query or name in declared]
    for name in names:
        if name in query:
            return min(max(_asked(query, name, SIZE), 1), MOST)
        default = declared[name].default
        if isinstance(default, int) and not isinstance(default, bool) and default > 0:
            return default
    return _number(plan, "size", _number(plan, "limit", SIZE))


def _asked(query: Mapping[str, list[str]], name: str, default: int) -> int:
    text = next(iter(query.get(name, ())), "")
    digits = text.removeprefix("-")
    return int(text) if digits.isdecimal() and len(digits) < 10 else default


def _text(plan: PaginationPlan, option: str) -> str:
    """Return a path or name of the plan, whether it stands there as text or compiled."""
    value = plan.options.get(option)
    return "" if value is None else str(getattr(value, "text", value))


def _number(plan: PaginationPlan, option: str, default: int) -> int:
    value = plan.options.get(option)
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else default
