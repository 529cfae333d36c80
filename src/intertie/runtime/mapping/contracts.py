"""What a plan holds of a mapping row: a path that reads and writes, and a transform that changes a value."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Protocol


class Missing(Enum):
    """The one value `MISSING`: nothing is there, which is not the same as null."""

    MISSING = "missing"


MISSING = Missing.MISSING


class FieldPath(Protocol):
    """A compiled path such as `billing_details.email`, `items[].sku`, `data[-1].id` or a JSONPath."""

    text: str

    def read(self, source: object) -> object:
        """Return what the path finds (a list where it has `[]` or wildcards), `MISSING` where nothing is there."""

    def write(self, target: dict[str, object], value: object) -> None:
        """Put `value` there, making objects and lists on the way."""


class Transform(Protocol):
    """A compiled transform such as `minor_units_to_decimal(currency)`."""

    text: str
    name: str

    def apply(self, value: object, source: Mapping[str, object]) -> object:
        """Return the transformed value; `source` is the object that argument paths are read from.

        Raises:
            ValueError: The value is of a type or form the transform can't take; the message names type and rule,
                never the value.
        """
