"""TLS towards the service: always verified, never older than the spec allows."""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from intertie.core.errors import ConnectError
from intertie.core.secret import Secret
from intertie.runtime.plan import TlsOptions
from intertie.runtime.surroundings import SecretStore

_VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}


def client_context(options: TlsOptions, secrets: SecretStore | None) -> ssl.SSLContext:
    """Return a context that verifies certificate and host name, offers HTTP/1.1 alone and holds the client certificate.

    Raises:
        ConnectError: A file can't be read or is not what it should be, or the minimum version is unknown.
        CredentialMissing: The reference of the client key resolves to nothing.
    """
    minimum = _VERSIONS.get(options.minimum)
    if minimum is None:
        raise ConnectError(f"TLS {options.minimum} is not a minimum version to ask for; write 1.2 or 1.3")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # verifies certificate and host name by itself
    context.minimum_version = minimum
    context.set_alpn_protocols(["http/1.1"])
    context.options |= ssl.OP_NO_COMPRESSION
    if options.ca_file is None:
        context.load_default_certs(ssl.Purpose.SERVER_AUTH)
    else:
        _load_authority(context, options.ca_file)
    if options.certificate_file is not None:
        _load_certificate(context, options.certificate_file, options.client_key, secrets)
    return context


def _load_authority(context: ssl.SSLContext, path: str) -> None:
    try:
        context.load_verify_locations(cafile=path)
    except ssl.SSLError as failure:
        raise ConnectError(f"'{path}' (the authority to trust) is not a PEM certificate") from failure
    except OSError as failure:
        raise ConnectError(f"'{path}' (the authority to trust) can't be read: {failure.strerror}") from failure


def _load_certificate(
    context: ssl.SSLContext, path: str, key_reference: str | None, secrets: SecretStore | None
) -> None:
    def refuse_prompt() -> str:
        # Without this OpenSSL asks for a pass phrase on the terminal and waits there.
        raise ConnectError(
            "the client key is encrypted with a pass phrase; give it decrypted, under a secret reference"
        )

    try:
        if key_reference is None:
            context.load_cert_chain(path, password=refuse_prompt)
            return
        if secrets is None:
            raise ConnectError(f"the client key {key_reference} needs a secret store, and there is none here")
        with _as_file(secrets.resolve(key_reference)) as key_path:
            context.load_cert_chain(path, key_path, password=refuse_prompt)
    except ssl.SSLError as failure:
        whose = f"the key {key_reference}" if key_reference else "a key in the same file"
        raise ConnectError(f"'{path}' (our client certificate) and {whose} do not fit or are not PEM") from failure
    except OSError as failure:
        raise ConnectError(f"'{path}' (our client certificate) can't be read: {failure.strerror}") from failure


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
