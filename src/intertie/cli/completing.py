"""What a shell offers for the words of a command line: specs, operations, environments, profiles, rules.

Completion never speaks: a spec that can't be read has no operations to offer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from intertie.core.errors import IntertieError, snake_case

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from intertie.spec.model import Spec


def complete_spec(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer the ids of the workspace's specs, and files."""
    from intertie.spec.workspace import Workspace, find_workspace  # noqa: PLC0415  # keeps other commands quick

    chosen = _workspace(ctx)
    workspace = find_workspace(Path.cwd()) if chosen is None else Workspace(chosen)
    found = _starting(workspace.spec_ids(), incomplete)
    # A shell takes "file" as leave to offer its own: where an id fits, that is what was meant.
    return found if found and incomplete else [_files(incomplete), *found]


def complete_operation(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer the operations of the spec that is named before."""
    return _starting(_operations(ctx), incomplete)


def complete_environment(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer the environments of the spec that is named before."""
    return _starting(_environments(ctx), incomplete)


def complete_profile(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer the mock's own profiles, and files."""
    from intertie.mockserver.profiles import BUILT_IN  # noqa: PLC0415  # keeps other commands quick

    return _starting(BUILT_IN, incomplete) or [_files(incomplete)]


def complete_rule(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer the codes of all rules, and their names once one is begun."""
    from intertie.lint.registry import RULES  # noqa: PLC0415  # keeps other commands quick

    codes = [_item(rule.code, about=rule.name) for rule in RULES if rule.code.startswith(incomplete.upper())]
    return codes or _starting((rule.name for rule in RULES), incomplete)


def _operations(ctx: click.Context) -> Iterator[str]:
    spec = _spec(ctx)
    for endpoint in spec.endpoints if spec is not None else ():
        if endpoint.name is not None:
            yield snake_case(endpoint.name.value)


def _environments(ctx: click.Context) -> Iterator[str]:
    spec = _spec(ctx)
    for name, _ in spec.service.environments if spec is not None and spec.service is not None else ():
        yield name.value


def _spec(ctx: click.Context) -> Spec | None:
    from intertie.app.workbench import open_workbench  # noqa: PLC0415  # keeps other commands quick

    named = _named_spec(ctx)
    if named is None:
        return None
    try:
        return open_workbench(named, workspace=_workspace(ctx)).load(named).spec
    except IntertieError:
        return None


def _named_spec(ctx: click.Context) -> str | None:
    """Return the spec of an unfinished line. Where its last word is an option, the arguments are not sorted out yet."""
    given = ctx.params.get("spec") or ctx.params.get("specs")
    if given:
        return str(given[0] if isinstance(given, tuple) else given)
    names = [each.name for each in ctx.command.params if isinstance(each, click.Argument)]
    place = next((index for index, name in enumerate(names) if name in ("spec", "specs")), len(ctx.args))
    return ctx.args[place] if place < len(ctx.args) else None


def _workspace(ctx: click.Context) -> Path | None:
    return ctx.find_root().params.get("workspace")


def _starting(words: Iterable[str], incomplete: str) -> list[CompletionItem]:
    return [_item(word) for word in words if word.startswith(incomplete)]


def _files(incomplete: str) -> CompletionItem:
    """Return what leaves it to the shell to offer files."""
    return _item(incomplete, kind="file")


def _item(word: str, *, kind: str = "plain", about: str | None = None) -> CompletionItem:
    from click.shell_completion import CompletionItem  # noqa: PLC0415  # only where a shell asks

    return CompletionItem(word, type=kind, help=about)
