"""The configuration of a workspace: `intertie.toml`, `INTERTIE_*` variables and flags, each value with its source.

Flags win over the environment, which wins over the file, which wins over the defaults.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from math import inf
from pathlib import Path
from types import MappingProxyType

from msgspec import Struct

from intertie.compiler.codes import CODES
from intertie.compiler.setting_values import DEFAULT_BLOCKS, default_fields, read_setting
from intertie.compiler.toml_places import nearest_place, toml_places
from intertie.core.errors import UsageError
from intertie.core.units import parse_duration_s
from intertie.diagnostics import Diagnostic, SourceSpan
from intertie.spec.workspace import Unreadable, read_text

FILE_NAME = "intertie.toml"
MAX_BYTES = 1_000_000
"""Largest configuration file that is read."""
PREFIX = "INTERTIE_"
ENVIRONMENT_ONLY = frozenset({"INTERTIE_WORKSPACE", "INTERTIE_CONFIG"})
"""Variables of the command line's own options; no setting has their names."""

_SHORTEST_HISTORY_S = 3600
_CHOICES = MappingProxyType(
    {
        "durability": ("process", "power"),
        "store_down": ("fair_share", "refuse", "allow"),
        "audit": ("grouped", "strict"),
    }
)
_BUILT_IN: Mapping[str, str | None] = MappingProxyType(
    {
        "environment": None,
        "base_url": None,
        "state": "sqlite:///.intertie/state.db",
        "journal": "sqlite:///.intertie/journal.db",
        "durability": "process",
        "store_down": "fair_share",
        "audit": "grouped",
        "history": "90d",
        "trust": "system",
    }
)
_RAW = ("lint", "channels", "gateway")


class Setting(Struct, frozen=True):
    """One configured value of `[defaults]`, in the model's units, and where it was said."""

    value: object
    source: str


@dataclass(frozen=True, slots=True)
class Settings:
    """What is configured for a workspace.

    Attributes:
        root: The workspace's folder; relative paths in store URLs start there.
        environment: Environment of every spec where a call names none, None for each spec's own.
        base_url: Where calls go instead of what the specs say, None for each spec's own.
        state, journal: Store URLs.
        durability: `process` survives a killed process, `power` a power cut too.
        store_down: What to do when the shared state can't be reached: `fair_share`, `refuse` or `allow`.
        audit: `grouped`, or `strict` (stored before the call is sent).
        history_s: How long finished calls are kept, infinite for `forever`.
        trust: `system`, files and folders of certificates, separated by commas: who vouches for services.
        defaults: `block.field` -> value used where a spec is silent.
        lint, channels, gateway: Those tables as they are.
        sources: Setting -> `flag`, the variable's name, `intertie.toml:3` or `default`.
        environ: Variables that `${NAME}` in a base URL is read from.
        diagnostics: Keys that nothing reads.
    """

    root: Path
    environment: str | None = None
    base_url: str | None = None
    state: str = "sqlite:///.intertie/state.db"
    journal: str = "sqlite:///.intertie/journal.db"
    durability: str = "process"
    store_down: str = "fair_share"
    audit: str = "grouped"
    history_s: float = 90 * 86400.0
    trust: str = "system"
    defaults: Mapping[str, Setting] = field(default_factory=dict)
    lint: Mapping[str, object] = field(default_factory=dict)
    channels: Mapping[str, object] = field(default_factory=dict)
    gateway: Mapping[str, object] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def lint_select(self) -> tuple[str, ...]:
        """Rules or prefixes to check; empty means all."""
        return _words(self.lint.get("select"))

    @property
    def lint_ignore(self) -> tuple[str, ...]:
        """Rules or prefixes not to check."""
        return _words(self.lint.get("ignore"))


def load_settings(
    root: Path, *, config: Path | None, environ: Mapping[str, str], flags: Mapping[str, object]
) -> Settings:
    """Return the settings of a workspace.

    Args:
        root: The workspace's folder.
        config: Configuration file instead of the workspace's `intertie.toml`.
        environ: Where `INTERTIE_*` are read.
        flags: Setting (or `defaults.retry.max_attempts`) -> value given on the command line; None means not given.

    Raises:
        UsageError: The file can't be read or is no TOML, or a value is not what its key takes.
    """
    return _Reader(root, config, environ, flags).read()


class _Reader:
    def __init__(
        self, root: Path, config: Path | None, environ: Mapping[str, str], flags: Mapping[str, object]
    ) -> None:
        self._root = root
        self._environ = environ
        self._flags = {name: value for name, value in flags.items() if value is not None}
        self._path = config if config is not None else root / FILE_NAME
        self._shown = _shown(self._path, root)
        text = self._text(required=config is not None)
        self._table = self._parsed(text)
        self._places = toml_places(text, self._shown) if text else {}
        self._diagnostics: list[Diagnostic] = []

    def read(self) -> Settings:
        plain: dict[str, str | None] = {}
        sources: dict[str, str] = {}
        for name, built_in in _BUILT_IN.items():
            value, source = self._one(name, built_in)
            if value is not None and name in _CHOICES and value not in _CHOICES[name]:
                raise UsageError(f"{source}: {name} = `{value}`: expected one of {', '.join(_CHOICES[name])}")
            plain[name], sources[name] = value, source
        history_s = _kept_s(plain["history"] or "", sources["history"])
        raw = {name: self._section(name, sources) for name in _RAW}
        defaults = dict(self._defaults())
        sources.update({f"defaults.{key}": setting.source for key, setting in defaults.items()})
        self._find_unknown()
        return Settings(
            root=self._root,
            environment=plain["environment"],
            base_url=plain["base_url"],
            state=plain["state"] or "",
            journal=plain["journal"] or "",
            durability=plain["durability"] or "",
            store_down=plain["store_down"] or "",
            audit=plain["audit"] or "",
            history_s=history_s,
            trust=plain["trust"] or "",
            defaults=MappingProxyType(defaults),
            lint=raw["lint"],
            channels=raw["channels"],
            gateway=raw["gateway"],
            sources=MappingProxyType(sources),
            environ=self._environ,
            diagnostics=tuple(self._diagnostics),
        )

    def _text(self, *, required: bool) -> str:
        if not os.path.lexists(self._path):
            if required:
                raise UsageError(f"there is no configuration file {self._path}")
            return ""
        if required and not self._path.is_file():
            # Who names a pipe or /dev/null means it.
            return self._path_of_no_file()
        try:
            return read_text(self._path, most=MAX_BYTES)
        except Unreadable as error:
            raise UsageError(f"{self._shown} can't be read: {error.reason}") from None

    def _path_of_no_file(self) -> str:
        try:
            return self._path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            reason = "it is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else error.strerror
            raise UsageError(f"{self._shown} can't be read: {reason}") from None

    def _parsed(self, text: str) -> dict[str, object]:
        if not text:
            return {}
        import tomllib  # noqa: PLC0415  # where there is a file

        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise UsageError(f"{self._shown} is not valid TOML: {error}") from None
        except RecursionError:
            raise UsageError(f"{self._shown} is not valid TOML: it is nested too deep") from None

    def _one(self, name: str, built_in: str | None) -> tuple[str | None, str]:
        variable = PREFIX + name.upper()
        if name in self._flags:
            return str(self._flags[name]), "flag"
        if self._environ.get(variable):
            return self._environ[variable], variable
        if name in self._table:
            value = self._table[name]
            if not isinstance(value, str) or not value:
                raise UsageError(f"{self._place((name,))}: {name}: expected a text such as `{built_in or 'staging'}`")
            return value, str(self._place((name,)))
        return built_in, "default"

    def _section(self, name: str, sources: dict[str, str]) -> Mapping[str, object]:
        table = self._table.get(name, {})
        if not isinstance(table, dict):
            raise UsageError(f"{self._place((name,))}: {name}: expected a table `[{name}]`")
        merged = dict(table)
        sources[name] = str(self._place((name,))) if table else "default"
        for variable, value in self._variables(name):
            merged[variable.removeprefix(f"{PREFIX}{name.upper()}_").lower()] = value
            sources[name] = variable
        flag = self._flags.get(name)
        if isinstance(flag, Mapping):
            merged.update(flag)
            sources[name] = "flag"
        return MappingProxyType(merged)

    def _variables(self, section: str) -> Iterator[tuple[str, str]]:
        start = f"{PREFIX}{section.upper()}_"
        return ((name, value) for name, value in sorted(self._environ.items()) if name.startswith(start) and value)

    def _defaults(self) -> Iterator[tuple[str, Setting]]:
        table = self._table.get("defaults", {})
        if not isinstance(table, dict):
            raise UsageError(f"{self._place(('defaults',))}: defaults: expected a table `[defaults]`")
        for block, values in table.items():
            if block in DEFAULT_BLOCKS and not isinstance(values, dict):
                raise UsageError(f"{self._place(('defaults', block))}: expected a table `[defaults.{block}]`")
        for block in DEFAULT_BLOCKS:
            in_file = table.get(block, {})
            for name, info in default_fields(block).items():
                key = f"{block}.{name}"
                variable = f"{PREFIX}DEFAULTS_{block}_{name}".upper()
                if f"defaults.{key}" in self._flags:
                    value, source = self._flags[f"defaults.{key}"], "flag"
                elif self._environ.get(variable):
                    value, source = self._environ[variable], variable
                elif name in in_file:
                    value, source = in_file[name], str(self._place(("defaults", block, name)))
                else:
                    continue
                try:
                    yield key, Setting(read_setting(value, info), source)
                except ValueError as wrong:
                    raise UsageError(f"{source}: {key}: {wrong}, found `{value}`") from None

    def _find_unknown(self) -> None:
        known = (*_BUILT_IN, "defaults", *_RAW)
        for key in self._table:
            if key not in known:
                self._unknown((key,), known)
        defaults = self._table.get("defaults", {})
        for block, values in defaults.items() if isinstance(defaults, dict) else ():
            if block not in DEFAULT_BLOCKS:
                self._unknown(("defaults", block), DEFAULT_BLOCKS)
                continue
            names = default_fields(block)
            for name in values:
                if name not in names:
                    self._unknown(("defaults", block, name), names)
        self._find_misspelt_variables()

    def _find_misspelt_variables(self) -> None:
        known = [PREFIX + name.upper() for name in _BUILT_IN]
        for variable in sorted(self._environ):
            if not variable.startswith(PREFIX) or variable in known or variable in ENVIRONMENT_ONLY:
                continue
            # Other tools may have variables of this prefix: only what looks like a slip of ours is told.
            if near := get_close_matches(variable, known, n=1, cutoff=0.85):
                self._report(
                    f"environment variable {variable} has no effect", near[0], nearest_place({}, (), "environment")
                )

    def _unknown(self, key: tuple[str, ...], known: object) -> None:
        near = get_close_matches(key[-1], list(known), n=1)  # type: ignore[call-overload]
        self._report(f"unknown setting `{'.'.join(key)}`", near[0] if near else None, self._place(key))

    def _report(self, message: str, near: str | None, span: SourceSpan) -> None:
        code = CODES["unknown-setting"]
        help_ = f"did you mean `{near}`?" if near else code.help
        self._diagnostics.append(Diagnostic(code.code, code.name, code.severity, message, span, help_))

    def _place(self, key: tuple[str, ...]) -> SourceSpan:
        return nearest_place(self._places, key, self._shown)


def _kept_s(text: str, source: str) -> float:
    """Return how long the history is kept, in seconds."""
    if text == "forever":
        return inf
    seconds = parse_duration_s(text, bare_unit="d")
    if seconds is None or seconds < _SHORTEST_HISTORY_S:
        raise UsageError(f"{source}: history = `{text}`: expected `forever`, or at least an hour, such as `90d`")
    return float(seconds)


def _shown(path: Path, root: Path) -> str:
    try:
        return path.resolve().relative_to(root.resolve()).as_posix()
    except ValueError:
        return str(path)


def _words(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(word.strip() for word in value.split(",") if word.strip())
    return tuple(str(word) for word in value) if isinstance(value, list | tuple) else ()
