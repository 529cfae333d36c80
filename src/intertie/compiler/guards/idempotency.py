"""Whether sending twice has the effect of once."""

from __future__ import annotations

from intertie.compiler.fate import How
from intertie.compiler.guards.half import Half, guard_fields


class KeyHalf(Half):
    """A key comes from a header of the endpoint, which `compiler.parameters` reads; its place is the endpoint's own."""

    stages = ("idempotency_key",)
    fields = (*guard_fields("endpoints[]", How.ENFORCED, "stage retry: a replay is allowed", "idempotent"),)


HALF = KeyHalf()
