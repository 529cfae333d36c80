"""Transforms of lists and objects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

from intertie.runtime.mapping.contracts import MISSING, FieldPath
from intertie.runtime.mapping.json_ready import canonical
from intertie.runtime.mapping.transforms.coercions import to_string
from intertie.runtime.mapping.transforms.numbers import EXACT, Number
from intertie.runtime.mapping.transforms.spec import TransformSpec
from intertie.runtime.mapping.values import TransformError, a_list, an_object, decimal, like

Word: TypeAlias = str
Items: TypeAlias = list[object]


def first(value: Items) -> object:
    """First element; null of an empty list.

    >>> first([3, 1]), first([])
    (3, None)
    """
    return value[0] if value else None


def last(value: Items) -> object:
    """Last element; null of an empty list.

    >>> last([3, 1])
    1
    """
    return value[-1] if value else None


def at(value: Items, position: int) -> object:
    """Element at a position, from the end where negative; null where there is none.

    >>> at(["a", "b"], 1), at(["a", "b"], -2), at([], 0)
    ('b', 'a', None)
    """
    return value[position] if -len(value) <= position < len(value) else None


def take(value: Items, count: int) -> Items:
    """First `count` elements.

    >>> take([1, 2, 3], 2)
    [1, 2]
    """
    return value[: max(count, 0)]


def skip(value: Items, count: int) -> Items:
    """Elements after the first `count`.

    >>> skip([1, 2, 3], 2)
    [3]
    """
    return value[max(count, 0) :]


def count(value: Items) -> int:
    """Number of elements.

    >>> count([1, 2, 3])
    3
    """
    return len(value)


def length(value: object) -> int:
    """Number of characters of a text, elements of a list or members of an object.

    >>> length("abc"), length([1])
    (3, 1)
    """
    if isinstance(value, str | list | tuple | Mapping):
        return len(value)
    raise TransformError("takes text, a list or an object")


def join(value: Items, separator: str = ",") -> str:
    """Elements as one text with a separator between them; null elements are left out.

    >>> join(["a", 1, None, True], "-")
    'a-1-true'
    """
    return separator.join(to_string(element) for element in value if element is not None)


def sort(value: Items, by: FieldPath | None = None) -> Items:
    """Elements in ascending order, by the member `by` where given; nulls last.

    >>> sort([3, None, 1])
    [1, 3, None]
    """
    keys = [_member(element, by) for element in value]
    kinds = {_order(key) for key in keys} - {"null"}
    if len(kinds) > 1:
        raise TransformError("sorts elements of one kind: numbers, texts or dates")
    order = sorted(
        range(len(value)), key=lambda index: (keys[index] is None, 0 if keys[index] is None else keys[index])
    )
    return [value[index] for index in order]


def reverse(value: Items) -> Items:
    """Elements in the opposite order.

    >>> reverse([1, 2])
    [2, 1]
    """
    return value[::-1]


def unique(value: Items, by: FieldPath | None = None) -> Items:
    """Elements without those that came before, by the member `by` where given.

    >>> unique([1, 2, 1, True])
    [1, 2, True]
    """
    seen: set[bytes] = set()
    kept: Items = []
    for element in value:
        key = canonical(_member(element, by))
        if key not in seen:
            seen.add(key)
            kept.append(element)
    return kept


def flatten(value: Items) -> Items:
    """Elements with lists among them taken apart, one level.

    >>> flatten([[1, 2], 3, [[4]]])
    [1, 2, 3, [4]]
    """
    return [each for element in value for each in (element if isinstance(element, list) else [element])]


def compact(value: Items) -> Items:
    """Elements that are neither null nor empty text.

    >>> compact([1, None, "", 0])
    [1, 0]
    """
    return [element for element in value if element is not None and element != ""]


def pluck(value: Items, member: FieldPath) -> Items:
    """The member of each element; null where it has none.

    >>> from intertie.runtime.mapping.paths import parse_path
    >>> pluck([{"id": 1}, {"id": 2}], parse_path("id"))
    [1, 2]
    """
    return [_member(element, member) for element in value]


def where(value: Items, member: FieldPath, is_: object) -> Items:
    """Elements whose member is `is`.

    >>> from intertie.runtime.mapping.paths import parse_path
    >>> where([{"k": "a", "v": 1}, {"k": "b", "v": 2}], parse_path("k"), "b")
    [{'k': 'b', 'v': 2}]
    """
    return [element for element in value if _member(element, member) == is_]


def index_by(value: Items, member: FieldPath) -> dict[str, object]:
    """Object of the elements by the text of a member; the last of equals stays.

    >>> from intertie.runtime.mapping.paths import parse_path
    >>> index_by([{"id": "a"}], parse_path("id"))
    {'a': {'id': 'a'}}
    """
    return {to_string(key): element for element in value if (key := _member(element, member)) is not None}


def wrap(value: object) -> Items:
    """List of the value alone; a list stays as it is.

    >>> wrap("a"), wrap(["a"])
    (['a'], ['a'])
    """
    return value if isinstance(value, list) else [value]


def chunk(value: Items, size: int) -> Items:
    """Lists of at most `size` elements each.

    >>> chunk([1, 2, 3], 2)
    [[1, 2], [3]]
    """
    if size < 1:
        raise TransformError("needs a size of at least 1")
    return [value[start : start + size] for start in range(0, len(value), size)]


def sum_(value: Items) -> Number:
    """Sum of numbers, exact; 0 of an empty list.

    >>> sum_(["0.10", "0.20"]), sum_([1, 2]), sum_([0.1, 0.2])
    (Decimal('0.30'), 3, 0.3)
    """
    total = Decimal(0)
    for element in value:
        total = EXACT.add(total, decimal(element))
    return like(total, _widest(value))


def average(value: Items) -> Number | None:
    """Mean of numbers; null of an empty list.

    >>> average([1, 2]), average([])
    (Decimal('1.5'), None)
    """
    if not value:
        return None
    mean = sum((decimal(element) for element in value), Decimal(0)) / len(value)
    return float(mean) if isinstance(_widest(value), float) else mean


def min_(value: Items) -> object:
    """Smallest element; null of an empty list.

    >>> min_([3, 1, 2])
    1
    """
    return _extreme(value, min)


def max_(value: Items) -> object:
    """Largest element; null of an empty list.

    >>> max_([3, 1, 2])
    3
    """
    return _extreme(value, max)


def pick(value: Mapping[str, object], *names: Word) -> dict[str, object]:
    """Object with only the named members.

    >>> pick({"a": 1, "b": 2}, "a", "c")
    {'a': 1}
    """
    return {name: value[name] for name in names if name in value}


def omit(value: Mapping[str, object], *names: Word) -> dict[str, object]:
    """Object without the named members.

    >>> omit({"a": 1, "b": 2}, "a")
    {'b': 2}
    """
    return {name: member for name, member in value.items() if name not in names}


def rename(value: Mapping[str, object], names: Mapping[str, object]) -> dict[str, object]:
    """Object whose members have the names that `names` gives them; the others keep theirs.

    >>> rename({"a": 1, "b": 2}, {"a": "x"})
    {'x': 1, 'b': 2}
    """
    return {str(names.get(name, name)): member for name, member in value.items()}


def keys(value: Mapping[str, object]) -> Items:
    """Names of the members.

    >>> keys({"a": 1})
    ['a']
    """
    return list(value)


def values(value: Mapping[str, object]) -> Items:
    """Values of the members.

    >>> values({"a": 1})
    [1]
    """
    return list(value.values())


def entries(value: Mapping[str, object]) -> Items:
    """Members as a list of `{key, value}`.

    >>> entries({"a": 1})
    [{'key': 'a', 'value': 1}]
    """
    return [{"key": name, "value": member} for name, member in value.items()]


def from_entries(value: Items, key: Word = "key", member: Word = "value") -> dict[str, object]:
    """Object of a list of `{key, value}`; `key` and `member` name the two members.

    >>> from_entries([{"key": "a", "value": 1}])
    {'a': 1}
    """
    made: dict[str, object] = {}
    for element in value:
        entry = an_object(element)
        if key not in entry:
            raise TransformError(f"takes objects that have `{key}`")
        made[to_string(entry[key])] = entry.get(member)
    return made


def contains(value: object, wanted: object) -> bool:
    """Whether a text has `wanted` in it, or a list an element that is.

    >>> contains("abc", "b"), contains([1, 2], 3)
    (True, False)
    """
    if isinstance(value, str):
        return to_string(wanted) in value
    return wanted in a_list(value)


def _member(element: object, path: FieldPath | None) -> object:
    if path is None:
        return element
    found = path.read(element)
    return None if found is MISSING else found


def _order(key: object) -> str:
    if key is None:
        return "null"
    if isinstance(key, bool | list | Mapping):
        raise TransformError("sorts numbers, texts or dates")
    return "number" if isinstance(key, int | float | Decimal) else "instant" if isinstance(key, date) else "text"


def _extreme(value: Items, choose: Callable[..., object]) -> object:
    present = [element for element in value if element is not None]
    if len({_order(element) for element in present}) > 1:
        raise TransformError("compares elements of one kind: numbers, texts or dates")
    if any(isinstance(element, datetime) != isinstance(present[0], datetime) for element in present):
        raise TransformError("compares dates with dates, instants with instants")
    return choose(present) if present else None


def _widest(value: Items) -> Number:
    """Return a value of the kind that holds all: a float where one is a float, an integer where all are."""
    if any(isinstance(element, float) for element in value):
        return 0.0
    return 0 if all(isinstance(element, int) for element in value) else Decimal(0)


COLLECTIONS: tuple[TransformSpec, ...] = (
    TransformSpec(first, "list", "any", inverse="wrap"),
    TransformSpec(last, "list", "any", inverse="wrap"),
    TransformSpec(at, "list", "any"),
    TransformSpec(take, "list", "list"),
    TransformSpec(skip, "list", "list"),
    TransformSpec(count, "list", "integer"),
    TransformSpec(length, "any", "integer"),
    TransformSpec(join, "list", "text", inverse="split"),
    TransformSpec(sort, "list", "list"),
    TransformSpec(reverse, "list", "list", inverse="reverse"),
    TransformSpec(unique, "list", "list"),
    TransformSpec(flatten, "list", "list"),
    TransformSpec(compact, "list", "list"),
    TransformSpec(pluck, "list", "list"),
    TransformSpec(where, "list", "list"),
    TransformSpec(index_by, "list", "object"),
    TransformSpec(wrap, "any", "list", inverse="first"),
    TransformSpec(chunk, "list", "list", inverse="flatten"),
    TransformSpec(sum_, "list", "number"),
    TransformSpec(average, "list", "number"),
    TransformSpec(min_, "list", "any"),
    TransformSpec(max_, "list", "any"),
    TransformSpec(pick, "object", "object"),
    TransformSpec(omit, "object", "object"),
    TransformSpec(rename, "object", "object"),
    TransformSpec(keys, "object", "list"),
    TransformSpec(values, "object", "list"),
    TransformSpec(entries, "object", "list", inverse="from_entries"),
    TransformSpec(from_entries, "list", "object", inverse="entries"),
    TransformSpec(contains, "any", "boolean"),
)
