"""The URLs of a spec, and what stands in them that should not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from intertie.spec.fields import Located
from intertie.spec.model import Spec

_LOOPBACK_RE = re.compile(r"localhost\Z|.*\.localhost\Z|127(\.\d{1,3}){3}\Z|::1\Z", re.IGNORECASE)
_SECRET_PARAMETERS = frozenset(
    {"api_key", "apikey", "api-key", "key", "token", "access_token", "auth", "secret", "client_secret", "password",
     "passwd", "signature", "sig"}
)  # fmt: skip


def further_urls(spec: Spec) -> Iterator[tuple[str, Located[str]]]:
    """Yield (what it is, URL) of every URL but those that calls go to: the compiler judges them."""
    if spec.authentication and spec.authentication.config:
        config = spec.authentication.config
        for what, url in (("token URL", config.token_url), ("authorization URL", config.authorization_url)):
            if url:
                yield what, url
    tests = spec.testing.integration_tests if spec.testing else None
    declared = {name.value.lower() for name, _ in spec.service.environments} if spec.service else set()
    if tests and tests.sandbox_url and "sandbox" in declared:
        # Without such an environment it declares one, and is judged as every base URL.
        yield "sandbox URL", tests.sandbox_url
    if spec.documentation:
        links = (spec.documentation.api_docs, spec.documentation.client_library, spec.documentation.support_contact)
        yield from (("link", link) for link in links if link)
    for line in spec.implementation:
        if line.where:
            yield "link", line.where


def is_plain_http(url: str) -> bool:
    """Return whether what is sent there can be read on the way: http, and not to this machine.

    >>> is_plain_http("http://api.example"), is_plain_http("http://127.0.0.1:8420"), is_plain_http("https://api.example")
    (True, False, False)
    """
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return False
    return parts.scheme.lower() == "http" and not _LOOPBACK_RE.match(parts.hostname or "")


def credential_in(url: str) -> str | None:
    """Return where a URL holds a credential, in words without it, None where it holds none.

    >>> credential_in("https://me:pw@x.example/"), credential_in("https://x.example/?token=abc")
    ('user and password before the host', 'the query parameter `token`')
    """
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    if parts.scheme and parts.netloc and parts.password:
        return "user and password before the host"
    for pair in re.split("[&;]", parts.query):
        name, _, value = pair.partition("=")
        if name.lower() in _SECRET_PARAMETERS and value and not value.startswith(("{", "$", "<", "env:")):
            return f"the query parameter `{name}`"
    return None


def is_web_url(url: str) -> bool:
    """Return whether a text is a URL that a browser follows.

    >>> is_web_url("https://api.example/docs"), is_web_url("htps://api.example"), is_web_url("https://")
    (True, False, False)
    """
    try:
        parts = urlsplit(url.strip())
        return parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def is_secret_parameter(name: str) -> bool:
    """Return whether a parameter carries a credential by its name.

    >>> is_secret_parameter("api_key"), is_secret_parameter("key")
    (True, False)
    """
    return name.strip().lower() in _SECRET_PARAMETERS - {"key", "signature", "sig", "auth"}
