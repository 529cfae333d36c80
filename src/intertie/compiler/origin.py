"""Which environment a plan is for, and where its calls go."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from ipaddress import ip_address
from urllib.parse import urlsplit

from msgspec import Struct

from intertie.compiler.build import Build
from intertie.core.errors import UsageError
from intertie.diagnostics import Severity, SourceSpan
from intertie.runtime.plan import Origin
from intertie.spec.fields import Located
from intertie.spec.model import Spec
from intertie.spec.reading.environments import ENVIRONMENT_ALIASES

DEVELOPMENT = "development"
DEFAULT = "default"
"""Name of the environment that `base_url` alone makes."""

_PLAIN_ALLOWED = frozenset({DEVELOPMENT, "dev", "local"})
_PORTS = {"http": 80, "https": 443}
_SCHEMES = {"http": "http", "https": "https", "ws": "http", "wss": "https"}
_VARIABLE_RE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}|\{env:(\w+)\}")
_NAME_RE = re.compile(r"[A-Za-z0-9._~-]+")
_BRACKETED_RE = re.compile(r"\[[0-9A-Fa-f:.]+\](?::\d*)?")
_LONGEST_NAME = 253
_LONGEST_LABEL = 63


class ChosenOrigin(Struct, frozen=True):
    """Where calls go, with the sources of both decisions.

    Attributes:
        is_own: It is what the spec says for the environment, and not loopback: its state is the environment's. At any
            other place, such as a mock, state is kept apart.
    """

    environment: str
    origin: Origin
    environment_source: str
    url_source: str
    is_own: bool


class _Candidate(Struct, frozen=True):
    url: str
    source: str
    span: SourceSpan
    given: bool = False
    """Given by the caller or the configuration rather than by the spec."""


def environments_of(build: Build) -> dict[str, Located[str]]:
    """Return name -> URL of every environment the spec declares; see `declared_environments`."""
    return declared_environments(build.spec)


def declared_environments(spec: Spec) -> dict[str, Located[str]]:
    """Return name -> URL of every environment; a `sandbox_url` of the tests is one, unless `use_sandbox: false`."""
    service, testing = spec.service, spec.testing
    declared = {name.value: url for name, url in service.environments} if service else {}
    tests = testing.integration_tests if testing else None
    if tests and tests.sandbox_url and (tests.use_sandbox is None or tests.use_sandbox.value):
        declared.setdefault("sandbox", tests.sandbox_url)
    return declared


def choose_origin(build: Build, environment: str | None, base_url: str | None) -> ChosenOrigin | None:
    """Return where calls go, None where that can't be known (a finding says why).

    The environment is the argument, else the configured one, else `development` where it is declared, else `base_url`.

    Raises:
        UsageError: The caller's environment or base URL is none.
    """
    declared = environments_of(build)
    chosen = _chosen(build, environment, base_url, declared)
    if chosen is not None:
        _judge_others(build, chosen.environment, declared)
    return chosen


def judge_environments(build: Build) -> None:
    """Report what is wrong with the URL of each environment, as if it were chosen."""
    declared = environments_of(build)
    for environment in declared:
        _chosen(build, environment, None, declared)


def _chosen(
    build: Build, environment: str | None, base_url: str | None, declared: Mapping[str, Located[str]]
) -> ChosenOrigin | None:
    name, name_source = _name(build, environment, declared)
    if name is None:
        return None
    candidate = _candidate(build, name, base_url, declared)
    if candidate is None:
        return None
    url = _substituted(build, candidate)
    origin = read_origin(build, url, candidate.span, candidate.source) if url is not None else None
    if origin is None:
        if candidate.source == "argument":
            raise UsageError(build.diagnostics[-1].message)
        return None
    _refuse_plain_http(build, origin, name, candidate)
    is_own = not is_loopback(origin.host) and (not candidate.given or origin == _spec_origin(build, name, declared))
    return ChosenOrigin(name, origin, name_source, candidate.source, is_own)


def read_origin(build: Build, url: str, span: SourceSpan, source: str) -> Origin | None:
    """Return the parts of a base URL, None where it can't be one (a finding says why)."""
    found = _parsed(url)
    if isinstance(found, Origin):
        return found
    build.report("invalid-base-url", f"base URL `{_shown(url)}` {found} ({source})", span)
    return None


def _parsed(url: str) -> Origin | str:
    """Return the parts of a base URL, or why it can't be one."""
    url = url.strip()
    reason = ""
    if not url.isprintable():
        # urlsplit leaves tabs and line breaks out: another host than the one that is read.
        return "can't be read: it contains characters that can't be printed"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        # Its own words may quote a part of a password.
        return "can't be read: its host or port is not valid"
    host = (parts.hostname or "").rstrip(".")
    scheme = _SCHEMES.get(parts.scheme.lower())
    if scheme is None:
        reason = "it must begin with `http://` or `https://`"
    elif not _is_host(host) or ("[" in parts.netloc and not _BRACKETED_RE.fullmatch(parts.netloc.rpartition("@")[2])):
        reason = "it has no valid host" if host.isascii() else "its host must be in ASCII (punycode) form"
    elif parts.username is not None or parts.password is not None:
        reason = "it contains a user or password, which belong in `authentication`"
    elif parts.query or parts.fragment:
        reason = "it contains a query or fragment"
    elif port == 0:
        reason = "port 0 can't be called"
    elif ".." in parts.path.split("/") or re.search(r"[\s\\]|%2f", parts.path, re.IGNORECASE):
        reason = "its path contains `..`, spaces, backslashes or encoded slashes"
    if reason or scheme is None:
        return f"can't be used: {reason}"
    return Origin(scheme, _one_spelling(host), port or _PORTS[scheme], parts.path.rstrip("/"))


def _one_spelling(host: str) -> str:
    """Return an IPv6 address in its canonical form (RFC 5952), so that state and connections have one name for it.

    >>> _one_spelling("0:0:0:0:0:0:0:1"), _one_spelling("::ffff:7f00:1"), _one_spelling("a.example")
    ('::1', '127.0.0.1', 'a.example')
    """
    if ":" not in host:
        return host
    address = ip_address(host)
    return str(getattr(address, "ipv4_mapped", None) or address)


def _is_host(host: str) -> bool:
    """Return whether a host is an address, or a name whose labels DNS can hold (RFC 1035 section 2.3.4)."""
    if ":" in host:
        try:
            ip_address(host)
        except ValueError:
            return False
        return True
    if len(host) > _LONGEST_NAME or not _NAME_RE.fullmatch(host):
        return False
    return all(0 < len(label) <= _LONGEST_LABEL for label in host.split("."))


def _name(build: Build, environment: str | None, declared: Mapping[str, Located[str]]) -> tuple[str | None, str]:
    configured = build.settings.environment
    wanted = environment or configured
    if wanted is None:
        if DEVELOPMENT in declared:
            return DEVELOPMENT, str(declared[DEVELOPMENT].key_span)
        return DEFAULT, "default"
    source = "argument" if environment else "config"
    meant = ENVIRONMENT_ALIASES.get(wanted.lower())
    if wanted not in declared and meant in declared:
        # `--env prod` for what the spec calls production, or is read as it.
        return meant, source
    if wanted in declared or wanted == DEFAULT:
        return wanted, source
    if not declared and environment is None:
        # A workspace-wide choice meets a spec that knows no environments: its one URL is all there is.
        build.warnings.append(f"the spec declares no environments, so `{wanted}` calls its base_url")
        return wanted, source
    choices = ", ".join(declared) or f"none declared; `{DEFAULT}` means base_url"
    near = get_close_matches(wanted, declared, n=1)
    hint = f"did you mean `{near[0]}`?" if near else None
    message = f"unknown environment `{wanted}`; the spec has: {choices}"
    if environment is not None:
        raise UsageError(f"{message}; {hint}" if hint else message)
    build.report("unknown-environment", message, _service_span(build), help=hint)
    return None, source


def _spec_origin(build: Build, name: str, declared: Mapping[str, Located[str]]) -> Origin | None:
    """Return where the spec itself would have calls go, None where it does not say so or can't be understood."""
    found = _declared_url(build, name, declared)
    if found is None:
        return None
    url, missing = _with_variables(build, found.value)
    origin = None if missing else _parsed(url)
    return origin if isinstance(origin, Origin) else None


def _declared_url(build: Build, name: str, declared: Mapping[str, Located[str]]) -> Located[str] | None:
    return declared.get(name) or (build.spec.service.base_url if build.spec.service else None)


def _candidate(
    build: Build, name: str, base_url: str | None, declared: Mapping[str, Located[str]]
) -> _Candidate | None:
    if base_url:
        return _Candidate(base_url, "argument", _service_span(build), given=True)
    if build.settings.base_url:
        return _Candidate(build.settings.base_url, "config", _service_span(build), given=True)
    found = _declared_url(build, name, declared)
    if found is not None:
        return _Candidate(found.value, str(found.span), found.span)
    choices = f"; choose an environment: {', '.join(declared)}" if declared else ""
    build.report("no-base-url", f"the spec does not say where the service is{choices}", _service_span(build))
    return None


def _substituted(build: Build, candidate: _Candidate) -> str | None:
    """Return the URL with its variables read, None where one is not set (a finding says so)."""
    url, missing = _with_variables(build, candidate.url)
    for name in missing:
        build.report(
            "unset-variable", f"the base URL needs the environment variable {name}, which is not set", candidate.span
        )
    return None if missing else url


def _with_variables(build: Build, url: str) -> tuple[str, list[str]]:
    """Return the URL with `${NAME}`, `${NAME:-otherwise}` and `{env:NAME}` read, and the names of those not set."""
    missing: list[str] = []

    def read(match: re.Match[str]) -> str:
        name = match.group(1) or match.group(3)
        value = build.settings.environ.get(name) or match.group(2)
        if value is None:
            missing.append(name)
        return value or ""

    return _VARIABLE_RE.sub(read, url), missing


def _refuse_plain_http(build: Build, origin: Origin, name: str, candidate: _Candidate) -> None:
    if origin.scheme == "https" or name in _PLAIN_ALLOWED or is_loopback(origin.host):
        return
    build.report(
        "plain-http",
        f"`{origin.url}` is not encrypted, and environment `{name}` is not development",
        candidate.span,
        # Who names a URL on the command line or in the configuration has looked at it.
        severity=Severity.WARNING if candidate.given else None,
    )


def _judge_others(build: Build, chosen: str, declared: Mapping[str, Located[str]]) -> None:
    """Warn of plain http in environments that are not chosen now and will be some day."""
    for name, url in declared.items():
        plain = url.value.strip().lower().startswith("http://")
        if name == chosen or not plain or name in _PLAIN_ALLOWED or _VARIABLE_RE.search(url.value):
            continue
        try:
            host = urlsplit(url.value.strip()).hostname or ""
        except ValueError:
            continue  # said when it is chosen
        if not is_loopback(host):
            message = f"environment `{name}` is not encrypted, so calls there will be refused"
            build.report("plain-http", message, url.span, severity=Severity.WARNING)


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine by its name or literal address (RFC 6761 section 6.3, RFC 5735 section 3).

    The unspecified address counts too: a system connects it to itself. So does an IPv4 address in the form of IPv6.

    >>> [is_loopback(host) for host in ("localhost", "127.0.0.9", "::1", "mock.localhost", "10.0.0.1")]
    [True, True, True, True, False]
    >>> [is_loopback(host) for host in ("0:0:0:0:0:0:0:1", "::ffff:127.0.0.1", "0.0.0.0", "::", "127.0.0.999")]
    [True, True, True, True, False]
    """
    host = host.lower().rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return address.is_loopback or address.is_unspecified


def _service_span(build: Build) -> SourceSpan:
    return build.spec.service.head if build.spec.service else build.spec.span


def _shown(url: str) -> str:
    """Return a URL that may be printed: what stands before an `@` is a credential."""
    return re.sub(r"//.*@", "//…@", url)
