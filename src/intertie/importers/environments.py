"""Servers of a source as environments of a spec."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urljoin, urlsplit

from msgspec import Struct

from intertie.compiler.origin import is_loopback
from intertie.core.json_pointer import step
from intertie.importers.losses import Ledger
from intertie.importers.model import ImportedEnvironment
from intertie.importers.plain import Mapping, mapping, mappings, sequence, word
from intertie.spec.draft import slug_of

_VARIABLE_RE = re.compile(r"\{([^{}]+)\}")
_HOST_RE = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+")
_WORDS = (
    ("sandbox", r"sandbox|sbox"),
    ("staging", r"stag(?:e|ing)|uat|preprod|pre-prod|qa"),
    ("development", r"dev(?:elopment)?|local(?:host)?|test(?:ing)?|127\.0\.0\.1|mock"),
    ("production", r"prod(?:uction)?|live"),
)
_ASSUMED = "http://127.0.0.1:8080"
_MOST_CHOICES = 5


class Places(Struct, frozen=True):
    """Where the service is: the base URL, None where the source doesn't state one that may be called."""

    base_url: str | None
    environments: tuple[ImportedEnvironment, ...]


class _Server(Struct, frozen=True):
    url: str
    about: str
    where: str
    name: str = ""
    """The environment that it says it is (`x-intertie-environment`)."""


def places_of(servers: object, where: str, ledger: Ledger, given_base: str | None) -> Places:
    """Return the environments that a list of OpenAPI servers means.

    Args:
        servers: As the source has them.
        where: Their place there.
        ledger: Where what can't be kept is noted.
        given_base: What relative URLs start from, None where nobody said.
    """
    found: dict[str, ImportedEnvironment] = {}
    relative: _Server | None = None
    for server in _spelled(servers, where, ledger):
        url = server.url
        if not urlsplit_or_none(url):
            ledger.lose("server", url, server.where)
            continue
        if "://" not in url and not url.startswith("//"):
            if given_base is None:
                relative = relative or server
                continue
            url = urljoin(f"{given_base.rstrip('/')}/", url.lstrip("/"))
        url = f"https:{url}" if url.startswith("//") else url
        url = url.rstrip("/")
        if not is_usable(url):
            ledger.lose("server", url, server.where)
        elif not any(known.url == url for known in found.values()):
            name = _free_name(server, url, found) if server.name in ("", *found) else server.name
            found[name] = ImportedEnvironment(name, url)
    if given_base is not None and not any(each.url.startswith(given_base.rstrip("/")) for each in found.values()):
        # Who names a base URL knows better than the source.
        found["production"] = ImportedEnvironment("production", given_base.rstrip("/"))
    return _settled(found, relative, ledger)


def urlsplit_or_none(url: str) -> bool:
    """Return whether a URL has the form of one."""
    try:
        parts = urlsplit(url)
        return bool(parts.port is None or parts.port > 0)
    except ValueError:
        return False


def is_usable(url: str) -> bool:
    """Return whether a URL can be a base URL: http or https, a host, nothing that belongs elsewhere.

    >>> is_usable("https://api.example.com/v1"), is_usable("https://me:pw@api.example"), is_usable("https://x/?a=1")
    (True, False, False)
    """
    if not urlsplit_or_none(url):
        return False
    parts = urlsplit(url)
    bare = not (parts.query or parts.fragment or "@" in parts.netloc)
    path = ".." not in parts.path.split("/") and not re.search(r"[\s\\{}<>\[\]]|%2f", parts.path, re.IGNORECASE)
    host = (parts.hostname or "").rstrip(".")
    return parts.scheme in ("http", "https") and bare and path and bool(_HOST_RE.fullmatch(host))


def is_plain(url: str) -> bool:
    """Return whether calls there could be read on the way."""
    parts = urlsplit(url)
    return parts.scheme == "http" and not is_loopback(parts.hostname or "")


def _settled(found: dict[str, ImportedEnvironment], relative: _Server | None, ledger: Ledger) -> Places:
    """Choose the base URL; what is not encrypted may be called in development only."""
    safe = {name: each for name, each in found.items() if not is_plain(each.url)}
    for name, each in found.items():
        if name in safe:
            continue
        if name == "development":
            safe[name] = each
            continue
        if safe and any(other.url == each.url.replace("http:", "https:", 1) for other in safe.values()):
            continue
        if "development" not in safe:
            reason = "the URL is not encrypted, which is allowed in development only"
            ledger.guess(
                "environment development", each.url, "the URL, which is not encrypted: only development may be"
            )
            safe["development"] = ImportedEnvironment("development", each.url, reason)
        else:
            ledger.lose("server", f"{each.url} (not encrypted)", "#/servers")
    base = next((each.url for name, each in safe.items() if name.startswith("production")), None)
    base = base or next((each.url for name, each in safe.items() if name != "development"), None)
    if not safe:
        path = relative.url if relative is not None else ""
        url = _ASSUMED + (f"/{path.strip('/')}" if path.strip("/") else "")
        reason = "the source does not say on which host the service is"
        ledger.guess("environment development", url, "a URL without a host: calls stay on this machine")
        safe["development"] = ImportedEnvironment("development", url, reason)
    return Places(base, tuple(safe.values()))


def _spelled(servers: object, where: str, ledger: Ledger) -> Iterable[_Server]:
    """Yield the servers with their variables filled: by each choice where those are environments, else by default."""
    for at, server in enumerate(mappings(servers)):
        place = step(where, at)
        url, about = word(server.get("url")), word(server.get("description")) or word(server.get("name"))
        variables = mapping(server.get("variables"))
        names = _VARIABLE_RE.findall(url)
        spread = next((name for name in names if _are_environments(mapping(variables.get(name)))), None)
        choices: list[object] = [None]
        if spread is not None:
            choices = sequence(mapping(variables[spread]).get("enum"))[:_MOST_CHOICES]
        for choice in choices:
            filled = _filled(url, variables, {spread: word(choice)} if spread else {}, place, ledger)
            if filled is None:
                ledger.lose("server", url, place)
                break
            own = word(server.get("x-intertie-environment"))
            yield _Server(filled, f"{about} {word(choice)}".strip() if spread else about, place, own)


def _filled(url: str, variables: Mapping, chosen: dict[str, str], place: str, ledger: Ledger) -> str | None:
    missing = False

    def value(match: re.Match[str]) -> str:
        nonlocal missing
        name = match[1]
        if name in chosen:
            return chosen[name]
        variable = mapping(variables.get(name))
        default = word(variable.get("default")) or next((word(each) for each in sequence(variable.get("enum"))), "")
        missing = missing or not default
        if default:
            ledger.lose("server-variable", name, step(place, "variables", name))
        return default

    filled = _VARIABLE_RE.sub(value, url)
    return None if missing else filled


def _are_environments(variable: Mapping) -> bool:
    choices = [word(each) for each in sequence(variable.get("enum"))]
    named = [choice for choice in choices if _class_of(choice) is not None]
    return len(choices) > 1 and len(named) >= len(choices) - 1 and bool(named)


def _class_of(text: str) -> str | None:
    for name, words in _WORDS:
        if re.search(rf"(?<![a-z])(?:{words})(?![a-z])", text, re.IGNORECASE):
            return name
    return None


def _free_name(server: _Server, url: str, taken: dict[str, ImportedEnvironment]) -> str:
    host = urlsplit(url).hostname or ""
    kind = "development" if is_loopback(host) else _class_of(server.about) or _class_of(host) or "production"
    if kind not in taken:
        return kind
    own = slug_of(server.about)[:40].strip("-") or slug_of(host.split(".")[0])
    name, number = (own if own and own not in taken else kind), 2
    while name in taken:
        name, number = f"{kind}-{number}", number + 1
    return name
