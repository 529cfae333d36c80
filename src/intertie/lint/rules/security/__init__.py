"""Secrets and what travels in the open."""

from intertie.lint.rules.security.credential_in_url import credential_in_url
from intertie.lint.rules.security.key_in_query import key_in_query
from intertie.lint.rules.security.plain_http_token_url import plain_http_token_url
from intertie.lint.rules.security.secret_in_text import secret_in_text
from intertie.lint.rules.security.unmasked_bodies import unmasked_bodies

RULES = (
    secret_in_text,
    credential_in_url,
    plain_http_token_url,
    unmasked_bodies,
    key_in_query,
)
"""In the order of their codes."""
