"""Texts that look like a credential: by the shape that issuers give theirs, or by the header they stand in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from intertie.spec.fields import Located
from intertie.spec.model import Spec

_SHAPES = (
    ("a payment provider's key", re.compile(r"\b[sr]k_(?:live|test)_[0-9A-Za-z]{10,}")),
    ("a GitHub token", re.compile(r"\b(?:gh[pousr]_[0-9A-Za-z]{30,}|github_pat_\w{30,})")),
    ("an AWS access key", re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b")),
    ("a Slack token", re.compile(r"\bxox[abeprs]-[0-9A-Za-z-]{10,}")),
    ("a Google API key", re.compile(r"\bAIza[\w-]{35}")),
    ("a model provider's key", re.compile(r"\bsk-[0-9A-Za-z_-]{20,}")),
    ("a mail provider's key", re.compile(r"\b(?:SG\.[\w-]{16,}\.[\w-]{16,}|key-[0-9a-f]{32})\b")),
    ("a JSON web token", re.compile(r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*")),
    ("a private key", re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")),
)  # fmt: skip

_SECRET_HEADERS = frozenset(
    {"authorization", "proxy-authorization", "x-api-key", "api-key", "apikey", "x-auth-token", "x-access-token",
     "cookie", "x-amz-security-token", "ocp-apim-subscription-key", "private-token", "x-secret"}
)  # fmt: skip
_PATTERN_RE = re.compile(r"\{[^{}]+\}|\$\{[^{}]+\}|\b(?:env|file|keyring|vault|aws-sm):\S+")


def token_shape(text: str) -> str | None:
    """Return what a text looks like in words, None where it looks like no credential. Never returns any of the text."""
    return next((what for what, shape in _SHAPES if shape.search(text)), None)


def is_secret_header(name: str) -> bool:
    """Return whether a header carries a credential by its name."""
    return name.strip().lower() in _SECRET_HEADERS


def is_literal_credential(value: str) -> bool:
    """Return whether a credential header's value has text of its own beside a scheme, patterns and references.

    >>> is_literal_credential("Bearer {env:KEY}"), is_literal_credential("Bearer abc123")
    (False, True)
    """
    rest = _PATTERN_RE.sub("", value).strip()
    return bool(re.sub(r"\A(?:Bearer|Basic|Token|ApiKey|Key)\b", "", rest, flags=re.IGNORECASE).strip(" :="))


def texts_of(spec: Spec) -> Iterator[tuple[str, Located[str]]]:
    """Yield (what it is, text) of the free texts a credential is found in; secret fields have a rule of their own."""
    for endpoint in spec.endpoints:
        if endpoint.endpoint and endpoint.endpoint.path:
            yield "path", endpoint.endpoint.path
        for header in endpoint.request.headers if endpoint.request else ():
            if header.value:
                yield f"header `{header.name.value}`" if header.name else "header", header.value
    if spec.service:
        if spec.service.base_url:
            yield "base URL", spec.service.base_url
        for name, url in spec.service.environments:
            yield f"URL of `{name.value}`", url
    if spec.security:
        prose = (spec.security.secret_management, spec.security.data_encryption, spec.security.audit_logging)
        yield from (("security consideration", text) for text in prose if text)
    if spec.overview:
        yield "overview", spec.overview
