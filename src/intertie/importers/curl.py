"""curl commands into an `ApiDescription`."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

from intertie.core.errors import UsageError
from intertie.importers.har import read_body
from intertie.importers.losses import Ledger
from intertie.importers.model import ApiDescription
from intertie.importers.openapi3 import METHODS, ImportOptions
from intertie.importers.traffic import Exchange, describe_traffic

_SHORT_WITH_VALUE = frozenset("XHdFubAeoTmwxcDECKPQrtUyYz")
_NAMES = {
    "X": "request", "H": "header", "d": "data", "F": "form", "u": "user", "G": "get", "I": "head", "b": "cookie",
    "A": "user-agent", "e": "referer", "T": "upload-file",
}  # fmt: skip
_DATA = frozenset({"data", "data-raw", "data-ascii", "data-binary", "data-urlencode", "json"})
_WITH_VALUE = _DATA | {
    "request", "header", "form", "form-string", "user", "url", "url-query", "cookie", "cookie-jar", "user-agent",
    "referer", "upload-file", "oauth2-bearer", "max-time", "connect-timeout", "retry", "output", "proxy", "cacert",
    "cert", "key", "write-out", "resolve", "interface", "limit-rate", "dump-header", "config", "proxy-user", "tlsv",
}  # fmt: skip
_QUIET = frozenset(
    {"user-agent", "referer", "silent", "s", "show-error", "S", "v", "verbose", "i", "include", "compressed"}
)


def describe_curl(text: str, options: ImportOptions, ledger: Ledger) -> ApiDescription:
    """Return the service that curl commands call.

    Raises:
        UsageError: A command can't be read, or the selection fits none.
    """
    exchanges = []
    for number, words in enumerate(_commands(text, options.name), start=1):
        exchanges.append(_Command(words, f"command {number}", ledger).exchange())
    ledger.lose("recorded-value", f"values of {len(exchanges)} commands", options.name)
    kind = "a curl command" if len(exchanges) == 1 else f"{len(exchanges)} curl commands"
    return describe_traffic(exchanges, options, ledger, kind=kind)


def _commands(text: str, name: str) -> Iterator[list[str]]:
    """Yield the words after `curl` of each command."""
    joined = re.sub(r"(?:\\|\^|`)\r?\n", " ", text)
    # A quoted body may go over several lines: a command ends where the next one begins.
    starts = [match.start() for match in re.finditer(r"(?m)^[ \t]*(?:\$[ \t]+)?curl(?=\s)", joined)]
    for start, end in zip(starts, [*starts[1:], len(joined)], strict=True):
        command = joined[start:end].strip().removeprefix("$").strip()
        command = re.sub(r"\$'((?:[^'\\]|\\.)*)'", lambda match: shlex.quote(_unescaped(match[1])), command)
        try:
            words = shlex.split(command, comments=True)
        except ValueError as error:
            line = joined.count("\n", 0, start) + 1
            raise UsageError(f"{name} can't be read: the curl command on line {line}: {error}") from None
        stop = next((at for at, word in enumerate(words) if word in ("|", ">", ";", "&&", "||", "2>&1")), len(words))
        yield words[1:stop]


def _unescaped(text: str) -> str:
    """Return what `$'…'` means to a shell."""
    known = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", '"': '"'}
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda match: chr(int(match[1], 16)), text)
    return re.sub(r"\\(.)", lambda match: known.get(match[1], match[0]), text, flags=re.DOTALL)


class _Command:
    def __init__(self, words: list[str], where: str, ledger: Ledger) -> None:
        self._words = words
        self._where = where
        self._ledger = ledger
        self._method = ""
        self._url = ""
        self._headers: list[tuple[str, str]] = []
        self._data: list[str] = []
        self._fields: dict[str, object] = {}
        self._query: list[str] = []
        self._get = False
        self._json = False
        self._upload = False

    def exchange(self) -> Exchange:
        """Return the request that the command makes."""
        for name, value in self._options():
            self._take(name, value)
        url = self._url if "://" in self._url else f"http://{self._url}"
        try:
            parts = urlsplit(re.sub(r"\$\{?(\w+)\}?", r"{\1}", url) if "$" in url else url)
            host = parts.hostname
        except ValueError:
            host = None
        if not host:
            raise UsageError(f"{self._where} names no URL that can be called")
        has_body = bool(self._data or self._fields or self._upload) and not self._get
        method = self._method or ("PUT" if self._upload else "POST" if has_body else "GET")
        if method.lower() not in METHODS:
            self._ledger.lose("method", method, self._where)
            method = "POST" if has_body else "GET"
        if parts.username or parts.password:
            self._headers.append(("Authorization", "Basic"))
        origin = "" if "{" in parts.netloc else f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        exchange = Exchange(method, origin, parts.path or "/", self._where, headers=self._headers)
        query = "&".join([parts.query, *self._query, *(self._data if self._get else ())])
        exchange.query = [*parse_qsl(query, keep_blank_values=True)]
        for name in re.findall(r"\{(\w+)\}", parts.path):
            exchange.named[name] = f"The value of {name} in the command"
        if has_body:
            self._fill_body(exchange)
        return exchange

    def _fill_body(self, exchange: Exchange) -> None:
        given = next((value for name, value in self._headers if name.lower() == "content-type"), None)
        media = given.partition(";")[0].strip().lower() if given else None
        exchange.has_body = True
        if self._fields:
            exchange.media = media if media and media.startswith("multipart/") else "multipart/form-data"
            exchange.body_schema = {"type": "object", "properties": self._fields}
            return
        if self._upload:
            exchange.media = media or "application/octet-stream"
            return
        text = "&".join(self._data) if not self._json else "".join(self._data)
        looks_json = text.lstrip()[:1] in ("{", "[")
        exchange.media = media or (
            "application/json" if self._json or looks_json else "application/x-www-form-urlencoded"
        )
        exchange.body = read_body(text, exchange.media)

    def _options(self) -> Iterator[tuple[str, str]]:
        """Yield (option by its long name, value); what is no option is a URL."""
        words = iter(self._words)
        for word in words:
            if word.startswith("--"):
                name, equals, value = word[2:].partition("=")
                yield name, value if equals else (next(words, "") if name in _WITH_VALUE else "")
            elif word.startswith("-") and len(word) > 1:
                yield from self._short(word[1:], words)
            else:
                yield "url", word

    @staticmethod
    def _short(letters: str, words: Iterator[str]) -> Iterator[tuple[str, str]]:
        for at, letter in enumerate(letters):
            name = _NAMES.get(letter, letter)
            if letter in _SHORT_WITH_VALUE:
                rest = letters[at + 1 :]
                yield name, rest or next(words, "")
                return
            yield name, ""

    def _take(self, name: str, value: str) -> None:
        if name == "url":
            self._url = self._url or value
        elif name == "request":
            self._method = value.upper()
        elif name == "header":
            key, _, rest = value.partition(":")
            if key.strip():
                self._headers.append((key.strip().rstrip(";"), rest.strip()))
        elif name in _DATA:
            self._take_data(name, value)
        elif name in ("form", "form-string"):
            key, _, rest = value.partition("=")
            binary = name == "form" and rest.startswith(("@", "<"))
            self._fields[key] = {"type": "string", **({"format": "binary"} if binary else {})}
        elif name == "user":
            self._headers.append(("Authorization", "Basic"))
        elif name == "oauth2-bearer":
            self._headers.append(("Authorization", "Bearer"))
        elif name == "cookie":
            self._headers.append(("Cookie", ""))
        elif name == "url-query":
            self._query.append(value.lstrip("+"))
        elif name == "get":
            self._get = True
        elif name == "head":
            self._method = self._method or "HEAD"
        elif name == "upload-file":
            self._upload = True
        elif name not in _QUIET:
            self._ledger.lose("curl-option", f"--{name}" if len(name) > 1 else f"-{name}", self._where)

    def _take_data(self, name: str, value: str) -> None:
        if name == "json":
            self._json = True
            self._headers.append(("Content-Type", "application/json"))
        if value.startswith("@") and name != "data-raw":
            self._ledger.lose("file-body", value, self._where)
            self._upload = self._upload or name == "data-binary"
            self._data.append("")
        else:
            self._data.append(value)
