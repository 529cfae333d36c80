"""The faces of a pipeline, synchronous and asynchronous."""

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
