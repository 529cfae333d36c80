"""What a spec says, without where and how it says it."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from intertie.spec.fields import Located
from intertie.spec.model import Spec

_ABOUT_THE_FILE = frozenset({"document", "content_hash", "span", "head", "path"})


def meaning(spec: Spec) -> object:
    """Return plain data that is equal for two texts of one meaning."""
    return {name: _plain(getattr(spec, name)) for name in Spec.__struct_fields__ if name not in _ABOUT_THE_FILE}


def _plain(value: object) -> object:
    match value:
        case Located():
            return _plain(value.value)
        case Struct():
            skipped = {"span", "head"}
            return {name: _plain(getattr(value, name)) for name in value.__struct_fields__ if name not in skipped}
        case tuple() | list():
            return [_plain(item) for item in value]
        case dict():
            return {name: _plain(item) for name, item in value.items()}
        case float():
            # 0.1 s and 100 ms are one duration, whatever their binary forms.
            return round(Decimal(str(value)), 9)
        case _:
            return value
