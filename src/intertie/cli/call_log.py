"""What calls log, shown on stderr: from the level that the spec declares on, or more with `-v` and `-vv`."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from msgspec.structs import replace

from intertie.cli.common import say
from intertie.cli.context import CliContext

if TYPE_CHECKING:
    from intertie.runtime.plan import Plan

_VERBOSE = ("info", "debug")
"""Level of `-v` and of `-vv`."""
_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


@contextmanager
def call_log(context: CliContext, plan: Plan) -> Iterator[Plan]:
    """Show the log of a plan's calls for the time of a block; yield the plan, which logs as much as is shown.

    Where neither the spec nor the configuration names a level and no `-v` is given, nothing is shown: the command says
    itself how its call went.
    """
    level = _level(context, plan)
    if level is None:
        yield plan
        return
    logger, handler = logging.getLogger(f"intertie.{plan.service}"), _Stderr()
    least, logger_level = _LEVELS[level], logger.level
    handler.setLevel(least)
    logger.addHandler(handler)
    logger.setLevel(least)
    try:
        yield replace(plan, logging=replace(plan.logging, level=level))
    finally:
        logger.removeHandler(handler)
        logger.setLevel(logger_level)


def _level(context: CliContext, plan: Plan) -> str | None:
    """Return the least level to show: the declared one, or that of `-v` where it shows more."""
    declared = plan.logging.level if plan.sources.get("level", "default") != "default" else None
    asked = _VERBOSE[min(context.verbose, len(_VERBOSE)) - 1] if context.verbose else None
    levels = [level for level in (declared, asked) if level is not None]
    return min(levels, key=_LEVELS.__getitem__, default=None)


class _Stderr(logging.Handler):
    """One line a record; at debug with what the guards decided."""

    def emit(self, record: logging.LogRecord) -> None:
        told = getattr(record, "intertie", None)
        decisions = told.get("decisions") if isinstance(told, dict) and self.level <= logging.DEBUG else None
        after = f" [{' > '.join(decisions)}]" if decisions else ""
        say(f"{record.levelname} {record.getMessage()}{after}")
