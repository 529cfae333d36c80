"""All that is wrong in one case: its form, what it names that is not there, and what the rules find."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from intertie.diagnostics import Diagnostic, SourceSpan
from intertie.lint.cases.beside import BesideCase, CaseSurroundings
from intertie.lint.cases.references import MISSING_CASE, broken_references
from intertie.lint.registry import BY_CODE, RULES
from intertie.lint.running import run_case_rules
from intertie.lint.tokens import shapes_in_text
from intertie.spec import codes
from intertie.spec.cases.case import Case
from intertie.spec.cases.loading import LoadedCase
from intertie.spec.cases.names import is_case, is_misnamed_case, stands_among_cases

_FORM = (BY_CODE["TIE701"],)
_WRONG_KIND = "TIE708"
_CREDENTIAL_IN_TEXT = "TIE601"
_OTHERS = tuple(rule for rule in RULES if "case" in rule.takes and rule not in _FORM)


def is_judged_as_case(path: Path) -> bool:
    """Return whether a file is judged as a case: by its name, or by the folder it stands in."""
    return is_case(path) or is_misnamed_case(path) or stands_among_cases(path)


def judge_case(
    loaded: LoadedCase, path: Path, around: CaseSurroundings, today: date
) -> tuple[list[Diagnostic], frozenset[str]]:
    """Return the findings of one case, and the codes of all the rules that could be asked."""
    if path.suffix == ".yml":
        # Whoever looks for cases does not find it: what stands in it comes after that.
        return [_misnamed(around.workspace.shown(path), path, loaded)], frozenset()
    case = loaded.case
    if case is None:
        return list(loaded.diagnostics), frozenset()
    beside = BesideCase(case, path, around, today)
    if loaded.strange is not None:
        return [*loaded.diagnostics, *run_case_rules(case, beside, _FORM)], frozenset()
    if loaded.broken:
        # What seems to be missing may stand in the lines that could not be read.
        return list(loaded.diagnostics), frozenset()
    found = [
        *loaded.diagnostics,
        *_secrets(case),
        *broken_references(case, beside),
        *run_case_rules(case, beside, _OTHERS),
    ]
    return list(dict.fromkeys(_once(found))), frozenset(rule.code for rule in RULES)


def _secrets(case: Case) -> Iterator[Diagnostic]:
    rule = BY_CODE[_CREDENTIAL_IN_TEXT]
    for shape, place in shapes_in_text(case.source.text, case.path):
        help_ = "change the credential, for it has been read, and use one that is worth nothing here"
        yield Diagnostic(rule.code, rule.name, rule.severity, f"this text holds {shape}", place, help_)


def _once(found: list[Diagnostic]) -> Iterator[Diagnostic]:
    """Yield the findings without those that another one at the same place explains."""
    wrong_kind = {each.span for each in found if each.code == _WRONG_KIND}
    for each in found:
        if each.code != MISSING_CASE or each.span not in wrong_kind:
            yield each


def _misnamed(shown: str, path: Path, loaded: LoadedCase) -> Diagnostic:
    code = codes.CASE_SUFFIX
    width = len(loaded.source.split("\n", 1)[0].rstrip("\r")) + 1
    return Diagnostic(
        code.code, code.name, code.severity, f"`{path.name}` is not read: a case file ends in `.yaml`",
        SourceSpan(shown, 1, 1, 1, width), f"rename it to `{path.with_suffix('.yaml').name}`",
    )  # fmt: skip
