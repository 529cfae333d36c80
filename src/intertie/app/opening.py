"""`open()` and `open_async()`: the one place that picks the real clock, randomness, transport, stores and secrets."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from intertie.adapters.secrets import EnvironmentSecrets
from intertie.adapters.stores import AsideOffload, ThreadOffload
from intertie.app.opening_stores import Purpose, open_stores
from intertie.app.workbench import Workbench, open_workbench
from intertie.client.options import CallOptions, CloseStores
from intertie.core.clock import AsyncioClock, BlockingClock, Clock
from intertie.core.rng import SystemRng
from intertie.runtime.linked import LinkedPlan
from intertie.runtime.masking import KnownSecrets
from intertie.runtime.plan import Origin, Plan
from intertie.runtime.state import Coordination, Journal, Offload
from intertie.runtime.surroundings import SecretStore, Surroundings
from intertie.runtime.transports import Transports

if TYPE_CHECKING:
    from intertie.client import AsyncIntegration, Integration

_log = logging.getLogger("intertie")


def open(  # noqa: A001  # read as `intertie.open`
    spec: str | Path,
    *,
    env: str | None = None,
    workspace: str | Path | None = None,
    config: str | Path | None = None,
    base_url: str | None = None,
    state: str | None = None,
    journal: str | None = None,
    caller: str = "",
) -> Integration:
    """Open a spec and return a client for synchronous code.

    Args:
        spec: Path of a spec, or its id in the workspace.
        env: Environment, as named in the spec. Default: the configured one, else `development`, else `base_url`.
        workspace: Workspace folder. Default: the nearest folder above the spec with an `intertie.toml`.
        config: Configuration file. Default: the `intertie.toml` of the workspace.
        base_url: Send calls to this URL, not the one in the spec.
        state: URL of the coordination store instead of the configured one: `memory://`, `sqlite:///path`.
        journal: URL of the journal instead of the configured one.
        caller: Who calls, for audit and history.

    Raises:
        SpecError: The spec has errors.
        UsageError: There is no such spec, environment or store, or a file that `security` or `trust` names, or the
            proxy, can't be used.
        StoreUnavailable: A store can't be opened, and calls need what it keeps: `app.opening_stores` has the table.
    """
    bench = _workbench(spec, workspace=workspace, config=config, state=state, journal=journal)
    plan = bench.plan(spec, environment=env, base_url=base_url)
    return open_blocking(bench, plan, caller=caller)


def open_async(
    spec: str | Path,
    *,
    env: str | None = None,
    workspace: str | Path | None = None,
    config: str | Path | None = None,
    base_url: str | None = None,
    state: str | None = None,
    journal: str | None = None,
    caller: str = "",
) -> AsyncIntegration:
    """Open a spec and return a client for asyncio; arguments and errors are those of `open`."""
    bench = _workbench(spec, workspace=workspace, config=config, state=state, journal=journal)
    plan = bench.plan(spec, environment=env, base_url=base_url)
    return open_asyncio(bench, plan, caller=caller)


def open_blocking(bench: Workbench, plan: Plan, *, caller: str = "", purpose: Purpose = Purpose.CALLS) -> Integration:
    """Return an integration of a compiled plan, for synchronous callers.

    Where it is opened to look at its guards or to steer them, what only a call needs may be missing.
    """
    from intertie.adapters.http1 import BlockingTransport  # noqa: PLC0415  # of two ways of running one is used
    from intertie.client.blocking import Integration  # noqa: PLC0415

    clock, offload = BlockingClock(), AsideOffload()
    known = KnownSecrets()
    secrets = EnvironmentSecrets(bench.environ, bench.root, tell=known.add)

    def reach(origin: Origin) -> BlockingTransport:
        return BlockingTransport(origin, tls=plan.tls, proxy=plan.proxy, secrets=secrets, clock=clock)

    transport = reach(plan.origin)
    if purpose is Purpose.CALLS:
        transport.prepare()
        _log_troubles(plan, secrets, clock)
    transports = Transports((plan.origin, transport), allowed=plan.origins, open=reach)
    coordination, journal, plan = open_stores(bench, plan, clock=clock, offload=offload, purpose=purpose)
    bench.remember()
    linked = LinkedPlan(
        plan, Surroundings(clock, SystemRng(), transport, coordination, journal, secrets, known, transports)
    )
    return Integration(linked, CallOptions(caller=caller), close_stores=_closer(coordination, journal, offload))


def open_asyncio(bench: Workbench, plan: Plan, *, caller: str = "") -> AsyncIntegration:
    """Return an integration of a compiled plan, for callers on an event loop."""
    from intertie.adapters.http1 import AsyncioTransport  # noqa: PLC0415  # of two ways of running one is used
    from intertie.client.asynchronous import AsyncIntegration  # noqa: PLC0415

    clock, offload = AsyncioClock(), ThreadOffload()
    known = KnownSecrets()
    secrets = EnvironmentSecrets(bench.environ, bench.root, tell=known.add)

    def reach(origin: Origin) -> AsyncioTransport:
        return AsyncioTransport(origin, tls=plan.tls, proxy=plan.proxy, secrets=secrets, clock=clock)

    transport = reach(plan.origin)
    transport.prepare()
    _log_troubles(plan, secrets, clock)
    transports = Transports((plan.origin, transport), allowed=plan.origins, open=reach)
    coordination, journal, plan = open_stores(bench, plan, clock=clock, offload=offload)
    bench.remember()
    linked = LinkedPlan(
        plan, Surroundings(clock, SystemRng(), transport, coordination, journal, secrets, known, transports)
    )
    return AsyncIntegration(linked, CallOptions(caller=caller), close_stores=_closer(coordination, journal, offload))


def _log_troubles(plan: Plan, secrets: SecretStore, clock: Clock) -> None:
    from intertie.app.doctor.at_opening import troubles  # noqa: PLC0415  # loads TLS, which only who opens needs

    for sentence in troubles(plan, secrets, clock.utc_s()):
        _log.warning("%s: %s", plan.key, sentence)


def _closer(coordination: Coordination, journal: Journal, offload: Offload) -> CloseStores:
    async def close() -> None:
        await offload(coordination.close)
        await offload(journal.close)

    return close


def _workbench(
    spec: str | Path,
    *,
    workspace: str | Path | None,
    config: str | Path | None,
    state: str | None,
    journal: str | None,
) -> Workbench:
    flags: Mapping[str, object] = {
        name: value for name, value in (("state", state), ("journal", journal)) if value is not None
    }
    return open_workbench(
        spec,
        workspace=Path(workspace) if workspace is not None else None,
        config=Path(config) if config is not None else None,
        flags=flags,
    )
