"""Why an alert's comparison always or never holds, from what its value can be."""

from __future__ import annotations

from math import inf

from intertie.core.units import seconds_text
from intertie.lint.alerts import Compared
from intertie.runtime.plan import Plan

_MONTH_S = 31 * 86_400
LOOKED_AT_S = 60
"""Seconds that an alert on throughput looks back on; a longer window's limit may be spent within them."""


def why_never(compared: Compared, plan: Plan) -> str | None:
    """Return why a comparison can't hold, None where it can."""
    bounds = _bounds(compared, plan)
    if bounds is None or compared.value is None:
        return None
    low, low_said, high, high_said = bounds
    match compared.operator:
        case ">":
            return high_said if compared.value >= high else None
        case ">=":
            return high_said if compared.value > high else None
        case "<":
            return low_said if compared.value <= low else None
        case "<=":
            return low_said if compared.value < low else None
        case "==":
            return high_said if compared.value > high else low_said if compared.value < low else None
        case _:
            return None


def why_always(compared: Compared, plan: Plan) -> str | None:
    """Return why a comparison always holds, None where it may not."""
    bounds = _bounds(compared, plan)
    if bounds is None or compared.value is None:
        return None
    low, low_said, high, high_said = bounds
    takes_time = compared.metric == "response_time"
    match compared.operator:
        case ">":
            return low_said if compared.value < low or (takes_time and compared.value <= low) else None
        case ">=":
            return low_said if compared.value <= low else None
        case "<":
            return high_said if compared.value > high else None
        case "<=":
            return high_said if compared.value >= high else None
        case _:
            return None


def _bounds(compared: Compared, plan: Plan) -> tuple[float, str, float, str] | None:
    """Return the least value and why, and the greatest and why; None where nothing bounds it."""
    match compared.metric:
        case "error_rate":
            return 0.0, "a rate is never below 0", 1.0, "a rate is at most 100 %"
        case "response_time":
            total_s = plan.timeouts.total_s
            return (
                0.0,
                "every call takes longer",
                total_s,
                f"a call ends after {seconds_text(total_s)} at the latest",
            )
        case "throughput":
            windows = plan.limits.windows if plan.limits else ()
            # A day's limit may be spent in the minute that is looked at.
            rate = min((window.limit / min(window.window_s, LOOKED_AT_S) for window in windows), default=inf)
            return (
                0.0,
                "it is never below 0",
                rate,
                f"the rate limit allows at most {rate:.4g} a second",
            )
        case "request_count":
            windows = plan.limits.windows if plan.limits else ()
            most = min((window.limit / window.window_s * _MONTH_S for window in windows), default=inf)
            return 0.0, "it is never below 0", most, f"the rate limit allows {most:,.0f} in a whole month"
        case _:
            return None
