"""Endpoints, parameters and latency targets."""

from intertie.lint.rules.endpoints.body_on_delete import body_on_delete
from intertie.lint.rules.endpoints.body_on_read import body_on_read
from intertie.lint.rules.endpoints.body_without_content_type import body_without_content_type
from intertie.lint.rules.endpoints.constant_idempotency_key import constant_idempotency_key
from intertie.lint.rules.endpoints.content_type_contradicts_body import content_type_contradicts_body
from intertie.lint.rules.endpoints.default_breaks_parameter import default_breaks_parameter
from intertie.lint.rules.endpoints.duplicate_parameter import duplicate_parameter
from intertie.lint.rules.endpoints.empty_parameter_range import empty_parameter_range
from intertie.lint.rules.endpoints.empty_schema_range import empty_schema_range
from intertie.lint.rules.endpoints.endless_schema import endless_schema
from intertie.lint.rules.endpoints.enum_value_of_other_type import enum_value_of_other_type
from intertie.lint.rules.endpoints.error_status_as_success import error_status_as_success
from intertie.lint.rules.endpoints.error_with_success_schema import error_with_success_schema
from intertie.lint.rules.endpoints.example_breaks_schema import example_breaks_schema
from intertie.lint.rules.endpoints.indistinguishable_endpoints import indistinguishable_endpoints
from intertie.lint.rules.endpoints.invalid_parameter_style import invalid_parameter_style
from intertie.lint.rules.endpoints.keyword_of_other_type import keyword_of_other_type
from intertie.lint.rules.endpoints.missing_success_status import missing_success_status
from intertie.lint.rules.endpoints.misspelt_format import misspelt_format
from intertie.lint.rules.endpoints.misspelt_header import misspelt_header
from intertie.lint.rules.endpoints.misspelt_schema_keyword import misspelt_schema_keyword
from intertie.lint.rules.endpoints.nameless_parameter import nameless_parameter
from intertie.lint.rules.endpoints.object_schema_for_text import object_schema_for_text
from intertie.lint.rules.endpoints.operation_hidden_by_attribute import operation_hidden_by_attribute
from intertie.lint.rules.endpoints.optional_path_parameter import optional_path_parameter
from intertie.lint.rules.endpoints.paginated_write import paginated_write
from intertie.lint.rules.endpoints.pagination_breaks_parameter import pagination_breaks_parameter
from intertie.lint.rules.endpoints.pagination_path_of_other_type import pagination_path_of_other_type
from intertie.lint.rules.endpoints.pagination_path_outside_schema import pagination_path_outside_schema
from intertie.lint.rules.endpoints.path_parameter_without_placeholder import path_parameter_without_placeholder
from intertie.lint.rules.endpoints.path_without_slash import path_without_slash
from intertie.lint.rules.endpoints.percentile_above_timeout import percentile_above_timeout
from intertie.lint.rules.endpoints.percentiles_out_of_order import percentiles_out_of_order
from intertie.lint.rules.endpoints.query_in_path import query_in_path
from intertie.lint.rules.endpoints.repeated_enum_value import repeated_enum_value
from intertie.lint.rules.endpoints.repeated_placeholder import repeated_placeholder
from intertie.lint.rules.endpoints.required_without_property import required_without_property
from intertie.lint.rules.endpoints.retry_after_without_header import retry_after_without_header
from intertie.lint.rules.endpoints.schema_example_breaks_schema import schema_example_breaks_schema
from intertie.lint.rules.endpoints.schema_without_body import schema_without_body
from intertie.lint.rules.endpoints.success_as_error import success_as_error
from intertie.lint.rules.endpoints.undeclared_pagination_parameter import undeclared_pagination_parameter
from intertie.lint.rules.endpoints.undeclared_path_parameter import undeclared_path_parameter
from intertie.lint.rules.endpoints.unknown_content_type import unknown_content_type
from intertie.lint.rules.endpoints.unused_schema import unused_schema
from intertie.lint.rules.endpoints.version_parameter_unsupported import version_parameter_unsupported

RULES = (
    undeclared_path_parameter,
    path_parameter_without_placeholder,
    optional_path_parameter,
    missing_success_status,
    indistinguishable_endpoints,
    percentiles_out_of_order,
    percentile_above_timeout,
    body_on_read,
    duplicate_parameter,
    error_status_as_success,
    undeclared_pagination_parameter,
    nameless_parameter,
    default_breaks_parameter,
    empty_parameter_range,
    pagination_path_outside_schema,
    example_breaks_schema,
    retry_after_without_header,
    success_as_error,
    schema_without_body,
    unknown_content_type,
    constant_idempotency_key,
    unused_schema,
    path_without_slash,
    repeated_placeholder,
    misspelt_header,
    paginated_write,
    required_without_property,
    misspelt_format,
    query_in_path,
    object_schema_for_text,
    pagination_breaks_parameter,
    pagination_path_of_other_type,
    invalid_parameter_style,
    body_on_delete,
    body_without_content_type,
    version_parameter_unsupported,
    empty_schema_range,
    repeated_enum_value,
    schema_example_breaks_schema,
    enum_value_of_other_type,
    misspelt_schema_keyword,
    keyword_of_other_type,
    endless_schema,
    content_type_contradicts_body,
    error_with_success_schema,
    operation_hidden_by_attribute,
)
"""In the order of their codes."""
