"""Prints the share of seeded defects that the checker finds: `make mutate-specs`. Exit status 1 below the goal."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.mutating import Judge, report, score
from support.slips import slips_of
from support.spec_mutations import BATCHES

GOAL = 0.97


def main() -> int:
    """Judge the named defects, then a slip in every key and every value of the specs."""
    judge = Judge()
    named = []
    for title, batch in BATCHES.items():
        judged = [judge.judge(mutation) for mutation in batch]
        _say([f"{title}:", *report(judged), ""])
        named += judged
    _say([next(iter(report(named)))])
    slips = [judge.judge(slip) for slip in slips_of(judge)]
    _say(["", "and a slip in every key and value:", *report(slips)])
    return 0 if min(score(named), score(slips)) >= GOAL else 1


def _say(lines: Iterable[str]) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))


if __name__ == "__main__":
    raise SystemExit(main())
