"""Which credential goes where."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

STAGE: Final = "authentication"


class AuthOptions(Struct, frozen=True):
    """References, never texts.

    Attributes:
        type: `api_key`, `basic` or `none`.
        location: `header`, `query` or `body` (api_key).
        name: Header, parameter or field.
        scheme: Word before the key in a header.
        secret: Reference of the key (api_key), such as `env:STRIPE_API_KEY`.
        username, password: References (basic).
        token_refresh: After a refusal, resolve the references again, and make one more attempt where that gives another
            credential.
        expires_in_s: Lifetime of what a reference resolves to; it is resolved again shortly before its end.
    """

    type: str = "none"
    location: str = "header"
    name: str = "Authorization"
    scheme: str | None = None
    secret: str | None = None
    username: str | None = None
    password: str | None = None
    token_refresh: bool = False
    expires_in_s: float | None = None
