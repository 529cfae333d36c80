"""Endpoints, parameters and latency targets."""

from intertie.lint.rules.endpoints.body_on_read import body_on_read
from intertie.lint.rules.endpoints.duplicate_parameter import duplicate_parameter
from intertie.lint.rules.endpoints.error_status_as_success import error_status_as_success
from intertie.lint.rules.endpoints.missing_success_status import missing_success_status
from intertie.lint.rules.endpoints.nameless_parameter import nameless_parameter
from intertie.lint.rules.endpoints.optional_path_parameter import optional_path_parameter
from intertie.lint.rules.endpoints.path_parameter_without_placeholder import path_parameter_without_placeholder
from intertie.lint.rules.endpoints.percentile_above_timeout import percentile_above_timeout
from intertie.lint.rules.endpoints.percentiles_out_of_order import percentiles_out_of_order
from intertie.lint.rules.endpoints.same_request_twice import same_request_twice
from intertie.lint.rules.endpoints.undeclared_page_parameter import undeclared_page_parameter
from intertie.lint.rules.endpoints.undeclared_path_parameter import undeclared_path_parameter

RULES = (
    undeclared_path_parameter,
    path_parameter_without_placeholder,
    optional_path_parameter,
    missing_success_status,
    same_request_twice,
    percentiles_out_of_order,
    percentile_above_timeout,
    body_on_read,
    duplicate_parameter,
    error_status_as_success,
    undeclared_page_parameter,
    nameless_parameter,
)
"""In the order of their codes."""
