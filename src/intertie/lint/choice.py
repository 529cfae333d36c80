"""Which findings are shown, and how much they matter: the `[lint]` table of the configuration."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from intertie.core.errors import UsageError
from intertie.diagnostics import Diagnostic, Severity
from intertie.lint.registry import BY_CODE, find_rule, nearest

PER_FILE = "per-file-ignores"
KEYS = ("select", "ignore", "severity", PER_FILE)


class Choice(Struct, frozen=True):
    """What is shown.

    Attributes:
        select: Codes or their beginnings (`TIE2`); empty means all.
        ignore: Codes or their beginnings that are left out.
        severity: Code -> severity instead of the rule's own.
        per_file: Patterns of paths, each with the codes or beginnings that are left out in the files it matches.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Severity] = field(default_factory=dict)
    per_file: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = ()

    def apply(self, diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
        """Return the findings that are shown, with their severity."""
        return tuple(
            replace(found, severity=self.severity.get(found.code, found.severity))
            for found in diagnostics
            if (not self.select or found.code.startswith(self.select))
            and not found.code.startswith(self.ignore or "-")
            and not any(
                found.code.startswith(codes) and pattern.match(found.span.path) for pattern, codes in self.per_file
            )
        )


def read_choice(table: Mapping[str, object]) -> Choice:
    """Read `[lint]`: lists of codes, beginnings of codes or names; the table `severity`; and `per-file-ignores`.

    Raises:
        UsageError: A key or rule is not known, or a value is of another kind.
    """
    for key in table:
        if key not in KEYS:
            raise UsageError(f"[lint] has no key `{key}`; it takes {', '.join(KEYS)}")
    severity = table.get("severity", {})
    if not isinstance(severity, Mapping):
        raise UsageError('[lint] severity is a table, such as `severity = {TIE204 = "error"}`')
    return Choice(
        _codes(table.get("select", []), "select"),
        _codes(table.get("ignore", []), "ignore"),
        {_code(str(rule), "severity"): _severity(str(rule), value) for rule, value in severity.items()},
        tuple(_per_file(table.get(PER_FILE, {}))),
    )


def _per_file(table: object) -> Iterator[tuple[re.Pattern[str], tuple[str, ...]]]:
    if not isinstance(table, Mapping):
        raise UsageError(f'[lint] {PER_FILE} is a table, such as `"specs/legacy/*.md" = ["TIE212"]`')
    for pattern, rules in table.items():
        yield path_pattern(str(pattern)), _codes(rules, f'{PER_FILE} "{pattern}"')


def path_pattern(text: str) -> re.Pattern[str]:
    """Return what matches the paths a pattern means, relative to the workspace.

    `*` and `?` stay within one folder's name, `**` goes through any; a pattern without `/` is for the file's name
    wherever it lies, and one that ends in `/` for all below that folder.

    >>> bool(path_pattern("specs/legacy/*.md").match("specs/legacy/a.md"))
    True
    >>> bool(path_pattern("specs/*.md").match("specs/legacy/a.md")), bool(path_pattern("a.md").match("specs/a.md"))
    (False, True)
    """
    wanted = text.strip().removeprefix("./").lstrip("/")
    wanted += "**" if wanted.endswith("/") else ""
    parts = {"**/": r"(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    pieces = re.split(r"(\*\*/|\*\*|\*|\?)", wanted)
    body = "".join(parts.get(piece, re.escape(piece)) for piece in pieces)
    return re.compile(rf"{body if '/' in wanted else f'(?:.*/)?{body}'}\Z")


def _codes(value: object, key: str) -> tuple[str, ...]:
    words = value.replace(",", " ").split() if isinstance(value, str) else value
    if not isinstance(words, list | tuple) or not all(isinstance(word, str) for word in words):
        raise UsageError(f'[lint] {key} is a list of rules, such as `{key} = ["TIE2", "unknown-key"]`')
    return tuple(_code(word, key) for word in words)


def _code(text: str, key: str) -> str:
    found = find_rule(text)
    if found:
        return found.code
    if text.upper().startswith("TIE") and any(code.startswith(text.upper()) for code in BY_CODE):
        return text.upper()
    near = nearest(text)
    raise UsageError(f"[lint] {key}: there is no rule `{text}`{f'; did you mean `{near}`?' if near else ''}")


def _severity(rule: str, value: object) -> Severity:
    try:
        return Severity(str(value))
    except ValueError:
        raise UsageError(f"[lint] severity of {rule}: expected error, warning, info or hint, found `{value}`") from None
