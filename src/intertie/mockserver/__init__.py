"""The plan turned round: a server that enforces what the client obeys.

`MockEngine` is the service without sockets, on any clock; `MockHttpServer` serves it on an event loop, `MockServer` in
a thread of its own.
"""

from intertie.mockserver.engine import MockEngine
from intertie.mockserver.hosting import MockServer
from intertie.mockserver.messages import Fault, FaultKind, MockReply, MockRequest
from intertie.mockserver.profile_reading import ProfileError, load_profile, profile_of
from intertie.mockserver.profiles import BUILT_IN, Behaviour, ForcedAnswer, Profile
from intertie.mockserver.server import MockHttpServer

__all__ = [
    "BUILT_IN",
    "Behaviour",
    "Fault",
    "FaultKind",
    "ForcedAnswer",
    "MockEngine",
    "MockHttpServer",
    "MockReply",
    "MockRequest",
    "MockServer",
    "Profile",
    "ProfileError",
    "load_profile",
    "profile_of",
]
