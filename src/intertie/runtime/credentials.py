"""The resolved credential of one integration."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, field

from intertie.core.secret import Secret
from intertie.runtime.http import Credential
from intertie.runtime.policies.auth.options import AuthOptions
from intertie.runtime.surroundings import SecretStore


def _nobody(secret: Secret) -> None:
    """Nobody masks anything."""


@dataclass(slots=True)
class Credentials:
    """The resolved credential of one integration, kept until the service refuses it.

    Resolving may read a file; a refused credential is resolved anew by the next attempt, so that a rotated secret takes
    effect without a restart. Whoever masks texts is told of each secret through `tell`. Assigning one reference is
    atomic, so no lock is needed.
    """

    options: AuthOptions
    secrets: SecretStore
    tell: Callable[[Secret], None] = field(default=_nobody, repr=False)
    _kept: Credential | None = field(default=None, repr=False)

    def get(self) -> Credential:
        """Return the credential.

        Raises:
            CredentialMissing: Its reference resolves to nothing.
        """
        kept = self._kept
        if kept is None:
            kept = self._kept = self._resolve()
        return kept

    def forget(self) -> None:
        """Resolve anew next time."""
        self._kept = None

    def _resolve(self) -> Credential:
        options = self.options
        if options.type == "basic":
            username = self.secrets.resolve(options.username or "").reveal()
            password = self.secrets.resolve(options.password or "")
            # The header's form needs both texts in one (RFC 7617 section 2); the result is a secret again at once.
            text = base64.b64encode(f"{username}:{password.reveal()}".encode()).decode()
            both = Secret(text, reference=options.password or "")
            self.tell(password)
            self.tell(both)
            return Credential("header", "Authorization", both, "Basic")
        secret = self.secrets.resolve(options.secret or "")
        self.tell(secret)
        return Credential(options.location, options.name, secret, options.scheme)
