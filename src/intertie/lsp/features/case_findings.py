"""What is wrong in a case file: its YAML, and the specs, cases and operations it names that are not there.

The kinds are those that `intertie check` tells of specs; a rule that is switched off there is silent here too.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from intertie.compiler.settings import FILE_NAME
from intertie.core.errors import snake_case
from intertie.diagnostics import Diagnostic, Edit, Fix, SourceSpan
from intertie.lint.checking import Checked
from intertie.lint.registry import BY_NAME
from intertie.lsp.features.around import spec_page, spec_path
from intertie.lsp.features.case_mentions import read_case
from intertie.lsp.features.mentions import Mention, Thing
from intertie.lsp.page import Page
from intertie.spec.source import Findings
from intertie.spec.tree import MappingNode

_REFERRING = frozenset(
    {"spec", "related", "preconditions", "test_cases", "scenario_cases", "nested_scenarios", "phases", "steps"}
)
"""Keys whose ids must lead somewhere; elsewhere an id may be no more than a word."""


def case_findings(page: Page) -> tuple[Diagnostic, ...]:
    """Return the findings of a case file that the workspace's `[lint]` lets through."""
    if page.is_misnamed_case:
        return _told(page, [_misnamed(page)])
    if not page.is_case:
        return ()
    read = Findings()
    root = read_case(page.source, read)
    found = list(read.all())
    # Without a configuration nothing says where the workspace ends: what a case names may lie beside its folder.
    if isinstance(root, MappingNode) and (page.around.workspace.root / FILE_NAME).is_file():
        found += _broken(page, root)
    return _told(page, found)


def _told(page: Page, found: list[Diagnostic]) -> tuple[Diagnostic, ...]:
    return page.around.checker.told(Checked(page.shown, page.text, tuple(found)))


def _misnamed(page: Page) -> Diagnostic:
    name = page.path.name
    wanted = page.path.with_suffix(".yaml").name
    message = f"`{name}` is not read: a case file ends in `.yaml`"
    return _finding("case-suffix", page.span(1, 1, len(page.line(1)) + 1), message, f"rename it to `{wanted}`")


def _broken(page: Page, root: MappingNode) -> Iterator[Diagnostic]:
    places = [
        range(entry.key.span.line, entry.value.span.end_line + 1)
        for entry in root.entries
        if entry.key.text in _REFERRING
    ]
    for mention in page.mentions:
        if not any(mention.span.line in lines for lines in places):
            continue
        match mention.thing:
            case Thing.SPEC if spec_path(page, mention.name) is None:
                message = f"there is no spec `{mention.name}` in the workspace"
                yield _finding("related-missing", mention.span, message, "check the id, or write the spec")
            case Thing.CASE if page.around.workspace.find_case(mention.name) is None:
                yield _finding(
                    "missing-case-file", mention.span, f"`{mention.name}` is not there",
                    "write the case, or take it out here",
                )  # fmt: skip
            case Thing.OPERATION if "{{" not in page.source.slice(mention.span):
                yield from _unknown_operation(page, mention)
            case _:
                pass


def _unknown_operation(page: Page, mention: Mention) -> Iterator[Diagnostic]:
    spec = spec_page(page, mention)
    if spec is None:
        return
    known = [snake_case(each.name.value) for each in spec.spec.endpoints if each.name is not None]
    if mention.name in known:
        return
    near = get_close_matches(mention.name, known, 1)
    fix = None
    if near:
        fix = Fix(f"write {near[0]}", (Edit(mention.span, near[0]),))
    help_ = f"did you mean `{near[0]}`?" if near else f"its operations: {', '.join(known) or 'none'}"
    yield _finding("unknown-endpoint", mention.span, f"{spec.shown} has no operation `{mention.name}`", help_, fix)


def _finding(name: str, span: SourceSpan, message: str, help_: str, fix: Fix | None = None) -> Diagnostic:
    rule = BY_NAME[name]
    return Diagnostic(rule.code, rule.name, rule.severity, message, span, help_, fix=fix)
