"""Checks many files with all processors."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from intertie.lint.checking import Checked, Checker, CheckResult

FEW = 40
"""Up to so many files one process is done sooner than others are started."""

MOST_JOBS = 64
_COLLECT_AFTER = 50_000
"""Objects made between two looks for garbage, Python's own number being 700."""

_checkers: list[Checker] = []
"""In a worker: the one checker of its command, inherited by fork."""


def check_all(checker: Checker, files: Sequence[Path], *, jobs: int | None = None) -> CheckResult:
    """Return what is wrong in the files.

    Args:
        checker: What judges each file.
        files: Each once.
        jobs: Processes that share the files out; None: one for each processor where that is quicker.
    """
    with _rarely_collected():
        return _checked(checker, files, jobs)


def _checked(checker: Checker, files: Sequence[Path], jobs: int | None) -> CheckResult:
    workers = min(os.cpu_count() or 1, len(files) // (FEW // 2)) if jobs is None else min(jobs, len(files))
    if workers < 2 or (jobs is None and len(files) <= FEW):
        return checker.result(map(checker.file, files))
    import multiprocessing  # noqa: PLC0415  # one spec is checked sooner than these are loaded
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415

    if "fork" not in multiprocessing.get_all_start_methods():
        return checker.result(map(checker.file, files))
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(workers, context, initializer=_checkers.append, initargs=(checker,)) as pool:
        return checker.result(pool.map(_file, files, chunksize=max(len(files) // (workers * 8), 1)))


@contextmanager
def _rarely_collected() -> Iterator[None]:
    """Keep the garbage collector from walking megabytes again and again: nearly all of it stays to the end."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER, 50, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def _file(path: Path) -> Checked:
    return _checkers[0].file(path)
