"""One question and its answer."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from intertie.core.errors import IntertieError


class Level(StrEnum):
    """What an answer means for calls."""

    OK = "ok"
    WARNING = "warning"
    """Calls are made now; this will hurt later, or hurts something else."""
    PROBLEM = "problem"
    """Calls fail."""


class Check(Struct, frozen=True):
    """What was looked at, what was seen, and what to do about it.

    Attributes:
        about: One or two words: `secret`, `trust`, `connection`.
        what: One sentence without its full stop; never a secret.
        fix: What to do, None where all is well.
    """

    about: str
    level: Level
    what: str
    fix: str | None = None


def ok(about: str, what: str) -> Check:
    """All is well."""
    return Check(about, Level.OK, what)


def warning(about: str, what: str, fix: str) -> Check:
    """Calls are made, and something should be done."""
    return Check(about, Level.WARNING, what, fix)


def problem(about: str, what: str, fix: str) -> Check:
    """Calls fail."""
    return Check(about, Level.PROBLEM, what, fix)


def from_error(about: str, error: IntertieError, *, otherwise: str, level: Level = Level.PROBLEM) -> Check:
    """Return what an error of ours says. Our messages say what is wrong and, after a semicolon, what to do.

    Args:
        about: As on the check.
        error: Met while looking.
        otherwise: What to do where the message does not say it, or only asks.
        level: Of the check.
    """
    message = str(error)
    what, _, advice = message.rpartition("; ") if "; " in message else (message, "", "")
    return Check(about, level, what, advice if advice and not advice.endswith("?") else otherwise)
