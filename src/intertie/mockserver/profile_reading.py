"""Profiles read from YAML or JSON; one that can't be read is one message that says where and what.

```yaml
name: rough
responses: [503, {status: 402, code: card_declined}, {status: 200, body: {id: x}, headers: {X-A: b}, delay_ms: 20}]
error_share: 0.1
error_status: [500, 503]
outage: {from_s: 5, to_s: 20}
latency_factor: 2
disconnect: {at: mid_body, share: 0.1}      # or: before_headers | after_headers | mid_body
malformed_body: {share: 0.1}                # or: true
slow_body: 500                              # bytes a second
hang: {share: 0.05}                         # or: true
throttle: disguised                         # or: true, or {kind: disguised, share: 0.5}
credential: env:MOCK_KEY
operations:
  get_charge: {error_share: 0}
```
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml
from msgspec.structs import replace

from intertie.core.errors import UsageError
from intertie.core.units import whole_number
from intertie.mockserver.messages import FaultKind
from intertie.mockserver.profiles import BUILT_IN, Behaviour, ForcedAnswer, Profile

_DISCONNECTS = (FaultKind.DISCONNECT_BEFORE_HEADERS, FaultKind.DISCONNECT_AFTER_HEADERS, FaultKind.DISCONNECT_MID_BODY)
_LARGEST_BYTES = 1_000_000


class ProfileError(UsageError):
    """A profile can't be read; the message says where and what is expected."""


class _Wrong(Exception):  # noqa: N818  # internal: becomes a ProfileError with the place in the file
    def __init__(self, path: tuple[str | int, ...], message: str) -> None:
        super().__init__(message)
        self.path = path


def load_profile(name_or_file: str) -> Profile:
    """Return a built-in profile by name, or the one in a file.

    Raises:
        ProfileError: There is no such profile, or it can't be read.
    """
    if name_or_file in BUILT_IN:
        return BUILT_IN[name_or_file]
    path = Path(name_or_file)
    if not path.is_file():
        near = get_close_matches(name_or_file, BUILT_IN, n=1)
        hint = f"did you mean `{near[0]}`?" if near else f"there are {', '.join(BUILT_IN)}"
        raise ProfileError(f"there is no profile or file `{name_or_file}`: {hint}")
    try:
        text = path.read_bytes()
        if len(text) > _LARGEST_BYTES:
            raise ProfileError(f"{path}: a profile has at most {_LARGEST_BYTES} bytes")
        return parse_profile(text.decode("utf-8-sig"), shown=str(path), name=path.stem)
    except (OSError, UnicodeDecodeError) as reason:
        raise ProfileError(f"{path}: can't be read as UTF-8 text") from reason


def parse_profile(text: str, *, shown: str, name: str) -> Profile:
    """Return the profile in a YAML or JSON text; `shown` names the text in messages.

    Raises:
        ProfileError: With `shown:line`.
    """
    try:
        # The nodes keep their lines. Aliases are not followed twice: their number is bounded by the text's size.
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except yaml.YAMLError as broken:
        mark = getattr(broken, "problem_mark", None)
        line = f":{mark.line + 1}" if mark is not None else ""
        raise ProfileError(f"{shown}{line}: no valid YAML: {getattr(broken, 'problem', None) or 'syntax'}") from broken
    except ValueError as broken:
        # YAML's own readers of `2026-13-45` and of a number of 5,000 digits give no place.
        raise ProfileError(f"{shown}: a number or a date in it can't be read") from broken
    except RecursionError:
        raise ProfileError(f"{shown}: it is nested too deep for a profile") from None
    try:
        return _profile(data, name)
    except _Wrong as wrong:
        dotted = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in wrong.path).lstrip(".")
        place = f"{shown}:{_line(node, wrong.path)}"
        raise ProfileError(f"{place}: {f'`{dotted}` ' if dotted else ''}{wrong}") from None


def profile_of(data: object, *, name: str = "custom", shown: str = "profile") -> Profile:
    """Return the profile that plain data describes: a name, `{"name": "down"}`, or the fields of a profile.

    Raises:
        ProfileError: It can't be read.
    """
    if isinstance(data, str):
        data = {"name": data}
    if isinstance(data, Mapping) and set(data) == {"name"} and data["name"] in BUILT_IN:
        return BUILT_IN[str(data["name"])]
    if isinstance(data, Mapping) and set(data) == {"name"}:
        raise ProfileError(f"{shown}: there is no profile `{data['name']}`: there are {', '.join(BUILT_IN)}")
    try:
        return _profile(data, name)
    except _Wrong as wrong:
        dotted = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in wrong.path).lstrip(".")
        raise ProfileError(f"{shown}: {f'`{dotted}` ' if dotted else ''}{wrong}") from None


def _line(node: yaml.Node | None, path: tuple[str | int, ...]) -> int:
    line = node.start_mark.line + 1 if node is not None else 1
    for part in path:
        following: yaml.Node | None = None
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == str(part):
                    following, line = value, key.start_mark.line + 1
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            following = node.value[part]
            line = following.start_mark.line + 1
        if following is None:
            break
        node = following
    return line


def _profile(data: object, name: str) -> Profile:
    if not isinstance(data, Mapping):
        raise _Wrong((), "must be a mapping of profile fields")
    base = Behaviour()
    fields = {key: value for key, value in data.items() if key not in _ABOUT}
    behaviour = _behaviour(fields, base, ())
    operations: dict[str, Behaviour] = {}
    listed = data.get("operations", {})
    if not isinstance(listed, Mapping):
        raise _Wrong(("operations",), "must be a mapping of operation id to fields")
    for operation, own in listed.items():
        if not isinstance(own, Mapping):
            raise _Wrong(("operations", str(operation)), "must be a mapping of profile fields")
        # Forced answers belong to whoever they are written for; everything else is inherited.
        operations[str(operation)] = _behaviour(own, replace(behaviour, responses=()), ("operations", str(operation)))
    credential = data.get("credential")
    if credential is not None and (not isinstance(credential, str) or ":" not in credential):
        raise _Wrong(("credential",), "must be a secret's reference such as `env:MOCK_KEY`, never the secret itself")
    return Profile(str(data.get("name", name)), behaviour, operations, credential)


_ABOUT = ("name", "description", "operations", "credential")

Path_ = tuple[str | int, ...]


def _behaviour(data: Mapping[Any, object], base: Behaviour, path: Path_) -> Behaviour:
    made = base
    for key, value in data.items():
        reader = _READERS.get(str(key))
        if reader is None:
            near = get_close_matches(str(key), [*_READERS, *_ABOUT], n=1)
            raise _Wrong((*path, str(key)), f"is no field of a profile{f': did you mean `{near[0]}`?' if near else ''}")
        made = reader(made, value, (*path, str(key)))
    return made


def _responses(made: Behaviour, value: object, path: Path_) -> Behaviour:
    if not isinstance(value, list):
        raise _Wrong(path, "must be a list of statuses or of {status, body, headers, delay_ms}")
    return replace(made, responses=tuple(_forced(item, (*path, index)) for index, item in enumerate(value)))


def _forced(item: object, path: Path_) -> ForcedAnswer:
    if isinstance(item, int | str) and not isinstance(item, bool):
        return ForcedAnswer(status=_status(item, path))
    if not isinstance(item, Mapping):
        raise _Wrong(path, "must be a status or {status, body, headers, delay_ms, code, fault}")
    made = ForcedAnswer()
    for key, value in item.items():
        place = (*path, str(key))
        if key == "status":
            made = replace(made, status=_status(value, place))
        elif key == "body":
            made = replace(made, body=value, has_body=True)
        elif key == "headers":
            if not isinstance(value, Mapping):
                raise _Wrong(place, "must be a mapping of header name to value")
            made = replace(made, headers=tuple((str(name), _header(text, place)) for name, text in value.items()))
        elif key == "delay_ms":
            made = replace(made, delay_s=_number(value, place, 0, 3_600_000) / 1000)
        elif key == "code":
            made = replace(made, code=str(value), status=made.status)
        elif key == "fault":
            made = replace(made, fault=_one_of(value, place, [*_DISCONNECTS, FaultKind.HANG]))
        else:
            raise _Wrong(place, "is none of status, body, headers, delay_ms, code, fault")
    if made.code is not None and made.status is None:
        made = replace(made, status=400)
    return made


def _header(value: object, path: Path_) -> str:
    text = str(value)
    if any(ord(letter) < 0x20 or ord(letter) > 0xFF or ord(letter) == 0x7F for letter in text):
        raise _Wrong(path, "has a header value that can't be sent")
    return text


def _error_status(made: Behaviour, value: object, path: Path_) -> Behaviour:
    listed = value if isinstance(value, list) else [value]
    if not listed:
        raise _Wrong(path, "must name at least one status")
    return replace(made, error_statuses=tuple(_status(one, path, lowest=400) for one in listed))


def _outage(made: Behaviour, value: object, path: Path_) -> Behaviour:
    if not isinstance(value, Mapping) or not set(value) <= {"from_s", "to_s"}:
        raise _Wrong(path, "must be {from_s, to_s}, seconds after the profile was chosen")
    start = _number(value.get("from_s", 0), (*path, "from_s"), 0, 1e9)
    end = _number(value.get("to_s", 1e9), (*path, "to_s"), start, 1e9)
    return replace(made, outage=(start, end))


def _disconnect(made: Behaviour, value: object, path: Path_) -> Behaviour:
    if value in (None, False):
        return replace(made, disconnect=None)
    share = 1.0
    if isinstance(value, Mapping):
        share = _number(value.get("share", 1), (*path, "share"), 0, 1)
        value = value.get("at", FaultKind.DISCONNECT_BEFORE_HEADERS.value)
    return replace(made, disconnect=_one_of(value, path, list(_DISCONNECTS)), disconnect_share=share)


def _throttle(made: Behaviour, value: object, path: Path_) -> Behaviour:
    share = 1.0
    if isinstance(value, Mapping):
        share = _number(value.get("share", 1), (*path, "share"), 0, 1)
        value = value.get("kind", True)
    kinds = {True: "plain", "plain": "plain", "disguised": "disguised", False: None, None: None}
    if not isinstance(value, bool | str | None) or value not in kinds:
        raise _Wrong(path, "must be true, false, `disguised` or {kind, share}")
    return replace(made, throttle=kinds[value], throttle_share=share)


def _share_of(name: str) -> Callable[[Behaviour, object, Path_], Behaviour]:
    def read(made: Behaviour, value: object, path: Path_) -> Behaviour:
        if isinstance(value, Mapping):
            value = value.get("share", 1)
        share = float(value) if isinstance(value, bool) else _number(value, path, 0, 1)
        return replace(made, **{name: share})  # names of ratio fields only

    return read


def _slow_body(made: Behaviour, value: object, path: Path_) -> Behaviour:
    if value in (None, False):
        return replace(made, slow_bytes_per_second=None)
    return replace(made, slow_bytes_per_second=_number(value, path, 1, 1e9))


def _latency_factor(made: Behaviour, value: object, path: Path_) -> Behaviour:
    return replace(made, latency_factor=_number(value, path, 0, 1e6))


_READERS: Mapping[str, Callable[[Behaviour, object, Path_], Behaviour]] = {
    "responses": _responses,
    "error_share": _share_of("error_share"),
    "error_status": _error_status,
    "outage": _outage,
    "latency_factor": _latency_factor,
    "disconnect": _disconnect,
    "malformed_body": _share_of("malformed_share"),
    "slow_body": _slow_body,
    "hang": _share_of("hang_share"),
    "throttle": _throttle,
}


def _status(value: object, path: Path_, *, lowest: int = 200) -> int:
    status = None if isinstance(value, bool) else whole_number(str(value))
    if status is None or not lowest <= status <= 599:
        raise _Wrong(path, f"must be a status from {lowest} to 599")
    return status


def _number(value: object, path: Path_, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise _Wrong(path, f"must be a number from {low:g} to {high:g}")
    return float(value)


def _one_of(value: object, path: Path_, kinds: list[FaultKind]) -> FaultKind:
    for kind in kinds:
        if value == kind.value:
            return kind
    raise _Wrong(path, f"must be one of {', '.join(kind.value for kind in kinds)}")
