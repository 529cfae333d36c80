"""The reference page of changes, made from the rules that find them."""

from __future__ import annotations

from collections.abc import Iterator

from intertie.comparing import fields, leftovers
from intertie.comparing.leftovers import NOT_COMPARED
from intertie.comparing.rule import ChangeRule
from intertie.comparing.rules import SUBJECTS

_INTRODUCTION = """# Changes

`intertie diff OLD NEW` compares two versions of a spec: what each says, and the plan that is made of it. Every change
has a kind, an impact, a reason with its numbers, and its place in both files.

| impact | means |
|---|---|
| breaking | code that calls today can fail or misread an answer, with the service healthy and no limit reached |
| risky | it shows under load, in failures, later, or on the bill |
| safe | nobody has to do anything |

An operation is the same one where its id is, else where method and path are: then it is renamed. A mapping row is the
same one where the name on our side is. Requests break where less is accepted, answers where more may come; where
inbound rows say what callers see of an answer, only what they read counts. The order of keys, rows and sections, and
prose beside the fields, change nothing.
"""


def changes_markdown() -> str:
    """Return the page: every kind of change by subject, with when it is breaking, risky and safe."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield _INTRODUCTION
    for subject, rules in SUBJECTS:
        yield f"## {subject}\n"
        yield "| kind | what is compared | breaking | risky | safe |\n|---|---|---|---|---|"
        yield from (_row(rule) for rule in rules)
        yield ""
    yield "## What no kind above names\n"
    yield "| kind | what is compared | breaking | risky | safe |\n|---|---|---|---|---|"
    yield f"| `{leftovers.KIND}` | Every other field of the plan. |  | always: look at what it does |  |"
    yield f"| `{fields.KIND}` | Every other field of the spec. |  |  | always: the plan is the same in it |"
    yield "| `spec-removed`, `spec-added` | Whether the spec is there. | removed |  | added |"
    yield "\n## What is not compared\n"
    yield "| field of the plan | why |\n|---|---|"
    yield from (f"| `{field}` | {why} |" for field, why in NOT_COMPARED.items())


def _row(rule: ChangeRule) -> str:
    cells = (rule.summary, rule.breaking, rule.risky, rule.safe)
    return f"| `{rule.kind}` | {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
