"""The control endpoint under `/__intertie/`: look at a mock and steer it while it runs.

| request | does |
|---|---|
| `GET health` | `{"status": "ok"}` |
| `GET state` | profile, counts, limits, stored things |
| `GET profile` | the profile in use, and the built-in ones |
| `PUT` or `POST profile` | change it: a name as JSON text, `{"name": "down"}`, or a profile's fields |
| `GET requests`, `DELETE requests` | what was received, secrets masked; forget it |
| `POST reset` | forget everything, begin anew |
| `GET rules/NAME` | what a rule in a problem document means |

It is not part of the service: no limits, no latency, no faults. It refuses the pages of other machines, whatever
address it listens on. On a loopback address it answers to loopback names alone; elsewhere to addresses and names
without a dot (`mock:8420`), so that no page can reach it under a name of its own.
"""

from __future__ import annotations

import msgspec

from intertie.core.errors import IntertieError
from intertie.mockserver.engine import MockEngine
from intertie.mockserver.hosts import is_loopback_host, is_loopback_origin, is_private_host
from intertie.mockserver.messages import Answer, MockReply, MockRequest
from intertie.mockserver.problems import CONTROL_PREFIX, RULES, problem
from intertie.mockserver.profile_reading import ProfileError, profile_of
from intertie.mockserver.profiles import BUILT_IN, Profile
from intertie.runtime.bounds import BoundsError, decode_json

_KNOWN = "GET health, state, profile, requests and rules/NAME, PUT profile, DELETE requests, POST reset"
_JSON = (("Content-Type", "application/json"), ("Cache-Control", "no-store"))


class ControlEndpoint:
    """The control endpoint of one engine.

    Args:
        engine: What is steered.
        loopback_only: Whether `Host` must name a loopback address, else an address or a name without a dot.
    """

    def __init__(self, engine: MockEngine, *, loopback_only: bool = True) -> None:
        self._engine = engine
        self._loopback_only = loopback_only

    def handles(self, target: str) -> bool:
        """Return whether a request is for the control endpoint."""
        return target.startswith(CONTROL_PREFIX)

    def handle(self, request: MockRequest) -> MockReply:
        """Return the answer."""
        answer = self._answer(request)
        return MockReply(answer.status, answer.headers, answer.body)

    def _answer(self, request: MockRequest) -> Answer:
        host = request.headers.get("host", "")
        if not (is_loopback_host(host) if self._loopback_only else is_private_host(host)):
            known = "loopback names" if self._loopback_only else "addresses and names without a dot"
            return problem(403, "foreign-host", f"the control endpoint answers to {known} alone")
        if not is_loopback_origin(request.headers.get("origin")) or _is_foreign_page(request):
            return problem(403, "foreign-host", "the control endpoint refuses requests of other machines' pages")
        name = request.target[len(CONTROL_PREFIX) :].partition("?")[0].rstrip("/")
        engine = self._engine
        match (request.method, name):
            case ("GET" | "HEAD", "health"):
                return _shown({"status": "ok", "service": engine.plan.service})
            case ("GET" | "HEAD", "state"):
                return _shown(engine.state())
            case ("GET" | "HEAD", "profile"):
                return _shown({"current": engine.state()["profile"], "built_in": list(BUILT_IN)})
            case ("PUT" | "POST", "profile"):
                return self._changed(request)
            case ("GET" | "HEAD", "requests"):
                return _shown({"requests": engine.requests()})
            case ("DELETE", "requests"):
                engine.forget_requests()
                return Answer(204)
            case ("POST", "reset"):
                engine.reset()
                return _shown(engine.state())
            case ("GET" | "HEAD", path) if path.removeprefix("rules/") in RULES:
                rule = path.removeprefix("rules/")
                return _shown({"rule": rule, "meaning": RULES[rule]})
        detail = f"{request.method} {name} is nothing the control endpoint knows; it knows {_KNOWN}"
        return problem(404, "unknown-control", detail)

    def _changed(self, request: MockRequest) -> Answer:
        try:
            data = decode_json(request.body)
        except (msgspec.DecodeError, UnicodeDecodeError, BoundsError):
            return problem(400, "invalid-profile", 'the body must be JSON, such as {"name": "down"}')
        try:
            profile = profile_of(data)
            self._check_operations(profile)
            self._engine.use_profile(profile)
        except IntertieError as reason:
            return problem(400, "invalid-profile", str(reason))
        return _shown(self._engine.state())

    def _check_operations(self, profile: Profile) -> None:
        """Raise where a profile names an operation that is not there: it would wait for a fault that never comes."""
        operations = self._engine.plan.operations
        unknown = [name for name in profile.operations if name not in operations]
        if unknown:
            raise ProfileError(f"there is no operation `{unknown[0]}`; the spec has {', '.join(operations)}")


def _is_foreign_page(request: MockRequest) -> bool:
    """Return whether a browser says that a page of another site asks (W3C Fetch Metadata)."""
    site = request.headers.get("sec-fetch-site", "none")
    return site == "cross-site" and "origin" not in request.headers


def _shown(data: object) -> Answer:
    # A line end, for who asks with curl on a terminal.
    return Answer(200, _JSON, msgspec.json.encode(data) + b"\n")
