"""Values of absurd length: nothing that reads them looks at all their parts against each other."""

from __future__ import annotations

import resource
from datetime import date

import pytest

from intertie.compiler import Settings
from intertie.lint.checking import Checker
from intertie.spec.workspace import Workspace
from support.rule_examples import compose

BLANKS = " " * 200_000

HOSTILE = {
    "an error code": f'error_mapping: [{{external_code: "a{BLANKS}b", internal_code: A, action: fail}}]',
    "statuses to retry": f'retry: {{max_attempts: 2, initial_delay: 100, retry_on: ["409{BLANKS}x"]}}',
    "a price": f'costs: {{pricing_model: per_request, tiers: [{{cost: "0.002{BLANKS}x"}}]}}',
    "a duration": f'timeouts: {{total: "5{"_" * 200_000}!"}}',
    "an alert's condition": f'monitoring: {{alerts: [{{condition: "error_rate > 5{BLANKS}x", severity: info}}]}}',
    "a rate": f'rate_limits: "100{BLANKS}/ s"',
    "a pattern": 'components: {schemas: {A: {type: string, pattern: "^(a+)+$", example: "' + "a" * 40 + '!"}}}',
}


@pytest.mark.parametrize("what", HOSTILE)
def test_it_is_judged_in_a_moment(what: str, tmp_path):
    """A check of a spec with such a value takes less than two seconds of the processor's time."""
    path = tmp_path / "spec.md"
    text = "\n".join(line.text for line in compose(HOSTILE[what], "yaml"))
    checker = Checker([path], Workspace(tmp_path), Settings(tmp_path), today=date(2026, 11, 24))
    began = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    assert checker.text(path, text).found is not None
    assert resource.getrusage(resource.RUSAGE_SELF).ru_utime - began < 2.0
