"""Our credential."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from intertie.core.errors import CallError
from intertie.core.units import seconds_text
from intertie.runtime.guard import NEVER_QUICK, Attempt, EventKind, Guard, Line, Opening, Quick, Site
from intertie.runtime.plan import OperationPlan, Plan
from intertie.runtime.policies.auth.options import STAGE

if TYPE_CHECKING:  # a plan is described without what runs it
    from intertie.runtime.http import Request
    from intertie.runtime.policies.auth.credentials import Credentials
    from intertie.runtime.policies.auth.policy import AuthPolicy


class AuthGuard(Guard):
    """Puts our credential on every attempt. Its handle is the resolved credential."""

    name = "auth"
    stage = STAGE
    events = (
        EventKind("credential", "debug", ("type", "location", "name", "reference"), "the credential is attached"),
        EventKind("credential_missing", "error", (), "the credential's reference resolves to nothing"),
        EventKind("refused", "error", ("reference",), "the service refuses the credential; it is resolved again"),
    )

    def open(self, opening: Opening) -> Credentials | None:
        """Return the credential, which is resolved when it is first needed."""
        options, around = opening.plan.auth, opening.surroundings
        if options.type == "none":
            return None
        from intertie.runtime.policies.auth.credentials import Credentials  # noqa: PLC0415  # calls alone need it

        return Credentials(options, around.secrets, around.clock, opening.tell)

    def policy(self, site: Site, handle: Credentials | None) -> AuthPolicy | None:
        """Return the general path."""
        if handle is None:
            return None
        from intertie.runtime.policies.auth.policy import AuthPolicy  # noqa: PLC0415  # calls alone need it

        return AuthPolicy(handle, site.build)

    def quick(self, site: Site, handle: Credentials | None) -> Quick | None:
        """Attach the credential that every attempt carries now; one that differs takes the general path."""
        if handle is None:
            return None
        if not handle.scheme.is_fixed:
            return NEVER_QUICK
        from intertie.runtime.http import Request  # noqa: PLC0415  # calls alone need it

        attached = handle.attached

        def take(attempt: Attempt) -> Request | None:
            try:
                credential = attached()
            except CallError:
                return None  # the general path meets the same error and says which reference is missing
            built = attempt.request
            attempt.outgoing = built and Request(
                built.method,
                built.target,
                built.headers,
                built.static_head,
                built.body,
                credential,
                built.body_is_secret,
                built.expect_continue,
            )
            return attempt.outgoing

        return Quick(take, taken=("credential",))

    def describe(self, plan: Plan, operation: OperationPlan) -> Mapping[str, object] | None:
        """Return which reference goes where."""
        auth = plan.auth
        match auth.type:
            case "api_key":
                options: dict[str, object] = {"type": auth.type, "location": auth.location, "name": auth.name}
                if auth.scheme:
                    options["scheme"] = auth.scheme
                options["secret"] = auth.secret
            case "basic":
                options = {"type": auth.type, "username": auth.username, "password": auth.password}
            case _:
                return None
        if auth.token_refresh:
            options["token_refresh"] = True
        return options if auth.expires_in_s is None else {**options, "expires_in_s": auth.expires_in_s}

    def words(self, options: Mapping[str, Any], sources: Mapping[str, str], operation: OperationPlan) -> Iterator[Line]:
        """Say which reference goes where."""
        if options["type"] == "basic":
            both = f"basic: the user name from {options['username']}, the password from {options['password']}"
            yield both, sources["password"]
        else:
            yield _key(options), sources["secret"]
        if "token_refresh" in options:
            refused = "after a refusal it is resolved again; where it is another one, the call is made once more"
            yield refused, sources["token_refresh"]
        if "expires_in_s" in options:
            yield f"it is resolved again within {seconds_text(options['expires_in_s'])}", sources["expires_in_s"]


def _key(options: Mapping[str, Any]) -> str:
    scheme = f", after `{options['scheme']}`" if "scheme" in options else ""
    return f"the key from {options['secret']} goes into {options['location']} {options['name']}{scheme}"
