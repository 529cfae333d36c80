"""Secrets from the environment and from files."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from intertie.adapters.regular_files import read_regular
from intertie.core.errors import CredentialMissing
from intertie.core.outside_text import shown
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

    `env:NAME#password` and `env:NAME#username` are those parts of a URL in the variable, as `HTTPS_PROXY` may hold one.

    A file is read again when its time or size changes, so that a rotated secret is picked up. Only regular files are
    read, and reading never waits: a named pipe would hold the call. One trailing line end is no part of a secret. A
    relative path starts at the workspace's root. Whoever masks texts is told of each secret through `tell`, once for
    each text, before anybody gets it.
    """

    def __init__(self, environ: Mapping[str, str], root: Path, *, tell: Callable[[Secret], None] | None = None) -> None:
        self._tell = tell
        self._told: dict[str, Secret] = {}
        self._environ = environ
        self._root = root
        self._lock = threading.Lock()
        self._files: dict[str, _Read] = {}

    def resolve(self, reference: str, *, lines: bool = False) -> Secret:
        """Return the secret under `reference`.

        Args:
            reference: `env:NAME` or `file:PATH`.
            lines: The secret may have several lines, as a key in PEM has.

        Raises:
            CredentialMissing: There is nothing under it, or it is no reference this installation can read, or what is
                there can't be a secret. The message names the reference, unless it may be the secret itself, and never
                what was read.
        """
        secret = self._resolve(reference)
        _refuse_what_is_none(secret, lines=lines)
        # The user name of a URL is often a common word: masking it everywhere would spoil every message.
        if self._tell is not None and not reference.endswith("#username") and self._told.get(reference) != secret:
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
        name, _, part = name.partition("#")
        where, variable = shown(reference), shown(name)
        text = self._environ.get(name)
        if text is None:
            raise CredentialMissing(f"{where}: the environment variable {variable} is not set; set it to the secret")
        text = _without_line_end(text)
        if not text:
            raise CredentialMissing(f"{where}: the environment variable {variable} is empty; set it to the secret")
        return Secret(_part_of_url(text, part, where) if part else text, reference=reference)

    def _from_file(self, reference: str, name: str) -> Secret:
        path = self._root / name
        try:
            found = path.stat()
            with self._lock:
                known = self._files.get(name)
            if known is not None and (known.changed_ns, known.size_bytes) == (found.st_mtime_ns, found.st_size):
                return known.secret
            data, found = read_regular(path, most_bytes=_MOST_BYTES)
        except (OSError, ValueError) as failure:  # ValueError: a NUL in the path, or no regular file
            what = getattr(failure, "strerror", None) or str(failure)
            raise CredentialMissing(
                f"{shown(reference)}: the file can't be read ({what}); create it with the secret as its only content"
            ) from failure
        try:
            text = _without_line_end(data.decode("utf-8"))
        except UnicodeDecodeError as failure:
            raise CredentialMissing(f"{shown(reference)}: the file is not UTF-8 text; write the secret into it") from (
                failure
            )
        if not text:
            raise CredentialMissing(f"{shown(reference)}: the file is empty; write the secret into it")
        secret = Secret(text, reference=reference)
        with self._lock:
            self._files[name] = _Read(found.st_mtime_ns, found.st_size, secret)
        return secret


def _part_of_url(text: str, part: str, where: str) -> str:
    """Return the user name or the password that a URL holds."""
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
    except ValueError:
        raise CredentialMissing(
            f"{where}: what the variable holds is no URL; write `http://user:password@host`"
        ) from None
    found = {"username": parts.username, "password": parts.password}.get(part)
    if not found:
        raise CredentialMissing(f"{where}: the URL in the variable has no {shown(part)}; write it before the host")
    return unquote(found)


def _without_line_end(text: str) -> str:
    """Return a text without the one line end that editors and `echo` leave behind it."""
    return text.removesuffix("\n").removesuffix("\r")


def _refuse_what_is_none(secret: Secret, *, lines: bool) -> None:
    """Refuse a text that no header, parameter or field may carry: it is another file's, or several secrets."""
    text = secret.reveal()
    if "\0" in text:
        what = "has a NUL character"
    elif not lines and ("\n" in text or "\r" in text):
        what = "has several lines"
    else:
        return
    raise CredentialMissing(
        f"{shown(secret.reference)}: what is there {what}, so it can't be a secret (it is not shown here); "
        "is it the right one? Store the secret alone, on one line"
    )
