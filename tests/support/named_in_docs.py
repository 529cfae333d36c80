"""What docs name in backticks, and whether it is there: files, modules, commands with their options, targets, rules.

Only what can be nothing else is looked up: a false alarm is worse than a gap.

| a token | is looked up |
|---|---|
| `runtime/state.py`, `tests/property/`, `docs/adr/0001-stage-order.md`, `lint/rules/<group>/` | a path of the project, or below `src/intertie`; `<name>`, `…` and `*` stand for anything, `{a,b}` for each |
| `state.py` on a page for those who work on Intertie | the name of a file of the project |
| `intertie.open(…)`, and on such a page `core.media_types`, `outside_text.shown` | modules and their attributes |
| `result.cause`, `error.status` | an attribute of a `Result` or of an error |
| `intertie queue drop --json`, also in `sh` and `console` blocks | the command, and that it has the options |
| `--show-response` | an option of some command |
| `make bench ONLY=3`, also in `sh` blocks | the target, and that the Makefile reads the variable |
| `TIE203`, `TIE515 budget-exhausted-early`, `# warning: [unknown-key]`, anywhere on a page | a rule's code, the code's name, a rule's name |

A file that the page has its reader save is the reader's.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import click

import intertie
from intertie.cli.main import cli
from intertie.lint.registry import BY_CODE, BY_NAME
from support.page_text import Prose, Snippet, read_page
from support.real_servers import ROOT

PACKAGE = ROOT / "src" / "intertie"
FOLDERS = frozenset({"src", "tests", "docs", "bench", "examples", "editors", "action", "requirements"})
PACKAGES = frozenset(path.parent.name for path in PACKAGE.glob("*/__init__.py"))
FOREIGN_OPTIONS = {"--json": "bench/run.py", "--loglevel": "celery", "--next": "curl", "--preload": "gunicorn"}
"""Options that pages speak of -> the program that has them."""

_TOKEN_RE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
_PATH_RE = re.compile(r"[\w.<>{},*…-]+(?:/[\w.<>{},*…-]*)+")
_DOTTED_RE = re.compile(r"([a-z_]+(?:\.\w+)+)(?=$|\()")
_SUFFIXES = frozenset({"toml", "md", "py", "yaml", "json", "txt", "db", "sock"})
_CODE_RE = re.compile(r"\b(TIE\d{3})\b(?:\]? `?([a-z]+(?:-[a-z]+)+)`?(?![\w-]))?")
_MARK_RE = re.compile(r"(?:error|warning|info|hint): \[([a-z][a-z-]*)\]")
_MAKE_RE = re.compile(r"^make((?: +[\w-]+(?:=(?:\"[^\"]*\"|\S*))?)+)")
_ENDS = frozenset({"|", "||", "&&", "&", ";", ">", ">>", "2>", "<", "#"})


def wrong_names(page: Path, text: str | None = None) -> list[str]:
    """Return what a page names that is not there, each with its line and why."""
    text = page.read_text("utf-8") if text is None else text
    items = read_page(text)
    saved = {item.file for item in items if isinstance(item, Snippet) and item.file}
    ours = page.parent == ROOT or page.parent.name == "adr"
    wrong = [f"{_line(text, place)}: {why}" for place, why in _wrong_rules(text)]
    for item in items:
        if isinstance(item, Prose):
            for before, token in _tokens(item.text):
                if token not in saved:
                    wrong += [f"{item.line}: `{token}`: {why}" for why in _wrong_in(token, before, ours=ours)]
        elif item.language in ("sh", "console"):
            wrong += [f"{item.line}: `{typed}`: {why}" for typed in _typed(item) for why in _wrong_typed(typed)]
    return wrong


def _line(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    """Yield what stands in backticks, each with the word before it."""
    for found in _TOKEN_RE.finditer(text):
        words = text[: found.start()].split()
        yield (words[-1] if words else ""), found[2].strip()


def _typed(block: Snippet) -> Iterator[str]:
    for line in block.body.replace("\\\n", " ").splitlines():
        if block.language == "sh":
            yield line.strip()
        elif line.startswith("$ "):
            yield line[2:].strip()


def _wrong_in(token: str, before: str, *, ours: bool) -> Iterator[str]:
    yield from _wrong_typed(token)
    if re.match(r"--[a-z]", token):
        yield from _wrong_option(token)
    elif _PATH_RE.fullmatch(token):
        yield from _wrong_path(token)
    elif ours and re.fullmatch(r"\w+\.py", token):
        yield from () if token in file_names() else (f"no file of the project is called {token}",)
    elif (found := _DOTTED_RE.match(token)) and before != "logger":
        yield from _wrong_dotted(found[1], ours=ours)


def _wrong_typed(typed: str) -> Iterator[str]:
    if typed.startswith("intertie "):
        yield from wrong_command(re.sub(r"(\"|').*?\1", "TEXT", typed).split())
    elif found := _MAKE_RE.match(typed):
        yield from _wrong_make(found[1])


# --- files and modules ------------------------------------------------------------------------------------------------


@cache
def file_names() -> frozenset[str]:
    """Return the names of the project's Python files."""
    return frozenset(file.name for folder in FOLDERS for file in (ROOT / folder).rglob("*.py"))


def _wrong_path(path: str) -> Iterator[str]:
    first = path.split("/", 1)[0]
    bases = [base for base, known in ((ROOT, FOLDERS), (PACKAGE, PACKAGES)) if first in known]
    if bases and not any(_is_there(base, each) for base in bases for each in _each(path)):
        yield "there is no such file or folder"


def _each(path: str) -> list[str]:
    """Return the paths that one with braces stands for."""
    found = re.search(r"\{([^{}]*,[^{}]*)\}", path)
    if found is None:
        return [path]
    return [each for part in found[1].split(",") for each in _each(path.replace(found[0], part.strip(), 1))]


def _is_there(base: Path, path: str) -> bool:
    pattern = re.sub(r"<[^<>/]*>|…", "*", path).rstrip("/")
    return next(base.glob(pattern), None) is not None if "*" in pattern else (base / pattern).exists()


def _wrong_dotted(name: str, *, ours: bool) -> Iterator[str]:
    first, *rest = name.split(".")
    if rest[-1] in _SUFFIXES:
        return
    if first == "result":
        yield from () if hasattr(intertie.Result, rest[0]) else (f"a `Result` has no `{rest[0]}`",)
    elif first == "error":
        yield from () if rest[0] in error_attributes() else (f"no error has `{rest[0]}`",)
    elif first == "intertie":
        yield from _unresolved(name)
    elif ours and first in PACKAGES:
        yield from _unresolved(f"intertie.{name}")
    elif ours and "_" in first:
        # A module by its last name alone, where only one has it.
        modules = [file.relative_to(PACKAGE).with_suffix("") for file in PACKAGE.rglob(f"{first}.py")]
        if len(modules) == 1:
            yield from _unresolved(".".join(["intertie", *modules[0].parts, *rest]))


def _unresolved(name: str) -> Iterator[str]:
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for number, part in enumerate(parts[length:], start=length):
            if not hasattr(found, part):
                yield f"{'.'.join(parts[:number])} has no {part}"
                return
            found = getattr(found, part)
        return


@cache
def error_attributes() -> frozenset[str]:
    """Return what an error may have."""
    classes = [each for each in vars(intertie).values() if isinstance(each, type) and issubclass(each, Exception)]
    made = vars(intertie.CallError("x"))
    documented = {name for each in classes for name in re.findall(r"^ {8}(\w+):", each.__doc__ or "", re.MULTILINE)}
    return frozenset({*made, *documented, *(name for each in classes for name in dir(each))})


# --- commands, targets, rules -----------------------------------------------------------------------------------------


def wrong_command(words: Sequence[str]) -> Iterator[str]:
    """Yield which commands and options of a command line there are not."""
    command: click.Command = cli
    options, called, skip = _options(cli), "intertie", False
    for word in words[1:]:
        if word in _ENDS:
            return
        if skip:
            skip = False
        elif re.match(r"--?[a-z]", word):
            name, equals, _ = word.rstrip(",").partition("=")
            name = name[:2] if re.fullmatch(r"-(\w)\1+", name) else name
            if name not in options:
                yield f"`{called}` has no option {name}"
                return
            skip = options[name] and not equals
        elif isinstance(command, click.Group):
            following = command.get_command(click.Context(command), word)
            if following is None:
                if re.fullmatch(r"[a-z][a-z-]*", word):
                    yield f"`{called}` has no command {word}"
                return
            command, called = following, f"{called} {word}"
            options |= _options(command)


def _options(command: click.Command) -> dict[str, bool]:
    """Return the options of a command, and whether each takes a value."""
    return {"--help": False} | {
        name: not (option.is_flag or option.count)
        for option in command.params
        if isinstance(option, click.Option)
        for name in (*option.opts, *option.secondary_opts)
    }


@cache
def all_options() -> frozenset[str]:
    """Return the options of all commands."""

    def of(command: click.Command) -> set[str]:
        own = set(_options(command))
        if isinstance(command, click.Group):
            context = click.Context(command)
            below = [command.get_command(context, name) for name in command.list_commands(context)]
            own |= {option for each in below if each is not None for option in of(each)}
        return own

    return frozenset(of(cli))


def _wrong_option(token: str) -> Iterator[str]:
    name = re.match(r"--[a-z-]+", token)
    if name and name[0] not in {*all_options(), *FOREIGN_OPTIONS}:
        yield f"no command has an option {name[0]}"


def _wrong_make(words: str) -> Iterator[str]:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for name, is_variable in re.findall(r" +([\w-]+)(=?)", re.sub(r'"[^"]*"', "", words)):
        if is_variable and f"$({name})" not in makefile:
            yield f"the Makefile reads no {name}"
        elif not is_variable and not re.search(rf"^{re.escape(name)}:", makefile, re.MULTILINE):
            yield f"the Makefile has no target {name}"


def _wrong_rules(text: str) -> Iterator[tuple[int, str]]:
    for found in _CODE_RE.finditer(text):
        code, name = found.groups()
        if code not in BY_CODE:
            yield found.start(), f"there is no rule {code}"
        elif name and name in BY_NAME and BY_CODE[code].name != name:
            yield found.start(), f"{code} is {BY_CODE[code].name}, not {name}"
    for found in _MARK_RE.finditer(text):
        if found[1] not in BY_NAME and found[1] not in _OF_OTHERS:
            yield found.start(), f"there is no rule {found[1]}"


_OF_OTHERS = frozenset({"attr-defined", "call-arg", "arg-type", "call-overload"})
"""Codes of mypy, which a guide shows."""
