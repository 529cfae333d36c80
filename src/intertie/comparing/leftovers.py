"""What no rule weighs: every other field of plan and spec, so that a new field is told from its first day on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest

from msgspec import Struct

from intertie.comparing.change import Change, Impact, Places
from intertie.comparing.rule import ChangeRule
from intertie.comparing.sides import Pair
from intertie.comparing.words import canonical, shown
from intertie.runtime.plan import OperationPlan
from intertie.runtime.schemas import CompiledSchema
from intertie.runtime.wires.plan import WirePlan

KIND = "other-setting"
_PROTOCOL_RE = re.compile(r"\Awire\.\w+\.")

NOT_COMPARED: Mapping[str, str] = {
    "content_hash": "the text's fingerprint: any change of the text changes it",
    "spec_path": "where the file is",
    "sources": "lines of the file",
    "source": "a line of the file",
    "operations.source": "a line of the file",
    "operations.stages": "describes the other fields once more",
    "operations.inbound.source": "a line of the file",
    "operations.outbound.source": "a line of the file",
    "errors.rows.source": "a line of the file",
    "not_enforced.source": "a line of the file",
}
"""Field of the plan -> why a difference in it is none."""


def other_settings(pair: Pair, rules: Iterable[ChangeRule]) -> Iterator[Change]:
    """Yield the differences of the plans that no rule compares."""
    watched = frozenset(path for rule in rules for path in rule.plan)
    for path, old, new in _differences(pair.old.plan, pair.new.plan, "", watched):
        yield _change(path, old, new, pair.at(), ())
    for each in pair.operations:
        for path, old, new in _differences(each.old, each.new, "operations", watched):
            field = _PROTOCOL_RE.sub("", path.removeprefix("operations."))  # as the spec has it
            yield _change(f"{each.name}: {field}", old, new, each.at(), (each.name,))


def _change(subject: str, old: object, new: object, at: Places, operations: tuple[str, ...]) -> Change:
    texts = (_words(old), _words(new))
    told = [text or "absent" for text in texts]
    reason = f"it is {told[1]} instead of {told[0]}, and no rule weighs it: look at what it does"
    return Change(KIND, Impact.RISKY, subject, *texts, reason, *at, operations)


def _differences(old: object, new: object, path: str, watched: frozenset[str]) -> Iterator[tuple[str, object, object]]:
    """Yield path, old and new value of what differs, down to where the two have the same form."""
    if path in NOT_COMPARED or _is_watched(path, watched):
        return
    old, new = _plain(old), _plain(new)
    if isinstance(old, Struct) and type(old) is type(new):
        # Protocols may have fields of one name: each rule compares one protocol's.
        within = f"{path}.{old.protocol}" if isinstance(old, WirePlan) else path
        for name in old.__struct_fields__:
            inside = f"{within}.{name}" if within else name
            # Operations are compared in pairs.
            if inside != "operations":
                yield from _differences(getattr(old, name), getattr(new, name), inside, watched)
    elif _is_row(old) and _is_row(new):
        for before, after in zip_longest(old, new):  # type: ignore[call-overload]
            yield from _differences(before, after, path, watched)
    elif canonical(_words(old)) != canonical(_words(new)) and not _holds_watched(path, watched):
        yield path, old, new


def _is_watched(path: str, watched: frozenset[str]) -> bool:
    """Return whether a rule compares this field, or one that it belongs to."""
    parts = path.split(".")
    return any(".".join(parts[:count]) in watched for count in range(1, len(parts) + 1))


def _holds_watched(path: str, watched: frozenset[str]) -> bool:
    """Return whether rules compare what is in this field: then they tell that it is there, or not."""
    return any(each.startswith(f"{path}.") for each in watched)


def _is_row(value: object) -> bool:
    return isinstance(value, tuple) and all(isinstance(each, Struct) for each in value)


def _plain(value: object) -> object:
    if isinstance(value, CompiledSchema):
        return value.json
    text = getattr(value, "text", None)
    # Paths and transforms are what their text says.
    return text if isinstance(text, str) else value


def _words(value: object) -> str | None:
    if isinstance(value, OperationPlan):
        return value.id
    if isinstance(value, Struct):
        return ", ".join(f"{name} {shown(getattr(value, name))}" for name in value.__struct_fields__)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return shown([_words(each) for each in value])
    return shown(value)
