"""The breaker against a naive model of the same words."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from intertie.runtime.policies.breaker.options import BreakerOptions
from intertie.runtime.policies.breaker.state import Circuit
from intertie.runtime.state import Admission, Verdict


class BreakerMachine(RuleBasedStateMachine):
    """Any order of asks, results, releases, time, force and restarts."""

    @initialize(
        threshold=st.integers(1, 3), probes=st.integers(1, 3), successes=st.integers(1, 3), by_ratio=st.booleans()
    )
    def begin(self, threshold, probes, successes, by_ratio):
        self.options = BreakerOptions(
            failure_threshold=None if by_ratio else threshold,
            failure_ratio=0.5 if by_ratio else None,
            window=6,
            minimum_calls=3,
            open_s=10.0,
            half_open_requests=probes,
            success_threshold=successes,
        )
        self.circuit = Circuit(self.options)
        self.now_s = 100.0
        self.state, self.history, self.opened_s = "closed", [], 0.0
        self.leases, self.fine, self.forced = {}, 0, None
        self.out: list[tuple[Admission, int]] = []
        self.generation = 0

    def change(self, state):
        self.state, self.generation = state, self.generation + 1
        self.history, self.leases, self.fine = [], {}, 0
        if state == "open":
            self.opened_s = self.now_s

    @rule(lease_s=st.sampled_from([1.0, 5.0]))
    def ask(self, lease_s):
        answer = self.circuit.admit(self.now_s, self.now_s + lease_s)
        if self.forced:
            assert isinstance(answer, Admission) == (self.forced == "closed")
        else:
            if self.state == "open" and self.now_s >= self.opened_s + 10.0:
                self.change("half_open")
            self.leases = {p: until for p, until in self.leases.items() if until > self.now_s}
            full = self.state == "half_open" and len(self.leases) >= self.options.half_open_requests
            assert isinstance(answer, Admission) == (self.state != "open" and not full)
            if isinstance(answer, Admission) and self.state == "half_open":
                self.leases[answer.probe] = self.now_s + lease_s
        if isinstance(answer, Admission):
            self.out.append((answer, self.generation))

    @rule(which=st.integers(0, 50), failure=st.sampled_from([True, False, None]))
    def tell(self, which, failure):
        if not self.out:
            return
        admission, generation = self.out.pop(which % len(self.out))
        changed = self.circuit.record(admission, Verdict(failure), self.now_s)
        expected = None
        if generation == self.generation and self.forced is None:
            self.leases.pop(admission.probe, None)
            if self.state == "closed" and failure is not None:
                self.history.append(failure)
                last = self.history[-6:]
                if self.options.failure_ratio is not None:
                    trips = failure and len(last) >= 3 and sum(last) * 2 >= len(last)
                else:
                    threshold = self.options.failure_threshold
                    trips = len(self.history) >= threshold and all(self.history[-threshold:])
                expected = "open" if trips else None
            elif self.state == "half_open" and failure is not None:
                self.fine += not failure
                done = self.fine >= self.options.success_threshold
                expected = "open" if failure else ("closed" if done else None)
            if expected:
                self.change(expected)
        assert changed == expected

    @rule(which=st.integers(0, 50))
    def never_sent(self, which):
        if self.out:
            admission, generation = self.out.pop(which % len(self.out))
            self.circuit.release(admission)
            if generation == self.generation:
                self.leases.pop(admission.probe, None)

    @rule(seconds=st.sampled_from([0.5, 3.0, 10.0]))
    def wait(self, seconds):
        self.now_s += seconds

    @rule(asks=st.integers(1, 5))
    def break_down_and_probe(self, asks):
        """Fail until it opens, wait, and let several ask at once: what random steps seldom come to."""
        if self.forced:
            self.force(None)
        for _ in range(8):
            if self.state == "closed":
                self.ask(5.0)
                self.tell(len(self.out) - 1, failure=True)
        self.wait(10.0)
        for _ in range(asks):
            self.ask(5.0)

    @rule(state=st.sampled_from(["open", "closed", None]))
    def force(self, state):
        self.circuit.force(state)
        self.forced = state
        self.change("closed")

    @rule()
    def restart(self):
        restored = Circuit(self.options)
        restored.load(self.circuit.dump())
        self.circuit = restored

    @invariant()
    def same_state(self):
        if hasattr(self, "circuit"):
            assert self.circuit.state == (self.forced or self.state)
            leases = [until for until in self.leases.values() if until > self.now_s]
            assert self.circuit.snapshot(self.now_s).probes == len(leases)


BreakerMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestBreakerModel = BreakerMachine.TestCase
