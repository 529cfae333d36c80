"""Bullets of the template's prose sections, read from one line that may be half typed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct

from intertie.spec.fields import Block
from intertie.spec.model import Dependencies, DocumentationLinks, IntegrationType, Security, Sla

BULLET_BLOCKS: Mapping[str, type[Block]] = MappingProxyType(
    {
        "integration type": IntegrationType,
        "security considerations": Security,
        "dependencies": Dependencies,
        "sla requirements": Sla,
        "documentation": DocumentationLinks,
    }
)
"""Section -> the block that its bullets are the fields of."""

_BULLET_RE = re.compile(r"(?P<lead>\s*[-*+]\s+)(?P<mark>\*\*|__|)(?P<key>[^:*_]*)(?P=mark)(?P<colon>:?)\s*")
_OPEN_RE = re.compile(r"(?P<lead>\s*[-*+]\s+)(?P<mark>\*\*|__)(?P<key>[^:*_]*)\Z")


class BulletLine(Struct, frozen=True):
    """`- **Key**: value`; `has_colon` says whether the key is finished. Columns are 1-based."""

    key: str
    key_column: int
    has_colon: bool
    value: str
    value_column: int


def bullet_at(line: str) -> BulletLine | None:
    """Return the bullet that a line is, None where it is none.

    >>> bullet_at("- **Protocol**: REST").value
    'REST'
    """
    match = _BULLET_RE.match(line) or _OPEN_RE.match(line)
    if match is None:
        return None
    has_colon = bool(match.groupdict().get("colon"))
    key = match["key"].strip()
    return BulletLine(key, match.start("key") + 1, has_colon, line[match.end() :].rstrip(), match.end() + 1)
