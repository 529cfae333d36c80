"""The list of all rules, and the head of each rule's page: what is written from the rules' registration."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from intertie.diagnostics import Severity
from intertie.diagnostics.order import rule_page
from intertie.lint.page import REFERENCES, Snippet
from intertie.lint.registry import RULES
from intertie.lint.rule import Rule
from intertie.lint.rules import GROUP_TITLES

INDEX = "docs/reference/rules/README.md"
_FROM_INDEX = "../../../"


def rule_pages() -> dict[str, str]:
    """Return path -> text of every rule's page and of their index, paths relative to the root of the project.

    A page is written by hand, save its title and the lines on severity and origin.
    """
    pages = {rule_page(rule.code): rule_markdown(rule) for rule in RULES}
    return {INDEX: index_markdown(), **pages}


def rule_markdown(rule: Rule) -> str:
    """Return the page of one rule."""
    page = rule.page
    found_by = f"Found by the {rule.reported_by}" if rule.reported_by else f"Judges the {listed_inputs(rule)}"
    return "\n".join(
        [
            f"# {rule.code}: {rule.name}",
            "",
            page.summary,
            "",
            f"*{rule.severity.value.capitalize()}. {found_by}. Since {rule.since}.*",
            *(["", what_it_stops(rule)] if rule.severity is Severity.ERROR else []),
            *_part("What it finds", page.what),
            *_part("Why it matters", page.why),
            *_part("Example", _fenced(page.example)),
            *_part("How to fix", page.fix, _fenced(page.fixed)),
            *(_part(REFERENCES, page.references) if page.references else []),
            "",
        ]
    )


def what_it_stops(rule: Rule) -> str:
    """Return what an error of a rule stops, in one sentence."""
    if "case" in rule.takes:
        return "This error fails `check`. It does not stop anything that runs the spec."
    if rule.judges == "spec":
        return "This error stops everything that runs the spec, such as `plan`, `mock`, `call` and `open`."
    if rule.reported_by == "compiler":
        return "This error leaves no plan, so nothing can run the spec."
    return "This error fails `check`. For everything that runs the spec it is a warning."


def listed_inputs(rule: Rule) -> str:
    """Return what a rule looks at, in words."""
    words = {"spec": "spec", "plan": "compiled plan", "around": "workspace", "case": "case", "beside": "workspace"}
    return " and the ".join(words[name] for name in rule.takes)


def index_markdown() -> str:
    """Return the list of all rules, by group."""
    return "\n".join(_index()) + "\n"


def _index() -> Iterator[str]:
    yield "# Rules"
    yield ""
    yield "`intertie check` finds these. `intertie rule CODE` shows a page in the terminal. `[lint]` in `intertie.toml`"
    yield "selects rules, ignores them and sets their severity, by code, by the beginning of a code, or by name."
    yield ""
    yield "An error in the spec itself stops everything that runs the spec. An error in its surroundings (the date,"
    yield "other files, cases, the environment) is marked `error, around`: it fails `check` and is a warning elsewhere."
    for group, rules in groupby(RULES, key=lambda rule: rule.group):
        yield from ("", f"## {GROUP_TITLES[group]}", "", "| code | rule | severity | |", "|---|---|---|---|")
        for rule in rules:
            around = ", around" if rule.severity is Severity.ERROR and rule.judges == "surroundings" else ""
            severity = f"{rule.severity.value}{around}"
            link = f"[{rule.code}]({_FROM_INDEX}{rule_page(rule.code)})"
            yield f"| {link} | `{rule.name}` | {severity} | {rule.summary} |"


def _part(heading: str, *texts: str) -> list[str]:
    return ["", f"## {heading}", *(line for text in texts for line in ("", text))]


def _fenced(snippet: Snippet) -> str:
    fence = "````" if "```" in snippet.text else "```"
    return f"{fence}{snippet.language}\n{snippet.text}{fence}"
