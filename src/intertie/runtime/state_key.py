"""Whose a row of shared state is: the key of every limiter, breaker, cache, ledger, queue item and call on record."""

from __future__ import annotations

from msgspec import Struct

from intertie.core.outside_text import shown


class StateKey(Struct, frozen=True, order=True):
    """One integration in one environment, at one origin, for one tenant.

    Attributes:
        integration: The spec's id.
        environment: Its name.
        origin: `scheme://host:port`. Empty where calls go to the spec's own URL, so that the service's new host name
            restarts no month and no limit; filled for loopback and for a base URL given by hand, so that a mock never
            feeds the state of the real service. The key of a cache always has it.
        tenant: Empty: there are no tenants yet.
    """

    integration: str
    environment: str
    origin: str = ""
    tenant: str = ""

    def __str__(self) -> str:
        r"""Return the label that people read; what strangers wrote in it is made safe to print.

        >>> str(StateKey("INT-001", "staging"))
        'INT-001@staging'
        >>> str(StateKey("INT-001", "default", "http://127.0.0.1:8420"))
        'INT-001@default http://127.0.0.1:8420'
        >>> str(StateKey("INT-001", "sta\x1bging"))
        'INT-001@sta\\x1bging'
        """
        label = f"{shown(self.integration)}@{shown(self.environment)}"
        if self.origin:
            label = f"{label} {shown(self.origin)}"
        return f"{label} for {shown(self.tenant)}" if self.tenant else label

    def scoped(self, scope: str) -> str:
        """Return the label of a part, such as the breaker of one operation; the key's own where `scope` is empty.

        >>> StateKey("INT-001", "staging").scoped("create_charge")
        'INT-001@staging/create_charge'
        """
        return f"{self}/{scope}" if scope else str(self)

    def as_json(self) -> dict[str, str]:
        """Return the fields by which rows name it in JSON documents; a tenant only where there is one."""
        fields = {"integration": self.integration, "environment": self.environment, "origin": self.origin}
        return {**fields, "tenant": self.tenant} if self.tenant else fields
