"""Everything that is measured, in one run: `python bench/run.py [PART…] [--quick] [--json FILE]`.

Each part prints its rows as they come. What runs side by side in one run may be compared; CPU figures of different days may not.
Nothing is written anywhere but to temporary folders, and to FILE where one is named; nothing is sent further than loopback.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import json
import time
from collections.abc import Iterator
from pathlib import Path

from calls import CallRow
from measuring import Missing, Row, load, machine, pin_client, server_name, versions

PARTS = {
    "guards": "What the guards add to a call: no network, no body, a no-op inside (CPU of the client)",
    "calls": "A whole guarded call: a POST of 1.3 KB answered with 1 KB of JSON, kept-alive connections (CPU of the client)",
    "steps": "What a plain success executes, priced, state in memory: bytecodes of Python, the same within a few in every run",
    "transport": "One exchange without guards and JSON, beside the least a loop or a socket can do (CPU of the client)",
    "building": "Requests built and answers read: mapped, validated, JSON included; and how that grows (CPU)",
    "check": "`intertie check` of a spec of some 390 lines",
    "lsp": "The language server: from a keystroke to what is asked, in a spec of some 500 lines, no waiting in it",
    "startup": "Whole processes, from start to exit",
    "mock": "`intertie mock`: answers made from the schema, per core (CPU of the server)",
}
PACKAGES = (
    "intertie", "aiohttp", "httpx2", "uvloop", "stamina", "purgatory", "limits", "tenacity", "circuitbreaker",
    "pyrate-limiter", "httptools", "msgspec", "jsonschema-rs",
)  # fmt: skip


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all where none is named")
    arguments.add_argument(
        "--quick",
        action="store_true",
        help="fewer loads and rounds, of the parts that know fewer: while you work on one",
    )
    arguments.add_argument("--json", type=Path, metavar="FILE", help="write the figures to FILE as one JSON document")
    chosen = arguments.parse_args()
    if unknown := set(chosen.parts) - set(PARTS):
        arguments.error(f"there is no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    pin_client()
    found = versions(*PACKAGES)
    document = {"machine": machine(), "server": server_name(), "versions": found, "parts": {}}
    print(f"{machine()}; {load()} at the start; calls are answered by {server_name()}")
    print(", ".join(f"{name} {version}" for name, version in found.items() if version))
    met, missed = 0, []
    for name in chosen.parts or PARTS:
        began_s = time.perf_counter()
        print(f"\n{name}: {PARTS[name]}", flush=True)
        rows = []
        for row in _measured(name, quick=chosen.quick):
            print(row, flush=True)
            goals = getattr(row, "goals", ())
            missed += [f"{name}: {goal}" for goal in goals if not goal.is_met]
            met += sum(goal.is_met for goal in goals)
            rows.append(row._asdict() | {"goals": [goal._asdict() for goal in goals]})
        document["parts"][name] = {"what": PARTS[name], "load": load(), "rows": rows}
        print(f"  ({time.perf_counter() - began_s:.0f} s; {load()})")
    if met or missed:
        print(f"\n{met} goals met, {len(missed)} missed")
    if chosen.json:
        chosen.json.write_text(json.dumps(document, indent=2) + "\n")


def _measured(name: str, *, quick: bool) -> Iterator[Row | Missing | CallRow]:
    measure = importlib.import_module(name).measure
    return measure(quick=True) if quick and "quick" in inspect.signature(measure).parameters else measure()


if __name__ == "__main__":
    main()
