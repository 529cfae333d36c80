"""How services say "too often" without saying 429, and "your key" with a 403.

| answer | signs that it was throttled |
|---|---|
| 429 | always |
| 503 | `Retry-After` above zero, or rate words in its code or message |
| 403 | `Retry-After`, a rate-limit header with nothing left, or rate words in its code or message |
| any other error | a code that says so, such as `ThrottlingException` with a 400 |
| a declared success | an error in the body whose code says so, or whose status is 429 |

| 403 | signs that it is about our credential |
|---|---|
| header | `WWW-Authenticate` with `invalid_token` or a word about an invalid or expired credential |
| body | a code or message that calls a key, token, credential or signature invalid, expired, revoked or missing |
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from intertie.core.patterns import later

_THROTTLE_CODE_RE = later(
    r"rate[\s_.-]*limit|thrott?l|too[\s_-]*many[\s_-]*requests|slow[\s_-]*down"
    r"|(?:over|exceeded)[\s_-]*(?:query|request|api)?[\s_-]*(?:quota|rate)"
    r"|over[\s_-]*(?:query|request)[\s_-]*limit|request[\s_-]*limit[\s_-]*exceeded"
    r"|quota[\s_-]*(?:exceeded|exhausted)|insufficient[\s_-]*quota|resource[\s_-]*exhausted|\A429\Z",
    re.IGNORECASE,
)
_CREDENTIAL = r"(?:api[\s_-]*key|access[\s_-]*key|key|token|credentials?|signature|client[\s_-]*secret|password)"
_BAD = r"(?:invalid|expired|revoked|unknown|missing|malformed|bad|incorrect|not\s+valid|disabled)"
_CREDENTIAL_FAULT_RE = later(
    rf"{_BAD}[\s_-]*(?:\w+[\s_-]+){{0,2}}{_CREDENTIAL}(?:id)?(?![a-z])|(?<![a-z]){_CREDENTIAL}[\s_-]*(?:(?:is|has|was|been|provided)[\s_-]*){{0,3}}{_BAD}",
    re.IGNORECASE,
)
_READ_CHARS = 500
_CODE_NAMES = ("code", "type", "status", "reason", "error_code", "errorcode", "__type")
_ERROR_NAMES = ("error", "errors", "fault")
_NAMED_ERRORS = frozenset(_ERROR_NAMES)
ERROR_SIGNS = _NAMED_ERRORS | {"status", "code"}
"""Members with which the body of a success deserves a second look."""


def says_throttled(text: str | None) -> bool:
    """Return whether a provider's code or message says that we call too often.

    >>> [says_throttled(text) for text in ("ThrottlingException", "API rate limit exceeded", "card_declined")]
    [True, True, False]
    """
    return text is not None and _THROTTLE_CODE_RE().search(text[:_READ_CHARS]) is not None


def says_bad_credential(text: str | None) -> bool:
    """Return whether a provider's code or message says that our credential is bad.

    >>> [says_bad_credential(text) for text in ("The API key has expired", "invalid_token", "not your order")]
    [True, True, False]
    """
    return text is not None and _CREDENTIAL_FAULT_RE().search(text[:_READ_CHARS]) is not None


def may_hide_error(data: object) -> bool:
    """Return whether the body of a success deserves a second look: cheap, for every call.

    >>> may_hide_error({"id": 1}), may_hide_error({"error": {"code": "x"}}), may_hide_error([1])
    (False, True, False)
    """
    return isinstance(data, dict) and not data.keys().isdisjoint(ERROR_SIGNS)


def hidden_codes(data: object) -> list[str]:
    """Return the codes that the body of a success holds in the usual error places, as text.

    >>> [hidden_codes(data) for data in ({"error": {"code": "rate_limited"}}, {"status": 429}, {"status": "paid"})]
    [['rate_limited'], ['429'], []]
    >>> hidden_codes({"errors": [{"extensions": {"code": "THROTTLED"}}]})
    ['THROTTLED']
    """
    if not isinstance(data, dict):
        return []
    # `status` and `code` beside the data are codes only as numbers: "status: paid" is data.
    status, code = data.get("status"), data.get("code")
    if status != 429 != code and data.keys().isdisjoint(_NAMED_ERRORS):
        return []
    found = ["429" for number in (status, code) if number == 429 and type(number) is int]
    for name in _ERROR_NAMES:
        value = data.get(name)
        if value is None:
            continue
        for error in value if isinstance(value, list) else [value]:
            if isinstance(error, str):
                found.append(error)
            elif isinstance(error, Mapping):
                found += _codes_of(error)
                extensions = error.get("extensions")
                if isinstance(extensions, Mapping):
                    found += _codes_of(extensions)
    return found


def _codes_of(error: Mapping[str, object]) -> list[str]:
    return [
        str(value)
        for name in _CODE_NAMES
        if isinstance(value := error.get(name), str | int) and not isinstance(value, bool)
    ]
