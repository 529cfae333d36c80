"""Rate limits, retry and circuit breaker."""

from intertie.lint.rules.resilience.alert_on_open_without_breaker import alert_on_open_without_breaker
from intertie.lint.rules.resilience.attempts_outlast_deadline import attempts_outlast_deadline
from intertie.lint.rules.resilience.backoff_without_growth import backoff_without_growth
from intertie.lint.rules.resilience.breaker_counts_nothing import breaker_counts_nothing
from intertie.lint.rules.resilience.breaker_needs_every_failure import breaker_needs_every_failure
from intertie.lint.rules.resilience.breaker_never_stays_open import breaker_never_stays_open
from intertie.lint.rules.resilience.burst_above_window import burst_above_window
from intertie.lint.rules.resilience.cause_without_retry import cause_without_retry
from intertie.lint.rules.resilience.client_error_opens_breaker import client_error_opens_breaker
from intertie.lint.rules.resilience.client_error_retried import client_error_retried
from intertie.lint.rules.resilience.concurrency_below_rate import concurrency_below_rate
from intertie.lint.rules.resilience.concurrency_out_of_reach import concurrency_out_of_reach
from intertie.lint.rules.resilience.empty_retry_list import empty_retry_list
from intertie.lint.rules.resilience.generous_retry_budget import generous_retry_budget
from intertie.lint.rules.resilience.ineffective_backoff_setting import ineffective_backoff_setting
from intertie.lint.rules.resilience.ineffective_rate_window import ineffective_rate_window
from intertie.lint.rules.resilience.margin_fills_window import margin_fills_window
from intertie.lint.rules.resilience.max_delay_above_total import max_delay_above_total
from intertie.lint.rules.resilience.max_delay_below_initial import max_delay_below_initial
from intertie.lint.rules.resilience.max_wait_without_waiting import max_wait_without_waiting
from intertie.lint.rules.resilience.minimum_calls_above_window import minimum_calls_above_window
from intertie.lint.rules.resilience.nested_retries import nested_retries
from intertie.lint.rules.resilience.one_call_opens_breaker import one_call_opens_breaker
from intertie.lint.rules.resilience.open_breaker_without_fallback import open_breaker_without_fallback
from intertie.lint.rules.resilience.pause_outlasts_deadline import pause_outlasts_deadline
from intertie.lint.rules.resilience.rate_window_spent_early import rate_window_spent_early
from intertie.lint.rules.resilience.repeated_retry_cause import repeated_retry_cause
from intertie.lint.rules.resilience.retry_budget_of_zero import retry_budget_of_zero
from intertie.lint.rules.resilience.retry_outlives_deadline import retry_outlives_deadline
from intertie.lint.rules.resilience.retry_without_pause import retry_without_pause
from intertie.lint.rules.resilience.shorter_window_out_of_reach import shorter_window_out_of_reach
from intertie.lint.rules.resilience.slow_closing_breaker import slow_closing_breaker
from intertie.lint.rules.resilience.slow_opening_breaker import slow_opening_breaker
from intertie.lint.rules.resilience.throttling_without_limits import throttling_without_limits
from intertie.lint.rules.resilience.timeout_leaves_no_retry import timeout_leaves_no_retry
from intertie.lint.rules.resilience.timeouts_outlast_deadline import timeouts_outlast_deadline
from intertie.lint.rules.resilience.too_many_probes import too_many_probes
from intertie.lint.rules.resilience.turn_outlasts_deadline import turn_outlasts_deadline
from intertie.lint.rules.resilience.unsafe_retry_without_key import unsafe_retry_without_key
from intertie.lint.rules.resilience.wait_above_deadline import wait_above_deadline
from intertie.lint.rules.resilience.window_without_percentage import window_without_percentage

RULES = (
    max_delay_below_initial,
    timeout_leaves_no_retry,
    attempts_outlast_deadline,
    retry_outlives_deadline,
    unsafe_retry_without_key,
    timeouts_outlast_deadline,
    cause_without_retry,
    client_error_retried,
    shorter_window_out_of_reach,
    ineffective_rate_window,
    rate_window_spent_early,
    burst_above_window,
    throttling_without_limits,
    turn_outlasts_deadline,
    pause_outlasts_deadline,
    wait_above_deadline,
    concurrency_below_rate,
    slow_closing_breaker,
    minimum_calls_above_window,
    window_without_percentage,
    one_call_opens_breaker,
    breaker_counts_nothing,
    client_error_opens_breaker,
    slow_opening_breaker,
    open_breaker_without_fallback,
    nested_retries,
    generous_retry_budget,
    ineffective_backoff_setting,
    repeated_retry_cause,
    empty_retry_list,
    breaker_never_stays_open,
    retry_without_pause,
    alert_on_open_without_breaker,
    max_wait_without_waiting,
    max_delay_above_total,
    retry_budget_of_zero,
    breaker_needs_every_failure,
    concurrency_out_of_reach,
    backoff_without_growth,
    too_many_probes,
    margin_fills_window,
)
"""In the order of their codes."""
