from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from intertie.diagnostics import Label, Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.model import Spec


@rule(code="TIE134", severity=Severity.WARNING, since="0.1.0")
def token_of_other_environment(spec: Spec) -> Iterator[Finding]:
    """The token comes from another environment than the calls go to."""
    config, service = spec.authentication.config if spec.authentication else None, spec.service
    if config is None or service is None or service.base_url is None:
        return
    ours = _host(service.base_url.value)
    others = {_host(url.value): (name, url) for name, url in service.environments if name.value.lower() != "production"}
    for place in (config.token_url, config.audience):
        host = _host(place.value) if place else ""
        if place is None or not host or host == ours or ours in _LOCAL:
            continue
        if host in _LOCAL:
            yield Finding(
                place.span,
                f"`{host}` is this machine, but calls go to `{ours}`",
                "use the host that belongs to `base_url`",
            )
        elif host in others:
            name, url = others[host]
            label = (Label(url.span, f"the environment {name.value}"),)
            yield Finding(
                place.span,
                f"`{host}` belongs to {name.value}, but calls go to `{ours}`",
                "use the production host",
                label,
            )


_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


def _host(url: str) -> str:
    try:
        return (urlsplit(url.strip()).hostname or "").lower()
    except ValueError:
        # The compiler tells of a URL that can't be read.
        return ""
