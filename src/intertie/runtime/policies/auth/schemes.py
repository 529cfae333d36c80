"""The kinds of credentials that can be put on a request: adding one is a class and a line in `SCHEMES`."""

from __future__ import annotations

import base64
from collections.abc import Callable, Generator, Mapping
from types import MappingProxyType
from typing import Any

from msgspec.structs import replace

from intertie.core.secret import Secret
from intertie.runtime.http import Credential, Request
from intertie.runtime.policies.auth.flow import Ask, Flow, NeedBodyField, NeedSecret, Reply, Scheme, Send
from intertie.runtime.policies.auth.options import AuthOptions


class ApiKey:
    """A key in a header, in the query or in a field of the body."""

    def __init__(self, options: AuthOptions) -> None:
        self._options = options
        self.is_fixed = options.location != "body"

    def flow(self, request: Request) -> Flow:
        """Put the key where it belongs; after a refusal, look whether there is another one."""
        options = self._options
        key: Secret = yield NeedSecret(options.secret or "")
        credential = Credential(options.location, options.name, key, options.scheme)
        if options.location == "body":
            request = yield NeedBodyField(options.name, key)
        else:
            request = replace(request, credential=credential)
        reply: Reply = yield Send(request, credential)
        if not reply.refused or not options.token_refresh:
            return False
        fresh: Secret = yield NeedSecret(options.secret or "", anew=True)
        return fresh != reply.carried


class Basic:
    """User name and password in the header (RFC 7617)."""

    is_fixed = True

    def __init__(self, options: AuthOptions) -> None:
        self._options = options

    def flow(self, request: Request) -> Flow:
        """Put both into the header; after a refusal, look whether either is another one."""
        options = self._options
        both = yield from self._both(anew=False)
        credential = Credential("header", "Authorization", both, "Basic")
        reply: Reply = yield Send(replace(request, credential=credential), credential)
        if not reply.refused or not options.token_refresh:
            return False
        fresh = yield from self._both(anew=True)
        return fresh != reply.carried

    def _both(self, *, anew: bool) -> Generator[Ask, Any, Secret]:
        username: Secret = yield NeedSecret(self._options.username or "", anew=anew)
        password: Secret = yield NeedSecret(self._options.password or "", anew=anew)
        # The header's form needs both texts in one (RFC 7617 section 2); the result is a secret again at once.
        text = base64.b64encode(f"{username.reveal()}:{password.reveal()}".encode()).decode()
        return Secret(text, reference=self._options.password or "")


SCHEMES: Mapping[str, Callable[[AuthOptions], Scheme]] = MappingProxyType({"api_key": ApiKey, "basic": Basic})
"""Type of `authentication` -> its scheme."""
