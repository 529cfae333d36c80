"""The proxy that calls go through: the spec's own, else the one of the environment's variables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from intertie.compiler.build import Build
from intertie.compiler.guards.auth import secret_reference
from intertie.compiler.no_proxy import covering, entries_of
from intertie.compiler.origin import is_loopback
from intertie.core.outside_text import shown
from intertie.runtime.plan import Origin, ProxyOptions
from intertie.spec.model import Proxy

_HOST_RE = re.compile(r"[A-Za-z0-9._~-]+|[0-9A-Fa-f:.]+")
_LONGEST = 2048


def compile_proxy(build: Build, origin: Origin) -> tuple[ProxyOptions | None, str]:
    """Return the proxy on the way to `origin`, None where there is none, with the source of that decision.

    `proxy.url` of the spec stands above the variables; without it, `proxy.no_proxy` is added to `NO_PROXY`. A target on
    this machine is called directly, unless the spec's own proxy is on this machine too.
    """
    block = build.spec.proxy
    if block is not None and block.url is not None:
        return _declared(build, block, origin)
    if block is not None and (block.username or block.password):
        build.report("invalid-proxy", "`proxy` has a user or a password, but no `url`", block.head)
    return _of_environment(build, block, origin)


def environment_proxy(environ: Mapping[str, str], scheme: str) -> tuple[str, str] | None:
    """Return the variable that names the proxy for targets of a scheme, and its text; None where none does.

    Lower case goes before upper case. As in curl, requests and Go, `HTTP_PROXY` is not read inside a CGI script
    (where `REQUEST_METHOD` is set): there it is a header of the request.

    >>> environment_proxy({"HTTPS_PROXY": "http://a", "https_proxy": "http://b"}, "https")
    ('https_proxy', 'http://b')
    >>> environment_proxy({"HTTP_PROXY": "http://evil", "REQUEST_METHOD": "GET"}, "http") is None
    True
    """
    for variable in (f"{scheme}_proxy", f"{scheme}_proxy".upper()):
        if variable == "HTTP_PROXY" and "REQUEST_METHOD" in environ:
            continue
        if variable in environ:
            # An empty one says that there is no proxy.
            return (variable, environ[variable].strip()) if environ[variable].strip() else None
    return None


def _declared(build: Build, block: Proxy, origin: Origin) -> tuple[ProxyOptions | None, str]:
    if block.url is None:
        return None, "default"
    found = _read(block.url.value)
    if isinstance(found, str):
        build.report("invalid-proxy", f"`proxy.url` can't be used: {found}", block.url.span)
        return None, "default"
    if found.username is not None or found.password is not None:
        build.report(
            "invalid-proxy",
            "`proxy.url` contains a user or a password (not shown here); they belong in `proxy.username` and "
            "`proxy.password`, as references",
            block.url.span,
        )
    host, port = _place(found)
    for entry in block.no_proxy:
        if covering(origin.host, origin.port, (entry.value,)) is not None:
            return None, str(entry.span)
    if is_loopback(origin.host) and not is_loopback(host):
        return None, "default"
    username = secret_reference(build, block.username, "").value if block.username else None
    password = secret_reference(build, block.password, "").value if block.password else None
    return ProxyOptions(host, port, username or None, password or None), str(block.url.span)


def _of_environment(build: Build, block: Proxy | None, origin: Origin) -> tuple[ProxyOptions | None, str]:
    environ = build.settings.environ
    named = environment_proxy(environ, origin.scheme)
    if named is None or is_loopback(origin.host):
        return None, "default"
    variable, text = named
    for entry in block.no_proxy if block is not None else ():
        if covering(origin.host, origin.port, (entry.value,)) is not None:
            return None, str(entry.span)
    exceptions = "no_proxy" if "no_proxy" in environ else "NO_PROXY"
    if covering(origin.host, origin.port, entries_of(environ.get(exceptions, ""))) is not None:
        return None, exceptions
    found = _read(text)
    if isinstance(found, str):
        fault = f"the proxy of the variable {variable} can't be used: {found}; correct it, or unset it"
        return ProxyOptions("", 0, fault=fault), variable
    host, port = _place(found)
    # Their texts stay in the variable: a plan holds references.
    username = f"env:{variable}#username" if found.username else None
    password = f"env:{variable}#password" if found.password else None
    return ProxyOptions(host, port, username, password), variable


def _place(parts: SplitResult) -> tuple[str, int]:
    return (parts.hostname or "").rstrip("."), parts.port or 80


def _read(text: str) -> SplitResult | str:
    """Return the parts of a proxy's URL, or why it can't be used; no part of a credential stands in that."""
    text = text.strip()
    # What stands before an `@` may be a password, so errors of urlsplit, which quote it, are not shown.
    unreadable = "it can't be read; write it as `http://proxy.example:3128`"
    if len(text) > _LONGEST or not text.isprintable() or " " in text:
        return unreadable
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        port = parts.port
    except ValueError:
        return unreadable
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme == "https":
        return "this version connects to proxies over plain HTTP, not over TLS (`https://`); tunnels stay encrypted"
    if parts.scheme.startswith("socks"):
        return "this version does not support SOCKS; use an HTTP proxy"
    if parts.scheme != "http":
        return f"`{shown(parts.scheme, most=20)}` is not a kind of proxy; it must begin with `http://`"
    if not _HOST_RE.fullmatch(host) or port == 0:
        return unreadable
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        return "it has a path, query or fragment; a proxy has only host and port"
    return parts
