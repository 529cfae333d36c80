"""TLS towards the service: always verified, never older than the spec allows.

What is wrong with a file of ours is a mistake in the configuration (`UsageError`), never a failed call: the service has
no part in it.
"""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from intertie.adapters.regular_files import NotReadable, read_regular
from intertie.core.errors import CredentialMissing, UsageError
from intertie.core.outside_text import shown
from intertie.core.secret import Secret
from intertie.runtime.plan import SYSTEM_TRUST, TlsOptions
from intertie.runtime.surroundings import SecretStore

MOST_BYTES = 8 * 1024 * 1024
"""Largest file of certificates that is read; the bundle of all public authorities has 200 KiB."""
_VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}
_HASHED_RE = re.compile(r"[0-9a-f]{8}\.\d+")
_USUAL_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Alpine, Arch
    "/etc/pki/tls/certs/ca-bundle.crt",  # Fedora, RHEL
    "/etc/ssl/ca-bundle.pem",  # openSUSE
    "/etc/ssl/cert.pem",  # Alpine, macOS, FreeBSD
)
"""Where systems keep their authorities: for a Python whose OpenSSL was built to look elsewhere."""


def needs_files(options: TlsOptions) -> bool:
    """Return whether a context takes more than what the system trusts."""
    return bool(options.ca_file or options.certificate_file) or any(each != SYSTEM_TRUST for each in options.trust)


def client_context(options: TlsOptions, secrets: SecretStore | None) -> ssl.SSLContext:
    """Return a context that verifies certificate and host name, offers HTTP/1.1 alone and holds the client certificate.

    Raises:
        UsageError: A file can't be read or is not what it should be, the reference of the client key resolves to
            nothing, or the minimum version is unknown. The message names the field.
    """
    minimum = _VERSIONS.get(options.minimum)
    if minimum is None:
        raise UsageError(f"TLS {options.minimum} is not a minimum version to ask for; write 1.2 or 1.3")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # verifies certificate and host name by itself
    context.minimum_version = minimum
    context.set_alpn_protocols(["http/1.1"])
    context.options |= ssl.OP_NO_COMPRESSION
    if options.ca_file is not None:
        load_authority(context, options.ca_file, "security.ca")
    else:
        for place in options.trust:
            if place == SYSTEM_TRUST:
                load_system(context)
            else:
                load_authority(context, place, "trust")
    if options.certificate_file is not None:
        load_certificate(context, options.certificate_file, options.client_key, secrets)
    return context


def load_system(context: ssl.SSLContext) -> None:
    """Trust what the system trusts.

    That is `SSL_CERT_FILE` and `SSL_CERT_DIR`, else where OpenSSL looks, else the bundle in one of the usual places.
    """
    context.load_default_certs(ssl.Purpose.SERVER_AUTH)
    paths = ssl.get_default_verify_paths()
    if not (paths.cafile or paths.capath):
        for bundle in _USUAL_BUNDLES:
            if Path(bundle).is_file():
                context.load_verify_locations(cafile=bundle)
                return


def load_authority(context: ssl.SSLContext, path: str, field: str) -> None:
    """Trust the certificates in a file, or in a folder that `openssl rehash` has prepared.

    Raises:
        UsageError: There is nothing that can be trusted; the message names the path and `field`.
    """
    try:
        if Path(path).is_dir():
            _load_folder(context, path, field)
            return
        read_regular(path, most_bytes=MOST_BYTES)  # for its refusals: OpenSSL would wait for whoever writes to a pipe
        context.load_verify_locations(cafile=path)
    except ssl.SSLError as failure:
        raise UsageError(
            f"{field}: '{shown(path)}' is not a PEM certificate; give the authority's certificate, which begins with "
            "`-----BEGIN CERTIFICATE-----`"
        ) from failure
    except (OSError, ValueError) as failure:
        raise UsageError(
            f"{field}: '{shown(path)}' can't be read ({_why(failure)}); put the authority's certificate there, "
            f"or change `{field}`"
        ) from failure


def _load_folder(context: ssl.SSLContext, path: str, field: str) -> None:
    # OpenSSL looks only for names made of a certificate's hash, and says nothing of a folder without any.
    if not any(_HASHED_RE.fullmatch(entry.name) for entry in Path(path).iterdir()):
        raise UsageError(
            f"{field}: the folder '{shown(path)}' has no certificate that OpenSSL can find; run `openssl rehash` on it"
        )
    context.load_verify_locations(capath=path)


def load_certificate(
    context: ssl.SSLContext, path: str, key_reference: str | None, secrets: SecretStore | None
) -> None:
    """Show this certificate to services that ask for one.

    Raises:
        UsageError: Certificate or key can't be read, are not PEM, or do not fit; the message names the field.
    """

    def refuse_prompt() -> str:
        # Without this OpenSSL asks for a pass phrase on the terminal and waits there.
        raise UsageError(
            "security.client_key: the key is encrypted with a pass phrase; give it decrypted, under a secret reference"
        )

    shown_path = shown(path)
    try:
        read_regular(path, most_bytes=MOST_BYTES)
        if key_reference is None:
            context.load_cert_chain(path, password=refuse_prompt)
            return
        if secrets is None:
            raise UsageError(f"security.client_key: {shown(key_reference)} needs a secret store, and there is none")
        with _as_file(secrets.resolve(key_reference, lines=True)) as key_path:
            context.load_cert_chain(path, key_path, password=refuse_prompt)
    except CredentialMissing as missing:
        raise UsageError(f"security.client_key: {missing}") from missing
    except ssl.SSLError as failure:
        whose = f"the key {shown(key_reference)}" if key_reference else "a key in the same file"
        raise UsageError(
            f"security.client_certificate: '{shown_path}' and {whose} do not fit or are not PEM; give the certificate "
            "and the key it was issued for"
        ) from failure
    except (OSError, ValueError) as failure:
        raise UsageError(
            f"security.client_certificate: '{shown_path}' can't be read ({_why(failure)}); put our certificate there, "
            "or change `security.client_certificate`"
        ) from failure


def _why(failure: OSError | ValueError) -> str:
    if isinstance(failure, NotReadable):
        return str(failure)
    # ValueError: a NUL in the path.
    return getattr(failure, "strerror", None) or str(failure)


@contextmanager
def _as_file(key: Secret) -> Iterator[str]:
    """Yield a path under which OpenSSL can read the key: in memory where possible, else private and short-lived."""
    text = key.reveal().encode()
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("client-key", os.MFD_CLOEXEC)
        path = f"/proc/self/fd/{descriptor}"
    else:
        import tempfile  # noqa: PLC0415  # where there are no files in memory

        descriptor, path = tempfile.mkstemp()  # made with mode 0600
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(text)
            file.flush()
            yield path
    finally:
        if not path.startswith("/proc/"):
            Path(path).unlink()
