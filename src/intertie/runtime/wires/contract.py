"""What a protocol is to the runtime: a `WireProtocol`, which links an operation's plan into a `LinkedWire`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum
from typing import Final, Protocol

from intertie.core.clock import Clock
from intertie.core.secret import Secret
from intertie.runtime.call import Outcome
from intertie.runtime.http import Request, Response
from intertie.runtime.plan import OperationPlan, Plan
from intertie.runtime.state import ServerHint


class _NotPlain(Enum):
    NOT_PLAIN = "not plain"


NOT_PLAIN: Final = _NotPlain.NOT_PLAIN
"""What `LinkedWire.plain` gives for an answer that is to be judged in full."""


class LinkedWire(Protocol):
    """One operation in the terms of its protocol, linked once. All methods may be called from any thread."""

    opens_streams: bool
    """Its requests open a stream in both directions (`Connection.open_stream`): a call has to ask for one."""
    unusual_headers: frozenset[bytes]
    """Lower-case names of header fields with which an answer is never plain, as far as the protocol knows them."""

    @property
    def encode(self) -> Encode:
        """Makes the request of a call from the internal object."""

    def idempotency_key_in(self, input: Mapping[str, object]) -> str | None:  # noqa: A002  # the word of the format
        """Return the idempotency key that the caller gives among the input, None where none is given.

        Raises:
            InvalidInput: What stands there can't be one.
        """

    def plain(self, response: Response) -> object:
        """Return the data of a declared success that holds nothing unusual, `NOT_PLAIN` for any other answer.

        The happy path asks this, and never raises; whatever is not plain is judged by `answer`.
        """

    def answer(self, response: Response, *, stream: bool = False) -> Outcome:
        """Return what an answer is; the data of a success is decoded, neither validated nor mapped.

        Args:
            response: With its whole body, or with a stream that `is_streamed` said yes to.
            stream: The call asked for a stream.
        """

    def is_streamed(self, response: Response) -> bool:
        """Return whether the body of an answer, of which the head is there, is handed on as a stream."""

    def read_hint(self, response: Response, throttled: bool) -> ServerHint | None:
        """Return what an answer says about the limit, None where it says nothing.

        Args:
            response: The answer.
            throttled: It was classified as throttled.
        """


class Encode(Protocol):
    """Makes an operation's requests."""

    def __call__(
        self,
        input: Mapping[str, object],  # noqa: A002  # the word of the format
        *,
        version: str | None = None,
        idempotency_key: str | None = None,
        new_uuid: Callable[[], str],
        now: Callable[[], datetime],
        environ: Callable[[str], str],
        body_field: tuple[str, Secret] | None = None,
    ) -> Request:
        """Return the request of one call.

        Args:
            input: The internal object.
            version: API version asked for; None for the current one.
            idempotency_key: Where the operation has one: the same for each attempt.
            new_uuid: For identifiers.
            now: For times.
            environ: Text of an environment variable by its name.
            body_field: Name and credential that `authentication` puts into the body.

        Raises:
            InvalidInput: A field is missing, unknown, or breaks its schema; the version is not supported.
            MappingError: An outbound row can't do what it says.
            CredentialMissing: `environ` knows no such variable.
        """


class WireProtocol(Protocol):
    """A protocol: its plan part has the tag, and `link` is called once an operation."""

    @property
    def tag(self) -> str:
        """The tag of its `WirePlan`."""

    def link(self, plan: Plan, operation: OperationPlan, *, clock: Clock, quote: Callable[[str], str]) -> LinkedWire:
        """Return an operation, ready to be called.

        Args:
            plan: Of the integration.
            operation: One of its operations, with a wire of this protocol.
            clock: For dates in answers.
            quote: Makes words of the service safe to hand on: on one line, masked, cut.
        """
