"""What a failed exchange says: who, by host and port, and what to do."""

from __future__ import annotations

import errno
import ssl

import pytest

from intertie.adapters.http1 import failures
from intertie.adapters.http1.addresses import Dialled
from intertie.core.errors import Reach

PEER = "api.example.com:443"
DIALLED = Dialled("api.example.com", 443, PEER)


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (failures.connect_failed(DIALLED, ["a"], ConnectionRefusedError()), "is the service running there?"),
        *(
            (failures.connect_failed(DIALLED, ["a"], OSError(number, "x")), "there is no route")
            for number in (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN)
        ),
        (failures.connect_failed(DIALLED, ["a"], OSError(errno.EHOSTUNREACH, "x")), "check the base URL"),
        (failures.connect_failed(DIALLED, ["a"], OSError(errno.EMFILE, "x")), "raise its limit (ulimit -n)"),
        (failures.connect_failed(DIALLED, ["a"], OSError(errno.ENFILE, "x")), "raise its limit (ulimit -n)"),
        (failures.connect_failed(DIALLED, ["a"], OSError(errno.EADDRNOTAVAIL, "x")), "could not connect to"),
        (failures.out_of_time(PEER, "connect", 1.0, Reach.NO), "within 1 s; check that it can be reached"),
        (failures.out_of_time(PEER, "write", 1.0, Reach.MAYBE), "raise `timeouts.write`"),
        (failures.out_of_time(PEER, "read", 1.0, Reach.MAYBE), "within 1 s; raise `timeouts.read`"),
        (failures.out_of_time(PEER, "read", 1.0, Reach.YES), "did not finish it within 1 s; raise `timeouts.read`"),
        (failures.out_of_time(PEER, "total", None, Reach.MAYBE), "raise `timeouts.total`"),
        (failures.broken(PEER, ConnectionResetError(), writing=True, reached=Reach.MAYBE), "look there for the reason"),
        (failures.broken(PEER, None, writing=False, reached=Reach.MAYBE), "look there for the reason"),
    ],
)
def test_a_message_names_the_peer_and_says_what_to_do(error, advice):
    """Host and port stand in every one of them, and the next step."""
    assert PEER in str(error)
    assert advice in str(error)


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        (8, "verification is never switched off"),
        (9, "clock may be behind"),
        (10, "must renew its certificate"),
        (11, "verification is never switched off"),
        *((code, "in `security.ca` or `trust`") for code in (18, 19, 20, 21)),
        (61, "verification is never switched off"),
        (62, "must name the host as the certificate does"),
        (63, "verification is never switched off"),
        (64, "must name the host as the certificate does"),
    ],
)
def test_a_certificate_that_is_refused_comes_with_what_to_do(code, advice):
    """Each reason of OpenSSL that somebody can do something about has its own advice."""
    failure = ssl.SSLCertVerificationError()
    failure.verify_code, failure.verify_message = code, "so it is"
    error = failures.tls_failed(PEER, failure)
    assert f"{PEER} is not trusted: so it is; " in str(error)
    assert advice in str(error)
