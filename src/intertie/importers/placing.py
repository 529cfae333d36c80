"""Where schemas stand: in the spec, in a file beside it, or in the source that it refers to."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar, cast
from urllib.parse import quote

from msgspec import Struct
from msgspec.structs import replace

from intertie.core.errors import UsageError
from intertie.core.json_pointer import COMPONENTS, escaped, name_after
from intertie.importers.describing import Described
from intertie.importers.merging.schemas_file import schemas_path
from intertie.importers.model import ApiDescription
from intertie.importers.reading import ReadSource
from intertie.spec.workspace import find_workspace

T = TypeVar("T")


class Placed(Struct, frozen=True):
    """A description with its schemas where they are wanted; `beside` are those of a file of their own."""

    description: ApiDescription
    beside: dict[str, object] = {}


def placed(described: Described, source: ReadSource, schemas: str, spec_path: Path) -> Placed:
    """Return the description with its schemas where they are wanted: `inline`, `file` or `ref`.

    With `ref`, what had to be corrected is kept in the spec: in the source it still means something else.

    Raises:
        UsageError: They are to be referred to, and the source is no file of the workspace.
    """
    description = described.description
    if schemas == "file" and description.components:
        start = f"./{quote(schemas_path(spec_path).name)}"
        direct = {name: f"{start}{COMPONENTS}{escaped(name)}" for name in description.components}
        operations = _redirected(description.operations, direct, {})
        return Placed(replace(description, operations=operations, components={}), description.components)
    if schemas != "ref":
        return Placed(description)
    start = source_reference(source, spec_path)
    direct = {
        name: start + quote(pointer, safe="#/~-._$!'()*+,;=:@%") for name, pointer in described.source_schemas.items()
    }
    # What has no name of its own and can't be referred to stands where it stood.
    inline = {
        name: _redirected(schema, direct, {})
        for name, schema in description.components.items()
        if name in described.in_place and name not in direct
    }
    return Placed(
        replace(
            description,
            operations=_redirected(description.operations, direct, inline),
            components={
                name: _redirected(schema, direct, inline)
                for name, schema in description.components.items()
                if name not in direct and name not in inline
            },
        )
    )


def source_reference(source: ReadSource, spec_path: Path) -> str:
    """Return the path from the spec to its source, as a `$ref` starts with it.

    Raises:
        UsageError: The source has no schemas of its own, or lies outside the workspace.
    """
    if source.kind not in ("openapi3", "swagger2"):
        raise UsageError("--schemas ref needs an OpenAPI or Swagger file: other sources have no named schemas")
    root = find_workspace(spec_path.parent).root
    path = source.path.resolve() if source.path is not None else None
    if path is None or not path.is_relative_to(root):
        raise UsageError(f"--schemas ref needs a source inside the workspace; copy the file into {root}")
    up = [".."] * len(spec_path.parent.resolve().relative_to(root).parts)
    return quote(Path(*up, path.relative_to(root)).as_posix() if up else f"./{path.relative_to(root).as_posix()}")


def can_be_referred_to(source: ReadSource, spec_path: Path) -> bool:
    """Return whether a spec may leave its schemas in the source."""
    try:
        source_reference(source, spec_path)
    except UsageError:
        return False
    return True


def _redirected(value: T, direct: dict[str, str], inline: dict[str, object]) -> T:
    """Return a value with its references to components that are not kept led into the source, or followed."""
    made: object = value
    if isinstance(value, dict):
        reference = value.get("$ref")
        name = name_after(COMPONENTS, reference)
        if name in inline:
            return cast("T", inline[name])
        inner = {key: _redirected(each, direct, inline) for key, each in value.items()}
        if name is not None:
            inner["$ref"] = direct.get(name, str(reference))
        made = inner
    elif isinstance(value, list):
        made = [_redirected(each, direct, inline) for each in value]
    elif isinstance(value, tuple):
        made = tuple(_redirected(each, direct, inline) for each in value)
    elif isinstance(value, Struct):
        made = replace(
            value, **{key: _redirected(getattr(value, key), direct, inline) for key in value.__struct_fields__}
        )
    return cast("T", made)
