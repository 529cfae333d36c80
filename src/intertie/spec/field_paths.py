"""Every field of a spec by one path, such as `retry.max_attempts` or `endpoints[].request.headers[].name`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args, get_type_hints

from intertie.spec.fields import Block, FieldInfo, Kind, declared_fields
from intertie.spec.model import Spec

_NOT_WRITTEN = frozenset({"path", "content_hash", "document", "span", "related_schemas"})
"""What a `Spec` holds that is no field of the file."""
_WHOLE = frozenset({"cases[].raw"})
"""The whole of a case in YAML, whose fields are its path and description."""


def field_paths() -> dict[str, FieldInfo | None]:
    """Return path -> declaration, in the order of the model; None for what no block declares, such as the title."""
    found: dict[str, FieldInfo | None] = {}
    hints = get_type_hints(Spec)
    for attribute in Spec.__struct_fields__:
        if attribute in _NOT_WRITTEN:
            continue
        block = _block(hints[attribute])
        if block is None:
            found[attribute] = None
            continue
        lead = f"{attribute}[]" if _is_list(hints[attribute]) else attribute
        found.update(_inside(block, lead))
    return found


_NO_FIELDS = frozenset({"span", "head", "kind", "protocol_block"})
"""Attributes that no author writes: places, and where the block of a registered protocol is kept."""


def _inside(block: type[Block], lead: str) -> Iterator[tuple[str, FieldInfo | None]]:
    declared = declared_fields(block)
    known = {attribute for attribute, _ in declared.values()}
    for attribute in block.__struct_fields__:
        # What a line or a heading holds beside the declared keys: `name` of an endpoint, `path` of a case.
        if attribute not in known and attribute not in _NO_FIELDS:
            yield f"{lead}.{attribute}", None
    for key, (_, info) in declared.items():
        path = f"{lead}.{key}"
        if path in _WHOLE:
            continue
        if info.block is None:
            yield path, info
            continue
        nested = {Kind.BLOCKS: f"{path}[]", Kind.NAMED: f"{path}.*"}.get(info.kind, path)
        yield from _inside(info.block, nested)


def _block(hint: object) -> type[Block] | None:
    for part in (hint, *get_args(hint)):
        if isinstance(part, type) and issubclass(part, Block):
            return part
    return None


def _is_list(hint: object) -> bool:
    return getattr(hint, "__origin__", None) is tuple
