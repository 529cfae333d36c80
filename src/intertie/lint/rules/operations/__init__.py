"""Monitoring, cost, versions, cases and uncertainties."""

from intertie.lint.rules.operations.alert_always_fires import alert_always_fires
from intertie.lint.rules.operations.alert_never_fires import alert_never_fires
from intertie.lint.rules.operations.alert_on_unmeasured import alert_on_unmeasured
from intertie.lint.rules.operations.alert_when_all_is_well import alert_when_all_is_well
from intertie.lint.rules.operations.alert_within_target import alert_within_target
from intertie.lint.rules.operations.alert_without_channel import alert_without_channel
from intertie.lint.rules.operations.alert_without_severity import alert_without_severity
from intertie.lint.rules.operations.approved_with_uncertainties import approved_with_uncertainties
from intertie.lint.rules.operations.availability_out_of_reach import availability_out_of_reach
from intertie.lint.rules.operations.budget_alert_at_nothing import budget_alert_at_nothing
from intertie.lint.rules.operations.budget_alert_too_early import budget_alert_too_early
from intertie.lint.rules.operations.budget_alert_too_late import budget_alert_too_late
from intertie.lint.rules.operations.budget_alert_without_limit import budget_alert_without_limit
from intertie.lint.rules.operations.budget_below_paid_tier import budget_below_paid_tier
from intertie.lint.rules.operations.budget_below_worst_month import budget_below_worst_month
from intertie.lint.rules.operations.budget_pays_nothing import budget_pays_nothing
from intertie.lint.rules.operations.budget_runs_dry import budget_runs_dry
from intertie.lint.rules.operations.case_of_other_spec import case_of_other_spec
from intertie.lint.rules.operations.contract_with_other_provider import contract_with_other_provider
from intertie.lint.rules.operations.current_version_unsupported import current_version_unsupported
from intertie.lint.rules.operations.dearer_tier import dearer_tier
from intertie.lint.rules.operations.endpoint_without_case import endpoint_without_case
from intertie.lint.rules.operations.fee_reaches_alert import fee_reaches_alert
from intertie.lint.rules.operations.hard_stop_without_limit import hard_stop_without_limit
from intertie.lint.rules.operations.idle_fixtures import idle_fixtures
from intertie.lint.rules.operations.idle_sandbox import idle_sandbox
from intertie.lint.rules.operations.idle_version_setting import idle_version_setting
from intertie.lint.rules.operations.implausible_promise import implausible_promise
from intertie.lint.rules.operations.implementation_names_differ import implementation_names_differ
from intertie.lint.rules.operations.library_not_installed import library_not_installed
from intertie.lint.rules.operations.malformed_link import malformed_link
from intertie.lint.rules.operations.missing_case_file import missing_case_file
from intertie.lint.rules.operations.missing_pricing_model import missing_pricing_model
from intertie.lint.rules.operations.missing_sandbox import missing_sandbox
from intertie.lint.rules.operations.model_without_price import model_without_price
from intertie.lint.rules.operations.open_uncertainty import open_uncertainty
from intertie.lint.rules.operations.path_outside_workspace import path_outside_workspace
from intertie.lint.rules.operations.repeated_alert import repeated_alert
from intertie.lint.rules.operations.repeated_case import repeated_case
from intertie.lint.rules.operations.repeated_tier import repeated_tier
from intertie.lint.rules.operations.sandbox_is_production import sandbox_is_production
from intertie.lint.rules.operations.schedule_of_unknown_version import schedule_of_unknown_version
from intertie.lint.rules.operations.sla_above_deadline import sla_above_deadline
from intertie.lint.rules.operations.target_above_sla import target_above_sla
from intertie.lint.rules.operations.unknown_alert_value import unknown_alert_value
from intertie.lint.rules.operations.unknown_currency import unknown_currency
from intertie.lint.rules.operations.unpriced_tier import unpriced_tier
from intertie.lint.rules.operations.unreadable_alert_condition import unreadable_alert_condition
from intertie.lint.rules.operations.unreadable_sla import unreadable_sla
from intertie.lint.rules.operations.version_ended import version_ended
from intertie.lint.rules.operations.version_ends_soon import version_ends_soon
from intertie.lint.rules.operations.version_header_taken import version_header_taken

RULES = (
    alert_without_channel,
    unreadable_alert_condition,
    hard_stop_without_limit,
    budget_alert_without_limit,
    unpriced_tier,
    budget_below_worst_month,
    current_version_unsupported,
    version_ended,
    version_ends_soon,
    schedule_of_unknown_version,
    missing_case_file,
    approved_with_uncertainties,
    open_uncertainty,
    sandbox_is_production,
    budget_runs_dry,
    budget_pays_nothing,
    alert_never_fires,
    alert_always_fires,
    alert_within_target,
    unknown_alert_value,
    target_above_sla,
    availability_out_of_reach,
    unreadable_sla,
    library_not_installed,
    alert_on_unmeasured,
    malformed_link,
    missing_sandbox,
    budget_alert_too_late,
    unknown_currency,
    endpoint_without_case,
    idle_fixtures,
    alert_without_severity,
    repeated_alert,
    budget_alert_at_nothing,
    missing_pricing_model,
    idle_sandbox,
    idle_version_setting,
    repeated_case,
    alert_when_all_is_well,
    model_without_price,
    fee_reaches_alert,
    budget_alert_too_early,
    repeated_tier,
    budget_below_paid_tier,
    version_header_taken,
    implausible_promise,
    case_of_other_spec,
    implementation_names_differ,
    path_outside_workspace,
    sla_above_deadline,
    contract_with_other_provider,
    dearer_tier,
)
"""In the order of their codes."""
