"""Changes the code in small ways and runs the tests on each: `make mutants`. (`run.py` seeds defects into specs.)

A mutant that no test notices survives. Exit status 1 where a survivor is neither killed by a test nor explained in
`survivors.toml`, or where an explanation fits no mutant any more; 2 where the tests fail without any mutant.
"""

from __future__ import annotations

import argparse
import hashlib
import signal
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.code_mutants import Mutant, mutants_of
from support.mutant_runs import BrokenBaselineError, Project, Results, Runner, Step

ROOT = Path(__file__).parents[2]
_UNIT, _PROPERTY, _INTEGRATION = "tests/unit", "tests/property", "tests/integration"
_CALLS = (f"{_UNIT}/runtime",)
_PIPELINE = (
    f"{_PROPERTY}/test_pipeline.py",
    f"{_PROPERTY}/test_stage_order.py",
    f"{_PROPERTY}/test_pipeline_fused.py",
)
_FACES = (
    f"{_UNIT}/compiler/test_guards.py",
    f"{_UNIT}/compiler/test_plan_description.py",
    f"{_UNIT}/comparing/test_kinds.py",
    f"{_UNIT}/mockserver/test_mock_limits.py",
)
"""What a guard says of itself: in the plan, to `diff`, to the mock."""
_GUARD = ((f"{_UNIT}/runtime/policies",), _CALLS, _PIPELINE, _FACES)
_STORES = (f"{_UNIT}/adapters/stores",)
_LEDGERS = tuple(f"{_STORES[0]}/test_{name}.py" for name in ("budget_share", "ledger_shares", "ledger_contract"))
_SHARING = tuple(f"{_STORES[0]}/test_{name}.py" for name in ("plans_contract", "sqlite_sharing"))
_NEVER = (f"{_PROPERTY}/test_limiter_never_exceeds.py", f"{_PROPERTY}/test_budget_never_overshot.py")
_HTTP1 = (f"{_UNIT}/adapters/http1",)
_WIRE = (f"{_INTEGRATION}/http1",)
_ASYNCIO = ("asyncio_connection", "asyncio_duplex", "asyncio_transport", "asyncio_wire", "lazy_timer")
_BLOCKING = ("blocking_connection", "blocking_duplex", "blocking_transport")
COVERING: dict[str, tuple[Step, ...]] = {
    "runtime/policies": _GUARD,
    "runtime/policies/breaker": (
        (f"{_UNIT}/runtime/policies/breaker", f"{_PROPERTY}/test_breaker_model.py"),
        (f"{_UNIT}/adapters/stores/test_breaker_contract.py",),
        _CALLS,
        _PIPELINE,
        _FACES,
    ),
    "runtime/policies/budget": (
        (f"{_UNIT}/runtime/policies/budget", f"{_UNIT}/runtime/policies/test_pure_parts.py"),
        (f"{_UNIT}/adapters/stores/test_ledger_contract.py", f"{_PROPERTY}/test_budget_never_overshot.py"),
        _CALLS,
        _PIPELINE,
        _FACES,
    ),
    "runtime/policies/limiter": ((f"{_UNIT}/runtime/policies/limiter",), _STORES, _NEVER, _CALLS, _PIPELINE, _FACES),
    "runtime/mapping": (
        (f"{_UNIT}/runtime/mapping",),
        (f"{_PROPERTY}/test_mapping_paths.py", f"{_PROPERTY}/test_mapping_transforms.py"),
        (f"{_UNIT}/runtime/wires", f"{_UNIT}/mockserver"),
    ),
    "runtime/masking": ((f"{_UNIT}/runtime/masking",), _CALLS, (f"{_UNIT}/client",)),
    "runtime/hints.py": ((f"{_UNIT}/runtime/test_hints.py", f"{_PROPERTY}/test_pipeline_hints.py"), _CALLS),
    "runtime/clipping.py": (_CALLS, _PIPELINE),
    "runtime/concluding.py": (_CALLS, _PIPELINE),
    "runtime/wires/rest/classify.py": (_CALLS, _PIPELINE),
    "runtime/wires/rest/protocol.py": (_CALLS, _PIPELINE),
    "runtime/fused.py": (_CALLS, _PIPELINE),
    # uvloop runs the same code as asyncio does.
    "adapters/http1": (_HTTP1, (*_WIRE, "-k", "not uvloop")),
    **{f"adapters/http1/{name}.py": (_HTTP1, (*_WIRE, "-k", "not uvloop and not blocking")) for name in _ASYNCIO},
    **{f"adapters/http1/{name}.py": (_HTTP1, (*_WIRE, "-k", "blocking")) for name in _BLOCKING},
    "adapters/stores": (_STORES, _NEVER, _CALLS, (f"{_INTEGRATION}/stores",)),
    "adapters/stores/budget_share.py": (_LEDGERS, (*_NEVER[1:], *_SHARING)),
    "adapters/stores/memory": (_STORES, _NEVER, _CALLS),
    "adapters/stores/memory/ledger.py": (_LEDGERS, (*_NEVER[1:], *_SHARING), _CALLS),
    "adapters/stores/sqlite": (_STORES, _NEVER, (f"{_INTEGRATION}/stores",)),
    **{
        f"adapters/stores/sqlite/{name}.py": (_LEDGERS, (*_NEVER[1:], *_SHARING), (f"{_INTEGRATION}/stores",))
        for name in ("ledger", "ledger_store")
    },
}
"""Module or folder of the package -> arguments of pytest for what tests it, the quickest and closest first."""
INTERTIE = Project(ROOT, "src/intertie", COVERING)
EXPLAINED = Path(__file__).with_name("survivors.toml")
RESULTS = ROOT / ".mutants.jsonl"
_QUICK_STEPS = 2
"""What survives the closest tests mostly needs a new one, whatever the later steps say."""


def main(
    arguments: Sequence[str],
    *,
    project: Project = INTERTIE,
    explained: Path = EXPLAINED,
    results: Path = RESULTS,
) -> int:
    """Run a sample and report it; return the exit status."""
    options = _options(arguments)
    steps = _QUICK_STEPS if options.quick else None
    every = {module: mutants_of(module, project.source(module)) for module in project.modules()}
    reasons = _reasons(explained)
    known = {mutant.told for mutants in every.values() for mutant in mutants}
    stale = [told for told in reasons if told not in known]
    sample = _sample(every, project, options)
    runs = Results(results, project)
    if options.anew:
        results.unlink(missing_ok=True)
        runs = Results(results, project)
    wanted = [mutant for mutant in sample if mutant.told not in reasons]
    to_run = [mutant for mutant in wanted if runs.of(mutant, steps) is None]
    _say(f"{sum(map(len, every.values())):,} mutants, a sample of {len(sample)}, of which {len(to_run)} run now")
    if to_run:
        try:
            _run(to_run, project, runs, jobs=options.jobs, most=steps)
        except BrokenBaselineError as error:
            _say(str(error))
            return 2
    found = {mutant: runs.of(mutant, steps) for mutant in wanted}
    survivors = [mutant for mutant, run in found.items() if run is not None and run.by is None]
    late = sum(1 for run in found.values() if run is not None and run.by == "time")
    _tell_modules(sample, {mutant.key for mutant in survivors}, set(reasons))
    for mutant in survivors:
        _say(f"\n{mutant.file}:{mutant.line}, in {mutant.scope or 'the module'}")
        _say(f"    was  {mutant.was}\n    now  {mutant.now}")
    for file, scope, was, now in stale:
        _say(f"\n{explained.name} explains what is no mutant any more: {file}, in {scope or 'the module'}")
        _say(f"    was  {was}\n    now  {now}")
    killed = len(wanted) - len(survivors)
    _say(
        f"\n{len(sample)} mutants: {killed} killed ({late} of them ran out of time), "
        f"{len(sample) - len(wanted)} explained in {explained.name}, {len(survivors)} survive"
    )
    return 1 if survivors or stale else 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="mutants.py", description=__doc__)
    parser.add_argument("--sample", type=int, default=400, help="how many mutants (default 400)")
    parser.add_argument("--seed", type=int, default=1, help="which ones (default 1)")
    parser.add_argument("--only", default="", metavar="PATH", help="of this module or folder of the package")
    parser.add_argument("--jobs", type=int, default=2, help="how many at once (default 2)")
    parser.add_argument("--anew", action="store_true", help="forget what came of earlier runs")
    parser.add_argument("--quick", action="store_true", help=f"only the first {_QUICK_STEPS} steps of each")
    return parser.parse_args(arguments)


def _sample(every: dict[str, list[Mutant]], project: Project, options: argparse.Namespace) -> list[Mutant]:
    """Return the sample in the order that the seed gives them: each mutant's place there depends on nothing but itself."""
    only = options.only.removeprefix(f"{project.package}/").rstrip("/")
    of_these = [
        mutant
        for module, mutants in every.items()
        if not only or module == only or module.startswith(f"{only}/")
        for mutant in mutants
    ]
    of_these.sort(key=lambda mutant: hashlib.sha256(f"{options.seed} {mutant.key}".encode()).digest())
    chosen: list[Mutant] = []
    for mutant in of_these:
        if len(chosen) == options.sample:
            break
        if mutant.applied(project.source(mutant.file)) is not None:
            chosen.append(mutant)
    return chosen


def _reasons(path: Path) -> dict[tuple[str, str, str, str], str]:
    """Return (file, scope, was, now) -> why it may survive."""
    if not path.exists():
        return {}
    entries = tomllib.loads(path.read_text())["explained"]
    return {(entry["file"], entry["in"], was, now): entry["why"] for entry in entries for was, now in entry["changes"]}


def _run(mutants: list[Mutant], project: Project, results: Results, *, jobs: int, most: int | None) -> None:
    # A run that is stopped has seen the most by then: what is new comes first, what needs real sockets and files last.
    mutants = sorted(
        mutants,
        key=lambda mutant: (
            results.has_run(mutant),
            any("integration" in step[0] for step in project.steps(mutant.file, most)),
        ),
    )
    steps = dict.fromkeys(step for mutant in mutants for step in project.steps(mutant.file, most))
    scratch = Path(tempfile.mkdtemp(prefix="mutants-"))
    scratch.chmod(0o755)  # some tests give up root's rights, and still have to read the package
    with Runner(project, scratch, jobs=jobs) as runner:
        runner.check_baseline(steps, results, _say)
        for number, (mutant, by, seconds) in enumerate(runner.run(mutants, most), start=1):
            results.add(mutant, by, seconds, most)
            what = "SURVIVES" if by is None else f"killed by {by}"
            _say(f"[{number:3}/{len(mutants)}] {seconds:5.1f} s  {mutant.file}:{mutant.line}  {what}")


def _tell_modules(sample: list[Mutant], survivors: set[str], reasons: set[tuple[str, str, str, str]]) -> None:
    counted = Counter(mutant.file for mutant in sample)
    alive = Counter(mutant.file for mutant in sample if mutant.key in survivors)
    told = Counter(mutant.file for mutant in sample if mutant.told in reasons)
    _say("\n run  explained  survive")
    for file in sorted(counted):
        _say(f"{counted[file]:4}  {told[file] or '':>9}  {alive[file] or '':>7}  {file}")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    raise SystemExit(main(sys.argv[1:]))
