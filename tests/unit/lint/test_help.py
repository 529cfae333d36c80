"""Each finding says what to do about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from intertie.compiler.codes import CODES as COMPILER_CODES
from intertie.lint.finding import Finding
from intertie.spec.codes import CODES
from support.corpus import judged
from support.rule_examples import check_lines, compose

BROKEN = """endpoint: {path: /a, method: GET}
retry: {max_attempts: 3, max_atempts: 4, jitter: yes, initial_delay: soon, backoff: upwards}
circuit_breaker: {failure_threshold: -1, enabled: false}
response: {success: {status: 200, schema: {$ref: '#/components/schemas/None'}}}
"""


def test_every_code_has_a_mend():
    """What parser and compiler find has advice in their tables; a rule can't make a finding without."""
    assert [code.code for code in CODES if not code.mend.strip()] == []
    assert [code.code for code in COMPILER_CODES.values() if not code.mend.strip()] == []
    with pytest.raises(TypeError):
        Finding(None, "m")  # type: ignore[call-arg, arg-type]


def test_what_is_found_says_what_to_do(tmp_path: Path):
    """Neither in a spec full of mistakes nor in good ones is a finding without help."""
    found = check_lines(compose(BROKEN, "yaml"), tmp_path)
    assert len({finding.code for finding in found}) >= 6
    assert [finding for finding in found if not finding.help] == []
    assert [str(each) for each in judged(hints=True) if not each.finding.help] == []
