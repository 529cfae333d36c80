"""Monitoring, cost, versions, cases and uncertainties."""

from intertie.lint.rules.operations.alert_always_fires import alert_always_fires
from intertie.lint.rules.operations.alert_never_fires import alert_never_fires
from intertie.lint.rules.operations.alert_on_unlisted_metric import alert_on_unlisted_metric
from intertie.lint.rules.operations.alert_within_target import alert_within_target
from intertie.lint.rules.operations.alert_without_channel import alert_without_channel
from intertie.lint.rules.operations.alert_without_severity import alert_without_severity
from intertie.lint.rules.operations.approved_with_uncertainties import approved_with_uncertainties
from intertie.lint.rules.operations.budget_alert_at_zero import budget_alert_at_zero
from intertie.lint.rules.operations.budget_alert_too_early import budget_alert_too_early
from intertie.lint.rules.operations.budget_alert_too_late import budget_alert_too_late
from intertie.lint.rules.operations.budget_alert_without_limit import budget_alert_without_limit
from intertie.lint.rules.operations.budget_below_one_call import budget_below_one_call
from intertie.lint.rules.operations.budget_below_paid_tier import budget_below_paid_tier
from intertie.lint.rules.operations.budget_below_worst_month import budget_below_worst_month
from intertie.lint.rules.operations.budget_exhausted_early import budget_exhausted_early
from intertie.lint.rules.operations.case_of_other_spec import case_of_other_spec
from intertie.lint.rules.operations.contract_with_other_provider import contract_with_other_provider
from intertie.lint.rules.operations.current_version_unsupported import current_version_unsupported
from intertie.lint.rules.operations.endpoint_without_case import endpoint_without_case
from intertie.lint.rules.operations.fee_reaches_alert import fee_reaches_alert
from intertie.lint.rules.operations.hard_stop_without_limit import hard_stop_without_limit
from intertie.lint.rules.operations.implausible_sla import implausible_sla
from intertie.lint.rules.operations.implementation_names_differ import implementation_names_differ
from intertie.lint.rules.operations.ineffective_version_setting import ineffective_version_setting
from intertie.lint.rules.operations.inverted_alert import inverted_alert
from intertie.lint.rules.operations.malformed_link import malformed_link
from intertie.lint.rules.operations.missing_case_file import missing_case_file
from intertie.lint.rules.operations.missing_pricing_model import missing_pricing_model
from intertie.lint.rules.operations.missing_sandbox import missing_sandbox
from intertie.lint.rules.operations.misspelt_schedule_version import misspelt_schedule_version
from intertie.lint.rules.operations.model_without_price import model_without_price
from intertie.lint.rules.operations.open_uncertainty import open_uncertainty
from intertie.lint.rules.operations.path_outside_workspace import path_outside_workspace
from intertie.lint.rules.operations.repeated_alert import repeated_alert
from intertie.lint.rules.operations.repeated_case import repeated_case
from intertie.lint.rules.operations.repeated_tier import repeated_tier
from intertie.lint.rules.operations.rising_tier_cost import rising_tier_cost
from intertie.lint.rules.operations.sandbox_is_production import sandbox_is_production
from intertie.lint.rules.operations.sla_above_deadline import sla_above_deadline
from intertie.lint.rules.operations.target_above_sla import target_above_sla
from intertie.lint.rules.operations.unknown_alert_metric import unknown_alert_metric
from intertie.lint.rules.operations.unknown_currency import unknown_currency
from intertie.lint.rules.operations.unpriced_tier import unpriced_tier
from intertie.lint.rules.operations.unreadable_alert_condition import unreadable_alert_condition
from intertie.lint.rules.operations.unreadable_sla import unreadable_sla
from intertie.lint.rules.operations.unused_fixtures import unused_fixtures
from intertie.lint.rules.operations.unused_sandbox import unused_sandbox
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
    misspelt_schedule_version,
    missing_case_file,
    approved_with_uncertainties,
    open_uncertainty,
    sandbox_is_production,
    budget_exhausted_early,
    budget_below_one_call,
    alert_never_fires,
    alert_always_fires,
    alert_within_target,
    unknown_alert_metric,
    target_above_sla,
    unreadable_sla,
    alert_on_unlisted_metric,
    malformed_link,
    missing_sandbox,
    budget_alert_too_late,
    unknown_currency,
    endpoint_without_case,
    unused_fixtures,
    alert_without_severity,
    repeated_alert,
    budget_alert_at_zero,
    missing_pricing_model,
    unused_sandbox,
    ineffective_version_setting,
    repeated_case,
    inverted_alert,
    model_without_price,
    fee_reaches_alert,
    budget_alert_too_early,
    repeated_tier,
    budget_below_paid_tier,
    version_header_taken,
    implausible_sla,
    case_of_other_spec,
    implementation_names_differ,
    path_outside_workspace,
    sla_above_deadline,
    contract_with_other_provider,
    rising_tier_cost,
)
"""In the order of their codes."""
