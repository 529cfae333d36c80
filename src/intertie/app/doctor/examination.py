"""All checks of some specs and of the workspace around them, in the order in which they are read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from intertie._version import __file__ as version_file
from intertie.adapters.secrets import EnvironmentSecrets
from intertie.app.doctor.check import Check, from_error, problem
from intertie.app.doctor.network import Connect, check_connection, check_proxy, connecting
from intertie.app.doctor.secrets import check_secret, references, sandbox_credential
from intertie.app.doctor.state import check_state
from intertie.app.doctor.surroundings import check_clock, check_extras, check_libraries, check_misspelt
from intertie.app.doctor.trust import check_client_certificate, check_trust
from intertie.app.workbench import Workbench
from intertie.core.clock import BlockingClock, Clock
from intertie.core.errors import UsageError
from intertie.core.seen_paths import seen_path
from intertie.diagnostics import Severity, SpecError
from intertie.runtime.plan import Plan
from intertie.runtime.surroundings import SecretStore
from intertie.spec.model import Spec

_AT_ONCE = 8


class Examined(Struct, frozen=True):
    """What was found of one spec, or of the workspace (where `path` is None)."""

    title: str
    path: str | None
    checks: tuple[Check, ...]


class _Patient(Struct, frozen=True):
    """A spec on its way through: its plan is None where it has errors, told in `checks` then."""

    path: str
    file: Path
    spec: Spec
    plan: Plan | None
    checks: tuple[Check, ...]


def examine(
    bench: Workbench,
    specs: Sequence[str | Path],
    *,
    environment: str | None = None,
    offline: bool = False,
    clock: Clock | None = None,
    connect: Connect | None = None,
) -> list[Examined]:
    """Return what calls of these specs would need, and whether it is there.

    Args:
        bench: The workspace.
        specs: Files or ids.
        environment: Of the specs, as for a call.
        offline: Open no connection.
        clock: The machine's, unless another one is given.
        connect: How connections are opened, unless as calls do.

    Raises:
        UsageError: There is no such spec.
    """
    clock = clock or BlockingClock()
    secrets = EnvironmentSecrets(bench.environ, bench.root)
    patients = [_admitted(bench, spec, environment) for spec in specs]
    connect = connect or connecting(secrets, clock)
    reached = {} if offline else _reached(patients, connect, clock.utc_s())
    return [
        _workspace(bench, patients, clock),
        *(_examined(bench, patient, secrets, clock.utc_s(), reached) for patient in patients),
    ]


def _admitted(bench: Workbench, spec: str | Path, environment: str | None) -> _Patient:
    file = bench.find(spec)
    shown_path = bench.workspace.shown(file)
    loaded = bench.load(file)
    try:
        plan = bench.plan(file, environment=environment)
    except SpecError as error:
        count = sum(finding.severity is Severity.ERROR for finding in error.diagnostics)
        what = f"the spec has {count} error{'' if count == 1 else 's'}, so nothing can be called"
        failed = problem("spec", what, f"`intertie check {_seen(file)}` shows them")
        return _Patient(shown_path, file, loaded.spec, None, (failed,))
    except UsageError as wrong:
        failed = from_error("spec", wrong, otherwise="choose another one with --env")
        return _Patient(shown_path, file, loaded.spec, None, (failed,))
    return _Patient(shown_path, file, loaded.spec, plan, ())


def _seen(file: Path) -> str:
    """Return a spec's path as it can be typed from here."""
    return seen_path(file, Path.cwd())


def _workspace(bench: Workbench, patients: Sequence[_Patient], clock: Clock) -> Examined:
    settings = bench.settings
    files = [Path(version_file), *(patient.file for patient in patients)]
    found = ((finding.message, finding.help or "correct it") for finding in settings.diagnostics)
    checks = (
        *check_state({"state": settings.state, "journal": settings.journal}, bench.root),
        check_clock(clock.utc_s(), files),
        *check_extras((patient.path, patient.spec) for patient in patients),
        *check_libraries((patient.path, patient.spec) for patient in patients),
        *check_misspelt(found),
    )
    return Examined(f"Workspace {bench.root}", None, checks)


def _examined(
    bench: Workbench, patient: _Patient, secrets: SecretStore, now_s: float, reached: dict[int, Check]
) -> Examined:
    plan = patient.plan
    if plan is None:
        return Examined(patient.path, patient.path, patient.checks)
    checks = [*patient.checks, *_standing(plan, patient.spec, secrets, now_s)]
    proxy = check_proxy(plan, bench.environ)
    if proxy is not None:
        checks.append(proxy)
    if id(plan) in reached:
        checks.append(reached[id(plan)])
    title = f"{plan.id} {plan.title} ({plan.environment}, {plan.origin.url})"
    return Examined(title, patient.path, tuple(checks))


def _standing(plan: Plan, spec: Spec, secrets: SecretStore, now_s: float) -> Iterator[Check]:
    """Yield what is there without the network: credentials and certificates."""
    for named in references(plan):
        yield check_secret(named, secrets)
    sandbox = sandbox_credential(spec)
    if sandbox is not None:
        yield check_secret(sandbox, secrets)
    if plan.origin.scheme == "https":
        yield from check_trust(plan, now_s)
        ours = check_client_certificate(plan, secrets, now_s)
        if ours is not None:
            yield ours


def _reached(patients: Sequence[_Patient], connect: Connect, now_s: float) -> dict[int, Check]:
    """Return the check of each plan's connection, by its identity; several are opened at once."""
    plans = [patient.plan for patient in patients if patient.plan is not None]
    # What is proposed is typed from here.
    typed = [replace(patient.plan, spec_path=_seen(patient.file)) for patient in patients if patient.plan is not None]
    if not plans:
        return {}
    with ThreadPoolExecutor(min(len(plans), _AT_ONCE), thread_name_prefix="doctor") as pool:
        checks = pool.map(lambda plan: check_connection(plan, connect, now_s), typed)
        return {id(plan): check for plan, check in zip(plans, checks, strict=True)}
