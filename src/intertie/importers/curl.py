"""curl commands into an `ApiDescription`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

from intertie.core.errors import UsageError
from intertie.core.media_types import codec_of, essence
from intertie.core.plurals import plural
from intertie.importers.curl_words import curl_commands
from intertie.importers.har import read_body
from intertie.importers.losses import Ledger
from intertie.importers.model import ApiDescription
from intertie.importers.openapi3 import METHODS, ImportOptions
from intertie.importers.traffic import Exchange, describe_traffic

_SHORT_WITH_VALUE = frozenset("XHdFubAeoTmwxcDECKPQrtUyYz")
_NAMES = {
    "X": "request", "H": "header", "d": "data", "F": "form", "u": "user", "G": "get", "I": "head", "b": "cookie",
    "A": "user-agent", "e": "referer", "T": "upload-file", ":": "next",
}  # fmt: skip
_DATA = frozenset({"data", "data-raw", "data-ascii", "data-binary", "data-urlencode", "json"})
_WITH_VALUE = _DATA | {
    "request", "header", "form", "form-string", "user", "url", "url-query", "cookie", "cookie-jar", "user-agent",
    "referer", "upload-file", "oauth2-bearer", "max-time", "connect-timeout", "retry", "retry-delay",
    "retry-max-time", "output", "output-dir", "proxy", "preproxy", "noproxy", "proxy-user", "proxy-header", "cacert",
    "capath", "cert", "cert-type", "key", "key-type", "pass", "pinnedpubkey", "ciphers", "tls-max", "tls13-ciphers",
    "curves", "write-out", "resolve", "connect-to", "interface", "local-port", "dns-servers", "limit-rate", "rate",
    "dump-header", "config", "aws-sigv4", "proto", "proto-default", "proto-redir", "max-redirs", "max-filesize",
    "keepalive-time", "range", "request-target", "socks4", "socks5", "socks5-hostname", "unix-socket",
    "abstract-unix-socket", "time-cond", "trace", "trace-ascii", "stderr", "speed-limit", "speed-time",
    "expect100-timeout", "happy-eyeballs-timeout-ms", "netrc-file", "continue-at", "engine", "delegation",
    "service-name", "doh-url", "etag-save", "etag-compare", "hsts", "alt-svc", "variable", "create-file-mode",
    "parallel-max",
}  # fmt: skip
_QUIET = frozenset({
    "user-agent", "referer", "silent", "s", "show-error", "S", "v", "verbose", "i", "include", "compressed",
    "location", "L", "fail", "f", "no-progress-meter", "progress-bar", "#", "get",
})  # fmt: skip
_OTHER_CREDENTIALS = frozenset({"digest", "ntlm", "negotiate", "anyauth", "aws-sigv4", "cert", "E"})
_FROM_ELSEWHERE_RE = re.compile(r"\s*(?:\$\(|`|\$\{?\w+\}?\s*\Z|%\w+%\s*\Z)")


def describe_curl(text: str, options: ImportOptions, ledger: Ledger) -> ApiDescription:
    """Return the service that curl commands call.

    Raises:
        UsageError: A command can't be read, or the selection fits none.
    """
    exchanges: list[Exchange] = []
    number = 0
    for number, words in enumerate(curl_commands(text, options.name), start=1):
        for part in _parts(words):
            exchanges += _Command(part, f"command {number}", ledger).exchanges()
    ledger.lose("recorded-value", f"values of {plural(number, 'command')}", options.name)
    kind = "a curl command" if number == 1 else f"{number} curl commands"
    return describe_traffic(exchanges, options, ledger, kind=kind)


def _parts(words: list[str]) -> Iterator[list[str]]:
    """Yield the words of each call of one command, which `--next` divides."""
    part: list[str] = []
    for word in words:
        if word in ("--next", "-:"):
            yield part
            part = []
        else:
            part.append(word)
    yield part


class _Command:
    def __init__(self, words: list[str], where: str, ledger: Ledger) -> None:
        self._words = words
        self._where = where
        self._ledger = ledger
        self._method = ""
        self._urls: list[str] = []
        self._headers: list[tuple[str, str]] = []
        self._data: list[str] = []
        self._fields: dict[str, object] = {}
        self._query: list[str] = []
        self._get = False
        self._json = False
        self._upload = False
        self._basic = False
        self._has_data = False
        self._from_elsewhere = False
        self._other_credential = False

    def exchanges(self) -> list[Exchange]:
        """Return the requests that the command makes: one for each URL."""
        for name, value in self._options():
            self._take(name, value)
        # What an option that is not known here takes looks like one more URL.
        urls = [
            url for url in self._urls if re.search(r"://|^[\w-]+\.[\w.-]+|^localhost\b|^[$%{<]", url)
        ] or self._urls[:1]
        if self._basic and not self._other_credential:
            self._headers.append(("Authorization", "Basic"))
        return [self._exchange(url) for url in urls or [""]]

    def _exchange(self, given: str) -> Exchange:
        url = given if "://" in given else f"http://{given}"
        try:
            parts = urlsplit(re.sub(r"\$\{?(\w+)\}?", r"{\1}", url) if "$" in url else url)
            host = parts.hostname
        except ValueError:
            host = None
        if not host:
            raise UsageError(f"{self._where} names no URL that can be called")
        has_body = (self._has_data or bool(self._fields) or self._upload) and not self._get
        method = self._method or ("PUT" if self._upload else "POST" if has_body else "GET")
        if method.lower() not in METHODS:
            self._ledger.lose("method", method, self._where)
            method = "POST" if has_body else "GET"
        own = [("Authorization", "Basic")] if parts.username or parts.password else []
        origin = "" if "{" in parts.netloc else f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        # Documentation marks what a caller fills in as `:id` or `<id>`.
        path = re.sub(
            r"(?<=/)(?::([A-Za-z_]\w*)|<([A-Za-z_][\w-]*)>)", lambda match: f"{{{match[1] or match[2]}}}", parts.path
        )
        exchange = Exchange(method, origin, path or "/", self._where, headers=[*self._headers, *own])
        query = "&".join([parts.query, *self._query, *(self._data if self._get else ())])
        exchange.query = [*parse_qsl(query, keep_blank_values=True)]
        for name in re.findall(r"\{([\w-]+)\}", path):
            exchange.named[name] = f"The value of {name} in the command"
        if has_body:
            self._fill_body(exchange)
        return exchange

    def _fill_body(self, exchange: Exchange) -> None:
        given = next((value for name, value in self._headers if name.lower() == "content-type"), None)
        media = essence(given) if given else None
        exchange.has_body = True
        if self._fields:
            exchange.media = media if media and codec_of(media) == "multipart" else "multipart/form-data"
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
        if exchange.body is None and text and not self._from_elsewhere and codec_of(exchange.media) == "json":
            self._ledger.lose("unreadable-body", exchange.media, self._where)

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
            self._urls.append(value)
        elif name == "request":
            self._method = value.upper()
        elif name == "header":
            key, _, rest = value.partition(":")
            if value.startswith("@"):
                self._ledger.lose("file-body", "headers from a file", self._where)
            elif key.strip():
                self._headers.append((key.strip().rstrip(";"), rest.strip()))
        elif name in _DATA:
            self._take_data(name, value)
        elif name in ("form", "form-string"):
            key, _, rest = value.partition("=")
            binary = name == "form" and rest.startswith(("@", "<"))
            self._fields[key] = {"type": "string", **({"format": "binary"} if binary else {})}
        elif name == "user":
            self._basic = True
        elif name in _OTHER_CREDENTIALS:
            self._other_credential = self._other_credential or name not in ("cert", "E")
            self._ledger.lose("security-kind", f"--{name}" if len(name) > 1 else f"-{name}", self._where)
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
        self._has_data = True
        if name == "json":
            self._json = True
            self._headers.append(("Content-Type", "application/json"))
        if name == "data-urlencode":
            key, mark, _ = re.match(r"([^=@]*)([=@]?)(.*)", value, re.DOTALL).groups()  # type: ignore[union-attr]
            if not key or not mark:
                self._ledger.lose("file-body", "text without a name", self._where)
            else:
                self._data.append(value if mark == "=" else f"{key}=")
        elif _FROM_ELSEWHERE_RE.match(value) or (value.startswith("@") and name != "data-raw"):
            self._ledger.lose("file-body", name, self._where)
            self._upload = self._upload or name == "data-binary"
            self._from_elsewhere = True
        else:
            self._data.append(value)
