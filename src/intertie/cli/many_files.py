"""Checks many files with all processors."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from intertie.lint.checking import Checked, Checker, CheckResult

FEW = 40
"""Up to so many files one process is done sooner than others are started."""

_checkers: list[Checker] = []
"""In a worker: the one checker of its command, inherited by fork."""


def check_all(checker: Checker, files: Sequence[Path]) -> CheckResult:
    """Return what is wrong in the files, found by as many processes as there are processors where that is quicker."""
    workers = min(os.cpu_count() or 1, len(files) // (FEW // 2))
    if len(files) <= FEW or workers < 2:
        return checker.result(map(checker.file, files))
    import multiprocessing  # noqa: PLC0415  # one spec is checked sooner than these are loaded
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415

    if "fork" not in multiprocessing.get_all_start_methods():
        return checker.result(map(checker.file, files))
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(workers, context, initializer=_checkers.append, initargs=(checker,)) as pool:
        return checker.result(pool.map(_file, files, chunksize=max(len(files) // (workers * 8), 1)))


def _file(path: Path) -> Checked:
    return _checkers[0].file(path)
