"""A pytest plugin for a suite that runs on a mutant: bounded, the same every time, and done at the first failure."""

from __future__ import annotations

import os
import resource
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol
from hypothesis import Phase, settings

settings.register_profile("mutant", phases=(Phase.explicit, Phase.generate), database=None, derandomize=True)
settings.load_profile("mutant")  # before any test module makes its own settings from these

_MOST_BYTES = 6 << 30
resource.setrlimit(resource.RLIMIT_AS, (_MOST_BYTES, _MOST_BYTES))
# A mutant that never ends is stopped by the work that it does, which a busy machine doesn't add to.
if cpu_s := int(os.environ.get("MUTANT_CPU_S", "0")):
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests that compare times: beside other mutants they may fail by themselves."""
    timed = [item for item in items if isinstance(item, pytest.Function) and _compares_times(item)]
    if timed:
        config.hook.pytest_deselected(items=timed)
        items[:] = [item for item in items if item not in timed]


def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool:
    """Run a test that fails once more: what a busy machine makes fail kills no mutant."""
    reports = runtestprotocol(item, nextitem=nextitem, log=False)
    if any(report.failed for report in reports):
        item._initrequest()
        reports = runtestprotocol(item, nextitem=nextitem, log=False)
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    return True


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Write down which test failed: names may hold blanks, and a summary cuts them."""
    if report.failed:
        _note(report.nodeid)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    """Write down what could not even be read."""
    if report.failed:
        _note(report.nodeid)


def _note(nodeid: str) -> None:
    if path := os.environ.get("MUTANT_FAILED"):
        Path(path).write_text(nodeid)


def _compares_times(item: pytest.Function) -> bool:
    code = getattr(item.function, "__code__", None)
    return code is not None and "growth" in code.co_names
