"""What an operation gives: data of an answer judged by its schema and mapped, whatever protocol brought it."""

from __future__ import annotations

from intertie.runtime.mapping.mapper import Mapper
from intertie.runtime.plan import OperationPlan


class Results:
    """Judges and maps one operation's data. Compiled once; may be used from any thread."""

    __slots__ = ("_mapper", "_schema")

    def __init__(self, operation: OperationPlan) -> None:
        self._schema = operation.result.schema
        self._mapper = Mapper(operation.inbound, operation=operation.id) if operation.inbound else None

    def violation(self, data: object) -> tuple[str, str] | None:
        """Return path and rule of the first violation of the result's schema, None where there is none."""
        if self._schema is None or self._schema.is_valid(data):
            return None
        return self._schema.first_error(data) or ("$", "schema")

    def map_inbound(self, data: object) -> object:
        """Return the internal object; the answer itself where the operation has no inbound rows, or no body came.

        Raises:
            MappingError: A required field is missing, or a transform can't take a value.
        """
        if self._mapper is None or data is None:
            return data
        return self._mapper.map(data)
