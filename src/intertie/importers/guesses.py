"""What a source does not say and its words suggest: how pages follow each other, and how often one may call."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from intertie.core.rate_windows import RATE_WINDOWS, WINDOW_OF_LENGTH
from intertie.core.units import Rate, parse_rate
from intertie.importers.model import ImportedParameter
from intertie.importers.plain import Mapping, mapping, sequence, word
from intertie.runtime.schemas import CompiledSchema

_CURSORS = ("starting_after", "cursor", "page_token", "pagetoken", "next_token", "nexttoken", "after", "next_cursor",
            "pagination_token", "continuation_token", "start_cursor", "page_after")  # fmt: skip
_NEXT = ("next_cursor", "nextcursor", "next_page_token", "nextpagetoken", "next_token", "nexttoken", "cursor", "after",
         "end_cursor", "next", "next_page", "continuation_token", "next_starting_after")  # fmt: skip
_PAGES = ("page", "page_number", "pagenumber", "page_index")
_OFFSETS = ("offset", "skip", "start", "start_index", "startindex")
_SIZES = ("per_page", "page_size", "pagesize", "limit", "size", "count", "perpage", "max_results", "maxresults", "top",
          "page_limit")  # fmt: skip
_MORE = ("has_more", "hasmore", "more", "has_next", "hasnextpage", "has_next_page")
_TOTALS = ("total", "total_count", "totalcount", "total_results", "totalresults")
_ITEMS = ("data", "items", "results", "entries", "records", "values", "list", "rows", "content", "elements")
_RATE_RE = re.compile(
    r"(\d{1,3}(?:,\d{3})+|\d{1,7})\s*(?:api\s+)?(?:requests?|calls?|queries)\s*(?:/|per|an?|each|every)\s*"
    r"(second|minute|hour|day|sec|min|s|m|h)\b",
    re.IGNORECASE,
)
_UNITS = {"sec": "second", "s": "second", "min": "minute", "m": "minute", "h": "hour"}
_LIMIT_KEYS = re.compile(r"x-?(?:api-)?(?:rate-?limits?|ratelimits?|throttl)[\w-]*", re.IGNORECASE)


def guess_pages(
    parameters: tuple[ImportedParameter, ...], answer: object, resolve: Callable[[object], Mapping], *, links: bool
) -> tuple[dict[str, object], str] | None:
    """Return pagination and what it is guessed from, None where nothing suggests any.

    Args:
        parameters: Of the operation.
        answer: Schema of its success.
        resolve: Follows the references of a schema.
        links: Whether the answer declares a `Link` header.
    """
    queries = {each.name.lower(): each.name for each in parameters if each.location == "query"}
    fields = list(_fields(answer, resolve, "", 0))
    schema = resolve(answer)
    items = "" if _is_array(schema) else _items_path(fields)
    if items is None:
        return None
    counted = {name: each for name, each in queries.items() if _takes_numbers(parameters, each)}
    size = _named(counted, _SIZES)
    page, offset, cursor = _named(counted, _PAGES), _named(counted, _OFFSETS), _named(queries, _CURSORS)
    first = next((number for number in (1, 0) if page and _takes(parameters, page, number)), None)
    if links and (page or cursor or size):
        return {"style": "link", "items_path": items}, "the `Link` header of the answer"
    following = next(
        (path for path, kind in fields if _last(path) in _NEXT and kind in ("string", "integer", "")), None
    )
    if cursor and following:
        made: dict[str, object] = {"style": "cursor", "cursor_parameter": cursor, "cursor_path": following}
        reason = f"the parameter {cursor} and the field {following}"
        return _with(made, items, fields, _MORE, "more_path"), reason
    if page and first is not None:
        made = {"style": "page", "page_parameter": page, **({"first": 0} if first == 0 else {})}
        if size:
            made["size_parameter"] = size
        return {**made, "items_path": items}, f"the parameter {page}" + (f" beside {size}" if size else "")
    if offset and size and _takes(parameters, offset, 0):
        made = {"style": "offset", "offset_parameter": offset, "limit_parameter": size}
        return _with(made, items, fields, _TOTALS, "total_path"), f"the parameters {offset} and {size}"
    return None


def rates_in(text: str) -> Iterator[tuple[str, int, str]]:
    """Yield (field of `rate_limits`, number, words) of the rates that prose states.

    >>> list(rates_in("You may make 1,000 requests per hour."))
    [('requests_per_hour', 1000, '1,000 requests per hour')]
    """
    for match in _RATE_RE.finditer(text):
        unit = _UNITS.get(match[2].lower(), match[2].lower())
        for field, limit in _stated(parse_rate(f"{match[1]} requests per {unit}")).items():
            yield field, limit, match[0]


def is_limit_key(key: str) -> bool:
    """Return whether an extension states a limit by its name."""
    return _LIMIT_KEYS.fullmatch(key) is not None


def rates_of(value: object) -> dict[str, object]:
    """Return the fields of `rate_limits` that an extension such as `x-ratelimit` states.

    >>> rates_of({"limit": 100, "window": "minute"}), rates_of("5 requests per second")
    ({'requests_per_minute': 100}, {'requests_per_second': 5})
    """
    if isinstance(value, str):
        found = next(rates_in(value), None)
        return dict([found[:2]] if found else _stated(parse_rate(value)))
    given = {key.lower().replace("-", "_"): each for key, each in mapping(value).items()}
    stated: dict[str, object] = {}
    for start in ("requests_per", "per"):
        for known in RATE_WINDOWS:
            count = given.get(f"{start}_{known.word}")
            if isinstance(count, int) and count > 0:
                stated.setdefault(known.field, count)
    counts = [given.get(key) for key in ("limit", "requests", "rate", "max", "count")]
    count = next((each for each in counts if isinstance(each, int)), 0)
    window = next((each for key in ("window", "period", "per", "interval", "unit") if (each := given.get(key))), None)
    if count > 0 and window is not None and not stated:
        words = f"{word(window)}s" if isinstance(window, int) else word(window)
        stated |= _stated(parse_rate(f"{count} requests per {words}") or parse_rate(f"{count}/{words}"))
    return stated


def _stated(rate: Rate | None) -> dict[str, int]:
    """Return a rate as the field of `rate_limits` that it belongs in; empty where it belongs in none."""
    window = WINDOW_OF_LENGTH.get(rate.window_s) if rate is not None else None
    return {window.field: rate.limit} if rate is not None and window is not None and rate.limit > 0 else {}


def _named(known: dict[str, str], wanted: tuple[str, ...]) -> str | None:
    return next((known[name] for name in wanted if name in known), None)


def _takes_numbers(parameters: tuple[ImportedParameter, ...], name: str) -> bool:
    return any(each.name == name and each.fields.get("type") in (None, "integer", "number") for each in parameters)


def _takes(parameters: tuple[ImportedParameter, ...], name: str, number: int) -> bool:
    """Return whether a query parameter may have this value."""
    return any(
        each.name == name and each.location == "query" and CompiledSchema(each.fields).is_valid(number)
        for each in parameters
    )


def _last(path: str) -> str:
    return path.rpartition(".")[2].lower()


def _with(
    made: dict[str, object], items: str, fields: list[tuple[str, str]], wanted: tuple[str, ...], key: str
) -> dict[str, object]:
    kinds = (
        ("boolean", "string", "integer", "number", "") if key == "more_path" else ("integer", "number", "string", "")
    )
    path = next((path for path, kind in fields if _last(path) in wanted and kind in kinds), None)
    return {**made, "items_path": items, **({key: path} if path else {})}


def _items_path(fields: list[tuple[str, str]]) -> str | None:
    arrays = [path for path, kind in fields if kind == "array"]
    for name in _ITEMS:
        for path in arrays:
            if _last(path) == name:
                return path
    top = [path for path in arrays if "." not in path]
    return top[0] if len(top) == 1 else None


def _fields(schema: object, resolve: Callable[[object], Mapping], path: str, depth: int) -> Iterator[tuple[str, str]]:
    """Yield (dotted path, type) of the fields of a schema, two levels deep."""
    found = resolve(schema)
    parts = [found, *(resolve(part) for key in ("allOf", "oneOf") for part in sequence(found.get(key))[:6])]
    for part in parts:
        for name, each in mapping(part.get("properties")).items():
            if not re.fullmatch(r"[A-Za-z_]\w*", name):
                continue
            inner = resolve(each)
            kind = "array" if _is_array(inner) else _kind(inner)
            own = f"{path}{name}"
            yield own, kind
            if depth < 1 and kind in ("object", ""):
                yield from _fields(inner, resolve, f"{own}.", depth + 1)


def _kind(schema: Mapping) -> str:
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((each for each in kind if each != "null"), "")
    return word(kind)


def _is_array(schema: Mapping) -> bool:
    return _kind(schema) == "array" or (isinstance(schema.get("items"), dict) and "properties" not in schema)
