from __future__ import annotations

from collections.abc import Iterator

from intertie.diagnostics import Severity
from intertie.lint.finding import Finding
from intertie.lint.rule import rule
from intertie.spec.fields import Located
from intertie.spec.model import Spec


@rule(code="TIE551", severity=Severity.ERROR, since="0.1.0", judges="spec")
def path_outside_workspace(spec: Spec) -> Iterator[Finding]:
    """A path in the spec leaves the workspace."""
    tests = spec.testing
    places: list[Located[str] | None] = [line.where for line in spec.implementation]
    places += [tests.unit_tests.fixtures_location] if tests and tests.unit_tests else []
    places += [tests.contract_tests.pact_location] if tests and tests.contract_tests else []
    for place in places:
        if place and "://" not in place.value and _leaves(place.value.strip().strip("<>`")):
            yield Finding(
                place.span,
                f"`{place.value}` is outside the workspace",
                "write the path from the workspace root, without `..`",
            )


def _leaves(path: str) -> bool:
    depth = 0
    for part in path.replace("\\", "/").split("/"):
        depth += -1 if part == ".." else 1 if part not in ("", ".") else 0
        if depth < 0:
            return True
    return False
