"""The form of a case: which keys it may have, and what each may hold, in every generation that is read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from intertie.core.units import parse_duration_s, parse_number, whole_number
from intertie.diagnostics import Applicability, Edit, Fix, Label, Severity, SourceSpan
from intertie.spec import codes
from intertie.spec.cases.case import STEP_LISTS, Case, names_of, scalar_of
from intertie.spec.cases.fields import (
    CHOICES,
    FAULT,
    FAULT_PROFILES,
    MACHINE_KEYS,
    PEOPLE,
    PHASE,
    PHASE_EXECUTION,
    STEP,
    WITH,
    keys_of,
    kinds_with,
)
from intertie.spec.cases.names import KIND_OF_TYPE, CaseKind
from intertie.spec.source import Findings
from intertie.spec.tree import Entry, MappingNode, Node, ScalarNode, SequenceNode
from intertie.spec.yaml_nodes import shorten

_MARKERS = (
    "case_format", "format", "format_version", "schema_version", "schema", "$schema", "generation", "apiVersion",
    "api_version",
)  # fmt: skip
"""Keys by which a file says of which form it is; none of the forms that are read has one."""
_FIRST_FORMS = ("1", "1.0", "v1")
_MOST_STRANGE = 2
"""Keys nobody knows, beside a type that nobody knows either."""
_LISTS = frozenset(
    {"preconditions", "test_cases", "nested_scenarios", "phases", "validations", "validation_checks", *STEP_LISTS}
)
_SINGLE = frozenset({"id", "name", "type", "status", "hash_timestamp", "content_hash", "spec"})
_COUNTS = {"repeat": 1, "concurrently": 1, "max_retries": 0}
"""Key -> the smallest whole number that it may be."""
_SPANS_OF_TIME = frozenset({"timeout", "phase_timeout", "time_limit", "advance", "sleep"})
_YES_OR_NO = frozenset({"retry_on_failure", "continue_on_failure"})
_RUNNING = (*MACHINE_KEYS, "input", "expect", "capture")
_CITED = ("preconditions", "test_cases", "nested_scenarios")
_NAMED = ("inputs", "expected_outputs", "context_provided")
_FREE_TEXT = frozenset({"id", "name", "spec", "purpose", "description", "phase_name", "phase_id", "action", "notes"})
_PLACEHOLDER_RE = re.compile(r"\[[^\[\]]+\]\Z")
_NEAR = 0.75


def strange_form(root: MappingNode) -> ScalarNode | None:
    """Return what says that a case is of a form that is not known here, None where nothing does."""
    for entry in root.entries:
        if entry.key.text in _MARKERS and isinstance(entry.value, ScalarNode) and entry.value.text not in _FIRST_FORMS:
            return entry.value
    known = {key for kind in KIND_OF_TYPE.values() for key in keys_of(kind)} | PEOPLE
    unknown = [
        entry.key for entry in root.entries if entry.key.text not in known and not _nearest(entry.key.text, known)
    ]
    given = scalar_of(root, "type")
    if given is not None and not _near_choice(given.text, CHOICES["type"]) and len(unknown) >= _MOST_STRANGE:
        return given
    if len(unknown) > _MOST_STRANGE and len(unknown) * 2 > len(root.entries):
        return unknown[0]
    return None


class ShapeReader:
    """Reports what is wrong with the form of one case."""

    def __init__(self, case: Case, findings: Findings) -> None:
        self._case = case
        self._findings = findings

    def read(self) -> None:
        """Look at every key of the case."""
        root = self._case.root
        self._top_keys(root)
        for entry in root.entries:
            self._value(entry)
        for under in STEP_LISTS:
            for item in _items(root.get(under)):
                self._step(item)
        for phase in _items(root.get("phases")):
            if not isinstance(phase, MappingNode):
                self._wrong(
                    phase.span,
                    "a phase is `{phase_id, phase_name, test_cases}`",
                    "write its `phase_id` and `test_cases`",
                )
                continue
            self._known_keys(phase, PHASE, "a phase")
            for entry in phase.entries:
                self._value(entry)
        execution = root.get("phase_execution")
        if isinstance(execution, MappingNode):
            self._known_keys(execution, PHASE_EXECUTION, "`phase_execution`")
            for entry in execution.entries:
                self._value(entry)

    # --- keys ---------------------------------------------------------------------------------------------------------

    def _top_keys(self, root: MappingNode) -> None:
        kind = self._case.kind
        known = keys_of(kind)
        given = {entry.key.text for entry in root.entries}
        for entry in root.entries:
            key = entry.key.text
            if key in known or key in PEOPLE or key.lower().startswith(("x-", "x_")):
                continue
            others = kinds_with(key)
            near = _nearest(key, set(known) - given)
            if kind is CaseKind.PRECONDITION and key in _CITED:
                # A precondition cites no case; that is told of the case it cites.
                continue
            if key in STEP and not isinstance(entry.value, ScalarNode):
                self._findings.add(
                    codes.UNKNOWN_KEY, entry.key.span, f"`{key}` stands outside of the steps and has no effect",
                    help="it belongs to a step: indent it like the other keys of that step",
                )  # fmt: skip
            elif others:
                belongs = " and ".join(other.words for other in others)
                self._findings.add(
                    codes.UNKNOWN_KEY, entry.key.span, f"{kind.words} has no `{shorten(key)}`, so it has no effect",
                    help=f"`{key}` belongs to {belongs}{f'; did you mean `{near}`?' if near else ''}",
                )  # fmt: skip
            elif near:
                self._unknown(entry.key, kind.words, near)
            elif not isinstance(entry.value, ScalarNode):
                message = f"`{shorten(key)}` is not a key of {kind.words} and has no effect"
                self._findings.add(
                    codes.UNKNOWN_KEY, entry.key.span, message,
                    help=f"it holds {', '.join(f'`{each}`' for each in list(known)[-8:])} and others",
                    severity=Severity.INFO,
                )  # fmt: skip

    def _known_keys(self, node: MappingNode, known: Mapping[str, str], what: str) -> None:
        given = {entry.key.text for entry in node.entries}
        for entry in node.entries:
            if entry.key.text in known or entry.key.text in PEOPLE:
                continue
            near = _nearest(entry.key.text, set(known) - given)
            if near:
                self._unknown(entry.key, what, near)

    def _unknown(self, key: ScalarNode, what: str, near: str) -> None:
        self._findings.add(
            codes.UNKNOWN_KEY, key.span, f"`{shorten(key.text)}` is not a key of {what} and has no effect",
            help=f"did you mean `{near}`?", fix=_write(key, near, Applicability.SAFE),
        )  # fmt: skip

    # --- values -------------------------------------------------------------------------------------------------------

    def _value(self, entry: Entry) -> None:
        key, value = entry.key.text, entry.value
        if isinstance(value, ScalarNode) and ("{{" in value.text or value.value is None):
            return
        if _is_placeholder(key, value):
            self._findings.add(
                codes.UNFILLED,
                value.span,
                f"`{key}` is not filled in: it is still a placeholder",
                help="write it, or remove it",
            )
        elif key in _LISTS and not isinstance(value, SequenceNode):
            self._wrong(value.span, f"`{key}` is a list", f"write `{key}: [...]`, or one item a line behind `- `")
        elif key in _SINGLE and not isinstance(value, ScalarNode):
            self._wrong(value.span, f"`{key}` is a single value", _SINGLE_HELP.get(key, f"write `{key}: value`"))
        elif key in ("inputs", "expected_outputs") and isinstance(value, ScalarNode):
            self._wrong(
                value.span, f"`{key}` is a mapping or a list of `{{name, value}}`", f"write `{key}: {{name: value}}`"
            )
        elif key in _NAMED and isinstance(value, SequenceNode):
            self._named(value)
        elif key == "phase_execution" and not isinstance(value, MappingNode):
            self._wrong(value.span, "`phase_execution` is a mapping", "write `phase_execution: {mode: sequential}`")
        elif key in CHOICES and isinstance(value, ScalarNode):
            self._choice(key, value)
        elif key in _COUNTS:
            self._count(key, value)
        elif key in _SPANS_OF_TIME:
            self._time(key, value)
        elif key in _YES_OR_NO and not (isinstance(value, ScalarNode) and isinstance(value.value, bool)):
            self._wrong(value.span, f"`{key}` is true or false", f"write `{key}: true`")
        elif key in _CITED:
            self._cited(key, value)

    def _named(self, values: SequenceNode) -> None:
        first: dict[str, SourceSpan] = {}
        for name in names_of(values):
            if first.setdefault(name.text, name.span) != name.span:
                self._findings.add(
                    codes.DUPLICATE_KEY, name.span, f"`{shorten(name.text)}` is given twice",
                    help="keep one of the two",
                    related=[Label(first[name.text], "first given here")],
                )  # fmt: skip

    def _choice(self, key: str, value: ScalarNode) -> None:
        choices = CHOICES[key]
        if value.text in choices:
            return
        near = _near_choice(value.text, choices)
        same = (
            near
            and near.replace("_", "").lower() == value.text.replace("_", "").replace("-", "").replace(" ", "").lower()
        )
        self._findings.add(
            codes.NOT_A_CHOICE, value.span, f"`{key}` can't be `{shorten(value.text)}`",
            help=f"did you mean `{near}`?" if near else f"it is one of {', '.join(choices)}",
            fix=_write(value, near, Applicability.SAFE if same else Applicability.UNSAFE) if near else None,
        )  # fmt: skip

    def _count(self, key: str, value: Node) -> None:
        least = _COUNTS[key]
        number = whole_number(value.text) if isinstance(value, ScalarNode) else None
        if number is None:
            self._wrong(value.span, f"`{key}` is a whole number", f"write `{key}: {max(least, 2)}`")
        elif number < least:
            self._findings.add(
                codes.OUT_OF_RANGE, value.span, f"`{key}` is at least {least}", help=f"write `{key}: {max(least, 2)}`"
            )

    def _time(self, key: str, value: Node) -> None:
        seconds = parse_duration_s(value.text, bare_unit="s") if isinstance(value, ScalarNode) else None
        if seconds is None:
            self._wrong(value.span, f"`{key}` is a duration", f"write it as `{key}: 30s`; a bare number is in seconds")
        elif seconds <= 0:
            self._findings.add(codes.OUT_OF_RANGE, value.span, f"`{key}` is more than 0", help=f"write `{key}: 30s`")

    def _cited(self, key: str, value: Node) -> None:
        for item in _items(value):
            if isinstance(item, MappingNode) and not any(scalar_of(item, each) for each in ("path", "file", "id")):
                self._wrong(
                    item.span, f"a case in `{key}` is an id, a path or `{{path, description}}`", "write its `path`"
                )
            elif isinstance(item, SequenceNode):
                self._wrong(
                    item.span,
                    f"a case in `{key}` is an id, a path or `{{path, description}}`",
                    "remove the inner list",
                )

    # --- steps --------------------------------------------------------------------------------------------------------

    def _step(self, item: Node) -> None:
        if isinstance(item, SequenceNode):
            self._wrong(item.span, "a step is a sentence, or keys such as `action` and `call`", "remove the inner list")
        if not isinstance(item, MappingNode):
            return
        self._step_keys(item)
        for entry in item.entries:
            key, value = entry.key.text, entry.value
            self._value(entry)
            if isinstance(value, ScalarNode) and "{{" in value.text:
                continue
            if key in ("call", "submit", "spec") and not isinstance(value, ScalarNode):
                self._wrong(value.span, f"`{key}` is one name", f"write a step for each `{key}`")
            elif key in ("input", "capture", "with") and not isinstance(value, MappingNode) and not _is_empty(value):
                self._wrong(value.span, f"`{key}` is a mapping", _MAPPING_HELP[key])
            elif key == "expect":
                self._expect(value)
            elif key == "with" and isinstance(value, MappingNode):
                self._known_keys(value, WITH, "`with`")
                for option in value.entries:
                    self._value(option)
            elif key == "fault":
                self._fault(value)

    def _step_keys(self, step: MappingNode) -> None:
        given = {entry.key.text for entry in step.entries}
        runs = not given.isdisjoint(_RUNNING)
        for entry in step.entries:
            key = entry.key.text
            if key in STEP or key in PEOPLE or key in _STEP_PEOPLE:
                continue
            near = _nearest(key, set(STEP) - given)
            if near:
                self._unknown(entry.key, "a step", near)
            elif runs:
                self._findings.add(
                    codes.UNKNOWN_KEY, entry.key.span, f"`{shorten(key)}` is not a key of a step and has no effect",
                    help=f"a step that runs has {', '.join(f'`{each}`' for each in _RUNNING)}",
                )  # fmt: skip

    def _expect(self, value: Node) -> None:
        if isinstance(value, MappingNode):
            self._wrong(value.span, "`expect` is a list of assertions", _assertion_of(value))
        for item in _items(value):
            if not isinstance(item, ScalarNode):
                help_ = _assertion_of(item) if isinstance(item, MappingNode) else "remove the inner list"
                self._wrong(item.span, "an assertion is one text, not a mapping or list", help_)

    def _fault(self, value: Node) -> None:
        if isinstance(value, ScalarNode):
            self._profile(value)
        elif isinstance(value, MappingNode):
            self._known_keys(value, FAULT, "`fault`")
            named = scalar_of(value, "name")
            if named is not None and len(value.entries) == 1:
                self._profile(named)
        responses = value.get("responses") if isinstance(value, MappingNode) else None
        for item in _items(responses):
            status = (
                item
                if isinstance(item, ScalarNode)
                else scalar_of(item, "status")
                if isinstance(item, MappingNode)
                else None
            )
            if status is not None and not 200 <= (whole_number(status.text) or 0) <= 599:
                self._findings.add(
                    codes.OUT_OF_RANGE, status.span, f"`{shorten(status.text)}` is not a status that a mock can answer",
                    help="write a status from 200 to 599, such as `503`",
                )  # fmt: skip

    def _profile(self, value: ScalarNode) -> None:
        is_file = "/" in value.text or "." in value.text
        if value.text in FAULT_PROFILES or is_file or value.value is None:
            return
        near = _near_choice(value.text, FAULT_PROFILES)
        self._findings.add(
            codes.NOT_A_CHOICE, value.span, f"the mock has no profile `{shorten(value.text)}`",
            help=f"did you mean `{near}`?" if near else f"there are {', '.join(FAULT_PROFILES)}, and files of your own",
            fix=_write(value, near, Applicability.UNSAFE) if near else None,
        )  # fmt: skip

    def _wrong(self, span: SourceSpan, message: str, help_: str) -> None:
        self._findings.add(codes.WRONG_TYPE, span, message, help=help_)


_SINGLE_HELP = {"spec": "a case is for one spec; a step may name another with a `spec` of its own"}
_MAPPING_HELP = {
    "input": "write `input: {name: value}`",
    "capture": "write `capture: {name: data.path}`",
    "with": "write `with: {environment: sandbox, time_limit: 5s}`",
}
_STEP_PEOPLE = frozenset({"name", "id", "notes", "verification", "expected_result", "data", "comment"})


def _assertion_of(node: MappingNode) -> str:
    """Return what a mapping was probably meant to assert."""
    first = node.entries[0] if node.entries else None
    if first is not None and isinstance(first.value, ScalarNode) and parse_number(first.value.text) is not None:
        return f'write `"{shorten(first.key.text)} == {first.value.text}"`'
    return 'write `"status == 200"`, and put an assertion that holds a colon into quotes'


def _is_placeholder(key: str, value: Node) -> bool:
    """Return whether a text is still the template's: words in square brackets, quoted or as a list of one."""
    if key not in _FREE_TEXT:
        return False
    if isinstance(value, SequenceNode):
        return value.flow and len(value.items) == 1 and isinstance(value.items[0], ScalarNode)
    return isinstance(value, ScalarNode) and bool(_PLACEHOLDER_RE.match(value.text))


def _items(node: Node | None) -> Iterable[Node]:
    return node.items if isinstance(node, SequenceNode) else ()


def _is_empty(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.value is None


def _nearest(key: str, known: Iterable[str]) -> str | None:
    same = {each.replace("_", ""): each for each in known}
    squeezed = key.replace("-", "").replace("_", "").replace(" ", "").lower()
    if squeezed in same:
        return same[squeezed]
    near = get_close_matches(key.lower(), same.values(), 1, _NEAR)
    return near[0] if near else None


def _near_choice(text: str, choices: Iterable[str]) -> str | None:
    by_lower = {each.replace("_", "").lower(): each for each in choices}
    near = get_close_matches(text.replace("_", "").replace("-", "").replace(" ", "").lower(), by_lower, 1, 0.6)
    return by_lower[near[0]] if near else None


def _write(node: ScalarNode, text: str, applicability: Applicability) -> Fix:
    written = text
    if node.quoted:
        span = node.span
        return Fix(f"write {text}", (Edit(span, f'"{written}"'),), applicability)
    return Fix(f"write {text}", (Edit(node.span, written),), applicability)
