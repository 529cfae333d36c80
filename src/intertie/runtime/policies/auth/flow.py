"""What a credential is: a generator that puts itself on a request, and asks for what it needs on the way.

It does no I/O and reads no clock: it yields an ask and is sent the reply, so it is the same for callers that block and
for those on an event loop, and a test can play it as a table.

| it yields | and is sent |
|---|---|
| `NeedSecret` | the `Secret` |
| `NeedBodyField` | the call's `Request`, built again with that field |
| `Send` | a `Reply`: what became of the attempt |

Its return value says whether one more attempt is worth making, outside `max_attempts`: the credential that it would put
on a request now is another one than the service has just refused.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, Protocol, TypeAlias

from msgspec import Struct

from intertie.core.secret import Secret
from intertie.runtime.http import Credential, Request


class NeedSecret(Struct, frozen=True):
    """A secret by its reference; `anew` where one that was resolved before will not do."""

    reference: str
    anew: bool = False


class NeedBodyField(Struct, frozen=True):
    """The request with a secret as a field of its body."""

    name: str
    secret: Secret


class Send(Struct, frozen=True):
    """The request with the credential on it.

    Attributes:
        credential: What was put where, for events; the transport reads `request.credential` alone.
        sign: Signs the request just before its first byte, given it and the time (UTC seconds): for signatures that
            a wait for a permit would make too old. None where there is none.
    """

    request: Request
    credential: Credential
    sign: Callable[[Request, float], Request] | None = None


class Reply(Struct, frozen=True):
    """What became of the attempt.

    Attributes:
        refused: The service refuses the credential.
        carried: The secret that the attempt carried.
    """

    refused: bool
    carried: Secret


Ask: TypeAlias = NeedSecret | NeedBodyField | Send
Flow: TypeAlias = Generator[Ask, Any, bool]


class Scheme(Protocol):
    """One kind of credential, made from the plan's options."""

    is_fixed: bool
    """Whether every attempt carries the same until it is refused or ends, beside the body: then the fused path may
    attach what was last put on a request."""

    def flow(self, request: Request) -> Flow:
        """Put the credential on one attempt's request."""
