"""`intertie rule`: what a rule means."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby

import click

from intertie.cli.common import put_json, put_lines
from intertie.cli.completing import complete_rule
from intertie.cli.context import CliContext
from intertie.core.errors import UsageError
from intertie.diagnostics import Severity
from intertie.diagnostics.order import rule_page
from intertie.diagnostics.render.paint import SEVERITY_STYLE, STRONG, Paint
from intertie.lint.docs import what_it_stops
from intertie.lint.page import Snippet
from intertie.lint.registry import RULES, find_rule, nearest
from intertie.lint.rule import Rule
from intertie.lint.rules import GROUP_TITLES


@click.command()
@click.argument("code", required=False, shell_complete=complete_rule)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Form of the output.",
)
@click.pass_obj
def command(context: CliContext, code: str | None, form: str) -> None:
    """Explain the rule CODE (or its name), with an example and what to use instead; without CODE, list all."""
    if code is None:
        if form == "json":
            put_json(json.dumps([_brief(rule) for rule in RULES], indent=2) + "\n")
        else:
            put_lines(_list(context), color=context.use_color())
        return
    rule = find_rule(code)
    if rule is None:
        near = nearest(code)
        hint = f"did you mean `{near}`?" if near else "`intertie rule` lists them"
        raise UsageError(f"there is no rule `{code}`; {hint}")
    if form == "json":
        put_json(json.dumps(_whole(rule), indent=2, ensure_ascii=False) + "\n")
    else:
        put_lines("\n".join(_page(rule, Paint(context.use_color()))), color=context.use_color())


def _list(context: CliContext) -> str:
    paint = Paint(context.use_color())
    width = max(len(rule.name) for rule in RULES)
    rows: list[str] = []
    for group, rules in groupby(RULES, key=lambda rule: rule.group):
        rows += ["", paint(GROUP_TITLES[group], STRONG)] if rows else [paint(GROUP_TITLES[group], STRONG)]
        rows += [
            f"  {rule.code}  {rule.name:<{width}}  "
            f"{paint(f'{rule.severity.value:<7}', SEVERITY_STYLE[rule.severity])}  {rule.page.summary}"
            for rule in rules
        ]
    return "\n".join(rows) + "\n"


def _page(rule: Rule, paint: Paint) -> Iterator[str]:
    severity = paint(rule.severity.value, SEVERITY_STYLE[rule.severity])
    yield f"{paint(f'{rule.code} {rule.name}', STRONG)} ({severity}, since {rule.since})"
    yield rule.page.summary
    if rule.severity is Severity.ERROR:
        yield what_it_stops(rule)
    for heading, text in (
        ("What it does", rule.page.what),
        ("Why it matters", rule.page.why),
        ("Example", _indented(rule.page.example)),
        ("Use instead", _indented(rule.page.instead)),
        ("References", rule.page.references),
    ):
        yield from ("", paint(heading, STRONG), text)


def _indented(snippet: Snippet) -> str:
    return "\n".join(f"    {line}".rstrip() for line in snippet.text.rstrip("\n").split("\n"))


def _brief(rule: Rule) -> dict[str, object]:
    return {
        "code": rule.code,
        "name": rule.name,
        "severity": rule.severity.value,
        "judges": rule.judges,
        "since": rule.since,
        "group": rule.group,
        "summary": rule.page.summary,
        "url": rule_page(rule.code),
    }


def _whole(rule: Rule) -> dict[str, object]:
    page = rule.page
    return {
        **_brief(rule),
        "what": page.what,
        "why": page.why,
        "example": {"language": page.example.language, "text": page.example.text},
        "use_instead": {"language": page.instead.language, "text": page.instead.text},
        "references": page.references,
    }
