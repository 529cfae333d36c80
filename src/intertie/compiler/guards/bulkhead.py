"""`concurrent_requests` of an endpoint: how many of its attempts may be under way at once."""

from __future__ import annotations

from intertie.compiler.build import Build
from intertie.compiler.fate import How
from intertie.compiler.guards.half import Compiled, Half, guard_fields
from intertie.runtime.policies.bulkhead.options import STAGE, BulkheadOptions
from intertie.spec.model import Endpoint


class BulkheadHalf(Half):
    """What an attempt beyond the places does is what `throttling` says of the limit."""

    stages = (STAGE,)
    fields = (
        *guard_fields(
            "endpoints[]",
            How.ENFORCED,
            "stage bulkhead, and the mock's own",
            "concurrent_requests=concurrent",
            stage=STAGE,
            stricter="lower",
        ),
    )

    def compile_operation(self, build: Build, endpoint: Endpoint) -> Compiled | None:
        """Return the places that the endpoint's block declares, None where it declares none."""
        places = endpoint.concurrent_requests
        if places is None:
            return None
        throttling = build.spec.throttling
        on_limit = build.choose(throttling.on_limit if throttling else None, "throttling.on_limit")
        max_wait = build.choose_optional(throttling.max_wait if throttling else None, "throttling.max_wait")
        options = BulkheadOptions(places.value, on_limit.value, max_wait.value)
        sources = {"concurrent": str(places.span), "on_limit": on_limit.source, "max_wait_s": max_wait.source}
        return Compiled(options, sources)

    def longest_wait_s(self, options: BulkheadOptions) -> float:
        """Return the longest wait for a place; without a bound of its own it is the call's whole time."""
        if options.on_limit == "reject":
            return 0.0
        return float("inf") if options.max_wait_s is None else options.max_wait_s


HALF = BulkheadHalf()
