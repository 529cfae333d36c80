"""A file with twice as many of anything takes twice the work, not four times."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from intertie.compiler.settings import Settings
from intertie.lint.checking import check_paths
from intertie.spec.reading.routing import Router
from intertie.spec.reading.whole import route
from intertie.spec.source import Findings
from intertie.spec.workspace import Workspace
from support.spec_text import FRONT_MATTER, read, section
from support.steps import growth


def _lines(line: str) -> Callable[[int], str]:
    return lambda count: "\n".join(line.format(n=n, next=n + 1) for n in range(count))


MANY: dict[str, Callable[[int], str]] = {
    "bare_schemas": lambda n: section("Components", _lines("k{n}: {{type: object}}")(n) or "a: {}"),
    "schemas": lambda n: section("Components", "components:\n  schemas:\n    z: {}\n" + _lines("    k{n}: {{}}")(n)),
    "schemas_in_blocks": lambda n: (
        FRONT_MATTER
        + "## Components\n"
        + "".join(f"```yaml\ncomponents: {{schemas: {{k{each}: {{type: object}}}}}}\n```\n" for each in range(n))
    ),
    "a_chain_of_schemas": lambda n: section(
        "Components",
        "components:\n  schemas:\n"
        + _lines("    k{n}: {{$ref: '#/components/schemas/k{next}'}}")(n)
        + f"\n    k{n}: {{type: object}}",
    ),
    "mapping_rows": lambda n: section(
        "Data Mappings",
        "inbound:\n  - {external_field: a, internal_field: b}\n"
        + _lines("  - {{external_field: a{n}, internal_field: b{n}}}")(n),
    ),
    "mapping_rows_without_a_common_name": lambda n: section(
        "Data Mappings",
        "inbound:\n  - {external_field: a, internal_field: b}\n"
        + _lines("  - {{external_field: {n}ax, internal_field: {n}bx}}")(n),
    ),
    "environments": lambda n: section(
        "Service Configuration",
        "service:\n  base_url: https://x.example\n  environments:\n    z: https://z.example\n"
        + _lines("    e{n}: https://x{n}.example")(n),
    ),
}


@pytest.mark.parametrize("what", MANY)
def test_checking_grows_with_the_file(what: str, tmp_path: Path) -> None:
    """Checking twice as many takes about twice the steps."""

    def check(count: int) -> Callable[[], object]:
        path = tmp_path / f"{count}.md"
        path.write_text(FRONT_MATTER + MANY[what](count), "utf-8")
        return lambda: check_paths([path], Workspace(tmp_path), Settings(root=tmp_path), today=date(2026, 1, 1))

    check(1)()  # what is imported and compiled once
    assert growth(check, 100) < 2.5


def test_blocks_are_merged_at_the_cost_of_their_own_entries() -> None:
    """Twice as many schemas that stand bare under Components take about twice the steps to route."""

    def routing(count: int) -> Callable[[], object]:
        document = read(MANY["bare_schemas"](count)).spec.document

        def work() -> None:
            router = Router(Findings())
            route(document, router)
            router.routed()

        return work

    routing(1)()
    assert growth(routing, 200) < 2.5
