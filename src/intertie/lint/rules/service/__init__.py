"""Front matter, service, authentication and timeouts."""

from intertie.lint.rules.service.authentication_contradicts_block import authentication_contradicts_block
from intertie.lint.rules.service.communication_contradicts_blocks import communication_contradicts_blocks
from intertie.lint.rules.service.deprecated_spec import deprecated_spec
from intertie.lint.rules.service.development_is_production import development_is_production
from intertie.lint.rules.service.duplicate_id import duplicate_id
from intertie.lint.rules.service.empty_list import empty_list
from intertie.lint.rules.service.format_contradicts_bodies import format_contradicts_bodies
from intertie.lint.rules.service.implausible_duration import implausible_duration
from intertie.lint.rules.service.incomplete_credential import incomplete_credential
from intertie.lint.rules.service.incomplete_grant import incomplete_grant
from intertie.lint.rules.service.key_in_taken_header import key_in_taken_header
from intertie.lint.rules.service.malformed_id import malformed_id
from intertie.lint.rules.service.missing_id import missing_id
from intertie.lint.rules.service.missing_name import missing_name
from intertie.lint.rules.service.missing_total_timeout import missing_total_timeout
from intertie.lint.rules.service.missing_type import missing_type
from intertie.lint.rules.service.part_timeout_above_total import part_timeout_above_total
from intertie.lint.rules.service.protocol_contradicts_blocks import protocol_contradicts_blocks
from intertie.lint.rules.service.redundant_related import redundant_related
from intertie.lint.rules.service.repeated_entry import repeated_entry
from intertie.lint.rules.service.retired_spec import retired_spec
from intertie.lint.rules.service.secret_without_name import secret_without_name
from intertie.lint.rules.service.shared_environment_url import shared_environment_url
from intertie.lint.rules.service.shared_secret_reference import shared_secret_reference
from intertie.lint.rules.service.short_lived_token import short_lived_token
from intertie.lint.rules.service.title_contradicts_name import title_contradicts_name
from intertie.lint.rules.service.token_never_refreshed import token_never_refreshed
from intertie.lint.rules.service.token_of_other_environment import token_of_other_environment
from intertie.lint.rules.service.two_production_urls import two_production_urls
from intertie.lint.rules.service.two_service_names import two_service_names
from intertie.lint.rules.service.unknown_scheme import unknown_scheme
from intertie.lint.rules.service.unused_authentication_key import unused_authentication_key
from intertie.lint.rules.service.version_contradicts_service import version_contradicts_service

RULES = (
    missing_id,
    missing_type,
    missing_name,
    malformed_id,
    duplicate_id,
    title_contradicts_name,
    protocol_contradicts_blocks,
    authentication_contradicts_block,
    unused_authentication_key,
    part_timeout_above_total,
    development_is_production,
    retired_spec,
    deprecated_spec,
    implausible_duration,
    short_lived_token,
    format_contradicts_bodies,
    version_contradicts_service,
    two_service_names,
    two_production_urls,
    communication_contradicts_blocks,
    unknown_scheme,
    incomplete_credential,
    redundant_related,
    incomplete_grant,
    token_never_refreshed,
    shared_secret_reference,
    key_in_taken_header,
    repeated_entry,
    empty_list,
    missing_total_timeout,
    token_of_other_environment,
    shared_environment_url,
    secret_without_name,
)
"""In the order of their codes."""
