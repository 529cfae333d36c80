"""Our credential."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from intertie.core.errors import CallError
from intertie.runtime.credentials import Credentials
from intertie.runtime.guard import NEVER_QUICK, Attempt, EventKind, Guard, Line, Opening, Quick, Site
from intertie.runtime.http import Request
from intertie.runtime.plan import OperationPlan, Plan
from intertie.runtime.policies.auth.options import STAGE
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
        options = opening.plan.auth
        return None if options.type == "none" else Credentials(options, opening.surroundings.secrets, opening.tell)

    def policy(self, site: Site, handle: Credentials | None) -> AuthPolicy | None:
        """Return the general path."""
        return None if handle is None else AuthPolicy(handle, site.build)

    def quick(self, site: Site, handle: Credentials | None) -> Quick | None:
        """Attach the credential that is known; one in the body is built into each attempt anew, on the general path."""
        if handle is None:
            return None
        options = site.plan.auth
        if options.type == "api_key" and options.location == "body":
            return NEVER_QUICK
        get = handle.get

        def take(attempt: Attempt) -> Request | None:
            try:
                credential = get()
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
                return {**options, "secret": auth.secret}
            case "basic":
                return {"type": auth.type, "username": auth.username, "password": auth.password}
            case _:
                return None

    def words(self, options: Mapping[str, Any], sources: Mapping[str, str], operation: OperationPlan) -> Iterator[Line]:
        """Say which reference goes where."""
        if options["type"] == "basic":
            both = f"basic: the user name from {options['username']}, the password from {options['password']}"
            yield both, sources["password"]
            return
        scheme = f", after `{options['scheme']}`" if "scheme" in options else ""
        where = f"{options['location']} {options['name']}{scheme}"
        yield f"the key from {options['secret']} goes into {where}", sources["secret"]
