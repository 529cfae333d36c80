"""Tools for tests of code that uses Intertie: virtual time, scripted transports, plans. Public.

    clock that jumps       VirtualClock, VirtualTimeLoop, run_virtual
    a service by script    ScriptedTransport, Answer, Stream, Failure, Received
    plans without a spec   make_plan, make_operation, price, rows
    everything linked      make_bench, Bench, StaticSecrets
    assertions             assert_answered, assert_failed, assert_events, assert_stage_order

Nothing here needs a test framework.
"""

from intertie.testing.asserting import assert_answered, assert_events, assert_failed, assert_stage_order
from intertie.testing.linking import Bench, StaticSecrets, make_bench
from intertie.testing.plans import describe_stages, euros, make_operation, make_plan, price, rows
from intertie.testing.scripted import (
    Answer,
    Failure,
    Received,
    Script,
    ScriptedConnection,
    ScriptedStream,
    ScriptedTransport,
    Step,
    Stream,
)
from intertie.testing.virtual_time import EPOCH, VirtualClock, VirtualTimeLoop, run_virtual

__all__ = [
    "EPOCH",
    "Answer",
    "Bench",
    "Failure",
    "Received",
    "Script",
    "ScriptedConnection",
    "ScriptedStream",
    "ScriptedTransport",
    "StaticSecrets",
    "Step",
    "Stream",
    "VirtualClock",
    "VirtualTimeLoop",
    "assert_answered",
    "assert_events",
    "assert_failed",
    "assert_stage_order",
    "describe_stages",
    "euros",
    "make_bench",
    "make_operation",
    "make_plan",
    "price",
    "rows",
    "run_virtual",
]
