"""Whether schemas compile, judged part by part: hundreds of operations of one API share the same definitions.

A schema is self-contained, so each operation's has all definitions that it leads to, hundreds in a large API. What is
asked of a schema here is that each part of it is well formed; that its references lead somewhere is known. So a part
that many have is compiled once, with its references taken out.
"""

from __future__ import annotations

from collections.abc import Mapping

from intertie.runtime.schemas import CompiledSchema

MANY = 20
"""A schema with fewer definitions is compiled whole, as it is when it is used."""

_SCOPED = frozenset({"$id", "$anchor", "$dynamicRef", "$dynamicAnchor"})
"""Keywords that mean something only where they stand."""


class SharedParts:
    """Remembers which parts compile. Parts are told apart by identity: whoever made the schemas made each part once."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[object, bool]] = {}

    def compile(self, json: Mapping[str, object] | bool) -> bool:
        """Return whether all parts of a schema of many definitions compile; False says nothing: compile it whole."""
        if isinstance(json, bool):
            return False
        definitions = json.get("$defs")
        if not isinstance(definitions, Mapping) or len(definitions) < MANY:
            return False
        own = {key: value for key, value in json.items() if key != "$defs"}
        return _compiles(own) and all(self._is_sound(part) for part in definitions.values())

    def _is_sound(self, part: object) -> bool:
        known = self._known.get(id(part))
        if known is None:
            # The part is kept beside the answer, so that nothing else gets its identity meanwhile.
            known = self._known[id(part)] = (part, _compiles(part))
        return known[1]


def _compiles(part: object) -> bool:
    if isinstance(part, bool):
        return True
    try:
        alone = _without_references(part)
        CompiledSchema(alone).compile()  # type: ignore[arg-type]  # what is no schema is refused
    except (ValueError, TypeError, LookupError):
        # Said by whoever compiles the whole of it, with its name and reason.
        return False
    return True


def _without_references(value: object) -> object:
    """Return a copy in which no `$ref` is left.

    Raises:
        LookupError: A part names a place of its own, which a copy would not be.
    """
    if isinstance(value, Mapping):
        if not _SCOPED.isdisjoint(value):
            msg = "a part with a scope of its own"
            raise LookupError(msg)
        return {
            key: _without_references(each)
            for key, each in value.items()
            if not (key == "$ref" and isinstance(each, str))
        }
    if isinstance(value, list | tuple):
        return [_without_references(each) for each in value]
    return value
