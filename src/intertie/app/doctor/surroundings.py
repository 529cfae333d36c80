"""What belongs to the machine and the installation: its clock, the extras and libraries that a spec needs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from intertie.app.doctor.check import Check, ok, problem, warning
from intertie.core.outside_text import shown
from intertie.spec.model import Spec

_TOLERANCE_S = 300.0
EXTRAS = {"expressions": "cel_expr_python", "uvloop": "uvloop", "lsp": "pygls"}
"""Extra -> the package that it brings."""
_NO_LIBRARY = frozenset({"none", "n", "na"})


def is_installed(extra: str) -> bool:
    """Return whether the package of an extra is there, without loading it."""
    return find_spec(EXTRAS[extra]) is not None


def has_distribution(name: str) -> bool:
    """Return whether a Python distribution is installed here."""
    try:
        version(name)
    except (PackageNotFoundError, ValueError):
        return False
    return True


def check_clock(now_s: float, files: Iterable[Path]) -> Check:
    """Return whether the clock can be right: no file of ours can have been written after now.

    Nobody is asked for the time: what asks a server is a call. A certificate that is not valid yet or no longer is told
    with its own check.
    """
    newest: tuple[float, Path] | None = None
    for path in files:
        try:
            written_s = path.stat().st_mtime
        except OSError:
            continue  # it is not there, or not ours to look at: another file tells
        if newest is None or written_s > newest[0]:
            newest = written_s, path
    if newest is not None and newest[0] > now_s + _TOLERANCE_S:
        return problem(
            "clock",
            f"it says {_when(now_s)}, and {shown(newest[1].name)} was written on {_when(newest[0])}: it is behind",
            "synchronize it with a time server: budgets, certificates and dates depend on it",
        )
    return ok("clock", f"{_when(now_s)}, after every file here")


def check_extras(specs: Iterable[tuple[str, Spec]], installed: Callable[[str], bool] = is_installed) -> Iterator[Check]:
    """Yield a problem for each extra that a spec needs and that is not installed, and one line for the rest."""
    needing = [path for path, spec in specs if _has_expressions(spec)]
    if needing and not installed("expressions"):
        names = ", ".join(shown(path) for path in needing[:3]) + (" and others" if len(needing) > 3 else "")
        yield problem(
            "extras", f"{names} has CEL expressions, and their evaluator is not installed",
            "pip install 'intertie[expressions]'",
        )  # fmt: skip
    there = [extra for extra in EXTRAS if installed(extra)]
    missing = [extra for extra in EXTRAS if extra not in there and not (extra == "expressions" and needing)]
    if there or missing:
        told = [f"installed: {', '.join(there) or 'none'}"]
        told += [f"not needed and not installed: {', '.join(missing)}"] if missing else []
        yield ok("extras", "; ".join(told))


def check_libraries(
    specs: Iterable[tuple[str, Spec]], there: Callable[[str], bool] = has_distribution
) -> Iterator[Check]:
    """Yield a warning for each library that a spec depends on and that is not installed here.

    A word in brackets says that a library is no Python one, such as `octokit (JavaScript)`: it is not looked for.
    """
    for path, spec in specs:
        said = spec.dependencies.libraries if spec.dependencies else None
        for part in re.split(r"[,;](?![^(]*\))", said.value) if said else ():
            match = re.fullmatch(r"`?([A-Za-z0-9][\w.-]*)`?\s*(?:[<>=!~]=?.*)?", part.strip())
            name = match.group(1) if match else ""
            if name and name.lower() not in _NO_LIBRARY and not there(name):
                yield warning(
                    "libraries", f"{shown(path)} depends on `{name}`, which is no Python package installed here",
                    f"pip install {name}; or write its language behind it, such as `{name} (JavaScript)`",
                )  # fmt: skip


def check_misspelt(found: Iterable[tuple[str, str]]) -> Iterator[Check]:
    """Yield a warning for each setting that nothing reads; `found` is (message, what to do)."""
    for message, fix in found:
        yield warning("settings", shown(message), fix)


def _has_expressions(spec: Spec) -> bool:
    transforms = [*(row.transform for row in spec.inbound), *(row.transform for row in spec.outbound)]
    return any(transform is not None and "cel:" in transform.value for transform in transforms)


def _when(instant_s: float) -> str:
    return f"{datetime.fromtimestamp(instant_s, UTC):%Y-%m-%d %H:%M:%S} UTC"
