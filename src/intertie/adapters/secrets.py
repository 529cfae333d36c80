"""Secrets from the environment and from files."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from intertie.core.errors import CredentialMissing
from intertie.core.secret import Secret

_ELSEWHERE = {
    "keyring": "a keyring",
    "vault": "a Vault",
    "aws-sm": "AWS Secrets Manager",
}
_MOST_BYTES = 1024 * 1024


class _Read(NamedTuple):
    changed_ns: int
    size_bytes: int
    secret: Secret


class EnvironmentSecrets:
    """Resolves `env:NAME` and `file:PATH`: a `runtime.surroundings.SecretStore`.

    A file is read again when its time or size changes, so that a rotated secret is picked up; of a file's text one
    trailing line end is no part of the secret. A relative path starts at the workspace's root. Whoever masks texts is
    told of each secret through `tell`, once for each text, before anybody gets it.
    """

    def __init__(self, environ: Mapping[str, str], root: Path, *, tell: Callable[[Secret], None] | None = None) -> None:
        self._tell = tell
        self._told: dict[str, Secret] = {}
        self._environ = environ
        self._root = root
        self._lock = threading.Lock()
        self._files: dict[str, _Read] = {}

    def resolve(self, reference: str) -> Secret:
        """Return the secret under `reference`.

        Raises:
            CredentialMissing: There is nothing under it, or it is no reference this installation can read. The message
                names the reference, unless it may be the secret itself.
        """
        secret = self._resolve(reference)
        if self._tell is not None and self._told.get(reference) != secret:
            self._tell(secret)
            self._told[reference] = secret
        return secret

    def _resolve(self, reference: str) -> Secret:
        kind, colon, name = reference.partition(":")
        if colon and kind == "env" and name:
            return self._from_environment(reference, name)
        if colon and kind == "file" and name:
            return self._from_file(reference, name)
        if colon and kind in _ELSEWHERE:
            raise CredentialMissing(
                f"{reference} points into {_ELSEWHERE[kind]}, which this installation can't read; "
                "put the secret into an environment variable (env:NAME) or a file (file:/path)"
            )
        # It may be a secret somebody wrote where a reference belongs: say nothing of it.
        raise CredentialMissing(
            "a credential is given as something other than a reference (not shown here, it may be the secret itself); "
            "write env:NAME or file:/path in its place"
        )

    def _from_environment(self, reference: str, name: str) -> Secret:
        text = self._environ.get(name)
        if not text:
            state = "is empty" if text == "" else "is not set"
            raise CredentialMissing(f"{reference}: the environment variable {name} {state}; set it to the secret")
        return Secret(text, reference=reference)

    def _from_file(self, reference: str, name: str) -> Secret:
        path = self._root / name
        try:
            found = path.stat()
            with self._lock:
                known = self._files.get(name)
            if known is not None and (known.changed_ns, known.size_bytes) == (found.st_mtime_ns, found.st_size):
                return known.secret
            with path.open("rb") as file:
                data = file.read(_MOST_BYTES + 1)
        except (OSError, ValueError) as failure:  # ValueError: a NUL in the path
            what = getattr(failure, "strerror", None) or str(failure)
            raise CredentialMissing(
                f"{reference}: the file can't be read ({what}); create it with the secret as its only content"
            ) from failure
        if len(data) > _MOST_BYTES:
            raise CredentialMissing(
                f"{reference}: the file is larger than a secret can be (1 MiB); is it the right one?"
            )
        try:
            text = data.decode("utf-8").removesuffix("\n").removesuffix("\r")
        except UnicodeDecodeError as failure:
            raise CredentialMissing(f"{reference}: the file is not UTF-8 text") from failure
        if not text:
            raise CredentialMissing(f"{reference}: the file is empty; write the secret into it")
        secret = Secret(text, reference=reference)
        with self._lock:
            self._files[name] = _Read(found.st_mtime_ns, found.st_size, secret)
        return secret
