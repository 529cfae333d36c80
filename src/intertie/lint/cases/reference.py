"""The reference page of case fields, made from the tables that the reader and the rules use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from intertie.lint.cases.names import BREAKER_STATES, FALLBACKS, FUNCTIONS, NAMES, Value
from intertie.lint.words import listed
from intertie.spec.cases.fields import CHOICES, COMMON, FAULT, PHASE, PHASE_EXECUTION, STEP, WITH, own_keys
from intertie.spec.cases.names import CaseKind

_HEAD = """\
# Fields of cases

Generated from the tables that [`intertie check`](../guides/cases.md) reads cases by. All generations are read: in each
list of cases an item is an id, a path, or `{path, description}`; `inputs` and `expected_outputs` are a list of
`{name, type, value}` or a mapping; a step is a sentence for people, or has the keys below."""

_ASSERTIONS = """\
## Assertions

A line of `expect` compares what the call gave with what it should have given. Lines of `validations` and
`success_criteria` may be assertions, or sentences for people.

| | |
|---|---|
| comparisons | `==` `!=` `<` `<=` `>` `>=`, `in` and `not in` a list |
| joined by | `and`, `or`, `not`, parentheses |
| constants | `200`, `0.006` (exact), `'text'`, `[201, 202]`, `true`, `false`, `null`, `4s`, `600ms`, `5%` |
| paths | `data.items[0].price` |
| values of the case | `{{ name }}` |

Names that are there:
"""


def case_fields_markdown() -> str:
    """Return the page `docs/reference/case-fields.md`."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield _HEAD
    yield from _table("All cases", COMMON)
    for kind in CaseKind:
        title = kind.words.removeprefix("a ").capitalize()
        yield from _table(f"{title} (`{kind.value}-…`, in `{kind.folder}/`)", own_keys(kind))
        if kind is CaseKind.SCENARIO:
            yield from _table("Each of `phases`", PHASE)
            yield from _table("`phase_execution`", PHASE_EXECUTION)
        if kind is CaseKind.TEST:
            yield from _table("Each of `steps`, `setup_steps` and `teardown_steps`", STEP)
            yield from _table("`with` of a step", WITH)
            yield from _table("`fault` of a step, or the name of a profile", FAULT)
    yield ""
    yield _ASSERTIONS
    yield "| name | what it is |"
    yield "|---|---|"
    for name, value in NAMES.items():
        if isinstance(value, Value):
            yield f"| `{name}` | {_said(name, value)} |"
        else:
            for member, each in value.items():
                yield f"| `{name}` `.{member}` | {_said(f'{name}.{member}', each)} |"
    functions = listed(f"`{name}(response_time)`" for name in FUNCTIONS)
    yield f"| {functions} | percentiles of the calls of a step |"


def _said(name: str, value: Value) -> str:
    choices = {"breaker.state": BREAKER_STATES, "fallback": (*FALLBACKS, "null")}.get(name)
    if choices is not None:
        return listed(f"`{each}`" for each in choices)
    return "the answer, in internal names" if name == "data" else str(value)


def _table(title: str, keys: Mapping[str, str]) -> Iterator[str]:
    yield ""
    yield f"## {title}"
    yield ""
    yield "| key | |"
    yield "|---|---|"
    for key, meaning in keys.items():
        choices = f" {listed(f'`{each}`' for each in CHOICES[key])}." if key in CHOICES else ""
        yield f"| `{key}` | {meaning}{choices} |"
