"""The way to the service in words and as data: who vouches for it, and the proxy before it."""

from __future__ import annotations

from collections.abc import Iterator

from intertie.core.outside_text import shown
from intertie.runtime.plan import SYSTEM_TRUST, Plan, ProxyOptions, TlsOptions


def way_sentences(plan: Plan) -> Iterator[tuple[str, str]]:
    """Yield (sentence, source) of what is not as it is by default."""
    if plan.origin.scheme == "https" and (plan.tls.ca_file or plan.tls.trust != (SYSTEM_TRUST,)):
        yield f"The service's certificate must be vouched for by {_trusted(plan.tls)}", plan.sources["trust"]
    proxy, source = plan.proxy, plan.sources.get("proxy", "default")
    if proxy is not None:
        yield proxy_words(proxy), source
    elif source != "default":
        yield "Calls go past the proxy", source


def proxy_words(proxy: ProxyOptions) -> str:
    """Return what a proxy means for calls, in one sentence without its full stop."""
    if proxy.fault is not None:
        return f"No call can be made: {proxy.fault}"
    names = [shown(each) for each in (proxy.username, proxy.password) if each]
    return f"Calls go through the proxy {proxy.authority}" + (f", with {' and '.join(names)}" if names else "")


def way_json(plan: Plan) -> dict[str, object]:
    """Return `tls` and `proxy` of a plan's JSON document; references, no texts."""
    tls, proxy = plan.tls, plan.proxy
    return {
        "tls": {
            "minimum": tls.minimum,
            "trust": [tls.ca_file] if tls.ca_file else list(tls.trust),
            "client_certificate": tls.certificate_file,
            "client_key": tls.client_key,
        },
        "proxy": None
        if proxy is None
        else {
            "host": proxy.host,
            "port": proxy.port,
            "username": proxy.username,
            "password": proxy.password,
            "fault": proxy.fault,
        },
    }


def _trusted(tls: TlsOptions) -> str:
    if tls.ca_file is not None:
        return f"{shown(tls.ca_file)} alone"
    return " or ".join("the system's authorities" if each == SYSTEM_TRUST else shown(each) for each in tls.trust)
