"""The credential of one integration: its scheme, and the secrets that were resolved for it."""

from __future__ import annotations

from collections.abc import Callable

from intertie.core.clock import Clock
from intertie.core.errors import CallError
from intertie.core.secret import Secret
from intertie.runtime.http import Credential, Request
from intertie.runtime.policies.auth.flow import Flow, NeedBodyField, NeedSecret, Send
from intertie.runtime.policies.auth.options import AuthOptions
from intertie.runtime.policies.auth.schemes import SCHEMES
from intertie.runtime.surroundings import SecretStore

_EARLIEST_SHARE = 0.1
_EARLIEST_S = 60.0
"""A secret with a lifetime is resolved again this long before its end, at most this share of it before."""

_NO_REQUEST = Request("GET", "/")


class Credentials:
    """Secrets are kept until the service refuses them, their lifetime is nearly over, or somebody asks for them anew.

    Resolving may read a file. Whoever masks texts is told of each secret through `tell`. A dictionary's items are set
    and read whole, so no lock is needed: at worst a secret is resolved twice.
    """

    def __init__(
        self, options: AuthOptions, secrets: SecretStore, clock: Clock, tell: Callable[[Secret], None]
    ) -> None:
        self.options = options
        self.scheme = SCHEMES[options.type](options)
        self._secrets = secrets
        self._clock = clock
        self._tell = tell
        lifetime_s = options.expires_in_s
        self._kept_s = None if lifetime_s is None else lifetime_s - min(_EARLIEST_S, lifetime_s * _EARLIEST_SHARE)
        self._kept: dict[str, tuple[Secret, float]] = {}
        self._attached: Credential | None = None
        self._attached_until_s: float | None = None

    def flow(self, request: Request) -> Flow:
        """Return the credential's way with one attempt's request."""
        return self.scheme.flow(request)

    def secret(self, wanted: NeedSecret) -> Secret:
        """Return a secret: the one that is kept, where that will do.

        Raises:
            CredentialMissing: Its reference resolves to nothing.
        """
        now_s = self._clock.monotonic_s() if self._kept_s is not None else 0.0
        kept = self._kept.get(wanted.reference)
        if kept is not None and not wanted.anew and (self._kept_s is None or now_s < kept[1]):
            return kept[0]
        # A refused or ended secret is never attached again, even where resolving it fails.
        self._attached = None
        self._kept.pop(wanted.reference, None)
        resolved = self._secrets.resolve(wanted.reference)
        self._tell(resolved)
        self._kept[wanted.reference] = (resolved, now_s + (self._kept_s or 0.0))
        return resolved

    def attached(self) -> Credential | None:
        """Return what every attempt carries now, None where the credential must be asked for each attempt's own.

        Raises:
            CredentialMissing: Its reference resolves to nothing.
        """
        if not self.scheme.is_fixed:
            return None
        attached = self._attached
        if attached is not None and (
            self._attached_until_s is None or self._clock.monotonic_s() < self._attached_until_s
        ):
            return attached
        sends = self._sends()
        self._tell(sends.credential.secret)
        if self._kept_s is not None:
            self._attached_until_s = min((until_s for _, until_s in self._kept.values()), default=0.0)
        self._attached = sends.credential
        return sends.credential

    def identity(self) -> str | None:
        """Return a fingerprint of whose calls these are, None where that can't be told now."""
        try:
            attached = self.attached()
            return (attached if attached is not None else self._sends().credential).secret.fingerprint()
        except CallError:
            return None

    def require(self) -> None:
        """Resolve what the first call would need.

        Raises:
            CredentialMissing: A reference resolves to nothing.
        """
        self._sends()

    def forget(self) -> None:
        """Resolve anew next time."""
        self._attached = None
        self._kept.clear()

    def _sends(self) -> Send:
        """Play a flow up to where it would send, with no request."""
        flow = self.flow(_NO_REQUEST)
        try:
            ask = next(flow)
            while not isinstance(ask, Send):
                ask = flow.send(_NO_REQUEST if isinstance(ask, NeedBodyField) else self.secret(ask))
            return ask
        finally:
            flow.close()
