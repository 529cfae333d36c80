"""The corpus of good specs, what `check` finds in it, and what a careful reader says of each finding."""

from __future__ import annotations

import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from intertie.compiler import Settings
from intertie.diagnostics import Diagnostic, Severity
from intertie.lint.checking import check_paths
from intertie.spec.workspace import Workspace

FOLDER = Path(__file__).parent.parent / "corpus"
TODAY = date(2026, 11, 24)
VERDICTS = ("useful", "acceptable", "noise", "wrong")


@dataclass(frozen=True)
class Judged:
    """A finding with its verdict, None where nobody has judged it."""

    spec: str
    place: str
    finding: Diagnostic
    verdict: str | None

    def __str__(self) -> str:
        return f'[{self.spec}] "{self.place}": {self.finding.severity} {self.finding.message}'


def judgements() -> dict[str, dict[str, dict[str, str]]]:
    """Return spec -> code and place -> `verdict` and, of what nobody wants to read, `why`."""
    return tomllib.loads((FOLDER / "judgements.toml").read_text("utf-8"))


def judged(*, hints: bool) -> Iterator[Judged]:
    """Yield what `check` finds in the corpus, with or without hints, and what is said of it."""
    said = judgements()
    specs = sorted((FOLDER / "specs").glob("*.md"))
    found = check_paths(specs, Workspace(FOLDER), Settings(FOLDER), today=TODAY).diagnostics
    for finding in found:
        if finding.severity is Severity.HINT and not hints:
            continue
        spec = Path(finding.span.path).stem
        place = f"{finding.code} {finding.span.line}:{finding.span.column}"
        yield Judged(spec, place, finding, said.get(spec, {}).get(place, {}).get("verdict"))


def counted(*, hints: bool) -> Counter[str | None]:
    """Return how many findings there are of each verdict."""
    return Counter(each.verdict for each in judged(hints=hints))


def report() -> str:
    """Return the figures as text."""
    specs = len(list((FOLDER / "specs").glob("*.md")))
    ever = Counter(entry["verdict"] for entries in judgements().values() for entry in entries.values())
    rows = (
        ("shown by check", counted(hints=False)),
        ("shown with --hints", counted(hints=True)),
        ("ever found and judged", ever),
    )
    lines = [f"{specs} good specs", f"{'':<24}{'findings':>9}" + "".join(f"{verdict:>12}" for verdict in VERDICTS)]
    for title, count in rows:
        total = sum(count.values())
        shares = (f"{count[verdict]} ({count[verdict] / max(total, 1):.0%})" for verdict in VERDICTS)
        lines.append(f"{title:<24}{total:>9}" + "".join(f"{share:>12}" for share in shares))
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(f"{report()}\n")
