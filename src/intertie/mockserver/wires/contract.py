"""What a protocol is to the mock: a `MockProtocol`, which turns the operations of a plan round into a `MockWire`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from intertie.mockserver.guards.version import VersionRule
from intertie.mockserver.messages import Answer, MockRequest
from intertie.mockserver.profiles import ForcedAnswer
from intertie.runtime.plan import OperationPlan, Plan


class Asked(Protocol):
    """An operation that a request means."""

    @property
    def operation(self) -> OperationPlan:
        """Which one."""

    @property
    def query(self) -> Mapping[str, list[str]]:
        """The request's query, decoded: credential and version may be there."""

    @property
    def version(self) -> str | None:
        """The version that is asked for by how the operation is addressed, None where that has none."""

    def read(self, request: MockRequest) -> object | Answer:
        """Return what the request holds, decoded; None where it holds nothing, a refusal where it can't be read."""

    def check(
        self, request: MockRequest, message: object | Answer, *, credential_field: str | None
    ) -> tuple[object, Answer | None]:
        """Return what the request holds as the spec types it, and the refusal of what breaks the spec.

        Args:
            request: As it came.
            message: What `read` gave.
            credential_field: A member that carries the credential and is no part of the data.
        """

    def idempotency_key(self, request: MockRequest) -> str | None:
        """Return the request's idempotency key, None where it has none."""

    def answer(self, request: MockRequest, message: object, utc_s: float) -> Answer:
        """Carry the request out and return its answer.

        Raises:
            Unsatisfiable: No answer can be made from the result's schema.
        """


class MockWire(Protocol):
    """The operations of one plan that are of one protocol. The engine's lock is held whenever it is asked."""

    def find(self, request: MockRequest) -> Asked | Answer:
        """Return the operation that a request means, or the refusal of a request that means none."""

    def error(self, operation: OperationPlan, status: int, *, code: str | None = None, rule: str = "forced") -> Answer:
        """Return an error answer.

        Args:
            operation: Whose declared errors are looked at.
            status: 400 to 599: of HTTP, or the nearest that the protocol has.
            code: The provider's own code to put where the plan reads it.
            rule: Of the problem document that answers where nothing is declared.
        """

    def refusal(self, answer: Answer) -> Answer:
        """Return a refusal that the mock makes for every protocol (limit, credential, version), in this one's form."""

    def forced(self, forced: ForcedAnswer, operation: OperationPlan) -> Answer:
        """Return an answer that the profile lays down: its status, body and headers."""

    def retry_header(self, operation: OperationPlan) -> str:
        """Return the header that a refusal tells the pause in."""

    def key_reused_status(self, operation: OperationPlan) -> int:
        """Return the status that refuses an idempotency key which was used with another request."""

    def reset(self) -> None:
        """Forget what was stored."""

    def counts(self) -> dict[str, int]:
        """Return how many things are stored, by collection."""


class MockProtocol(Protocol):
    """A protocol, as its services speak it."""

    @property
    def tag(self) -> str:
        """The tag of its `WirePlan`."""

    def mock(self, plan: Plan, *, versions: VersionRule, seed: int | str, recent_s: float) -> MockWire:
        """Return the operations of a plan that are of this protocol.

        Args:
            plan: The whole plan, with operations of others too.
            versions: Of the plan, for refusals.
            seed: Of the mock: the same seed gives the same answers.
            recent_s: UTC seconds that generated dates lie shortly before.
        """
