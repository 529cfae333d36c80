"""Random plans and scripts of services, for properties of the pipeline."""

import math
from typing import Any

from hypothesis import strategies as st

from intertie.core.errors import Reach
from intertie.runtime.plan import LoggingOptions, Plan
from intertie.runtime.policies.bulkhead.options import BulkheadOptions
from intertie.runtime.policies.fallback.options import FallbackOptions
from intertie.testing import Answer, Failure, make_operation, make_plan, price, rows
from support.plans import breaker, per_second, retries, timeouts

statuses = st.sampled_from([200, 201, 302, 400, 401, 403, 404, 408, 409, 429, 500, 501, 502, 503, 504, 599])
headers = st.sampled_from(
    [
        {}, {}, {}, {"Retry-After": "1"}, {"Retry-After": "0"}, {"Retry-After": "900"}, {"Retry-After": "-4"},
        {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "2"}, {"RateLimit": '"d";r=0;t=3'},
        {"Cache-Control": "no-store"}, {"Deprecation": "@1780000000"},
        {"Content-Type": "text/html"}, {"Content-Type": "application/problem+json"},
        {"Content-Type": "application/json; charset=punycode"},
    ]
)  # fmt: skip
bodies = st.sampled_from(
    [None, {}, {"id": 1}, {"error": {"code": "rate_limited"}}, {"error": {"code": "known"}}, {"status": 429}, [1]]
)
latencies = st.sampled_from([0.0, 0.0, 0.2, 0.9, 1.5, math.inf])
answers = st.builds(Answer, status=statuses, json=bodies, headers=headers, latency_s=latencies)
reaches = st.sampled_from([None, Reach.NO, Reach.MAYBE, Reach.YES])
failures = st.builds(
    Failure,
    kind=st.sampled_from(["connect", "connect_timeout", "write", "read", "hang", "protocol"]),
    reached=reaches,
    after_s=st.sampled_from([0.0, 0.4]),
)
scripts = st.lists(st.one_of(answers, failures), min_size=1, max_size=8)
operations = st.sampled_from(["get_thing", "create_thing", "create_keyed_thing"])


@st.composite
def plans(draw) -> Plan:
    further = {}
    if draw(st.booleans()):
        further["limits"] = per_second(draw(st.integers(1, 5)), on_limit=draw(st.sampled_from(["wait", "reject"])))
    if draw(st.booleans()):
        scope = draw(st.sampled_from(["integration", "endpoint"]))
        further["breaker"] = breaker(draw(st.integers(1, 3)), open_s=draw(st.sampled_from([0.5, 10.0])), scope=scope)
    if draw(st.booleans()):
        limit = draw(st.sampled_from([None, "0.03", "10"]))
        further["pricing"] = price(
            "0.01", monthly_limit=limit, model=draw(st.sampled_from(["per_request", "per_minute"]))
        )
    if draw(st.booleans()):
        strategy = draw(st.sampled_from(["cache", "default", "queue", "circuit_break"]))
        further["fallback"] = FallbackOptions(strategy, default_response={"default": True})
    if draw(st.booleans()):
        further["errors"] = rows(
            ("known", "KNOWN", draw(st.sampled_from(["retry", "fail", "fallback"]))),
            ("5xx", "DOWN", draw(st.sampled_from(["retry", "fail", "fallback"]))),
        )
    schema = draw(st.sampled_from([None, {"type": "object", "required": ["id"]}]))
    validate = draw(st.sampled_from(["warn", "strict", "off"]))
    described: dict[str, Any] = {"schema": schema, "validate": validate}
    if draw(st.booleans()):
        places = BulkheadOptions(draw(st.integers(1, 2)), on_limit=draw(st.sampled_from(["wait", "reject"])))
        described["guards"] = {"bulkhead": places}
    delay_s = draw(st.sampled_from([0.1, 0.1, 0.4, 1.2]))
    return make_plan(
        make_operation("get_thing", **described),
        make_operation("create_thing", method="POST", **described),
        make_operation("create_keyed_thing", method="POST", idempotency_header="Idempotency-Key", **described),
        retry=retries(
            draw(st.integers(1, 4)),
            retry_on=("5xx", "408", "409"),
            jitter=draw(st.booleans()),
            initial_delay_s=delay_s,
            max_delay_s=delay_s,
        ),
        timeouts=timeouts(draw(st.sampled_from([0.5, 3.0, 8.0]))),
        logging=LoggingOptions(level="critical"),
        **further,
    )
