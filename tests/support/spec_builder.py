"""Spec models made by hand, with a place for every field: for tests of what comes after reading."""

from __future__ import annotations

from itertools import count
from typing import Any, TypeVar

from intertie.core.units import parse_money
from intertie.diagnostics import SourceSpan
from intertie.spec.fields import Block, FieldInfo, Kind, Located, declared_fields
from intertie.spec.model import Endpoint, MoneyText, Schema, Spec
from intertie.spec.tree import Document

B = TypeVar("B", bound=Block)

PATH = "specs/made.md"
_LINES = count(1)


def span() -> SourceSpan:
    """Return a place of its own line."""
    line = next(_LINES)
    return SourceSpan(PATH, line, 1, line, 10)


def located(value: object) -> Located[Any]:
    """Return a value with a place."""
    return Located(value, span(), span(), str(value))


def block(of: type[B], given: dict[str, Any]) -> B:
    """Return a block from YAML keys and values in the model's units."""
    fields = declared_fields(of)
    attributes: dict[str, Any] = {}
    for key, value in given.items():
        if value is None and key != "default":
            continue
        if key in fields:
            name, info = fields[key]
            attributes[name] = _value(info, value)
        else:
            attributes[key] = located(value) if isinstance(value, str) else value
    return of(span=span(), head=span(), **attributes)


def endpoint(name: str, path: str = "/things", method: str = "GET", **more: Any) -> Endpoint:
    """Return an endpoint."""
    made = block(Endpoint, {"endpoint": {"path": path, "method": method}, **more})
    return Endpoint(**{**_attributes(made), "name": located(name)})


def spec(**sections: Any) -> Spec:
    """Return a spec; `service` defaults to one with a base URL, `endpoints` to one GET."""
    sections.setdefault("service", {"name": "made", "base_url": "https://api.made.example"})
    sections.setdefault("endpoints", (endpoint("Get Thing"),))
    made: dict[str, Any] = {}
    for name, value in sections.items():
        annotation = Spec.__annotations__[name]
        of = _block_type(annotation)
        if of is not None and isinstance(value, dict):
            made[name] = block(of, value)
        elif of is not None and isinstance(value, list):
            made[name] = tuple(block(of, item) for item in value)
        elif isinstance(value, str):
            made[name] = located(value)
        else:
            made[name] = value
    first = SourceSpan(PATH, 1, 1, 1, 1)
    document = Document(PATH, "", None, None, (), first)
    return Spec(path=PATH, content_hash="0" * 64, document=document, span=first, **made)


def _attributes(made: Block) -> dict[str, Any]:
    return {name: getattr(made, name) for name in made.__struct_fields__}


def _block_type(annotation: str) -> type[Block] | None:
    from intertie.spec import model

    word = annotation.replace("tuple[", "").split(",")[0].split(" ")[0].rstrip("]")
    found = getattr(model, word, None)
    return found if isinstance(found, type) and issubclass(found, Block) else None


def _value(info: FieldInfo, value: Any) -> Any:
    match info.kind:
        case Kind.BLOCK:
            return block(info.block, value)
        case Kind.BLOCKS:
            return tuple(block(info.block, item) for item in value)
        case Kind.NAMED:
            return tuple((located(name), block(info.block, item)) for name, item in value.items())
        case Kind.LIST:
            items = value if isinstance(value, list | tuple) else [value]
            return tuple(_value(info.item, item) for item in items)
        case Kind.MAP:
            return tuple((located(name), _value(info.item, item)) for name, item in value.items())
        case Kind.MONEY:
            amount, currency = parse_money(str(value))
            return Located(MoneyText(amount, currency), span(), span(), str(value))
        case Kind.SCHEMA:
            return located(Schema(value, None))
        case Kind.TEXT | Kind.CHOICE | Kind.SECRET:
            return located(str(value))
        case _:
            return located(value)


def compiled(made: Spec, **options: Any) -> Any:
    """Return what came of compiling a spec with plain settings."""
    from pathlib import Path

    from intertie.compiler import Settings, compile_spec

    settings = options.pop("settings", None) or Settings(Path("/nowhere"))
    return compile_spec(made, settings=settings, **options)


def plan_of(**sections: Any) -> Any:
    """Return the plan of a spec made of `sections`, which must have no errors."""
    result = compiled(spec(**sections))
    assert result.plan is not None, [finding.message for finding in result.diagnostics]
    return result.plan


def findings_of(**sections: Any) -> list[str]:
    """Return the names of the findings of a spec made of `sections`."""
    return [finding.name for finding in compiled(spec(**sections)).diagnostics]
