"""Monitoring, cost, versions, cases and uncertainties."""

from intertie.lint.rules.operations.alert_without_channel import alert_without_channel
from intertie.lint.rules.operations.approved_with_uncertainties import approved_with_uncertainties
from intertie.lint.rules.operations.budget_alert_without_limit import budget_alert_without_limit
from intertie.lint.rules.operations.budget_below_worst_month import budget_below_worst_month
from intertie.lint.rules.operations.current_version_unsupported import current_version_unsupported
from intertie.lint.rules.operations.hard_stop_without_limit import hard_stop_without_limit
from intertie.lint.rules.operations.missing_case_file import missing_case_file
from intertie.lint.rules.operations.open_uncertainty import open_uncertainty
from intertie.lint.rules.operations.sandbox_is_production import sandbox_is_production
from intertie.lint.rules.operations.schedule_of_unknown_version import schedule_of_unknown_version
from intertie.lint.rules.operations.unpriced_tier import unpriced_tier
from intertie.lint.rules.operations.unreadable_alert_condition import unreadable_alert_condition
from intertie.lint.rules.operations.version_ended import version_ended
from intertie.lint.rules.operations.version_ends_soon import version_ends_soon

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
)
"""In the order of their codes."""
