"""Runs tests on mutants, each in a copy of the tree, and keeps what came of them."""

from __future__ import annotations

import hashlib
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple, Self

from support.code_mutants import Mutant

Step = tuple[str, ...]
"""Arguments of pytest: tests that run together."""
SERVER = Path(__file__).parents[1] / "mutation/mutant_server.py"
_LEFT_BEHIND = {".git", "__pycache__", "node_modules", "dist", "build"}


@dataclass(frozen=True)
class Project:
    """What is mutated.

    Attributes:
        root: The tree that is copied.
        package: Folder of the package below it, such as `src/intertie`.
        covering: Prefix of a module -> what tests it, the quickest first; of several prefixes the longest counts.
    """

    root: Path
    package: str
    covering: Mapping[str, Sequence[Step]]

    def modules(self) -> list[str]:
        """Return the modules that are mutated, relative to the package."""
        home = self.root / self.package
        found = {
            path.relative_to(home).as_posix()
            for prefix in self.covering
            for path in ([home / prefix] if (home / prefix).is_file() else (home / prefix).rglob("*.py"))
        }
        return sorted(found)

    def steps(self, module: str, most: int | None = None) -> Sequence[Step]:
        """Return what tests a module, at most the first so many."""
        fitting = [prefix for prefix in self.covering if module == prefix or module.startswith(f"{prefix}/")]
        return self.covering[max(fitting, key=len)][:most]

    def source(self, module: str) -> bytes:
        """Return a module's text."""
        return (self.root / self.package / module).read_bytes()


@dataclass(frozen=True)
class Run:
    """What came of one mutant.

    Attributes:
        key: Of the mutant.
        by: The test that failed, "time" where none ended in time; None where it survived.
        seconds: How long it took.
        source, tests: Digests of what was mutated and of the tests that ran: the run says nothing about others.
        steps: How many steps a survivor passed at most; None for all of them.
    """

    key: str
    by: str | None
    seconds: float
    source: str
    tests: str
    steps: int | None = None


class Limits(NamedTuple):
    """How much tests may take on a mutant: more than all of what they take without.

    Attributes:
        cpu_s: All of them, of work.
        wall_s: All of them, of time.
        each_s: Each of them, of time: what hangs is noticed long before all of them could have run.
    """

    cpu_s: int
    wall_s: int
    each_s: int


_BASELINE = Limits(0, 900, 0)


class BrokenBaselineError(Exception):
    """The tests fail, or can't run, without any mutant."""


class Results:
    """What came of mutants, in a file that a run which was stopped goes on from.

    A mutant that was killed stays so while its module is the same; one that survived, while the tests that ran are the
    same too. Tests that pass without any mutant do so until they, what they share with others, or the package change.
    """

    def __init__(self, path: Path, project: Project) -> None:
        self._path = path
        self._project = project
        tests = project.root / "tests"
        self._shared = _digest([*tests.rglob("conftest.py"), *(tests / "support").rglob("*.py")])
        self._package = _digest((project.root / project.package).rglob("*.py"))
        self._sources = {module: _digest([project.root / project.package / module]) for module in project.modules()}
        self._tests: dict[Step, str] = {}
        self._runs: dict[str, Run] = {}
        self._limits: dict[Step, Limits] = {}
        for line in path.read_text().splitlines() if path.exists() else ():
            kept = json.loads(line)
            if "key" in kept:
                self._runs[kept["key"]] = Run(**kept)
            elif kept["tree"] == self._tree_of(tuple(kept["step"])):
                self._limits[tuple(kept["step"])] = Limits(*kept["limits"])

    def _tests_of(self, step: Step) -> str:
        if step not in self._tests:
            paths = [self._project.root / argument for argument in step if argument.startswith("tests")]
            files = [file for path in paths for file in ([path] if path.is_file() else path.rglob("*.py"))]
            self._tests[step] = _digest(files)
        return self._tests[step]

    def _tree_of(self, step: Step) -> str:
        return self._package + self._shared + self._tests_of(step)

    def _tests_on(self, mutant: Mutant, steps: int | None) -> str:
        digests = [self._shared, *map(self._tests_of, self._project.steps(mutant.file, steps))]
        return hashlib.sha256("".join(digests).encode()).hexdigest()[:16]

    def of(self, mutant: Mutant, steps: int | None = None) -> Run | None:
        """Return what came of a mutant, None where it has to run: it survived fewer steps than are asked for."""
        run = self._runs.get(mutant.key)
        if run is None or run.source != self._sources[mutant.file]:
            return None
        if run.by is not None:
            return run
        enough = run.steps is None or (steps is not None and run.steps >= steps)
        return run if enough and run.tests == self._tests_on(mutant, run.steps) else None

    def has_run(self, mutant: Mutant) -> bool:
        """Return whether anything came of a mutant before, of whatever module and tests."""
        return mutant.key in self._runs

    def add(self, mutant: Mutant, by: str | None, seconds: float, steps: int | None = None) -> None:
        """Keep what came of a mutant."""
        tests = self._tests_on(mutant, steps)
        run = Run(mutant.key, by, round(seconds, 1), self._sources[mutant.file], tests, steps)
        self._runs[mutant.key] = run
        self._keep(asdict(run))

    def limits(self, step: Step) -> Limits | None:
        """Return how much tests may take that passed as they are, None where they have to run."""
        return self._limits.get(step)

    def passed(self, step: Step, limits: Limits) -> None:
        """Keep that tests pass without any mutant."""
        self._keep({"step": step, "limits": limits, "tree": self._tree_of(step)})

    def _keep(self, kept: dict[str, object]) -> None:
        with self._path.open("a") as file:
            file.write(json.dumps(kept) + "\n")


class Tree:
    """A copy of a project, and the process that runs tests in it."""

    def __init__(self, project: Project, root: Path, origin: Path) -> None:
        self._project = project
        self.root = root
        shutil.copytree(origin, root, ignore=_is_left_behind if origin == project.root else None, symlinks=True)
        self._server: subprocess.Popen[str] | None = None
        self._child = 0

    def pytest(self, step: Step, limits: Limits, *, writes: bool = False) -> str | None:
        """Return the test that failed, "time" where it took too long, None where all passed."""
        server = self._serving()
        failed = self.root / ".failed"
        failed.unlink(missing_ok=True)
        order = {
            "arguments": step,
            "output": str(self.root / ".output"),
            "failed": str(failed),
            "longest": str(self.root / ".longest"),
            "cpu_s": limits.cpu_s,
            "each_s": limits.each_s,
            "writes": writes,
        }
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(json.dumps(order) + "\n")
        server.stdin.flush()
        self._child = int(server.stdout.readline())
        late = threading.Timer(limits.wall_s, self.stop)
        late.start()
        try:
            status = int(server.stdout.readline())
        finally:
            late.cancel()
            self.stop()  # what it started may still run
            self._child = 0
        if status == 0:
            return None
        if status in {-signal.SIGALRM, -signal.SIGXCPU, -signal.SIGKILL}:
            return "time"
        return failed.read_text() if failed.exists() else f"pytest, which ends with {status}"

    def output(self) -> str:
        """Return what the last tests printed."""
        return (self.root / ".output").read_text(errors="replace")

    def longest_s(self) -> float:
        """Return how long the longest of the last tests took."""
        return float((self.root / ".longest").read_text())

    def judge(self, mutant: Mutant, limits: Mapping[Step, Limits], steps: int | None = None) -> str | None:
        """Return what kills a mutant in the first so many steps, None where it survives."""
        path = self.root / self._project.package / mutant.file
        source = path.read_bytes()
        changed = mutant.applied(source)
        if changed is None:
            raise ValueError(f"{mutant.file}:{mutant.line} is no Python with {mutant.now}")
        # Its age and size may be those of the original, and that is all that Python looks at.
        for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
            compiled.unlink()
        path.write_bytes(changed)
        try:
            for step in self._project.steps(mutant.file, steps):
                by = self.pytest(step, limits[step])
                if by is not None:
                    return by
            return None
        finally:
            path.write_bytes(source)

    def stop(self) -> None:
        """End the tests that run, and what they started."""
        if self._child:
            with suppress(ProcessLookupError):
                os.killpg(self._child, signal.SIGKILL)

    def end(self) -> None:
        """End everything."""
        if self._server is not None:
            self.stop()
            self._server.kill()
            with self._server:
                self._server = None

    def _serving(self) -> subprocess.Popen[str]:
        if self._server is None:
            package = self.root / self._project.package
            self._server = subprocess.Popen(
                [sys.executable, str(SERVER)],
                cwd=self.root,
                env={**os.environ, "PYTHONPATH": str(package.parent)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        return self._server


class Runner:
    """Runs mutants in copies of the tree; the tree itself is only read.

    Use as a context manager: at its end nothing runs any more, and the copies are gone.
    """

    def __init__(self, project: Project, scratch: Path, *, jobs: int) -> None:
        self._project = project
        self._scratch = scratch
        self._jobs = jobs
        self._limits: dict[Step, Limits] = {}
        self._trees: list[Tree] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for tree in self._trees:
            tree.end()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def check_baseline(self, steps: Iterable[Step], results: Results, say: Callable[[str], None]) -> None:
        """Run what tests the mutants without any, and learn how long it takes.

        Raises:
            BrokenBaselineError: A test fails.
        """
        tree = Tree(self._project, self._scratch / "0", self._project.root)
        self._trees.append(tree)
        # Bytecode is compiled once, here: the copies of this copy keep its times, and mutants leave none behind.
        folders = [str(tree.root / name) for name in (self._project.package, "tests")]
        subprocess.run([sys.executable, "-m", "compileall", "-q", *folders], check=True)
        for step in steps:
            known = results.limits(step)
            if known is not None:
                self._limits[step] = known
                continue
            began_s = time.monotonic()
            by = tree.pytest(step, _BASELINE, writes=True)
            if by is not None:
                output = tree.output()[-4000:]
                raise BrokenBaselineError(f"{' '.join(step)} fails without any mutant ({by}):\n{output}")
            wall_s = time.monotonic() - began_s
            each_s = round(6 * tree.longest_s()) + 10
            self._limits[step] = Limits(int(2 * wall_s) + 10, round(6 * wall_s) + 60, each_s)
            results.passed(step, self._limits[step])
            say(f"{wall_s:6.1f} s  {' '.join(step)}")
        self._trees += [Tree(self._project, self._scratch / str(number), tree.root) for number in range(1, self._jobs)]

    def run(self, mutants: Sequence[Mutant], steps: int | None = None) -> Iterator[tuple[Mutant, str | None, float]]:
        """Yield (mutant, what killed it, seconds) as they come."""
        free: queue.SimpleQueue[Tree] = queue.SimpleQueue()
        for tree in self._trees:
            free.put(tree)

        def one(mutant: Mutant) -> tuple[Mutant, str | None, float]:
            tree, began_s = free.get(), time.monotonic()
            try:
                return mutant, tree.judge(mutant, self._limits, steps), time.monotonic() - began_s
            finally:
                free.put(tree)

        pool = ThreadPoolExecutor(self._jobs)
        try:
            for done in as_completed([pool.submit(one, mutant) for mutant in mutants]):
                yield done.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _is_left_behind(folder: str, names: list[str]) -> set[str]:
    hidden = {name for name in names if name in _LEFT_BEHIND or name.endswith("_cache") or name == ".hypothesis"}
    return hidden | {name for name in names if Path(folder, name, "pyvenv.cfg").exists()}


def _digest(paths: Iterable[Path]) -> str:
    whole = hashlib.sha256()
    for path in sorted(paths):
        whole.update(path.read_bytes())
    return whole.hexdigest()[:16]
