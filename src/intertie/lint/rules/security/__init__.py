"""Secrets and what travels in the open."""

from intertie.lint.rules.security.credential_in_url import credential_in_url
from intertie.lint.rules.security.credential_parameter import credential_parameter
from intertie.lint.rules.security.header_shadows_credential import header_shadows_credential
from intertie.lint.rules.security.incomplete_client_certificate import incomplete_client_certificate
from intertie.lint.rules.security.key_in_query import key_in_query
from intertie.lint.rules.security.old_tls import old_tls
from intertie.lint.rules.security.personal_field_in_url import personal_field_in_url
from intertie.lint.rules.security.personal_field_stored_unencrypted import personal_field_stored_unencrypted
from intertie.lint.rules.security.plain_http_token_url import plain_http_token_url
from intertie.lint.rules.security.prose_names_other_secret import prose_names_other_secret
from intertie.lint.rules.security.sandbox_uses_production_secret import sandbox_uses_production_secret
from intertie.lint.rules.security.secret_file_in_workspace import secret_file_in_workspace
from intertie.lint.rules.security.secret_in_text import secret_in_text
from intertie.lint.rules.security.security_prose_contradicts_block import security_prose_contradicts_block
from intertie.lint.rules.security.stored_unencrypted import stored_unencrypted
from intertie.lint.rules.security.unknown_personal_field import unknown_personal_field
from intertie.lint.rules.security.unmarked_personal_field import unmarked_personal_field
from intertie.lint.rules.security.unmasked_bodies import unmasked_bodies
from intertie.lint.rules.security.unmasked_headers import unmasked_headers
from intertie.lint.rules.security.unreadable_retention import unreadable_retention
from intertie.lint.rules.security.unreferenced_secret import unreferenced_secret

RULES = (
    secret_in_text,
    credential_in_url,
    plain_http_token_url,
    unmasked_bodies,
    key_in_query,
    unknown_personal_field,
    personal_field_in_url,
    old_tls,
    personal_field_stored_unencrypted,
    unmarked_personal_field,
    credential_parameter,
    secret_file_in_workspace,
    sandbox_uses_production_secret,
    header_shadows_credential,
    unreferenced_secret,
    unmasked_headers,
    unreadable_retention,
    security_prose_contradicts_block,
    incomplete_client_certificate,
    prose_names_other_secret,
    stored_unencrypted,
)
"""In the order of their codes."""
