"""Operations by their ids: a read-only mapping that makes each operation when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Generic, TypeVar

from intertie.core.errors import UsageError

OperationT = TypeVar("OperationT")


class Operations(Mapping[str, OperationT], Generic[OperationT]):
    """The operations of an integration, or of a view of one, in the order of the spec."""

    def __init__(self, ids: Mapping[str, object], operation: Callable[[str], OperationT]) -> None:
        self._ids = ids
        self._operation = operation

    def __getitem__(self, name: str) -> OperationT:
        try:
            return self._operation(name)
        except UsageError as unknown:
            raise KeyError(str(unknown)) from None

    def __contains__(self, name: object) -> bool:
        return name in self._ids

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)

    def __repr__(self) -> str:
        return f"Operations({', '.join(self._ids)})"
