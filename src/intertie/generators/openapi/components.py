"""Schemas of a plan as the components of one document, each under one name."""

from __future__ import annotations

import re

from intertie.core.json_pointer import COMPONENTS, DEFINITIONS, name_after
from intertie.runtime.schemas import CompiledSchema
from intertie.spec.dialects import SCHEMA_LISTS, SCHEMA_MAPS, SCHEMAS

_NAME_RE = re.compile(r"[^A-Za-z0-9._-]+")


class Components:
    """Collects schemas; two with one name and different content get two names."""

    def __init__(self) -> None:
        self._schemas: dict[str, object] = {}
        self._sources: dict[str, object] = {}

    def refer(self, schema: CompiledSchema) -> object:
        """Return what stands in the place of a schema: a reference where it has a name, else the schema itself."""
        if isinstance(schema.json, bool):
            return schema.json
        definitions = schema.json.get("$defs")
        names = dict(definitions) if isinstance(definitions, dict) else {}
        renamed = {name: self._name(name, value) for name, value in names.items()}
        own = {key: value for key, value in schema.json.items() if key != "$defs"}
        for name, value in names.items():
            self._schemas.setdefault(renamed[name], _rewritten(value, renamed))
        if schema.name is None:
            return _rewritten(own, renamed)
        name = self._name(schema.name, own)
        self._schemas.setdefault(name, _rewritten(own, renamed))
        return {"$ref": COMPONENTS + name}

    def made(self) -> dict[str, object]:
        """Return name -> schema, by name; a discriminator names only what is there."""
        kept: dict[str, object] = {name: self._schemas[name] for name in sorted(self._schemas)}
        return {name: _without_strays(schema, kept) for name, schema in kept.items()}

    def without_strays(self, value: object) -> object:
        """Return a value whose discriminators name only schemas that are there."""
        return _without_strays(value, self._schemas)

    def _name(self, wanted: str, content: object) -> str:
        plain = _NAME_RE.sub("_", wanted.lstrip("#")) or "Schema"
        name, number = plain, 2
        while name in self._sources and self._sources[name] != content:
            name, number = f"{plain}_{number}", number + 1
        self._sources[name] = content
        return name


def _rewritten(value: object, names: dict[str, str]) -> object:
    """Return a schema whose references point at the document's components; data in it is not touched."""
    if not isinstance(value, dict):
        return value
    made: dict[str, object] = {}
    for key, each in value.items():
        if key == "$ref" and (name := name_after(DEFINITIONS, each)) is not None:
            made[key] = COMPONENTS + names[name]
        elif key in SCHEMA_MAPS and isinstance(each, dict):
            made[key] = {name: _rewritten(inner, names) for name, inner in each.items()}
        elif key in SCHEMA_LISTS and isinstance(each, list):
            made[key] = [_rewritten(inner, names) for inner in each]
        elif key in SCHEMAS:
            made[key] = _rewritten(each, names)
        else:
            made[key] = each
    return made


def _without_strays(value: object, known: dict[str, object]) -> object:
    if isinstance(value, list):
        return [_without_strays(each, known) for each in value]
    if not isinstance(value, dict):
        return value
    made = {key: _without_strays(each, known) for key, each in value.items()}
    discriminator = made.get("discriminator")
    branches = discriminator.get("mapping") if isinstance(discriminator, dict) else None
    if isinstance(discriminator, dict) and isinstance(branches, dict):
        found = {tag: target for tag, target in branches.items() if str(target).removeprefix(COMPONENTS) in known}
        rest = {key: each for key, each in discriminator.items() if key != "mapping"}
        made["discriminator"] = {**rest, **({"mapping": found} if found else {})}
    return made
