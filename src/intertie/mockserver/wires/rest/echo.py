"""Values of a request laid into an answer, as far as the answer's schema allows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from intertie.mockserver.generation.merging import References
from intertie.mockserver.generation.plausible import is_instant, tokens
from intertie.mockserver.wires.rest.coercion import coerced, member, property_names
from intertie.runtime.schemas import CompiledSchema


class Echo:
    """Lays values into data of one schema."""

    def __init__(self, schema: CompiledSchema) -> None:
        self._schema = schema
        self._references = References(schema.json)
        self._names = frozenset(property_names(schema.json, self._references))

    def laid_over(
        self, data: Mapping[str, object], given: Mapping[str, object], *, keep: frozenset[str] = frozenset()
    ) -> dict[str, object]:
        """Return `data` with the given values in the fields of that name; what would break the schema is left out.

        Args:
            data: Valid by the schema.
            given: Values by name; texts of forms and paths become what the schema asks for.
            keep: Names that stay as they are.
        """
        wanted = {
            name: coerced(value, member(self._schema.json, name, self._references), self._references)
            for name, value in given.items()
            if name not in keep and (name in data or name in self._names)
        }
        changed = {**data, **{name: _over(data.get(name), value) for name, value in wanted.items()}}
        if not wanted or self._schema.is_valid(changed):
            return changed
        current = dict(data)
        for name, value in wanted.items():
            tried = {**current, name: _over(current.get(name), value)}
            if self._schema.is_valid(tried):
                current = tried
        return current

    def stamped(self, data: Mapping[str, object], utc_s: float, *, words: frozenset[str]) -> dict[str, object]:
        """Return `data` with the instants that have one of `words` in their name set to now."""
        now: dict[str, object] = {}
        for name, value in data.items():
            if not is_instant(name) or not words & set(tokens(name)):
                continue
            if isinstance(value, int) and not isinstance(value, bool):
                now[name] = int(utc_s)
            elif isinstance(value, str):
                now[name] = datetime.fromtimestamp(int(utc_s), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return self.laid_over(data, now)


def _over(old: object, new: object) -> object:
    """Return the new value; an object keeps the members that the new one does not name."""
    return {**old, **new} if isinstance(old, Mapping) and isinstance(new, Mapping) else new


def copied(value: object) -> object:
    """Return a copy of plain data."""
    if isinstance(value, Mapping):
        return {str(name): copied(part) for name, part in value.items()}
    return [copied(part) for part in value] if isinstance(value, list | tuple) else value
