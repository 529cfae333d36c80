"""Links a plan with everything virtual: a clock that jumps, a scripted transport, stores in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from intertie.adapters.stores import InlineOffload, open_coordination, open_journal
from intertie.core.errors import CredentialMissing
from intertie.core.rng import Rng, SeededRng
from intertie.core.secret import Secret
from intertie.runtime.linked import LinkedPlan
from intertie.runtime.plan import Origin, Plan
from intertie.runtime.surroundings import Surroundings
from intertie.runtime.transports import Transports
from intertie.testing.scripted import Script, ScriptedTransport
from intertie.testing.virtual_time import VirtualClock


class StaticSecrets:
    """A `SecretStore` of fixed texts: reference -> text. `asked` holds what was resolved, in order."""

    def __init__(self, texts: Mapping[str, str] | None = None) -> None:
        self.texts = dict(texts or {})
        self.asked: list[str] = []

    def resolve(self, reference: str, *, lines: bool = False) -> Secret:
        """Return the secret, or say that there is none."""
        del lines  # these texts are fixed by the test
        self.asked.append(reference)
        if reference not in self.texts:
            raise CredentialMissing(f"{reference} is not set")
        return Secret(self.texts[reference], reference=reference)


@dataclass
class Bench:
    """A linked plan with all that surrounds it within reach."""

    plan: Plan
    linked: LinkedPlan
    clock: VirtualClock
    transport: ScriptedTransport
    secrets: StaticSecrets
    surroundings: Surroundings
    elsewhere: Mapping[str, ScriptedTransport] = field(default_factory=dict)
    """What plays the scripts of other origins, by `scheme://host:port`, once it was reached."""

    def advance(self, seconds: float) -> None:
        """Move time by hand."""
        self.clock.advance(seconds)


def make_bench(
    plan: Plan,
    script: Script = (),
    *,
    secrets: Mapping[str, str] | None = None,
    pooled: bool = True,
    rng: Rng | None = None,
    clock: VirtualClock | None = None,
    state: Surroundings | None = None,
    elsewhere: Mapping[str, Script] | None = None,
    **linking: Any,
) -> Bench:
    """Return a plan linked with a script, in virtual time.

    Args:
        plan: See `make_plan`.
        script: See `ScriptedTransport`.
        secrets: Reference -> text.
        pooled: Whether an idle connection is always at hand.
        rng: `SeededRng(1)` by default.
        clock: A new one by default.
        state: Surroundings whose stores are shared, for two plans on one state.
        elsewhere: Scripts of the other origins in `plan.origins`, by `scheme://host:port`.
        linking: Further arguments of `LinkedPlan`.
    """
    clock = clock or VirtualClock()
    rng = rng or SeededRng(1)
    transport = ScriptedTransport(clock, script, pooled=pooled)
    known = StaticSecrets(secrets)
    others: dict[str, ScriptedTransport] = {}

    def open_other(origin: Origin) -> ScriptedTransport:
        played = (elsewhere or {}).get(origin.name, ())
        return others.setdefault(origin.name, ScriptedTransport(clock, played, pooled=pooled))

    root, offload = Path(), InlineOffload()
    surroundings = Surroundings(
        clock=clock,
        rng=rng,
        transport=transport,
        coordination=state.coordination
        if state
        else open_coordination("memory://", clock=clock, rng=rng, offload=offload, root=root),
        journal=state.journal if state else open_journal("memory://", clock=clock, rng=rng, offload=offload, root=root),
        secrets=known,
        transports=Transports((plan.origin, transport), allowed=plan.origins, open=open_other),
    )
    return Bench(plan, LinkedPlan(plan, surroundings, **linking), clock, transport, known, surroundings, others)
