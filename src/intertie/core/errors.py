"""Every error Intertie raises.

    IntertieError
    ├── SpecError (in `intertie.diagnostics`)   nothing was compiled; carries the diagnostics
    ├── StoreUnavailable                        a store can't be opened or used: where, why, what to do
    ├── NotJson                                 `response.json()` of an answer that is not JSON; a ValueError too
    ├── UsageError                              the caller's mistake, raised at once, never retried
    │   └── InvalidInput                        names the field and the rule it breaks
    └── CallError                               operation, attempts, elapsed_s, reached
        ├── RejectedError                       we chose not to send
        │   ├── RateLimited · CircuitOpen · BudgetExceeded · JournalUnavailable · Retired · OriginRefused
        ├── DeadlineExceeded                    phase: connect | read | write | attempt | total
        ├── TransportError
        │   ├── ConnectError · ReadError · WriteError · ProtocolError
        ├── AuthError
        │   ├── CredentialMissing · TokenRefused
        ├── MappingError                        path, transform, type; never the value
        ├── InvalidResponse                     the service broke its own schema: path, rule; never the value
        └── ServiceError                        the service answered with an error

Every CallError holds what is known of the answer behind it: response, status, external_code, external_message. The
message of each error is one line of bounded length without control characters, whoever wrote the parts of it.

Inside the pipeline these travel as values (`runtime.call.Failed`); they are raised at the public surface only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import IntEnum

from intertie.core.answers import ServiceAnswer
from intertie.core.money import Money
from intertie.core.outside_text import shown
from intertie.core.timeline import TimelineEvent, timeline

LONGEST_MESSAGE = 2000
"""Characters of an error's message; each part from outside is cut earlier, where it enters the sentence."""


class Reach(IntEnum):
    """Whether an attempt reached the service. For several attempts, take the `max`."""

    NO = 0
    """The kernel took no byte of it."""
    MAYBE = 1
    """Something left; no byte of an answer came."""
    YES = 2
    """A byte of the answer came."""

    def __str__(self) -> str:
        return _REACH_TEXTS[self]


_REACH_TEXTS = ("no", "maybe", "yes")


class IntertieError(Exception):
    """Base class of all Intertie errors. The message is one line that is safe to print."""

    def __init__(self, message: str = "") -> None:
        super().__init__(shown(message, most=LONGEST_MESSAGE))


class NotJson(IntertieError, ValueError):  # noqa: N818  # reads as what the body is
    """`response.json()` was called on an answer that is not JSON. The message never contains parts of the body."""


class StoreUnavailable(IntertieError):  # noqa: N818  # reads as the state it names
    """A store can't be opened or used. The message says where it is, why, and what to do.

    Attributes:
        url: The store's URL.
    """

    def __init__(self, message: str, *, url: str) -> None:
        super().__init__(message)
        self.url = url

    @property
    def code(self) -> str:
        """`store_unavailable`, the code in JSON output."""
        return "store_unavailable"


class UsageError(IntertieError):
    """Intertie was used in a wrong way. It is raised at once, and never retried."""


class InvalidInput(UsageError):  # noqa: N818  # the names are the field's, not ours to suffix
    """The input of a call is invalid. Nothing was sent.

    Attributes:
        operation: Operation id, empty if it is not known yet.
        field: Dotted path of the offending input field, empty for the whole input.
        rule: What the field must be, in words.
    """

    def __init__(self, message: str, *, operation: str = "", field: str = "", rule: str = "") -> None:
        super().__init__(message)
        self.operation = operation
        self.field = field
        self.rule = rule

    @property
    def code(self) -> str:
        """`invalid_input`, the code in JSON output."""
        return "invalid_input"


class CallError(IntertieError):
    """A call failed. The attributes say what is known about its attempts.

    Attributes:
        operation: Operation id.
        attempts: Attempts sent, the first included.
        elapsed_s: Seconds from the start of the call, waits included.
        reached: The strongest reach of all attempts.
        retry_after_s: Seconds after which trying again makes sense, where known.
        response: The service's answer, None if there was none. It is not masked, so log it with
            `Integration.shown_response`.
        external_code: The provider's own code, masked and cut, None where the answer has none.
        external_message: The provider's own message, likewise.
        internal_code: Code of the `error_mapping` row that matched, else None.
        user_message: Message of that row, else None.
        cost: What the attempts cost, None if calls have no price.
        events: What each guard saw, where the call was explained.
        warnings: Sentences about what will hurt later, as on a result.
    """

    def __init__(
        self,
        message: str,
        *,
        operation: str = "",
        attempts: int = 0,
        elapsed_s: float = 0.0,
        reached: Reach = Reach.NO,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message)
        self.operation = operation
        self.attempts = attempts
        self.elapsed_s = elapsed_s
        self.reached = reached
        self.retry_after_s = retry_after_s
        self.response: ServiceAnswer | None = None
        self.external_code: str | None = None
        self.external_message: str | None = None
        self.internal_code: str | None = None
        self.user_message: str | None = None
        self.cost: Money | None = None
        self.events: Sequence[TimelineEvent] = ()
        self.warnings: tuple[str, ...] = ()

    def explain(self) -> str:
        """Return the timeline of the call, one line for each thing a guard saw or decided (needs `explain=True`)."""
        return timeline(self.events)

    @property
    def message(self) -> str:
        """The sentence a person reads: the mapped message where a row gives one."""
        return self.user_message or self.detail

    @property
    def detail(self) -> str:
        """What happened, in Intertie's words, whatever a row makes of it."""
        return str(self.args[0])

    @property
    def summary(self) -> str:
        """Code, sentence and, of a mapped error, its cause: one line for a report."""
        mapped = self.internal_code is not None or self.user_message is not None
        return str(self) if mapped else f"{self.code}: {self.detail}"

    @property
    def status(self) -> int | None:
        """HTTP status of the answer, None where none came."""
        return None if self.response is None else self.response.status

    def __str__(self) -> str:
        """Return what happened; of a mapped error its code and message, and in brackets what happened."""
        if self.internal_code is None and self.user_message is None:
            return self.detail
        code = shown(self.code)
        if self.user_message is None:
            return f"{code}: {self.detail}"
        return f"{code}: {shown(self.user_message)} ({self.detail})"

    @property
    def code(self) -> str:
        """The mapped `internal_code`, else the snake_case name of the class."""
        return self.internal_code or snake_case(type(self).__name__)


class RejectedError(CallError):
    """A guard refused the call. Nothing was sent.

    Attributes:
        policy: The guard that refused: `rate_limit`, `circuit_breaker`, `budget`, `journal`, `lifecycle` or
            `origin`.
    """

    policy = "policy"


class RateLimited(RejectedError):  # noqa: N818
    """A limit, or a pause that the service asked for, leaves no time before the deadline. Nothing was sent."""

    policy = "rate_limit"


class CircuitOpen(RejectedError):  # noqa: N818
    """The circuit breaker is open, or half-open with all its probes in flight. Nothing was sent."""

    policy = "circuit_breaker"


class BudgetExceeded(RejectedError):  # noqa: N818
    """The call would exceed the monthly budget, which has `hard_stop`. Nothing was sent."""

    policy = "budget"


class JournalUnavailable(RejectedError):  # noqa: N818
    """The journal can't store the cost or the strict audit of a call before it is sent. Nothing was sent."""

    policy = "journal"


class Retired(RejectedError):  # noqa: N818
    """The status of the spec is `retired`, so its operations can't be called."""

    policy = "lifecycle"


class OriginRefused(RejectedError):  # noqa: N818
    """An answer or the configuration points to an origin that the plan does not allow. Nothing was sent there."""

    policy = "origin"


class DeadlineExceeded(CallError):  # noqa: N818
    """The call exceeded a time limit.

    Attributes:
        phase: `connect`, `read`, `write`, `attempt` or `total`.
    """

    def __init__(self, message: str, *, phase: str = "total", **known: object) -> None:
        super().__init__(message, **known)  # type: ignore[arg-type]
        self.phase = phase


class TransportError(CallError):
    """The network failed."""


class ConnectError(TransportError):
    """The connection failed: name resolution, routing, a refusal, or TLS."""


class ReadError(TransportError):
    """The connection broke while waiting for the answer or reading it."""


class WriteError(TransportError):
    """The connection broke while sending the request."""


class ProtocolError(TransportError):
    """The peer violated the HTTP protocol."""


class AuthError(CallError):
    """Authentication failed because of the configured credential, not because of the caller's input."""


class CredentialMissing(AuthError):  # noqa: N818
    """A secret is missing; the message names its reference."""


class TokenRefused(AuthError):  # noqa: N818
    """The service (401 or 403) or the proxy (407) refused the credential."""


class MappingError(CallError):
    """A mapping row can't be applied.

    Attributes:
        path: Path in the source object, such as `$.items[3].price`.
        transform: Name of the transform, None where the field is missing.
    """

    def __init__(self, message: str, *, path: str = "", transform: str | None = None, **known: object) -> None:
        super().__init__(message, **known)  # type: ignore[arg-type]
        self.path = path
        self.transform = transform


class InvalidResponse(CallError):  # noqa: N818
    """The service's answer breaks its schema, and the spec validates answers as `strict`.

    Attributes:
        path: Where in the answer.
        rule: The schema rule that is broken.
    """

    def __init__(self, message: str, *, path: str = "", rule: str = "", **known: object) -> None:
        super().__init__(message, **known)  # type: ignore[arg-type]
        self.path = path
        self.rule = rule


class ServiceError(CallError):
    """The service answered with an error: see `status`, `external_code` and `external_message`."""


_CAMEL_RE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def snake_case(text: str) -> str:
    """Return the snake_case of a class name or heading.

    >>> snake_case("BudgetExceeded"), snake_case("Quote Parcel"), snake_case("Get HTTPStatus / v2")
    ('budget_exceeded', 'quote_parcel', 'get_http_status_v2')
    """
    return re.sub(r"[\W_]+", "_", _CAMEL_RE.sub("_", text)).strip("_").lower()
