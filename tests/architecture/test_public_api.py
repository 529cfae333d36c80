"""The public names and their signatures, as they stand in `public_api.txt`."""

from __future__ import annotations

import ast
import enum
import inspect
import os
import re
from collections.abc import Mapping
from importlib import import_module
from operator import itemgetter
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Generic, get_args, get_origin

import pytest

HERE = Path(__file__).parent
LISTED = HERE / "public_api.txt"
TYPED = HERE.parent / "typing" / "api.py"
MODULES = ("intertie", "intertie.mockserver", "intertie.testing")


def test_the_public_api_is_as_listed():
    """A signature that changes is seen in review: `UPDATE_GOLDEN=1 pytest tests/architecture/test_public_api.py` rewrites the list."""
    now = "".join(f"{line}\n" for name in MODULES for line in described(import_module(name)))
    if os.environ.get("UPDATE_GOLDEN"):
        LISTED.write_text(now)
    assert now == LISTED.read_text(), "run it with UPDATE_GOLDEN=1 where the change is meant, and read the difference"


@pytest.mark.parametrize("name", MODULES)
def test_what_is_public_is_there_and_sorted(name: str):
    """`__all__` is sorted, each name resolves, and `dir()` shows it before anything was used."""
    module = import_module(name)
    names = list(module.__all__)
    assert names == sorted(
        names, key=lambda text: (not text.isupper(), not text[0].isupper(), text)
    ) or names == sorted(names)
    assert len(names) == len(set(names))
    assert set(names) <= set(dir(module))
    for public in names:
        assert getattr(module, public) is not None


def test_an_unknown_name_is_an_attribute_error():
    """The package's lazy names don't hide a typo."""
    with pytest.raises(AttributeError, match="module `intertie` has no attribute `opne`"):
        import_module("intertie").opne  # noqa: B018


def test_every_public_name_is_used_in_the_typed_program():
    """`tests/typing/api.py`, which mypy reads and nobody runs, touches all of `intertie.__all__`."""
    tree = ast.parse(TYPED.read_text())
    used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert set(import_module("intertie").__all__) <= used


def described(module: ModuleType) -> list[str]:
    """Return the lines of one module: each public name with its signature, members of classes indented."""
    lines = []
    for name in sorted(module.__all__):
        thing = getattr(module, name)
        path = f"{module.__name__}.{name}"
        if inspect.isclass(thing):
            lines += [_class_line(path, thing), *(f"    {line}" for line in _members(thing))]
        elif isinstance(thing, FunctionType):
            lines.append(f"{path}{_signature(thing, {})}")
        elif name == "__version__":
            lines.append(f"{path}: str")
        else:
            lines.append(f"{path}: {type(thing).__name__}")
    return lines


class _Plain(str):
    """An annotation that shows itself without quotes."""

    __slots__ = ()
    __repr__ = str.__str__


def _signature(function: FunctionType, filled: Mapping[str, str]) -> str:
    def plain(annotation: object) -> object:
        return _Plain(_read(annotation, filled)) if isinstance(annotation, str) else annotation

    known = inspect.signature(function)
    parameters = [parameter.replace(annotation=plain(parameter.annotation)) for parameter in known.parameters.values()]
    return str(known.replace(parameters=parameters, return_annotation=plain(known.return_annotation)))


def _read(annotation: str, filled: Mapping[str, str]) -> str:
    return re.sub(r"\w+", lambda word: filled.get(word[0], word[0]), annotation)


def _is_ours_alone(base: type) -> bool:
    """Return whether a base class is ours and has no public name: what it brings belongs to the class itself."""
    return base.__module__.startswith("intertie.") and not any(
        getattr(import_module(name), base.__name__, None) is base for name in MODULES
    )


def _class_line(path: str, of: type) -> str:
    bases = [base.__name__ for base in of.__bases__ if base not in (object, Generic) and not _is_ours_alone(base)]
    return f"class {path}({', '.join(bases)})" if bases else f"class {path}"


def _own(of: type) -> dict[str, tuple[object, dict[str, str]]]:
    """Return name -> member and what its type variables stand for, with those of bases that have no public name."""
    found: dict[str, tuple[object, dict[str, str]]] = {}
    for base in reversed(of.__bases__):
        if _is_ours_alone(base):
            found |= {name: (member, _filled(of, base) | known) for name, (member, known) in _own(base).items()}
    return found | {name: (member, {}) for name, member in vars(of).items()}


def _filled(of: type, base: type) -> dict[str, str]:
    """Return what the type variables of a base class are in a class, and what `Self` is."""
    written = next((each for each in getattr(of, "__orig_bases__", ()) if get_origin(each) is base), base)
    names = [variable.__name__ for variable in getattr(base, "__parameters__", ())]
    given = [getattr(each, "__name__", str(each)) for each in get_args(written)]
    return {"Self": of.__name__, **dict(zip(names, given, strict=True))}


def _members(of: type) -> list[str]:
    if issubclass(of, enum.Enum):
        return [f"{member.name} = {member.value!r}" for member in of]
    fields = [
        f"{name}: {of.__annotations__[name]}"
        for name in getattr(of, "__struct_fields__", ())
        if name in of.__annotations__
    ]
    members = []
    for name, (value, filled) in sorted(_own(of).items(), key=itemgetter(0)):
        if name != "__init__" and name.startswith("_"):
            continue
        if isinstance(value, property):
            returned = inspect.signature(value.fget).return_annotation if value.fget else "?"
            members.append(f"{name} -> {_read(returned, filled)}")
        elif isinstance(value, classmethod | staticmethod | FunctionType):
            function = value if isinstance(value, FunctionType) else value.__func__
            marks = "async " if inspect.iscoroutinefunction(function) else ""
            members.append(f"{marks}{name}{_signature(function, filled)}")
    return [*fields, *members]
