"""`intertie rule`: what a rule means."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby

import click

from intertie.cli.common import put_json, tell
from intertie.cli.completing import complete_rule
from intertie.cli.context import CliContext
from intertie.cli.layout import STRONG, Layout
from intertie.core.errors import UsageError
from intertie.diagnostics import Severity
from intertie.diagnostics.order import rule_page
from intertie.diagnostics.render.paint import SEVERITY_STYLE
from intertie.lint.docs import what_it_stops
from intertie.lint.page import Snippet
from intertie.lint.registry import RULES, find_rule, nearest
from intertie.lint.rule import Rule
from intertie.lint.rules import GROUP_TITLES

_SUMMARY_COLUMN = 19


@click.command()
@click.argument("code", required=False, shell_complete=complete_rule)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Output format.",
)
@click.pass_obj
def command(context: CliContext, code: str | None, form: str) -> None:
    """Explain a rule by its CODE or name, with an example and its fix. Without CODE, list all rules."""
    if code is None:
        if form == "json":
            put_json(json.dumps([_brief(rule) for rule in RULES], indent=2) + "\n")
        else:
            tell(_list(context.layout()))
        return
    rule = find_rule(code)
    if rule is None:
        near = nearest(code)
        hint = f"did you mean `{near}`?" if near else "`intertie rule` lists them"
        raise UsageError(f"there is no rule `{code}`; {hint}")
    if form == "json":
        put_json(json.dumps(_whole(rule), indent=2, ensure_ascii=False) + "\n")
    else:
        tell(_page(rule, context.layout()))


def _list(layout: Layout) -> Iterator[str]:
    for group, rules in groupby(RULES, key=lambda rule: rule.group):
        yield from layout.text(GROUP_TITLES[group], style=STRONG)
        for rule in rules:
            lead = f"  {rule.code}  {rule.severity.value:<7}  "
            yield from layout.beside(lead, rule.name, column=len(lead), style=SEVERITY_STYLE[rule.severity])
            yield from layout.text(rule.summary, indent=_SUMMARY_COLUMN)
        yield ""


def _page(rule: Rule, layout: Layout) -> Iterator[str]:
    page = rule.page
    severity = layout.paint(rule.severity.value, SEVERITY_STYLE[rule.severity])
    yield f"{layout.heading(f'{rule.code} {rule.name}')} ({severity}, since {rule.since})"
    yield from layout.prose(rule.summary)
    if rule.severity is Severity.ERROR:
        yield from layout.prose(what_it_stops(rule))
    for heading, lines in (
        ("What it finds", layout.prose(page.what)),
        ("Why it matters", layout.prose(page.why)),
        ("Example", _indented(page.example, layout)),
        ("How to fix", [*layout.prose(page.fix), *_indented(page.fixed, layout)]),
        ("References", layout.prose(page.references) if page.references else []),
    ):
        if lines:
            yield from ("", layout.heading(heading), *lines)


def _indented(snippet: Snippet, layout: Layout) -> list[str]:
    return [row for line in snippet.text.rstrip("\n").split("\n") for row in layout.code(line)]


def _brief(rule: Rule) -> dict[str, object]:
    return {
        "code": rule.code,
        "name": rule.name,
        "severity": rule.severity.value,
        "judges": rule.judges,
        "since": rule.since,
        "group": rule.group,
        "summary": rule.summary,
        "url": rule_page(rule.code),
    }


def _whole(rule: Rule) -> dict[str, object]:
    page = rule.page
    return {
        **_brief(rule),
        "what": page.what,
        "why": page.why,
        "example": {"language": page.example.language, "text": page.example.text},
        "fix": page.fix,
        "fixed": {"language": page.fixed.language, "text": page.fixed.text},
        "references": page.references,
    }
