"""The faces of a pipeline, synchronous and asynchronous; each is imported on first use, since most use one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from intertie.client.asynchronous import AsyncIntegration, AsyncOperation
    from intertie.client.blocking import Integration, Operation
    from intertie.client.result import Result
    from intertie.client.typed import (
        TypedAsyncIntegration,
        TypedAsyncOperation,
        TypedIntegration,
        TypedOperation,
        TypedResult,
    )

__all__ = [
    "AsyncIntegration",
    "AsyncOperation",
    "Integration",
    "Operation",
    "Result",
    "TypedAsyncIntegration",
    "TypedAsyncOperation",
    "TypedIntegration",
    "TypedOperation",
    "TypedResult",
]

_LATER = {
    "AsyncIntegration": "asynchronous",
    "AsyncOperation": "asynchronous",
    "Integration": "blocking",
    "Operation": "blocking",
    "Result": "result",
    "TypedAsyncIntegration": "typed",
    "TypedAsyncOperation": "typed",
    "TypedIntegration": "typed",
    "TypedOperation": "typed",
    "TypedResult": "typed",
}
"""Name -> module of this package, imported on first use."""


def __getattr__(name: str) -> object:
    if name not in _LATER:
        raise AttributeError(f"module `{__name__}` has no attribute `{name}`")
    from importlib import import_module  # noqa: PLC0415

    value: object = getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
    globals()[name] = value
    return value
