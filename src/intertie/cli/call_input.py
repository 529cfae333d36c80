"""The input of a call from a command line: `NAME=VALUE`, `NAME:=JSON`, `NAME=@FILE`, and `--input`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import cast

import msgspec

from intertie.cli.common import stdin_text
from intertie.core.errors import UsageError


def read_input(pairs: Sequence[str], document: str | None) -> dict[str, object]:
    """Return the internal input: the document's fields, with the pairs put over them.

    `NAME=VALUE` gives text (the operation's schema turns it into what the field is), `NAME:=JSON` gives any JSON,
    `NAME=@FILE` the bytes of a file; dots in a name make objects: `customer.email=a@b.example`.

    Raises:
        UsageError: A pair or the document can't be read; the message says which and how it should look.
    """
    given = _document(document) if document is not None else {}
    for pair in pairs:
        name, separator, value = pair.partition("=")
        if not separator or not name.strip(":"):
            raise UsageError(f"`{pair}` is not NAME=VALUE (or NAME:=JSON, or NAME=@FILE)")
        if name.endswith(":"):
            _put(given, name[:-1], _json(value, f"the value of `{name[:-1]}`"), pair)
        elif value.startswith("@"):
            _put(given, name, _file(value[1:]), pair)
        else:
            _put(given, name, value, pair)
    return given


def _document(document: str) -> dict[str, object]:
    if document == "-":
        text, where = _stdin(), "stdin"
    elif document.startswith("@"):
        text, where = _utf8(_file(document[1:]), document[1:]), document[1:]
    else:
        text, where = document, "--input"
    value = _json(text, where)
    if not isinstance(value, dict):
        raise UsageError(f"{where} must be a JSON object with the input of the operation")
    return cast("dict[str, object]", value)


def _json(text: str, where: str) -> object:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise UsageError(f"{where} is not JSON: {error}") from None
    except UnicodeEncodeError:  # an argument's bytes that were no text
        raise UsageError(f"{where} is not UTF-8 text") from None


def _stdin() -> str:
    try:
        return stdin_text()
    except UnicodeDecodeError:
        raise UsageError("stdin is not UTF-8 text") from None


def _utf8(text: bytes, where: str) -> str:
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{where} is not UTF-8 text") from None


def _file(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise UsageError(f"can't read {path}: {error.strerror}") from None


def _put(target: dict[str, object], name: str, value: object, pair: str) -> None:
    *parents, last = name.split(".")
    for parent in parents:
        inner = target.setdefault(parent, {})
        if not isinstance(inner, dict):
            raise UsageError(f"`{pair}`: `{parent}` already has a value, so `{last}` can't be set in it")
        target = inner
    target[last] = value
