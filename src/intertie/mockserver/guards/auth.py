"""Is there a credential, is it where the spec says, and does it have the form that the spec says?

Any credential of the right form passes, unless the mock was given an exact one.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping

from intertie.core.secret import Secret
from intertie.mockserver.messages import Answer, MockRequest
from intertie.mockserver.problems import place_of, problem
from intertie.runtime.plan import OperationPlan
from intertie.runtime.policies.auth.options import AuthOptions

_STAGE = "authentication"


class AuthenticationRule:
    """The plan's authentication, as a service keeps it.

    Args:
        options: Of the plan.
        exact: The one credential that passes (for basic: `user:password`), None where any of the right form does.
    """

    def __init__(self, options: AuthOptions, exact: Secret | None = None) -> None:
        self._options = options
        self._exact = exact
        self._header = options.name.lower() if options.type == "api_key" else "authorization"
        scheme = "Basic" if options.type == "basic" else options.scheme
        self._prefix = f"{scheme} ".lower() if scheme else ""
        self._challenge = (("WWW-Authenticate", f'{scheme or "ApiKey"} realm="mock"'),)

    def broken_by(
        self, request: MockRequest, query: Mapping[str, list[str]], body: object, operation: OperationPlan
    ) -> Answer | None:
        """Return the refusal, None where the credential passes; `body` is the decoded one, None where there is none."""
        if self._options.type == "none":
            return None
        found = self._find(request, query, body)
        if not found:
            return self._refuse("missing-credential", f"no credential in {self._where()}", operation)
        key = found
        if self._prefix:
            if not found.lower().startswith(self._prefix) or not found[len(self._prefix) :].strip():
                wanted = f"`{self._prefix.strip().capitalize()} …`"
                return self._refuse("malformed-credential", f"{self._where()} must be {wanted}", operation)
            key = found[len(self._prefix) :].strip()
        if self._options.type == "basic":
            pair = _basic_pair(key)
            if pair is None:
                return self._refuse(
                    "malformed-credential", "the Basic credential is no base64 of `user:password`", operation
                )
            key = pair
        if self._exact is not None and not hmac.compare_digest(key.encode(), self._exact.reveal().encode()):
            return self._refuse("wrong-credential", "the credential is not the one this mock was given", operation)
        return None

    def _find(self, request: MockRequest, query: Mapping[str, list[str]], body: object) -> str | None:
        location = "header" if self._options.type == "basic" else self._options.location
        if location == "header":
            return request.headers.get(self._header)
        if location == "query":
            return next(iter(query.get(self._options.name, ())), None)
        value = body.get(self._options.name) if isinstance(body, Mapping) else None
        return value if isinstance(value, str) else None

    def _where(self) -> str:
        options = self._options
        if options.type == "basic":
            return "header Authorization"
        return {"header": "header ", "query": "query parameter ", "body": "body field "}[
            options.location
        ] + options.name

    def _refuse(self, rule: str, detail: str, operation: OperationPlan) -> Answer:
        place = place_of(operation, _STAGE, "name", "type", "scheme")
        return problem(
            401, rule, f"{detail} ({place})", place=place, operation=operation.id, field=self._options.name,
            headers=self._challenge,
        )  # fmt: skip


def _basic_pair(key: str) -> str | None:
    try:
        text = base64.b64decode(key, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return None
    user, colon, _ = text.partition(":")
    return text if colon and user else None
