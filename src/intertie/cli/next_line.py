"""The line to type next: how a mock that has just started is called from where the person stands."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from urllib.parse import urlsplit

import msgspec

from intertie.cli.context import CliContext
from intertie.core.clock import Clock
from intertie.core.outside_text import shown
from intertie.mockserver.trial import TrialCall, trial_calls
from intertie.runtime.plan import Plan

_WIDE = 78
_VARIABLE_RE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PLAIN_NAME_RE = re.compile(r"[A-Za-z_][\w-]*")


class NextLine(msgspec.Struct, frozen=True):
    """What a mock says about how to call it.

    Attributes:
        context: Global options, which the next command needs again.
        spec: The spec as the person named it.
        environment: The environment that the person asked for, None where none was.
        known_credential: Whether the mock was given an exact credential; then no other will do.
        environ: Environment variables of the person's shell.
    """

    context: CliContext
    spec: str
    environment: str | None
    known_credential: bool
    environ: Mapping[str, str]
    clock: Clock

    def text(self, plan: Plan, url: str) -> str:
        """Return where the mock of `plan` listens, and the commands that call it."""
        title = shown(plan.title, most=60)
        typed = [(self._call(plan, call, url), call) for call in trial_calls(plan, clock=self.clock)]
        # What can't be typed can't be suggested.
        typed = [(line, call) for line, call in typed if line.isprintable()]
        if not typed:
            return f"{title} listens on {url}; its operations are listed by\n  {self._command('plan', self.spec)}"
        short = (pair for pair in typed if len(pair[0]) <= _WIDE)
        line, call = next(short, min(typed, key=lambda pair: len(pair[0])))
        return "\n  ".join([f"{title} listens on {url}; call it with", *self._exports(plan, call), line])

    def _call(self, plan: Plan, call: TrialCall, url: str) -> str:
        words = [self.spec, call.operation, *_pairs(call.given)]
        if self.environment is not None:
            words += ["--env", self.environment]
        if not calls_go_to(plan, url):
            words += ["--base-url", url]
        return self._command("call", *words)

    def _command(self, *words: str) -> str:
        command = ["intertie"]
        if self.context.workspace is not None:
            command += ["--workspace", str(self.context.workspace)]
        if self.context.config is not None:
            command += ["--config", str(self.context.config)]
        return shlex.join([*command, *words])

    def _exports(self, plan: Plan, call: TrialCall) -> list[str]:
        """Return what sets the environment variables that the call needs and that are not set."""
        needed = list(call.variables)
        if plan.auth.type != "none" and not self.known_credential:
            references = (plan.auth.secret, plan.auth.username, plan.auth.password)
            needed += [name for kind, _, name in (each.partition(":") for each in references if each) if kind == "env"]
        return [
            f"export {name}=any"
            for name in dict.fromkeys(needed)
            if not self.environ.get(name) and _VARIABLE_RE.fullmatch(name)
        ]


def calls_go_to(plan: Plan, url: str) -> bool:
    """Return whether calls of the plan reach the mock on `url` without being told to."""
    there, here = urlsplit(plan.origin.url), urlsplit(url)
    named = here.hostname == there.hostname or (there.hostname == "localhost" and here.hostname == "127.0.0.1")
    return named and (there.scheme, plan.origin.port, there.path) == (here.scheme, here.port, here.path)


def _pairs(given: Mapping[str, object]) -> list[str]:
    """Return the arguments of `intertie call` that give this input."""
    if not all(_PLAIN_NAME_RE.fullmatch(name) for name in given):
        return ["--input", msgspec.json.encode(given).decode()]
    return [
        f"{name}={value}"
        if isinstance(value, str) and not value.startswith("@")
        else f"{name}:={msgspec.json.encode(value).decode()}"
        for name, value in given.items()
    ]
