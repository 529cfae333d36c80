"""Data mappings, error mapping and fallback."""

from intertie.lint.rules.mappings.cache_fallback_without_reads import cache_fallback_without_reads
from intertie.lint.rules.mappings.cache_outlived_by_call import cache_outlived_by_call
from intertie.lint.rules.mappings.cache_outlives_retention import cache_outlives_retention
from intertie.lint.rules.mappings.cache_without_ttl import cache_without_ttl
from intertie.lint.rules.mappings.circuit_break_without_breaker import circuit_break_without_breaker
from intertie.lint.rules.mappings.client_error_falls_back import client_error_falls_back
from intertie.lint.rules.mappings.client_error_row_retries import client_error_row_retries
from intertie.lint.rules.mappings.code_path_outside_schemas import code_path_outside_schemas
from intertie.lint.rules.mappings.conflicting_field_shapes import conflicting_field_shapes
from intertie.lint.rules.mappings.default_breaks_answer import default_breaks_answer
from intertie.lint.rules.mappings.default_breaks_field import default_breaks_field
from intertie.lint.rules.mappings.default_breaks_transform import default_breaks_transform
from intertie.lint.rules.mappings.default_fallback_without_response import default_fallback_without_response
from intertie.lint.rules.mappings.division_by_zero import division_by_zero
from intertie.lint.rules.mappings.duplicate_error_code import duplicate_error_code
from intertie.lint.rules.mappings.empty_error_message import empty_error_message
from intertie.lint.rules.mappings.enum_map_without_value import enum_map_without_value
from intertie.lint.rules.mappings.error_row_without_action import error_row_without_action
from intertie.lint.rules.mappings.error_row_without_name import error_row_without_name
from intertie.lint.rules.mappings.factor_against_units import factor_against_units
from intertie.lint.rules.mappings.fallback_serves_some import fallback_serves_some
from intertie.lint.rules.mappings.field_outside_schemas import field_outside_schemas
from intertie.lint.rules.mappings.idempotency_ttl_below_deadline import idempotency_ttl_below_deadline
from intertie.lint.rules.mappings.inverse_transform_missing import inverse_transform_missing
from intertie.lint.rules.mappings.malformed_status_row import malformed_status_row
from intertie.lint.rules.mappings.outage_without_fallback import outage_without_fallback
from intertie.lint.rules.mappings.queue_fallback_without_writes import queue_fallback_without_writes
from intertie.lint.rules.mappings.queue_outlives_retention import queue_outlives_retention
from intertie.lint.rules.mappings.queue_without_idempotency_key import queue_without_idempotency_key
from intertie.lint.rules.mappings.required_field_optional import required_field_optional
from intertie.lint.rules.mappings.required_with_default import required_with_default
from intertie.lint.rules.mappings.retried_status_fails import retried_status_fails
from intertie.lint.rules.mappings.retry_action_without_retries import retry_action_without_retries
from intertie.lint.rules.mappings.success_mapped_as_error import success_mapped_as_error
from intertie.lint.rules.mappings.swapped_fields import swapped_fields
from intertie.lint.rules.mappings.target_mapped_twice import target_mapped_twice
from intertie.lint.rules.mappings.transform_takes_other_type import transform_takes_other_type
from intertie.lint.rules.mappings.truncated_too_late import truncated_too_late
from intertie.lint.rules.mappings.undeclared_mapped_status import undeclared_mapped_status
from intertie.lint.rules.mappings.unknown_transform_argument import unknown_transform_argument
from intertie.lint.rules.mappings.unmapped_declared_error import unmapped_declared_error
from intertie.lint.rules.mappings.unmapped_required_field import unmapped_required_field

RULES = (
    target_mapped_twice,
    retry_action_without_retries,
    duplicate_error_code,
    cache_fallback_without_reads,
    queue_fallback_without_writes,
    default_fallback_without_response,
    queue_without_idempotency_key,
    retried_status_fails,
    cache_outlives_retention,
    default_breaks_answer,
    required_field_optional,
    unmapped_required_field,
    transform_takes_other_type,
    default_breaks_field,
    unmapped_declared_error,
    undeclared_mapped_status,
    cache_without_ttl,
    client_error_row_retries,
    field_outside_schemas,
    malformed_status_row,
    circuit_break_without_breaker,
    inverse_transform_missing,
    unknown_transform_argument,
    error_row_without_name,
    fallback_serves_some,
    enum_map_without_value,
    truncated_too_late,
    required_with_default,
    division_by_zero,
    factor_against_units,
    conflicting_field_shapes,
    swapped_fields,
    client_error_falls_back,
    success_mapped_as_error,
    code_path_outside_schemas,
    outage_without_fallback,
    error_row_without_action,
    empty_error_message,
    idempotency_ttl_below_deadline,
    queue_outlives_retention,
    cache_outlived_by_call,
    default_breaks_transform,
)
"""In the order of their codes."""
