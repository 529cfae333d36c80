"""A bug of ours in one part of a spec is a finding, so that checker and editor can show the rest."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from intertie._version import __version__
from intertie.compiler.build import Build
from intertie.core.errors import IntertieError
from intertie.diagnostics import SourceSpan

T = TypeVar("T")

_log = logging.getLogger("intertie.compiler")


def guarded(build: Build, what: str, span: SourceSpan, work: Callable[[], T]) -> T | None:
    """Return what `work` returns, None where it has a bug: a finding says where, the log holds the whole trace."""
    try:
        return work()
    except IntertieError:
        raise  # the caller's mistake, said in words
    except Exception as bug:  # noqa: BLE001  # whatever it is, it is ours: the spec's faults are findings already
        _log.debug("compiling %s failed", what, exc_info=bug)
        frame = traceback.extract_tb(bug.__traceback__)[-1]
        where = f"{type(bug).__name__} in {Path(frame.filename).name}:{frame.lineno}"
        build.report("compiler-bug", f"Intertie {__version__} has a bug: compiling {what} failed with {where}", span)
        return None
