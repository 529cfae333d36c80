"""Intertie: one Markdown file about an external service, running.

    import intertie

    with intertie.open("specs/payments.md", env="sandbox") as payments:
        charge = payments.create_charge(amount="12.50", currency="EUR", card_token="tok_visa")

`open` is for synchronous callers, `open_async` for asyncio; both run the same plan. What a call needs is imported
when the first integration is opened, so that importing this package is quick.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from intertie._version import __version__
from intertie.core.errors import (
    AuthError,
    BudgetExceeded,
    CallError,
    CircuitOpen,
    ConnectError,
    CredentialMissing,
    DeadlineExceeded,
    IntertieError,
    InvalidInput,
    InvalidResponse,
    JournalUnavailable,
    MappingError,
    NotJson,
    OriginRefused,
    ProtocolError,
    RateLimited,
    Reach,
    ReadError,
    RejectedError,
    Retired,
    ServiceError,
    StoreUnavailable,
    TokenRefused,
    TransportError,
    UsageError,
    WriteError,
)
from intertie.core.money import Money
from intertie.diagnostics.errors import SpecError

if TYPE_CHECKING:
    from intertie.app.opening import open, open_async  # noqa: A004
    from intertie.client import (
        AsyncIntegration,
        AsyncOperation,
        Integration,
        Operation,
        Result,
        TypedAsyncIntegration,
        TypedAsyncOperation,
        TypedIntegration,
        TypedOperation,
        TypedResult,
    )
    from intertie.runtime.mapping import register_transform

__all__ = [
    "AsyncIntegration",
    "AsyncOperation",
    "AuthError",
    "BudgetExceeded",
    "CallError",
    "CircuitOpen",
    "ConnectError",
    "CredentialMissing",
    "DeadlineExceeded",
    "Integration",
    "IntertieError",
    "InvalidInput",
    "InvalidResponse",
    "JournalUnavailable",
    "MappingError",
    "Money",
    "NotJson",
    "Operation",
    "OriginRefused",
    "ProtocolError",
    "RateLimited",
    "Reach",
    "ReadError",
    "RejectedError",
    "Result",
    "Retired",
    "ServiceError",
    "SpecError",
    "StoreUnavailable",
    "TokenRefused",
    "TransportError",
    "TypedAsyncIntegration",
    "TypedAsyncOperation",
    "TypedIntegration",
    "TypedOperation",
    "TypedResult",
    "UsageError",
    "WriteError",
    "__version__",
    "open",
    "open_async",
    "register_transform",
]

_LATER = {
    "open": "intertie.app.opening",
    "open_async": "intertie.app.opening",
    "AsyncIntegration": "intertie.client",
    "AsyncOperation": "intertie.client",
    "Integration": "intertie.client",
    "Operation": "intertie.client",
    "Result": "intertie.client",
    "TypedAsyncIntegration": "intertie.client",
    "TypedAsyncOperation": "intertie.client",
    "TypedIntegration": "intertie.client",
    "TypedOperation": "intertie.client",
    "TypedResult": "intertie.client",
    "register_transform": "intertie.runtime.mapping",
}
"""Name -> module, imported on first use."""


def __getattr__(name: str) -> object:
    if name not in _LATER:
        raise AttributeError(f"module `intertie` has no attribute `{name}`")
    from importlib import import_module  # noqa: PLC0415

    value: object = getattr(import_module(_LATER[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
