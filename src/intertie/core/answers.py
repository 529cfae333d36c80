"""What an error says of the service's HTTP answer, without a word about transports."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol


class AnswerHeaders(Protocol):
    """Header fields in the order they came; names compare without regard to case."""

    def get(self, name: str) -> str | None:
        """Return the first value of `name`, None where it is absent."""

    def all(self, name: str) -> list[str]:
        """Return every value of `name`."""

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Yield `(name, value)` pairs."""


class ServiceAnswer(Protocol):
    """The service's HTTP answer as it came. Headers and body are raw: nobody has masked them."""

    @property
    def status(self) -> int:
        """HTTP status."""

    @property
    def headers(self) -> AnswerHeaders:
        """Header fields."""

    @property
    def body(self) -> bytes:
        """The body, content coding removed; empty where it was streamed."""

    def json(self) -> object:
        """Return the body as JSON data.

        Raises:
            NotJson: The body is not JSON.
        """
