"""What stands in the way of a plan, found while one is made."""

from intertie.lint.rules.compiling.compiler_bug import compiler_bug
from intertie.lint.rules.compiling.incomplete_auth import incomplete_auth
from intertie.lint.rules.compiling.incomplete_endpoint import incomplete_endpoint
from intertie.lint.rules.compiling.incomplete_error_row import incomplete_error_row
from intertie.lint.rules.compiling.incomplete_mapping_row import incomplete_mapping_row
from intertie.lint.rules.compiling.incomplete_pagination import incomplete_pagination
from intertie.lint.rules.compiling.invalid_base_url import invalid_base_url
from intertie.lint.rules.compiling.invalid_date import invalid_date
from intertie.lint.rules.compiling.invalid_endpoint_path import invalid_endpoint_path
from intertie.lint.rules.compiling.invalid_field_path import invalid_field_path
from intertie.lint.rules.compiling.invalid_header import invalid_header
from intertie.lint.rules.compiling.invalid_proxy import invalid_proxy
from intertie.lint.rules.compiling.invalid_status import invalid_status
from intertie.lint.rules.compiling.invalid_threshold import invalid_threshold
from intertie.lint.rules.compiling.literal_secret import literal_secret
from intertie.lint.rules.compiling.missing_fallback import missing_fallback
from intertie.lint.rules.compiling.mixed_currencies import mixed_currencies
from intertie.lint.rules.compiling.no_base_url import no_base_url
from intertie.lint.rules.compiling.no_operations import no_operations
from intertie.lint.rules.compiling.open_last_tier import open_last_tier
from intertie.lint.rules.compiling.plain_http import plain_http
from intertie.lint.rules.compiling.tier_disorder import tier_disorder
from intertie.lint.rules.compiling.uncompilable_schema import uncompilable_schema
from intertie.lint.rules.compiling.unknown_condition import unknown_condition
from intertie.lint.rules.compiling.unknown_endpoint import unknown_endpoint
from intertie.lint.rules.compiling.unknown_environment import unknown_environment
from intertie.lint.rules.compiling.unknown_setting import unknown_setting
from intertie.lint.rules.compiling.unknown_time_zone import unknown_time_zone
from intertie.lint.rules.compiling.unknown_transform import unknown_transform
from intertie.lint.rules.compiling.unreadable_rate import unreadable_rate
from intertie.lint.rules.compiling.unset_variable import unset_variable
from intertie.lint.rules.compiling.unsupported_feature import unsupported_feature
from intertie.lint.rules.compiling.unused_mapping_row import unused_mapping_row
from intertie.lint.rules.compiling.wrong_tier_unit import wrong_tier_unit

RULES = (
    unknown_environment,
    no_base_url,
    invalid_base_url,
    plain_http,
    no_operations,
    incomplete_endpoint,
    invalid_field_path,
    unknown_transform,
    uncompilable_schema,
    invalid_status,
    invalid_date,
    unknown_time_zone,
    mixed_currencies,
    invalid_threshold,
    unreadable_rate,
    unknown_endpoint,
    literal_secret,
    unknown_setting,
    unknown_condition,
    incomplete_mapping_row,
    unused_mapping_row,
    tier_disorder,
    wrong_tier_unit,
    open_last_tier,
    unsupported_feature,
    incomplete_auth,
    incomplete_pagination,
    incomplete_error_row,
    missing_fallback,
    unset_variable,
    invalid_endpoint_path,
    invalid_header,
    compiler_bug,
    invalid_proxy,
)
"""In the order of their codes."""
