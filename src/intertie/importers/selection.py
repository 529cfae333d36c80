"""Which operations of a source are wanted: by tag, path or name."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from fnmatch import fnmatchcase

from msgspec import Struct

from intertie.core.errors import UsageError, snake_case


class Candidate(Struct, frozen=True):
    """An operation of a source, as far as it is needed to be chosen."""

    key: str
    method: str
    path: str
    name: str = ""
    """Its `operationId`, or what it is called."""
    tags: tuple[str, ...] = ()


class Selection(Struct, frozen=True):
    """What is wanted; where several kinds are given an operation must fit each, and one of each kind's values.

    Attributes:
        tags: Names, without regard to case.
        paths: Globs, in which `*` also stands for slashes.
        operations: Operation ids, in the source's spelling or ours, or `GET /path`.
    """

    tags: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.tags or self.paths or self.operations)

    def takes(self, candidate: Candidate) -> bool:
        """Return whether an operation is wanted."""
        return (
            (not self.tags or any(_has_tag(candidate, tag) for tag in self.tags))
            and (not self.paths or any(fnmatchcase(candidate.path, glob) for glob in self.paths))
            and (not self.operations or any(_is_called(candidate, name) for name in self.operations))
        )

    def check(self, candidates: Iterable[Candidate]) -> None:
        """Refuse a value that fits no operation.

        Raises:
            UsageError: The message names what is near, or what there is.
        """
        every = list(candidates)
        tags = list(dict.fromkeys(tag for candidate in every for tag in candidate.tags))
        for tag in self.tags:
            if not any(_has_tag(candidate, tag) for candidate in every):
                raise UsageError(f"no operation has the tag `{tag}`{_hint(tag, tags)}")
        for glob in self.paths:
            if not any(fnmatchcase(candidate.path, glob) for candidate in every):
                raise UsageError(f"no path matches `{glob}`{_hint(glob, [candidate.path for candidate in every])}")
        for name in self.operations:
            if not any(_is_called(candidate, name) for candidate in every):
                raise UsageError(f"no operation is called `{name}`{_hint(name, [each.name for each in every])}")
        if self and not any(self.takes(candidate) for candidate in every):
            raise UsageError(
                "no operation matches --tag, --path and --operation together; each of them alone matches some"
            )

    def as_options(self) -> list[str]:
        """Return the selection as options of the command line."""
        pairs = (("--tag", self.tags), ("--path", self.paths), ("--operation", self.operations))
        return [part for option, values in pairs for value in values for part in (option, value)]


def _has_tag(candidate: Candidate, tag: str) -> bool:
    return tag.casefold() in (own.casefold() for own in candidate.tags)


def _is_called(candidate: Candidate, name: str) -> bool:
    if " " in name and "/" in name:
        return candidate.key == f"{name.split(maxsplit=1)[0].upper()} {name.split(maxsplit=1)[1]}"
    return bool(candidate.name) and (candidate.name == name or snake_case(candidate.name) == snake_case(name))


def _hint(wanted: str, known: list[str]) -> str:
    near = get_close_matches(wanted, known, n=1, cutoff=0.5)
    if near:
        return f"; did you mean `{near[0]}`?"
    shown = [name for name in known if name][:8]
    more = ", …" if len(known) > len(shown) else ""
    return f"; there are: {', '.join(shown)}{more}" if shown else ""
