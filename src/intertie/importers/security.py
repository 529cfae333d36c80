"""Security schemes as the one credential of an integration."""

from __future__ import annotations

import re
from urllib.parse import urljoin

from msgspec import Struct

from intertie.core.json_pointer import step
from intertie.importers.environments import is_plain, is_usable
from intertie.importers.losses import Ledger
from intertie.importers.model import ImportedAuth, ImportedHeader
from intertie.importers.plain import Mapping, mapping, mappings, sequence, word
from intertie.importers.pointers import References

_CLIENT_CREDENTIALS = "clientCredentials"
"""The one flow that needs nobody at a browser, and no password of a person."""
_SCOPE_RE = re.compile(r"[\x21\x23-\x5a\x5c\x5e-\x7e]+")
"""As RFC 6749 section 3.3 has it, without the brackets of a placeholder."""
_LONGEST = 60


class ImportedCredential(Struct, frozen=True):
    """How calls are authenticated.

    Attributes:
        auth: As `authentication` says it, None where the source says nothing that can be used.
        header_names: Header names in lower case that it and the second keys write.
        further: Second keys that go along, as headers.
        scheme: The source's name of the scheme.
    """

    auth: ImportedAuth | None = None
    header_names: frozenset[str] = frozenset()
    further: tuple[ImportedHeader, ...] = ()
    scheme: str | None = None


def credential_of(
    schemes: Mapping,
    where: str,
    default: object,
    operations: list[tuple[Mapping, str]],
    references: References,
    ledger: Ledger,
    *,
    base_url: str | None,
    prefix: str,
) -> ImportedCredential:
    """Return the credential that most of the operations accept.

    Args:
        schemes: `components.securitySchemes`.
        where: Their place in the source.
        default: The document's `security`.
        operations: The selected ones, each with its place.
        references: Follows references.
        ledger: Where the other schemes are noted.
        base_url: What relative token URLs start from.
        prefix: Start of the names of variables that hold second keys, such as `SHOP`.
    """
    usable: dict[str, ImportedAuth] = {}
    for name, value in schemes.items():
        given, place = references.follow(value, step(where, name))
        scopes = _scopes(name, [operation.get("security", default) for operation, _ in operations])
        auth = _auth(given, place, ledger, base_url, scopes)
        if auth is not None:
            usable[name] = auth
    votes = dict.fromkeys(usable, 0)
    combined: dict[str, list[str]] = {}
    public: list[str] = []
    for operation, place in operations:
        wanted = operation.get("security", default)
        options = list(mappings(wanted))
        if isinstance(wanted, list) and (not options or {} in options):
            public.append(place)
        for option in options:
            for at, name in enumerate(name for name in option if name in usable):
                votes[name] += 1 if at == 0 else 0
                if at == 0:
                    combined.setdefault(name, [other for other in option if other in usable and other != name])
    if not operations or not any(votes.values()):
        votes = dict.fromkeys(usable, 1)
    chosen = max(usable, key=lambda name: (votes[name], -list(usable).index(name)), default=None)
    if chosen is None:
        return ImportedCredential()
    if not any(votes.values()):
        ledger.guess("authentication", where, "the only kind of credential that the source knows")
    further = tuple(
        header
        for name in combined.get(chosen, ())
        if (header := _second_key(usable[name], name, prefix, ledger, where))
    )
    for name in usable:
        if name != chosen and name not in combined.get(chosen, ()):
            ledger.lose("security-scheme", name, step(where, name))
    for place in public:
        ledger.lose("public-operation", "no credential", step(place, "security"))
    auth = usable[chosen]
    if auth.guess:
        ledger.guess(f"authentication {auth.type}", step(where, chosen), auth.guess)
    sent = _header_names(auth) | {header.name.lower() for header in further}
    return ImportedCredential(auth, sent, further, chosen)


def _scopes(scheme: str, requirements: list[object]) -> list[str]:
    """Return the scopes that operations ask of a scheme, each once, in the order they are asked for."""
    asked = (scope for each in requirements for option in mappings(each) for scope in sequence(option.get(scheme)))
    return list(dict.fromkeys(scope for scope in asked if isinstance(scope, str) and _SCOPE_RE.fullmatch(scope)))


def _auth(given: Mapping, where: str, ledger: Ledger, base_url: str | None, scopes: list[str]) -> ImportedAuth | None:
    """Return what a scheme is in a spec's words, None where it can't be one."""
    kind = word(given.get("type")).lower()
    if kind == "apikey":
        location, name = word(given.get("in")).lower(), word(given.get("name"))
        if location in ("header", "query") and name:
            scheme = word(given.get("x-intertie-scheme"))
            config: dict[str, object] = {"key_location": location, "key_name": name}
            return ImportedAuth("api_key", {**config, "scheme": scheme} if scheme else config)
        ledger.lose("security-kind", f"apiKey in {location or 'nothing'}", where)
        return None
    if kind == "http":
        scheme = word(given.get("scheme")).lower()
        if scheme == "basic":
            return ImportedAuth("basic")
        if scheme == "bearer":
            return bearer()
        ledger.lose("security-kind", f"http {scheme}", where)
        return None
    if kind == "basic":
        return ImportedAuth("basic")
    if kind == "oauth2":
        return _oauth(given, where, ledger, base_url, scopes)
    if kind == "openidconnect":
        ledger.lose("security-kind", "openIdConnect", where)
        return bearer("OpenID Connect: the token it gives is sent as Bearer")
    ledger.lose("security-kind", kind or "scheme without type", where)
    return None


def bearer(guess: str | None = None, note: str | None = None) -> ImportedAuth:
    """Return a key that is sent as `Authorization: Bearer …`; `note` says what it is."""
    config: dict[str, object] = {"key_location": "header", "key_name": "Authorization", "scheme": "Bearer"}
    return ImportedAuth("api_key", config, guess, note)


def _oauth(given: Mapping, where: str, ledger: Ledger, base_url: str | None, scopes: list[str]) -> ImportedAuth | None:
    """Return client credentials where the source has them, else the access token as it is sent on every call."""
    flows = mapping(given.get("flows"))
    flow, place = mapping(flows.get(_CLIENT_CREDENTIALS)), step(where, "flows", _CLIENT_CREDENTIALS)
    token_url = _endpoint(flow, "tokenUrl", place, ledger, base_url) if flow else None
    for name in flows:
        if name != _CLIENT_CREDENTIALS and not name.startswith("x-"):
            ledger.lose("oauth-flow", name, step(where, "flows", name))
    if token_url is None:
        return bearer(note=f"an OAuth access token{_with(scopes)}")
    config: dict[str, object] = {"grant_type": "client_credentials", "token_url": token_url}
    return ImportedAuth("oauth", {**config, "scopes": scopes} if scopes else config)


def _with(scopes: list[str]) -> str:
    """Return the words for the scopes of a token, as many by name as fit on a line.

    >>> _with(["users:read", "chat:write"]), _with([])
    (' with users:read, chat:write', '')
    """
    if not scopes:
        return ""
    count = len(scopes)
    while count > 1 and len(", ".join(scopes[:count])) > _LONGEST:
        count -= 1
    more = f" and {len(scopes) - count} more" if count < len(scopes) else ""
    return f" with {', '.join(scopes[:count])}{more}"


def _endpoint(flow: Mapping, key: str, where: str, ledger: Ledger, base_url: str | None) -> str | None:
    url = word(flow.get(key))
    if url and "://" not in url and base_url:
        url = urljoin(f"{base_url}/", url)
    good = bool(url) and is_usable(url.partition("?")[0]) and not is_plain(url)
    if not good and (url or key == "tokenUrl"):
        ledger.lose("token-endpoint", url or key, step(where, key))
    return url if good else None


def _second_key(auth: ImportedAuth, name: str, prefix: str, ledger: Ledger, where: str) -> ImportedHeader | None:
    if auth.type == "api_key" and auth.config["key_location"] == "header" and "scheme" not in auth.config:
        key_name = str(auth.config["key_name"])
        variable = "".join(char if char.isalnum() else "_" for char in f"{prefix}_{key_name}").upper()
        return ImportedHeader(key_name, False, f"{{env:{variable}}}", "Goes along with the credential")
    ledger.lose("security-scheme", name, step(where, name))
    return None


def _header_names(auth: ImportedAuth) -> frozenset[str]:
    if auth.type == "api_key":
        return frozenset({str(auth.config["key_name"]).lower()} if auth.config["key_location"] == "header" else ())
    return frozenset({"authorization"})
