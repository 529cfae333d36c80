"""Runs pytest again and again, each time in a fork of a process that has imported what takes long: an order is a line.

An order is JSON: `arguments` of pytest, `output` (a file), `failed` (a file that names the test that failed), `longest`
(a file that says how many seconds the longest test took), `cpu_s` (at most so much work, 0 for any), `each_s` (at most so
long for one test, 0 for any) and `writes` (whether bytecode may be left behind). Two lines answer it: the process, as soon
as it runs, and its exit status. A process that takes too long ends by SIGXCPU or SIGALRM.

The suite runs as it does otherwise, but the same every time, within bounds, and without the tests that compare times.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import signal
import sys
import time
import traceback
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol
from hypothesis import Phase, settings

_SLOW_TO_IMPORT = ("click", "httptools", "hypothesis.stateful", "jsonpath", "jsonschema_rs", "markdown_it", "msgspec")
_MOST_BYTES = 6 << 30


class Plugin:
    """Runs a failing test twice, writes down which one failed and how long the longest took, and ends what hangs."""

    def __init__(self, failed: Path, longest: Path, each_s: float) -> None:
        self._failed = failed
        self._longest = longest
        self._each_s = each_s
        self._longest_s = 0.0

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Leave out the tests that compare times: beside other mutants they may fail by themselves."""
        timed = [item for item in items if isinstance(item, pytest.Function) and _compares_times(item)]
        if timed:
            config.hook.pytest_deselected(items=timed)
            items[:] = [item for item in items if item not in timed]

    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool:
        """Run a test that fails once more: what a busy machine makes fail kills no mutant."""
        reports = self._reports(item, nextitem)
        if any(report.failed for report in reports):
            item._initrequest()
            reports = self._reports(item, nextitem)
        for report in reports:
            item.ihook.pytest_runtest_logreport(report=report)
        return True

    def _reports(self, item: pytest.Item, nextitem: pytest.Item | None) -> list[pytest.TestReport]:
        began_s = time.monotonic()
        signal.setitimer(signal.ITIMER_REAL, self._each_s)  # nobody handles its signal, so it ends the process
        reports = runtestprotocol(item, nextitem=nextitem, log=False)
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        self._longest_s = max(self._longest_s, time.monotonic() - began_s)
        return reports

    def pytest_sessionfinish(self) -> None:
        """Write down how long the longest test took."""
        self._longest.write_text(str(self._longest_s))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Write down which test failed: names may hold blanks, and a summary cuts them."""
        if report.failed:
            self._failed.write_text(report.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Write down what could not even be read."""
        if report.failed:
            self._failed.write_text(report.nodeid)


def _compares_times(item: pytest.Function) -> bool:
    code = getattr(item.function, "__code__", None)
    return code is not None and "growth" in code.co_names


def _run(order: dict[str, object]) -> int:
    os.setsid()
    output = os.open(str(order["output"]), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.dont_write_bytecode = not order["writes"]
    os.environ["PYTHONDONTWRITEBYTECODE"] = "" if order["writes"] else "1"
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_BYTES, _MOST_BYTES))
    if cpu_s := int(str(order["cpu_s"])):
        # A mutant that never ends is stopped by the work that it does, which a busy machine doesn't add to.
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
    arguments = ["-x", "-q", "-n0", "--tb=line", "--assert=plain", "-p", "no:cacheprovider", *order["arguments"]]
    plugin = Plugin(Path(str(order["failed"])), Path(str(order["longest"])), float(str(order["each_s"])))
    return int(pytest.main(arguments, plugins=[plugin]))


def _serve() -> None:
    settings.register_profile("mutant", phases=(Phase.explicit, Phase.generate), database=None, derandomize=True)
    settings.load_profile("mutant")  # before any test module makes its own settings from these
    for name in _SLOW_TO_IMPORT:
        importlib.import_module(name)
    for line in sys.stdin:
        child = os.fork()
        if not child:
            status = 70
            try:
                status = _run(json.loads(line))
            except BaseException:  # noqa: BLE001  # whatever it is, it goes where the output goes, and the fork ends here
                traceback.print_exc()
            finally:
                sys.stdout.flush()
                os._exit(status)
        print(child, flush=True)  # noqa: T201  # the other side reads it
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201


if __name__ == "__main__":
    _serve()
