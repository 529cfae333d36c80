"""What a call's timeline looks like."""

from __future__ import annotations

import doctest
from types import SimpleNamespace

from intertie.core import timeline as module
from intertie.core.timeline import timeline


def test_its_examples_are_true() -> None:
    """The example of the module holds."""
    assert doctest.testmod(module).failed == 0


def test_a_body_keeps_its_indentation() -> None:
    """Lines of JSON stand under each other as the service's structure has them, and long ones fold below themselves."""
    answer = SimpleNamespace(
        t_s=0.0,
        stage="send",
        event="answer",
        severity="debug",
        said="what came back",
        detail={"headers": {"a": "b"}, "body": '{\n  "a": {\n    "long": "' + "word " * 20 + '"\n  }\n}'},
    )
    lines = timeline([answer], width=80).split("\n")
    begin = lines[1].index("a: b")
    assert all(len(line) <= 80 for line in lines)
    assert [line[begin:] for line in lines[2:4]] == ["{", '  "a": {']
    assert lines[4][begin:].startswith('    "long": "word')
    assert lines[5][begin:].startswith("      word")
