"""Where a credential may stand in a spec: free texts, and headers that carry one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from intertie.diagnostics import SourceSpan
from intertie.diagnostics.credentials import MARKS, SHAPES
from intertie.spec.fields import Located
from intertie.spec.model import Spec

_SECRET_HEADERS = frozenset(
    {"authorization", "proxy-authorization", "x-api-key", "api-key", "apikey", "x-auth-token", "x-access-token",
     "cookie", "x-amz-security-token", "ocp-apim-subscription-key", "private-token", "x-secret"}
)  # fmt: skip
_PATTERN_RE = re.compile(r"\{[^{}]+\}|\$\{[^{}]+\}|\b(?:env|file|keyring|vault|aws-sm):\S+")


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


def shapes_in_text(text: str, path: str) -> Iterator[tuple[str, SourceSpan]]:
    """Yield (what it looks like, place) of every credential anywhere in a file's text, by its shape alone."""
    for what, shape in SHAPES if any(mark in text for mark in MARKS) else ():
        for match in shape.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            column = match.start() - text.rfind("\n", 0, match.start())
            yield what, SourceSpan(path, line, column, line, column + len(match.group()))


def secret_references(spec: Spec) -> Iterator[Located[str]]:
    """Yield every reference to a secret that the spec holds."""
    config = spec.authentication.config if spec.authentication else None
    tests = spec.testing.integration_tests if spec.testing else None
    security = spec.security
    found = [config.secret, config.username, config.password, config.client_id, config.client_secret,
             config.refresh_token, config.key, config.access_key_id, config.secret_access_key,
             config.session_token] if config else []  # fmt: skip
    found += [tests.test_credentials] if tests else []
    found += [security.client_key, security.encryption_key] if security else []
    yield from (located for located in found if located)


def tests_have_own_key(spec: Spec) -> bool:
    """Return whether a credential of their own takes the tests to the sandbox, wherever that is."""
    config = spec.authentication.config if spec.authentication else None
    used = [config.secret, config.username, config.password, config.client_secret, config.key] if config else []
    tests = spec.testing.integration_tests if spec.testing else None
    own = tests.test_credentials if tests else None
    return own is not None and own.value.strip() not in {each.value.strip() for each in used if each}
