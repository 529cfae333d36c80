"""Everything the pipeline takes from outside: nobody below `app` reaches for a clock, a socket or a store."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct, field

from intertie.core.clock import Clock
from intertie.core.rng import Rng
from intertie.core.secret import Secret
from intertie.runtime.http import Transport
from intertie.runtime.masking.secrets import KnownSecrets
from intertie.runtime.state import Coordination, Journal
from intertie.runtime.transports import Transports


class SecretStore(Protocol):
    """Turns references into secrets."""

    def resolve(self, reference: str, *, lines: bool = False) -> Secret:
        """Return the secret of `env:NAME` or `file:PATH`; with `lines` it may have several, as a key in PEM has.

        Raises:
            CredentialMissing: There is nothing under the reference, or what is there can't be a secret, or its kind is
                not supported; the message names the reference.
        """


class Surroundings(Struct, frozen=True):
    """What a pipeline is linked with: for asyncio, for blocking callers, or for virtual time.

    Attributes:
        transport: To the service itself.
        known_secrets: What is masked wherever it appears; whoever resolves a secret outside of the pipeline, such as
            the key of a client certificate, adds it here.
        transports: To every origin that the plan allows, the service's own among them.
    """

    clock: Clock
    rng: Rng
    transport: Transport
    coordination: Coordination
    journal: Journal
    secrets: SecretStore
    known_secrets: KnownSecrets = field(default_factory=KnownSecrets)
    transports: Transports = field(default_factory=Transports)
