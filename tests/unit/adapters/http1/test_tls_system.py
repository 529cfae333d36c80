"""Which authorities of the system are trusted."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
import trustme

from intertie.adapters.http1 import tls


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stands in for the system's usual place; the first of them is empty."""
    path = tmp_path / "bundle.pem"
    trustme.CA(organization_name="The system").cert_pem.write_to_path(str(path))
    monkeypatch.setattr(tls, "_USUAL_BUNDLES", (str(tmp_path / "none.pem"), str(path)))
    return path


def openssl_looks(monkeypatch: pytest.MonkeyPatch, *, file: str | None, folder: str | None) -> None:
    found = ssl.DefaultVerifyPaths(file, folder, "SSL_CERT_FILE", "", "SSL_CERT_DIR", "")
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: found)
    monkeypatch.setattr(ssl.SSLContext, "load_default_certs", lambda _context, _purpose: None)


def trusted() -> list[object]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    tls.load_system(context)
    return [dict(part[0] for part in found["subject"])["organizationName"] for found in context.get_ca_certs()]


def test_a_usual_bundle_stands_in_where_openssl_finds_nothing(bundle, monkeypatch):
    """A Python that was built elsewhere trusts what its system trusts all the same."""
    openssl_looks(monkeypatch, file=None, folder=None)
    assert trusted() == ["The system"]


@pytest.mark.parametrize(("file", "folder"), [("/etc/own.pem", None), (None, "/etc/own")])
def test_where_openssl_finds_its_own_nothing_is_added(bundle, monkeypatch, file, folder):
    """Whoever points OpenSSL to their own authorities trusts no others."""
    openssl_looks(monkeypatch, file=file, folder=folder)
    assert trusted() == []
