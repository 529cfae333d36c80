"""Values that are more than a scalar."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct


class MoneyText(Struct, frozen=True):
    """An amount as written; `currency` is None where the author named none."""

    amount: Decimal
    currency: str | None


class Schema(Struct, frozen=True):
    """A JSON Schema, self-contained: every `$ref` inside points into its own `$defs`.

    Attributes:
        json: The schema as plain data, in the 2020-12 dialect (OpenAPI 3.0 forms are translated).
        name: The component's name where it came by `$ref`, such as `Charge`, else None.
    """

    json: dict[str, object]
    name: str | None
