"""The pure commands are the model: random sequences get the same replies from them and from the file, and never pass a limit."""

from __future__ import annotations

import random

import msgspec
import pytest

from intertie.runtime.policies.limiter.commands import (
    Command,
    Leave,
    Observe,
    PauseFor,
    Resume,
    Settled,
    SharedLimit,
    Take,
    Tell,
    run,
)
from intertie.runtime.policies.limiter.options import LimiterOptions, Window
from intertie.runtime.policies.limiter.state import LimiterState
from intertie.runtime.state import ServerHint
from support.store_kit import KEY, StoreKit, most_within

OWNERS = ("one", "two", "three")
STRATEGIES = ("sliding_window", "fixed_window", "token_bucket")


class Owners:
    """What three made-up processes do: they take, use or lose, tell late or twice, steer, and die."""

    def __init__(self, rng: random.Random, keys: tuple[str, ...]) -> None:
        self.rng, self.keys, self.number = rng, keys, 0
        self.held = {owner: [] for owner in OWNERS}
        self.departed: list[float] = []

    def next(self, now_s: float) -> Command:
        owner, chance = self.rng.choice(OWNERS), self.rng.random()
        shares = self.held[owner]
        for share in shares:
            while share["left"] and now_s <= share["end_s"] and self.rng.random() < 0.6:
                share["left"] -= 1
                share["departed"].append(now_s)
                self.departed.append(now_s)
        if chance < 0.55:
            self.number += 1
            waiting, ahead = self.rng.randint(0, 6), self.rng.choice([0, 0, 5, 30])
            until_s = now_s + self.rng.random() * 3
            return Take(owner, self.keys, self.number, waiting, ahead, self.rng.choice([0.025, 0.1]), until_s)
        if chance < 0.9:
            over = [share for share in shares if not share["left"] or now_s > share["end_s"]]
            self.held[owner] = [share for share in shares if share not in over]
            settled = tuple(Settled(share["number"], share["end_s"], tuple(share["departed"])) for share in over)
            return Tell(owner, self.keys, settled, places=self.rng.randint(0, 2))
        if chance < 0.93:
            return Observe(self.keys, ServerHint(pause_s=self.rng.random() / 4, throttled=True), now_s)
        if chance < 0.95:
            return Observe(self.keys, ServerHint(), now_s)
        if chance < 0.97:
            return PauseFor(self.keys, self.rng.random() / 4)
        if chance < 0.98:
            return Resume(self.keys)
        self.held[owner] = []
        return Leave((owner,), self.keys)

    def heard(self, command: Command, reply) -> None:
        if isinstance(command, Take) and reply.count:
            self.held[command.owner].append(
                {"number": command.number, "left": reply.count, "end_s": reply.end_s, "departed": []}
            )


def fresh(options, utc_minus_clock_s) -> SharedLimit:
    return SharedLimit(LimiterState(options, utc_minus_clock_s), {}, [])


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("seed", range(3))
def test_the_file_answers_as_the_model_does(tmp_path, strategy, seed):
    """Reply by reply, with commands and replies written as JSON on their way."""
    rng = random.Random(f"{strategy}{seed}")
    kit = StoreKit("sqlite", tmp_path)
    options = LimiterOptions(
        (Window(1.0, 12), Window(5.0, 40)), strategy, burst=6, concurrent=rng.choice([None, 9]), margin_s=0.01
    )
    store = kit.coordination()
    core = store.limiter(KEY, options).core
    core._store._owner.is_alive = lambda _owner: True
    model = fresh(options, lambda: kit.clock.utc_s() - kit.clock.monotonic_s())
    owners = Owners(rng, (core._store.key,))
    granted = 0
    for _ in range(400):
        kit.clock.advance(rng.expovariate(40))
        now_s = kit.clock.monotonic_s()
        command = msgspec.json.decode(msgspec.json.encode(owners.next(now_s)), type=Command)
        model.tidy(now_s)
        expected = run({core._store.key: model}, command, now_s)
        (reply,), at_s = core._store.run(lambda _, command=command: [command], patience_s=5.0)
        assert (reply, at_s) == (expected, now_s), command
        assert msgspec.json.decode(msgspec.json.encode(reply), type=type(reply)) == reply
        owners.heard(command, reply)
        granted += getattr(reply, "count", 0)
    assert granted > 30
    kit.close()


@pytest.mark.parametrize("strategy", ["sliding_window", "token_bucket"])
@pytest.mark.parametrize("seed", range(3))
def test_a_share_of_several_limits_is_all_or_none(strategy, seed):
    """Permits that span an integration's limit and a caller's fit both, whatever else is taken of either."""
    rng = random.Random(f"several {strategy}{seed}")
    narrow = LimiterOptions((Window(1.0, 5),), strategy, margin_s=0.0)
    wide = LimiterOptions((Window(1.0, 12),), strategy, margin_s=0.0)
    limits = {"integration": fresh(wide, lambda: 0.0), "caller": fresh(narrow, lambda: 0.0)}
    both, alone = Owners(rng, ("integration", "caller")), Owners(rng, ("integration",))
    now_s = 1000.0
    for _ in range(1500):
        now_s += rng.expovariate(40)
        owners = rng.choice([both, alone])
        command = owners.next(now_s)
        if not isinstance(command, Take | Tell):
            continue
        if owners is alone:
            command = msgspec.structs.replace(command, owner=f"other {command.owner}")
        reply = run(limits, command, now_s)
        if isinstance(command, Take) and reply.count:
            plain = command.owner.removeprefix("other ")
            owners.heard(msgspec.structs.replace(command, owner=plain), reply)
    assert most_within(both.departed, 1.0) <= 5
    assert most_within(both.departed + alone.departed, 1.0) <= 12
    assert len(both.departed) > 20


def test_a_take_that_comes_twice_is_granted_once():
    """Its answer was lost, so it is asked again; and a share that was never granted may be settled."""
    limits = {"a": fresh(LimiterOptions((Window(1.0, 10),), margin_s=0.0), lambda: 0.0)}
    take = Take("one", ("a",), 1, 4)
    assert run(limits, take, 10.0).count == run(limits, take, 10.01).count == 4
    assert limits["a"].limit.room(10.02) == 6
    run(limits, Tell("one", ("a",), (Settled(1, 10.1), Settled(7))), 10.02)
    assert limits["a"].limit.room(10.02) == 10
