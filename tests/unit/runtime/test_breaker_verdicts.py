"""What an attempt means to the breaker: an answer, nothing, or a failure. `guards.md` says what happens."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from intertie.runtime.plan import OperationPlan, Plan
from intertie.runtime.policies.breaker.options import BreakerOptions
from intertie.runtime.statuses import StatusSet
from intertie.testing import Answer, Bench, Failure, Step, make_bench, make_operation, make_plan
from support.plans import Drive, breaker, per_second, retries, timeouts
from support.real_servers import ROOT

PAGE = ROOT / "docs" / "explanation" / "guards.md"
DOWN, FINE = Answer(500), Answer(json={"id": 1})
CALLER_FAULTS = tuple(Answer(status) for status in (302, 400, 403, 404, 405, 409, 410, 412, 418, 422, 451))
STEPS: dict[str, tuple[Step, ...]] = {
    "2xx the spec declares": (FINE,),
    "another 4xx (400, 404, 422 …), or a 3xx": CALLER_FAULTS,
    "401, a 403 on our credential": (Answer(401), Answer(403, json={"error": {"code": "invalid_api_key"}})),
    "429, or one of its disguises": (Answer(429), Answer(503, headers={"Retry-After": "1"})),
    "5xx, reset, timeout": (DOWN, Answer(599), Failure("read"), Failure("hang")),
    "2xx with a body of another media type than declared": (
        Answer(200, body=b"<html>", headers={"Content-Type": "text/html"}),
    ),
    "an answer that can't be read, breaks its schema (`strict`) or can't be mapped": (
        Answer(200, body=b"<html>", headers={"Content-Type": "application/json"}),
    ),
    "a refusal of ours": (),
}
"""First cell of a row of the page -> what comes back."""


def operation() -> OperationPlan:
    return make_operation(schema={"type": "object"})


def plan_of(options: BreakerOptions) -> Plan:
    return make_plan(operation(), breaker=options, retry=retries(1), timeouts=timeouts())


def after(drive: Drive, options: BreakerOptions, steps: Sequence[Step]) -> Bench:
    """Return a bench after so many calls, far enough apart that no pause of the service is in force."""
    bench = make_bench(plan_of(options), list(steps))
    for _ in steps:
        drive(bench, bench.linked.run("get_thing", {}))
        bench.advance(5)
    return bench


def state(bench: Bench) -> str:
    return bench.linked.statistics().breakers[""].state


def verdict(drive: Drive, step: Step) -> str:
    """Return in the page's words what an attempt meant, from what the circuit does alone."""
    if state(after(drive, breaker(1), [step])) == "open":
        return "failure"
    starts_anew = state(after(drive, breaker(2), [DOWN, step, DOWN])) == "closed"
    return "answer" if starts_anew else "neutral"


def rows() -> dict[str, str]:
    """Return the page's table: first cell -> its column `breaker`."""
    first = PAGE.read_text("utf-8").split("| what came back |", 1)[1].split("\n\n", 1)[0]
    table = re.findall(r"^\| (.+) \|$", first, re.MULTILINE)
    cells = [[cell.strip() for cell in line.split(" | ")] for line in table]
    return {row[0]: row[3] for row in cells}


def test_the_page_says_what_happens(drive: Drive) -> None:
    """Each row of the table in `guards.md`, through the whole pipeline."""
    told = rows()
    assert set(told) == set(STEPS)
    for row, steps in STEPS.items():
        assert {verdict(drive, step) for step in steps} <= {told[row]}, row


def test_a_refusal_of_ours_is_neutral(drive: Drive) -> None:
    """A limit without a turn neither counts nor starts the count anew."""
    plan = make_plan(operation(), breaker=breaker(2), retry=retries(1), limits=per_second(1, on_limit="reject"))
    bench = make_bench(plan, [DOWN])
    for _ in range(2):
        drive(bench, bench.linked.run("get_thing", {}))
    assert (state(bench), len(bench.transport.received)) == ("closed", 1)
    bench.advance(1)
    drive(bench, bench.linked.run("get_thing", {}))
    assert (state(bench), rows()["a refusal of ours"]) == ("open", "neutral")


@pytest.mark.parametrize("answer", CALLER_FAULTS, ids=lambda answer: str(answer.status))
def test_a_4xx_starts_the_count_of_failures_anew(drive: Drive, answer: Answer) -> None:
    """It proves that the service is reachable: failures before and after it are not in a row."""
    assert state(after(drive, breaker(3), [DOWN, DOWN, answer, DOWN, DOWN])) == "closed"
    assert state(after(drive, breaker(3), [DOWN, DOWN, answer, DOWN, DOWN, DOWN])) == "open"


@pytest.mark.parametrize("answer", CALLER_FAULTS, ids=lambda answer: str(answer.status))
def test_a_4xx_is_a_call_that_did_not_fail_in_a_ratio(drive: Drive, answer: Answer) -> None:
    """It counts as a call: it fills the window and lowers the share, and alone it never opens the circuit."""
    share = BreakerOptions(failure_threshold=None, failure_ratio=0.5, window=4, minimum_calls=4, open_s=10.0)
    assert state(after(drive, share, [answer] * 8)) == "closed"
    assert state(after(drive, share, [DOWN, answer, answer, answer, DOWN])) == "closed"
    # The window is full only because 4xx count: two failures of four calls.
    opening = after(drive, share, [DOWN, answer, answer, DOWN])
    assert (state(opening), len(opening.transport.received)) == ("open", 4)


@pytest.mark.parametrize("answer", CALLER_FAULTS, ids=lambda answer: str(answer.status))
def test_a_4xx_closes_a_half_open_circuit(drive: Drive, answer: Answer) -> None:
    """The probe was answered, so the service is back."""
    assert state(after(drive, breaker(1, open_s=4.0), [DOWN, answer])) == "closed"


@pytest.mark.parametrize("neutral", [Answer(401), Answer(429)], ids=["401", "429"])
def test_a_neutral_probe_decides_nothing(drive: Drive, neutral: Answer) -> None:
    """It gives its place back: the circuit stays half-open, and the next probe decides."""
    assert state(after(drive, breaker(1, open_s=4.0), [DOWN, neutral])) == "half_open"
    assert state(after(drive, breaker(1, open_s=4.0), [DOWN, neutral, FINE])) == "closed"


def test_a_4xx_is_a_failure_only_where_the_spec_says_so(drive: Drive) -> None:
    """`failure_on` may list one; TIE225 warns of it."""
    listed = breaker(1, statuses=StatusSet.of(["404"]))
    assert state(after(drive, listed, [Answer(404)])) == "open"
    assert state(after(drive, listed, [Answer(422)])) == "closed"
