"""A scheme of credentials that signs each request with the time."""

from __future__ import annotations

from msgspec.structs import replace

from intertie.runtime.http import Credential, Request
from intertie.runtime.policies.auth.flow import Flow, NeedSecret, Send
from intertie.runtime.policies.auth.options import AuthOptions


class Signed:
    """A key whose header is a signature of the time: what HMAC schemes do."""

    is_fixed = False

    def __init__(self, options: AuthOptions) -> None:
        self._options = options

    def flow(self, request: Request) -> Flow:
        key = yield NeedSecret(self._options.secret)

        def sign(ready: Request, now_s: float) -> Request:
            return replace(ready, headers=(*ready.headers, ("X-Signed-At", f"{now_s:.1f}")), sign=None)

        yield Send(request, Credential("header", "X-Signed-At", key), sign)
        return False
