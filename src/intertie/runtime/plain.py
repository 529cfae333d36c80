"""Plain data as JSON bytes and back, with the types that JSON has no word for kept.

Data that JSON holds exactly is written as it is. Otherwise the document is `{"$typed": …}`, in which a value of
another type is an object with one `$` key, such as `{"$decimal": "12.50"}`; an object that looks like one is wrapped
in `{"$object": …}`.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

import msgspec

_ENCODERS: dict[type, tuple[str, Callable[[object], object]]] = {
    Decimal: ("$decimal", str),
    datetime: ("$datetime", lambda value: value.isoformat()),  # type: ignore[attr-defined]
    date: ("$date", lambda value: value.isoformat()),  # type: ignore[attr-defined]
    time: ("$time", lambda value: value.isoformat()),  # type: ignore[attr-defined]
    timedelta: ("$seconds", lambda value: value.total_seconds()),  # type: ignore[attr-defined]
    UUID: ("$uuid", str),
    bytes: ("$bytes", lambda value: base64.b64encode(value).decode()),  # type: ignore[arg-type]
}
_DECODERS: dict[str, Callable[[object], object]] = {
    "$decimal": lambda text: Decimal(str(text)),
    "$datetime": lambda text: datetime.fromisoformat(str(text)),
    "$date": lambda text: date.fromisoformat(str(text)),
    "$time": lambda text: time.fromisoformat(str(text)),
    "$seconds": lambda number: timedelta(seconds=float(str(number))),
    "$uuid": lambda text: UUID(str(text)),
    "$bytes": lambda text: base64.b64decode(str(text)),
    "$float": lambda text: float(str(text)),
}
_TYPED = "$typed"
_TOO_DEEP = "it is nested too deeply to be stored"


def encode_plain(value: object) -> bytes:
    """Return JSON bytes from which `decode_plain` makes an equal value; a tuple comes back as a list.

    Raises:
        TypeError: The value holds something that is not data, or is nested too deeply.

    >>> encode_plain({"amount": Decimal("12.50"), "tags": ["a"]})
    b'{"$typed":{"amount":{"$decimal":"12.50"},"tags":["a"]}}'
    """
    try:
        written = msgspec.json.encode(value)
        # The fast way, in C: most data is JSON already, and whatever is not comes back different.
        if not written.startswith(b'{"$typed"') and msgspec.json.decode(written) == value:
            return written
    except (TypeError, ValueError, msgspec.MsgspecError):
        pass  # the slow way below names what JSON can't hold
    except RecursionError:
        raise TypeError(_TOO_DEEP) from None
    try:
        return msgspec.json.encode({_TYPED: _to_json(value)})
    except RecursionError:
        raise TypeError(_TOO_DEEP) from None


def decode_plain(written: bytes) -> object:
    """Return the value that `encode_plain` wrote."""
    value = msgspec.json.decode(written)
    if isinstance(value, dict) and value.keys() == {_TYPED}:
        return _from_json(value[_TYPED])
    return value


def _to_json(value: object) -> object:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else {"$float": str(value)}
    if isinstance(value, Mapping):
        written = {_name(name): _to_json(item) for name, item in value.items()}
        looks_typed = len(written) == 1 and next(iter(written)).startswith("$")
        return {"$object": written} if looks_typed else written
    if isinstance(value, list | tuple):
        return [_to_json(item) for item in value]
    known = _ENCODERS.get(type(value))
    if known is None:
        msg = f"a {type(value).__name__} is not data that can be stored"
        raise TypeError(msg)
    return {known[0]: known[1](value)}


def _name(name: object) -> str:
    if not isinstance(name, str):
        msg = f"an object's names are text, not {type(name).__name__}"
        raise TypeError(msg)
    return name


def _from_json(value: object) -> object:
    if isinstance(value, list):
        return [_from_json(item) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        name, item = next(iter(value.items()))
        if name == "$object" and isinstance(item, dict):
            return {key: _from_json(part) for key, part in item.items()}
        if name in _DECODERS:
            return _DECODERS[name](item)
    return {key: _from_json(item) for key, item in value.items()}
