"""What a command does not load it need not pay for: a process that starts for one call starts often."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

LOADED = """
import sys
from intertie.cli.main import run
status = run(sys.argv[1:])
print("loaded", status, *sorted(sys.modules), file=sys.stderr)
"""

HEAVY = {"asyncio", "multiprocessing", "concurrent.futures", "unittest", "http.client", "importlib.resources"}
"""What no command needs that neither serves nor shares its work out."""
RUNNING = {
    "intertie.runtime.linked", "intertie.runtime.fused", "intertie.runtime.pipeline", "intertie.runtime.masking",
    "intertie.runtime.surroundings", "intertie.client.blocking", "httptools", "sqlite3", "ssl",
    "intertie.runtime.policies.retry.policy", "intertie.runtime.policies.limiter.policy",
    "intertie.runtime.policies.auth.schemes", "intertie.runtime.wires.rest.requests.builder",
}  # fmt: skip
"""What runs a call."""
READING = {
    "yaml", "markdown_it", "intertie.spec.loading", "intertie.spec.markdown", "intertie.spec.yaml_nodes",
    "intertie.compiler.compile", "intertie.compiler.endpoints", "intertie.compiler.wires.registry",
    "intertie.lint.before_use", "intertie.lint.ids",
}  # fmt: skip
"""What makes a plan of a text."""
OTHERS = {"intertie.mockserver", "intertie.generators", "intertie.importers", "intertie.comparing", "intertie.lsp"}


def loaded(*arguments: str) -> set[str]:
    """Return the modules of a process that ran one command line."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *arguments],
        capture_output=True, text=True, check=True, env=os.environ, timeout=120,
    )  # fmt: skip
    word, status, *modules = done.stderr.splitlines()[-1].split()
    assert (word, status) == ("loaded", "0"), done.stderr
    return set(modules)


def test_help_loads_neither_compiler_nor_rules():
    """A word about the commands is there at once."""
    modules = loaded("--help")
    forbidden = (
        HEAVY | RUNNING | OTHERS | {"intertie.compiler", "intertie.lint", "intertie.spec", "yaml", "markdown_it"}
    )
    assert modules & {*forbidden, "difflib", "logging", "json", "random"} == set()


@pytest.mark.parametrize("command", ["check", "plan"])
def test_what_only_looks_loads_nothing_that_runs_a_call(shell, command):
    """A plan is described by its guards, and not by what they do."""
    modules = loaded(command, str(shell.root / "specs" / "test.md"))
    allowed = {"sqlite3"} if command == "plan" else set()
    assert modules & ((HEAVY | RUNNING | OTHERS) - allowed) == set()


def test_a_call_loads_what_its_plan_has(shell):
    """Neither reader, compiler nor rules once its plan is kept, nothing for asyncio, streams or guards that are off."""
    line = ("call", "INT-001", "create_charge", "amount=1", "currency=EUR", *shell.at_mock)
    loaded(*line)
    loaded(*line)
    modules = loaded(*line)
    others = OTHERS | {
        "intertie.lint.checking", "intertie.lint.registry", "intertie.client.asynchronous", "intertie.client.typed",
        "intertie.adapters.http1.asyncio_transport", "intertie.adapters.http1.blocking_duplex",
        "intertie.adapters.http1.upgraded", "intertie.runtime.policies.bulkhead.policy",
        "click.shell_completion",
    }  # fmt: skip
    assert modules & (HEAVY | READING | others) == set()
