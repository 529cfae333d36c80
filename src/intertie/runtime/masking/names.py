"""Names of headers and fields that say that their value is a credential or personal."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from intertie.core.patterns import later

CREDENTIAL_HEADERS: Final = frozenset(
    (
        "authorization", "proxy-authorization", "proxy-authenticate", "www-authenticate", "authentication-info",
        "cookie", "set-cookie", "x-api-key", "api-key", "apikey", "x-auth-token", "x-access-token", "x-csrf-token",
        "x-xsrf-token", "x-amz-security-token", "x-goog-api-key", "x-functions-key", "ocp-apim-subscription-key",
        "x-vault-token", "x-gitlab-token", "x-shopify-access-token", "private-token", "intertie-key", "dpop",
        "x-hub-signature", "x-hub-signature-256", "stripe-signature", "x-signature",
    )
)  # fmt: skip
"""Lower-case names of headers that carry credentials, signatures or sessions."""

_WHOLE: Final = frozenset(
    (
        "password", "passwd", "pwd", "passphrase", "passcode", "pin", "secret", "token", "jwt", "bearer", "otp", "totp",
        "mfacode", "auth", "authorization", "credential", "credentials", "cookie", "session", "sessionid", "sid", "sig",
        "signature", "cvv", "cvc", "cvv2", "csc", "securitycode", "apikey", "accesskey", "authkey", "appkey",
        "privatekey", "secretkey", "signingkey", "encryptionkey", "masterkey", "subscriptionkey", "clientsecret",
        "consumersecret",        "connectionstring", "code_verifier", "codeverifier", "assertion", "clientassertion",
    )
)  # fmt: skip
_WITHIN_RE: Final = later(
    r"(password|passwd|passphrase|secret|api_?key|access_?key|auth_?key|private_?key|signing_?key|credential)"
    r"|(^|_)(access|refresh|id|auth|api|bearer|session|csrf|xsrf|security|client|device|oauth|user|bot|push)_?token(_|$)"
    r"|(^|_)token$"
)
_NOT_RE: Final = later(
    r"(tokens?_(type|count|limit|usage|expires?.*|expiry)|(max|total|prompt|completion|input|output|cached)_tokens?"
    r"|(password|secret|key)_(id|name|hint|policy|length|version|expires?.*|updated.*|changed.*|type|reset.*)"
    r"|(next|page|continuation|sync|cursor)_?(page)?_?token|has_(password|secret)|idempotency_key)$"
)
"""Names that look like credentials and are none: counts, kinds, page cursors."""
_PHONE_RE: Final = later(r"(^|_)(phone|telephone|mobile|msisdn|fax)(_?(number|no|nr))?$")
_HUMP_RE: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@lru_cache(maxsize=4096)
def is_credential_name(name: str) -> bool:
    """Return whether a field or parameter of this name holds a credential.

    >>> [is_credential_name(n) for n in ("apiKey", "client_secret", "X-Api-Key", "access_token", "Password")]
    [True, True, True, True, True]
    >>> [is_credential_name(n) for n in ("token_type", "max_tokens", "next_page_token", "monkey", "author")]
    [False, False, False, False, False]
    """
    snake = _snake(name)
    if _NOT_RE().search(snake):
        return False
    return snake.replace("_", "") in _WHOLE or bool(_WITHIN_RE().search(snake))


@lru_cache(maxsize=4096)
def is_credential_header(name: str) -> bool:
    """Return whether a header of this name carries a credential.

    >>> [is_credential_header(name) for name in ("Authorization", "X-My-Api-Key", "Content-Type")]
    [True, True, False]
    """
    lower = name.lower()
    return lower in CREDENTIAL_HEADERS or lower.startswith("proxy-auth") or is_credential_name(name)


@lru_cache(maxsize=4096)
def is_phone_name(name: str) -> bool:
    """Return whether a field of this name holds a telephone number."""
    return bool(_PHONE_RE().search(_snake(name)))


def _snake(name: str) -> str:
    return re.sub(r"[\W_]+", "_", _HUMP_RE.sub("_", name)).strip("_").lower()
