"""Functions of the application that specs can name. A document can never bring one; it can only say its name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from msgspec import Struct

from intertie.core.errors import UsageError

_NAME_RE = re.compile(r"[A-Za-z_]\w*\Z")


class RegisteredTransform(Struct, frozen=True):
    """An application's transform: `function(value, *arguments)`."""

    name: str
    function: Callable[..., object]
    takes_list: bool


_registered: dict[str, RegisteredTransform] = {}


def register_transform(name: str, function: Callable[..., object], *, takes_list: bool = False) -> None:
    """Register `function` as a transform that specs can use: `name` or `name(arguments)`.

    It is called with the value and the arguments. Null stays null and is not passed to it. It should be pure. If it
    raises, the call fails with a `MappingError` that names the transform and the class of the exception, never the
    value. Register it before you open the spec: transforms are looked up once, when the plan is made.

    Args:
        name: Letters, digits and `_`; not the name of a built-in transform.
        function: Called from any thread.
        takes_list: For a `[]` path, pass the whole list instead of each element.

    Raises:
        UsageError: The name is not valid, or a built-in transform has it.
    """
    from intertie.runtime.mapping.transforms import LIBRARY  # noqa: PLC0415  # loaded when transforms are used

    if not _NAME_RE.match(name):
        raise UsageError(f"`{name}` is no name for a transform: use letters, digits and `_`")
    if name in LIBRARY:
        raise UsageError(f"`{name}` is a transform of the library: choose another name")
    _registered[name] = RegisteredTransform(name, function, takes_list)


def unregister_transform(name: str) -> None:
    """Forget an application's transform; plans that were made with it keep it."""
    _registered.pop(name, None)


def registered_transforms() -> Mapping[str, RegisteredTransform]:
    """Return what is registered: name -> transform."""
    return MappingProxyType(_registered)
