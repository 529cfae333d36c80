from __future__ import annotations

import ssl

import pytest
import trustme

from intertie.runtime.plan import TlsOptions
from support.ways import WAYS, Certified, Way


@pytest.fixture(params=WAYS, ids=lambda way: way.name)
def way(request: pytest.FixtureRequest) -> Way:
    """Every test that takes this runs on asyncio, on uvloop and on blocking sockets."""
    return request.param


@pytest.fixture(scope="session")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Certified:
    """A server on loopback behind TLS, and a client that trusts its authority."""
    authority = trustme.CA()
    path = tmp_path_factory.mktemp("authority") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    return Certified(context, TlsOptions(ca_file=str(path)))
