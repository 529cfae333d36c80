"""Runs tests on mutants, each in a copy of the tree, and keeps what came of them."""

from __future__ import annotations

import hashlib
import json
import os
import queue
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from support.code_mutants import Mutant

Step = tuple[str, ...]
"""Paths of tests that run together, one pytest."""
PLUGIN = Path(__file__).parents[1] / "mutation/in_a_mutant.py"
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

    def steps(self, module: str) -> Sequence[Step]:
        """Return what tests a module."""
        fitting = [prefix for prefix in self.covering if module == prefix or module.startswith(f"{prefix}/")]
        return self.covering[max(fitting, key=len)]

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
        source, tests: Digests of what was mutated and of the tests: the run says nothing about others.
    """

    key: str
    by: str | None
    seconds: float
    source: str
    tests: str


class BrokenBaselineError(Exception):
    """The tests fail, or can't run, without any mutant."""


class Results:
    """What came of mutants, in a file that a run which was stopped goes on from.

    A mutant that was killed stays so while its module is the same; one that survived, while the tests are the same too.
    """

    def __init__(self, path: Path, project: Project) -> None:
        self._path = path
        self._project = project
        self._tests = _digest(sorted((project.root / "tests").rglob("*.py")))
        self._known: dict[str, Run] = {}
        if path.exists():
            runs = [Run(**json.loads(line)) for line in path.read_text().splitlines()]
            self._known = {run.key: run for run in runs}

    def of(self, mutant: Mutant) -> Run | None:
        """Return what came of a mutant, None where it has to run."""
        run = self._known.get(mutant.key)
        if run is None or run.source != self._source(mutant) or (run.by is None and run.tests != self._tests):
            return None
        return run

    def add(self, mutant: Mutant, by: str | None, seconds: float) -> Run:
        """Keep what came of a mutant."""
        run = Run(mutant.key, by, round(seconds, 1), self._source(mutant), self._tests)
        self._known[mutant.key] = run
        with self._path.open("a") as file:
            file.write(json.dumps(asdict(run)) + "\n")
        return run

    def _source(self, mutant: Mutant) -> str:
        return _digest([self._project.root / self._project.package / mutant.file])


class Runner:
    """Runs mutants in copies of the tree; the tree itself is only read.

    Use as a context manager: at its end nothing runs any more, and the copies are gone.
    """

    def __init__(self, project: Project, scratch: Path, *, jobs: int) -> None:
        self._project = project
        self._scratch = scratch
        self._jobs = jobs
        self._limits: dict[Step, tuple[int, float]] = {}
        self._running: set[subprocess.Popen[str]] = set()
        self._lock = threading.Lock()
        self._ended = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._ended = True
            for process in self._running:
                os.killpg(process.pid, signal.SIGKILL)
        shutil.rmtree(self._scratch, ignore_errors=True)

    def check_baseline(self, steps: Sequence[Step], say: Callable[[str], None]) -> None:
        """Run what tests the mutants without any, and learn how long it takes.

        Raises:
            BrokenBaselineError: A test fails.
        """
        tree = self._scratch / "0"
        shutil.copytree(self._project.root, tree, ignore=_is_left_behind, symlinks=True)
        # Bytecode is compiled once, here: the copies of this copy keep its times, and mutants leave none behind.
        command = [sys.executable, "-m", "compileall", "-q", str(tree / self._project.package)]
        subprocess.run(command, check=True)
        for step in steps:
            before, began_s = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
            by, output = self._pytest(tree, step, cpu_s=0, wall_s=600, writes=True)
            if by is not None:
                raise BrokenBaselineError(f"{' '.join(step)} fails without any mutant ({by}):\n{output[-4000:]}")
            wall_s = time.monotonic() - began_s
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            self._limits[step] = int(3 * cpu_s) + 10, 6 * wall_s + 60
            say(f"{wall_s:6.1f} s  {' '.join(step)}")
        for number in range(1, self._jobs):
            shutil.copytree(tree, self._scratch / str(number), symlinks=True)

    def run(self, mutants: Sequence[Mutant]) -> Iterator[tuple[Mutant, str | None, float]]:
        """Yield (mutant, what killed it, seconds) as they come."""
        trees: queue.SimpleQueue[Path] = queue.SimpleQueue()
        for number in range(self._jobs):
            trees.put(self._scratch / str(number))

        def one(mutant: Mutant) -> tuple[Mutant, str | None, float]:
            tree, began_s = trees.get(), time.monotonic()
            try:
                return mutant, self._judge(tree, mutant), time.monotonic() - began_s
            finally:
                trees.put(tree)

        pool = ThreadPoolExecutor(self._jobs)
        try:
            for done in as_completed([pool.submit(one, mutant) for mutant in mutants]):
                yield done.result()
        finally:
            self.__exit__()
            pool.shutdown(cancel_futures=True)

    def _judge(self, tree: Path, mutant: Mutant) -> str | None:
        path = tree / self._project.package / mutant.file
        source = path.read_bytes()
        changed = mutant.applied(source)
        if changed is None:
            raise ValueError(f"{mutant.file}:{mutant.line} is no Python with {mutant.now}")
        # Its age and size may be those of the original, and that is all that Python looks at.
        for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
            compiled.unlink()
        path.write_bytes(changed)
        try:
            for step in self._project.steps(mutant.file):
                cpu_s, wall_s = self._limits[step]
                by, _ = self._pytest(tree, step, cpu_s=cpu_s, wall_s=wall_s)
                if by is not None:
                    return by
            return None
        finally:
            path.write_bytes(source)

    def _pytest(
        self, tree: Path, step: Step, *, cpu_s: int, wall_s: float, writes: bool = False
    ) -> tuple[str | None, str]:
        """Return what failed, None where nothing did, and the output."""
        paths = [str(tree / self._project.package.split("/")[0]), str(PLUGIN.parent)]
        noted = tree / ".failed"
        noted.unlink(missing_ok=True)
        environ = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(paths),
            "MUTANT_CPU_S": str(cpu_s),
            "MUTANT_FAILED": str(noted),
        }
        if not writes:
            environ["PYTHONDONTWRITEBYTECODE"] = "1"
        options = ["-x", "-q", "-n0", "--tb=line", "-p", "no:cacheprovider", "-p", PLUGIN.stem]
        with self._lock:
            if self._ended:
                return "the end of this run", ""
            process = subprocess.Popen(
                [sys.executable, "-m", "pytest", *options, *step],
                cwd=tree,
                env=environ,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                start_new_session=True,
            )
            self._running.add(process)
        try:
            output, _ = process.communicate(timeout=wall_s)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output, _ = process.communicate()
            return "time", output
        finally:
            with self._lock:
                self._running.discard(process)
        if process.returncode == 0:
            return None, output
        if process.returncode in {-signal.SIGXCPU, -signal.SIGKILL}:
            return "time", output
        return noted.read_text() if noted.exists() else f"pytest, which ends with {process.returncode}", output


def _is_left_behind(folder: str, names: list[str]) -> set[str]:
    hidden = {name for name in names if name in _LEFT_BEHIND or name.endswith("_cache") or name == ".hypothesis"}
    return hidden | {name for name in names if Path(folder, name, "pyvenv.cfg").exists()}


def _digest(paths: Sequence[Path]) -> str:
    whole = hashlib.sha256()
    for path in paths:
        whole.update(path.read_bytes())
    return whole.hexdigest()[:16]
