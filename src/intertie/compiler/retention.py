"""How long external data is kept, as a sentence on data retention says it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from intertie.core.patterns import later
from intertie.core.units import parse_duration_s

_COUNTS = {word: number for number, word in enumerate(
    ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), start=1
)} | {"a": 1, "an": 1, "thirty": 30, "sixty": 60, "ninety": 90}  # fmt: skip
_UNIT = r"(?P<unit>seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?|[smhdw])\b"
_DURATION_RE = later(
    rf"(?<!\btimes )(?<!\bonce )(?<!\btwice )\b(?P<count>\d[\d_,.]*|(?:{'|'.join(_COUNTS)})(?=\s))[\s_-]*{_UNIT}",
    re.IGNORECASE,
)
_LONG_UNITS_S = {"month": 30 * 86400.0, "year": 365 * 86400.0}
_CLAUSE_RE = later(r"[;()]|[.,](?!\d)|\bbut\b|\bwhile\b|\bwhereas\b")
_KEEPS = r"(?:keeps|stores|retains|holds|caches|saves|logs|allows|permits|removes|deletes|purges|drops|expires)"
_SUBJECT_RE = later(rf"\s*(?:and\s+)?(?P<subject>(?:[\w'\u2019.-]+\s+){{1,4}}?){_KEEPS}\b", re.IGNORECASE)
_OURS_RE = later(r"\b(?:we|our|ours|us|here|cache|queue|client|integration|intertie)\b", re.IGNORECASE)
_NOT_KEPT = r"(?:cached|stored|kept|retained|saved|persisted)"
_NOTHING_RE = later(
    r"^\W*(?:none|nothing|n/a|not applicable|zero)\b"
    rf"|\b(?:nothing|neither|none|no)\b[^;.]{{0,60}}\b{_NOT_KEPT}\b"
    rf"|\b(?:not|never)\s+(?:be\s+)?{_NOT_KEPT}\b"
    r"|\b(?:keep|store|cache|retain|save|persist)\s+(?:nothing|none|no|neither)\b"
    r"|\bno\s+(?:caching|retention|storage)\b"
    r"|\bin memory only\b|\bonly in memory\b",
    re.IGNORECASE,
)


def read_retention_s(text: str) -> float | None:
    """Return the shortest duration that a sentence names for what we keep, in seconds; 0 where we keep nothing.

    What the service or somebody else keeps is not ours to delete, so its duration is not read.

    >>> read_retention_s("30 days"), read_retention_s("cached for 5 minutes, logs 2 weeks"), read_retention_s("briefly")
    (2592000.0, 300.0, None)
    >>> read_retention_s("we keep nothing; the provider keeps prompts for 30 days"), read_retention_s("at most a day")
    (0.0, 86400.0)
    """
    ours = list(our_clauses(text))
    found = [seconds for clause in ours for seconds in _durations_s(clause)]
    if found:
        return min(found)
    return 0.0 if any(_NOTHING_RE().search(clause) for clause in ours) else None


def our_clauses(text: str) -> Iterator[str]:
    """Yield the clauses of a sentence that are about what we keep ourselves.

    >>> list(our_clauses("7 days; the vendor's terms allow 30"))
    ['7 days']
    >>> list(our_clauses("The bucket keeps them for ten years, we keep no copy"))
    [' we keep no copy']
    """
    for clause in _CLAUSE_RE().split(text):
        if clause.strip() and not _is_of_others(clause):
            yield clause


def _is_of_others(clause: str) -> bool:
    """Return whether somebody else is said to keep something: `OpenAI keeps them`, `the vendor's terms allow`."""
    match = _SUBJECT_RE().match(clause)
    terms = re.match(
        r"\s*[\w\s'\u2019.-]{0,60}?\b(?:terms|policy|policies|law|rules)\s+(?:allow|permit|demand|ask)", clause
    )
    return terms is not None or (match is not None and not _OURS_RE().search(match["subject"]))


def _durations_s(clause: str) -> Iterator[float]:
    for match in _DURATION_RE().finditer(clause):
        unit = match["unit"].lower()
        unit = unit.rstrip("s") if len(unit) > 1 else unit
        number = str(_COUNTS.get(match["count"].lower(), match["count"].rstrip(".,")))
        if unit in _LONG_UNITS_S:
            count = parse_duration_s(number, bare_unit="s")
            seconds = None if count is None else float(count) * _LONG_UNITS_S[unit]
        else:
            read = parse_duration_s(f"{number} {unit}", bare_unit="d")
            seconds = None if read is None else float(read)
        if seconds is not None:
            yield seconds
