from __future__ import annotations

import os
from pathlib import Path

import pytest

from intertie.adapters.secrets import EnvironmentSecrets
from intertie.core.errors import CredentialMissing


def test_the_environment_gives_its_value(tmp_path: Path) -> None:
    """`env:NAME` is the variable's value as it stands, with its reference for messages."""
    secret = EnvironmentSecrets({"KEY": " s3cret "}, tmp_path).resolve("env:KEY")
    assert secret.reveal() == " s3cret "
    assert repr(secret) == "Secret(env:KEY)"


@pytest.mark.parametrize(
    ("content", "text"), [("s3cret\n", "s3cret"), ("s3cret\r\n", "s3cret"), ("a\nb\n\n", "a\nb\n"), ("x", "x")]
)
def test_a_file_gives_its_text_without_the_last_line_end(tmp_path: Path, content: str, text: str) -> None:
    """`file:PATH` is the file's text; one line end at its end is the editor's, not the secret's."""
    (tmp_path / "key").write_bytes(content.encode())
    store = EnvironmentSecrets({}, tmp_path)
    assert store.resolve("file:key").reveal() == text
    assert store.resolve(f"file:{tmp_path / 'key'}").reveal() == text


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
        ("file:large", "1 MiB"),
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
    assert reference.replace("\0", r"\x00") in str(caught.value)


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
