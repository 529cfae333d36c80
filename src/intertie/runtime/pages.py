"""How pages follow each other: what the next one is asked for with. Pure; the client asks.

| style | next page | ends |
|---|---|---|
| `cursor` | `cursor_parameter` is what `cursor_path` finds | no cursor, the same, or `more_path` is false |
| `page` | `page_parameter` is one more | short or empty page |
| `offset` | `offset_parameter` is so many more as items came | short or empty page, or `total_path` is reached |
| `link` | the parameters of the `Link: …; rel="next"` target (RFC 8288) | no such link |

An empty page ends every style but `link` and a cursor with `more_path`. A service that says that there is more and
names this page again is in error: to go on would never end, and to stop would pass off a part as everything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs, urlsplit

from intertie.core.errors import InvalidResponse, Reach
from intertie.core.outside_text import shown
from intertie.runtime.http import Headers
from intertie.runtime.mapping.contracts import MISSING
from intertie.runtime.mapping.paths import parse_path
from intertie.runtime.plan import PaginationPlan

_LINK_RE = re.compile(r"<([^<>]*)>((?:\s*;\s*[\w!#$%&'*+.^`|~-]+\s*=\s*(?:\"(?:[^\"\\]|\\.)*\"|[^\s;,\"]*))*)")
_PARAMETER_RE = re.compile(r";\s*([\w!#$%&'*+.^`|~-]+)\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"|([^\s;,\"]*))")


def first_page_input(plan: PaginationPlan, given: Mapping[str, object]) -> dict[str, object]:
    """Return the input of the first page: the caller's, with the page size and position that the spec declares."""
    asked = dict(given)
    if plan.style == "page":
        _default(asked, plan, "size_parameter", "size")
        _default(asked, plan, "page_parameter", "first")
    elif plan.style == "offset":
        _default(asked, plan, "limit_parameter", "limit")
    return asked


def page_items(plan: PaginationPlan, data: object) -> Sequence[object]:
    """Return the items of one page; empty where `items_path` finds no list. Without a path the answer is the list.

    Where the path finds nothing in an object that has one list only, that list is meant.
    """
    path = _text(plan, "items_path")
    found = data if not path else parse_path(path).read(data)
    if isinstance(found, list):
        return found
    if not path and isinstance(data, Mapping):
        lists = [value for value in data.values() if isinstance(value, list)]
        if len(lists) == 1:
            return lists[0]
    return []


def next_input(
    plan: PaginationPlan, given: Mapping[str, object], data: object, headers: Headers
) -> dict[str, object] | None:
    """Return the input of the page after this one, None where it was the last.

    Args:
        plan: How pages follow.
        given: Input of this page.
        data: Its answer as the service sent it (before inbound mapping).
        headers: Of its answer.
    """
    items = len(page_items(plan, data))
    if plan.style == "cursor":
        return _after_cursor(plan, given, data, items)
    if plan.style == "page":
        return _after_page(plan, given, items)
    if plan.style == "offset":
        return _after_offset(plan, given, data, items)
    if plan.style == "link":
        return _after_link(given, headers)
    return None


def _after_cursor(
    plan: PaginationPlan, given: Mapping[str, object], data: object, items: int
) -> dict[str, object] | None:
    parameter, path = _text(plan, "cursor_parameter"), _text(plan, "cursor_path")
    if not parameter or not path:
        return None
    more_path = _text(plan, "more_path")
    more = parse_path(more_path).read(data) if more_path else MISSING
    if more is not MISSING and not more:
        return None
    if more is MISSING and not items and _text(plan, "items_path"):
        return None
    cursor = parse_path(path).read(data)
    if cursor is MISSING or cursor is None or cursor == "":
        return None
    if cursor == given.get(parameter):
        if more is MISSING or not items:
            return None  # some services repeat the last cursor at the end
        # Asking with it again would never end, and ending here would pass off what came so far as everything.
        message = (
            f"the answer says that there is more, and its cursor at `{path}` is the one that this page was asked with"
        )
        raise InvalidResponse(message, path=path, rule="name another page, or none", reached=Reach.YES)
    return {**given, parameter: cursor}


def _after_page(plan: PaginationPlan, given: Mapping[str, object], items: int) -> dict[str, object] | None:
    parameter = _text(plan, "page_parameter")
    if not parameter or not items or _is_short(plan, given, items, "size_parameter", "size"):
        return None
    current = _number(given.get(parameter))
    if current is None:
        current = _number(plan.options.get("first"))
    return {**given, parameter: (1 if current is None else current) + 1}


def _after_offset(
    plan: PaginationPlan, given: Mapping[str, object], data: object, items: int
) -> dict[str, object] | None:
    parameter = _text(plan, "offset_parameter")
    if not parameter or not items:
        return None
    reached = (_number(given.get(parameter)) or 0) + items
    total_path = _text(plan, "total_path")
    total = _number(parse_path(total_path).read(data)) if total_path else None
    if total is not None:
        # Some services give at most so many as they like: the total, where it is told, has the last word.
        return {**given, parameter: reached} if reached < total else None
    if _is_short(plan, given, items, "limit_parameter", "limit"):
        return None
    return {**given, parameter: reached}


_LONGEST_LINK = 120


def _after_link(given: Mapping[str, object], headers: Headers) -> dict[str, object] | None:
    target = next_link(headers.all("link"))
    if target is None:
        return None
    # Only the parameters are taken over: where calls go is never decided by an answer.
    asked = {
        name: values[-1] if len(values) == 1 else values
        for name, values in parse_qs(urlsplit(target).query, keep_blank_values=True).items()
    }
    following = {**given, **asked}
    if all(str(given.get(name)) == str(value) for name, value in asked.items()):
        # Ending here would pass off one page as everything.
        where = shown(target, most=_LONGEST_LINK)
        message = (
            f"the answer's next page (`{where}`) has no parameter that this page was not asked with, and paths are not "
            "followed: what comes after this page can't be asked for"
        )
        raise InvalidResponse(message, path="Link", rule="name the next page by a parameter", reached=Reach.YES)
    return following


def next_link(values: Sequence[str]) -> str | None:
    """Return the target of `rel="next"` among `Link` headers.

    >>> next_link(['<https://a.example/x?page=2>; rel="next", <https://a.example/x?page=9>; rel="last"'])
    'https://a.example/x?page=2'

    Source: RFC 8288 section 3.
    """
    for value in values:
        for match in _LINK_RE.finditer(value):
            for parameter in _PARAMETER_RE.finditer(match.group(2)):
                if parameter.group(1).lower() == "rel":
                    if "next" in (parameter.group(2) or parameter.group(3) or "").lower().split():
                        return match.group(1)
                    break  # RFC 8288 section 3.3: of several, the first counts
    return None


def _is_short(plan: PaginationPlan, given: Mapping[str, object], items: int, parameter: str, size: str) -> bool:
    """Whether fewer items came than were asked for; False where nobody said how many."""
    name = _text(plan, parameter)
    asked = _number(given.get(name)) if name else None
    if asked is None:
        asked = _number(plan.options.get(size))
    return asked is not None and items < asked


def _default(asked: dict[str, object], plan: PaginationPlan, parameter: str, option: str) -> None:
    name, value = _text(plan, parameter), plan.options.get(option)
    if name and value is not None:
        asked.setdefault(name, value)


def _text(plan: PaginationPlan, option: str) -> str:
    value = plan.options.get(option)
    return value if isinstance(value, str) else ""


def _number(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19 else None
