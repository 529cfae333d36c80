"""Puts our credential on every attempt."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from intertie.core.errors import CallError, CredentialMissing, Reach
from intertie.core.secret import Secret
from intertie.runtime.call import Call, Failed, Kind, Outcome
from intertie.runtime.credentials import Credentials
from intertie.runtime.http import Credential, Request
from intertie.runtime.pipeline import CallNext
from intertie.runtime.policies.auth.options import STAGE


class AuthPolicy(Struct, frozen=True):
    """Gives each attempt the credential as it is now.

    Attributes:
        with_body_field: Builds the call's request again with the credential as a field of its body, where it belongs
            there.
    """

    credentials: Credentials
    with_body_field: Callable[[Call, tuple[str, Secret]], Request]

    async def __call__(self, call: Call, call_next: CallNext) -> Outcome:
        """Return the attempt's outcome; where the credential is missing, say which reference."""
        options = self.credentials.options
        try:
            credential = self.credentials.get()
            request = self._apply(call, credential)
        except CredentialMissing as error:
            call.course.emit(STAGE, "credential_missing")
            return Failed(error, Kind.CREDENTIAL_FAULT, Reach.NO)
        except CallError as error:
            return Failed(error, Kind.MAPPING_FAULT, Reach.NO)
        call.course.emit(
            STAGE,
            "credential",
            type=options.type,
            location=credential.location,
            name=credential.name,
            reference=credential.secret.reference,
        )
        outcome = await call_next(replace(call, request=request))
        if isinstance(outcome, Failed) and outcome.kind is Kind.CREDENTIAL_FAULT:
            self.credentials.forget()
            call.course.emit(STAGE, "refused", reference=credential.secret.reference)
        return outcome

    def _apply(self, call: Call, credential: Credential) -> Request | None:
        if credential.location == "body":
            return self.with_body_field(call, (credential.name, credential.secret))
        return None if call.request is None else replace(call.request, credential=credential)
