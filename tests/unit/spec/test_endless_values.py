"""Values of absurd length: nothing that reads them looks at all their parts against each other."""

from __future__ import annotations

from datetime import date

import pytest

from intertie.compiler import Settings
from intertie.lint.checking import Checker
from intertie.spec.workspace import Workspace
from support.pace import growth
from support.rule_examples import compose

HOSTILE = {
    "an error code": 'error_mapping: [{external_code: "aBLANKSb", internal_code: A, action: fail}]',
    "statuses to retry": 'retry: {max_attempts: 2, initial_delay: 100, retry_on: ["409BLANKSx"]}',
    "a price": 'costs: {pricing_model: per_request, tiers: [{cost: "0.002BLANKSx"}]}',
    "a duration": 'timeouts: {total: "5UNDERSCORES!"}',
    "an alert's condition": 'monitoring: {alerts: [{condition: "error_rate > 5BLANKSx", severity: info}]}',
    "a rate": 'rate_limits: "100BLANKS/ s"',
    "a pattern": 'components: {schemas: {A: {type: string, pattern: "^(a+)+$", example: "LETTERS!"}}}',
}


@pytest.mark.parametrize("what", HOSTILE)
def test_it_is_judged_in_a_moment(what: str, tmp_path):
    """A value four times as long makes a check at most about four times the work, far from the sixteen of a square.

    The pattern backtracks: four times as many letters would be a billion times the work.
    """
    path = tmp_path / "spec.md"

    def checking(size: int):
        value = HOSTILE[what].replace("BLANKS", " " * size).replace("UNDERSCORES", "_" * size)
        value = value.replace("LETTERS", "a" * (size // 5_000))
        text = "\n".join(line.text for line in compose(value, "yaml"))

        def check() -> None:
            checker = Checker([path], Workspace(tmp_path), Settings(tmp_path), today=date(2026, 11, 24))
            assert checker.text(path, text).found is not None

        return check

    assert growth(checking, 50_000) < 8
