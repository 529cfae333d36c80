from __future__ import annotations

import os
import socket
import tempfile
from pathlib import Path

import pytest

from intertie.adapters.secrets import EnvironmentSecrets
from intertie.core.errors import CredentialMissing
from intertie.core.outside_text import shown


def test_the_environment_gives_its_value(tmp_path: Path) -> None:
    """`env:NAME` is the variable's value as it stands, with its reference for messages."""
    secret = EnvironmentSecrets({"KEY": " s3cret "}, tmp_path).resolve("env:KEY")
    assert secret.reveal() == " s3cret "
    assert repr(secret) == "Secret(env:KEY)"


@pytest.mark.parametrize(
    ("content", "text"), [("s3cret\n", "s3cret"), ("s3cret\r\n", "s3cret"), ("a b", "a b"), ("x", "x")]
)
def test_a_file_gives_its_text_without_the_last_line_end(tmp_path: Path, content: str, text: str) -> None:
    """`file:PATH` is the file's text; one line end at its end is the editor's, not the secret's."""
    (tmp_path / "key").write_bytes(content.encode())
    store = EnvironmentSecrets({}, tmp_path)
    assert store.resolve("file:key").reveal() == text
    assert store.resolve(f"file:{tmp_path / 'key'}").reveal() == text
    assert EnvironmentSecrets({"KEY": content}, tmp_path).resolve("env:KEY").reveal() == text


@pytest.mark.parametrize("content", ["root:x:0:0\ndaemon:x:1:1\n", "a\n\n", "a\rb", "a\0b", "\na"])
@pytest.mark.parametrize("reference", ["file:key", "env:KEY"])
def test_what_can_not_be_a_secret_is_refused_and_not_shown(tmp_path: Path, content: str, reference: str) -> None:
    """Several lines or a NUL are somebody else's file: it must not go out as a query parameter."""
    (tmp_path / "key").write_bytes(content.encode())
    with pytest.raises(CredentialMissing) as caught:
        EnvironmentSecrets({"KEY": content}, tmp_path).resolve(reference)
    assert str(caught.value).startswith(f"{reference}: what is there has ")
    assert "on one line" in str(caught.value)
    assert "root" not in str(caught.value)


def test_a_key_in_pem_has_several_lines(tmp_path: Path) -> None:
    """Who asks for a text of several lines gets it, without a NUL."""
    (tmp_path / "key").write_text("-----BEGIN\nx\n-----END\n")
    (tmp_path / "nul").write_text("a\0b")
    store = EnvironmentSecrets({}, tmp_path)
    assert store.resolve("file:key", lines=True).reveal() == "-----BEGIN\nx\n-----END"
    with pytest.raises(CredentialMissing, match="NUL"):
        store.resolve("file:nul", lines=True)


@pytest.mark.parametrize(("kind", "words"), [("pipe", "a named pipe"), ("socket", ""), ("device", "a device")])
def test_only_regular_files_are_read_and_nothing_waits(tmp_path: Path, kind: str, words: str) -> None:
    """A named pipe that nobody writes into would hold the call past every deadline."""
    with tempfile.TemporaryDirectory() as short, socket.socket(socket.AF_UNIX) as listener:
        path = Path(short) / "key"
        if kind == "pipe":
            os.mkfifo(path)
        elif kind == "socket":
            listener.bind(str(path))
        else:
            path.symlink_to("/dev/zero")
        with pytest.raises(CredentialMissing) as caught:
            EnvironmentSecrets({}, tmp_path).resolve(f"file:{path}")
    assert "can't be read" in str(caught.value)
    assert words in str(caught.value)


def test_a_pipe_that_takes_a_read_files_place_is_refused(tmp_path: Path) -> None:
    """What was read from a regular file is not kept when something else stands there."""
    path = tmp_path / "key"
    path.write_text("one")
    store = EnvironmentSecrets({}, tmp_path)
    assert store.resolve("file:key").reveal() == "one"
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(CredentialMissing, match="a named pipe"):
        store.resolve("file:key")


def test_a_rotated_file_is_read_again_and_an_unchanged_one_is_not(tmp_path: Path) -> None:
    """A secret file is read once until it changes."""
    path = tmp_path / "key"
    path.write_text("one")
    store = EnvironmentSecrets({}, tmp_path)
    first = store.resolve("file:key")
    assert store.resolve("file:key") is first
    path.write_text("two")
    os.utime(path, ns=(1, 1))
    assert store.resolve("file:key").reveal() == "two"


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("env:NO_SUCH", "NO_SUCH is not set"),
        ("env:EMPTY", "EMPTY is empty"),
        ("file:nothing", "No such file"),
        ("file:empty", "empty"),
        ("file:.", "directory"),
        ("file:binary", "UTF-8"),
        ("file:large", "larger than 1,024 KiB"),
        ("file:a\0b", "file"),
        ("keyring:service/name", "a keyring"),
        ("vault:secret/data/x#key", "a Vault"),
        ("aws-sm:name#key", "AWS Secrets Manager"),
    ],
)
def test_what_is_missing_is_named_with_what_to_do(tmp_path: Path, reference: str, words: str) -> None:
    """A reference that resolves to nothing is a CredentialMissing that names it."""
    (tmp_path / "empty").touch()
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    (tmp_path / "large").write_bytes(b"x" * (1024 * 1024 + 1))
    with pytest.raises(CredentialMissing) as caught:
        EnvironmentSecrets({"EMPTY": ""}, tmp_path).resolve(reference)
    assert words in str(caught.value)
    assert shown(reference) in str(caught.value)


@pytest.mark.parametrize("literal", ["sk_live_51Habc", "user:pass", "https://x:y@z", "env:", "file:", "", "ENV:KEY"])
def test_a_literal_is_refused_and_not_shown(tmp_path: Path, literal: str) -> None:
    """What may be the secret itself is refused without a word of it."""
    with pytest.raises(CredentialMissing) as caught:
        EnvironmentSecrets({"KEY": "x"}, tmp_path).resolve(literal)
    assert "env:NAME" in str(caught.value)
    if literal and not literal.endswith(":"):
        assert literal not in str(caught.value)


def test_whoever_masks_is_told_of_each_secret_once(tmp_path: Path) -> None:
    """Before anybody gets it; again when it was rotated, and not for each call."""
    told: list[str] = []
    environ = {"KEY": "first"}
    store = EnvironmentSecrets(environ, tmp_path, tell=lambda secret: told.append(secret.reveal()))
    for _ in range(3):
        store.resolve("env:KEY")
    environ["KEY"] = "second"
    store.resolve("env:KEY")
    assert told == ["first", "second"]


def test_the_credential_of_a_proxys_url_is_read_in_parts(tmp_path: Path) -> None:
    """`env:NAME#password` is that part of the URL in the variable; the password alone is masked everywhere."""
    told: list[str] = []
    environ = {"A": "http://me:s3c%40ret@proxy:3128", "B": "proxy:3128", "C": "http://[::1", "D": "me:x@proxy"}
    store = EnvironmentSecrets(environ, tmp_path, tell=lambda secret: told.append(secret.reveal()))
    assert store.resolve("env:A#username").reveal() == "me"
    assert store.resolve("env:A#password").reveal() == "s3c@ret"
    assert store.resolve("env:D#password").reveal() == "x"
    assert told == ["s3c@ret", "x"]
    for reference, words in (
        ("env:B#password", "has no password"),
        ("env:C#password", "no URL"),
        ("env:A#port", "has no port"),
        ("env:E#password", "the environment variable E is not set"),
    ):
        with pytest.raises(CredentialMissing, match=words) as caught:
            store.resolve(reference)
        assert "s3c" not in str(caught.value)
