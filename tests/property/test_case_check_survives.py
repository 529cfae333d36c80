"""Whatever stands in a case file, checking it ends with findings at places of the file."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intertie.compiler import load_settings
from intertie.lint.checking import Checker
from intertie.spec.cases.assertions import Assertion, AssertionSyntaxError, parse_assertion
from intertie.spec.workspace import Workspace
from support.case_workspace import GOOD, TODAY

TEXTS = {path.relative_to(GOOD).as_posix(): path.read_text("utf-8") for path in GOOD.glob("*-cases/*.yaml")}
WORDS = st.sampled_from(
    ["status", "data.a", "breaker.state", "==", "=", "<", "in", "not", "and", "or", "(", ")", "[", "]", ",", "'a'", "'",
     "4s", "5%", "200", "-1", "null", "None", "{{ a }}", "{{", "p95(response_time)", ".", "..", "events", "&&", "\n", "é"]
)  # fmt: skip


@pytest.fixture(scope="module")
def checker(tmp_path_factory: pytest.TempPathFactory) -> Checker:
    """Of the good workspace."""
    root = tmp_path_factory.mktemp("cases")
    shutil.copytree(GOOD, root, dirs_exist_ok=True)
    workspace = Workspace(root)
    return Checker([], workspace, load_settings(root, config=None, environ={}, flags={}), today=TODAY)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_mangled_case_has_findings_at_its_own_places(checker: Checker, data: st.DataObject) -> None:
    """Lines that are taken out, doubled, cut or mixed with others: no rule fails, and each place is in the file."""
    name = data.draw(st.sampled_from(sorted(TEXTS)))
    lines = TEXTS[name].split("\n")
    others = [line for text in TEXTS.values() for line in text.split("\n")]
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        match data.draw(st.sampled_from(["drop", "double", "cut", "mix", "indent", "null", "text"])):
            case "drop":
                lines[at : at + 1] = [""]
            case "double":
                lines.insert(at, lines[at])
            case "cut":
                lines[at] = lines[at][: data.draw(st.integers(0, len(lines[at])))]
            case "mix":
                lines[at] = data.draw(st.sampled_from(others))
            case "indent":
                lines[at] = "  " + lines[at]
            case "null":
                lines[at] = lines[at].split(":")[0] + ":"
            case _:
                lines[at] = data.draw(st.text(max_size=20))
    text = "\n".join(lines)
    checked = checker.text(checker._workspace.root / name, text)
    count = text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    for found in checked.found:
        assert found.name not in ("rule-crashed", "compiler-bug"), found
        assert found.span.path == name
        assert 1 <= found.span.line <= found.span.end_line <= count


def _read_or_refused(text: str) -> Assertion | AssertionSyntaxError:
    try:
        return parse_assertion(text)
    except AssertionSyntaxError as refused:
        wrong = refused
    assert 0 <= wrong.start <= wrong.end <= max(len(text), 1)
    assert str(wrong)
    assert wrong.help
    return wrong


@settings(max_examples=300, deadline=None)
@given(words=st.lists(WORDS, max_size=14), glue=st.sampled_from([" ", ""]))
def test_an_assertion_is_read_or_refused_at_a_place(words: list[str], glue: str) -> None:
    """Reading ends; what is refused is refused at a place inside, operands stand where they say."""
    text = glue.join(words)
    read = _read_or_refused(text)
    for compared in read.comparisons if isinstance(read, Assertion) else ():
        assert text[compared.left.start : compared.left.end] == compared.left.text


@settings(max_examples=100, deadline=None)
@given(text=st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Nothing but a refusal comes of a text that is no assertion."""
    _read_or_refused(text)


def test_what_is_nested_or_long_is_refused() -> None:
    """Depth and length are bounded, and a long one is read in one pass."""
    for text in ("(" * 500 + "status == 1" + ")" * 500, "[" * 800 + "]" * 800, "not " * 400 + "(" * 300, "a" * 3000):
        with pytest.raises(AssertionSyntaxError):
            parse_assertion(text)
    nested = "status == 1"
    for _ in range(30):
        nested = f"({nested} or a == 1)"
    assert len(parse_assertion(nested).comparisons) == 31


def test_the_texts_are_there() -> None:
    """The cases that are mangled are those of the good workspace."""
    assert len(TEXTS) == 19
    assert Path(GOOD, "intertie.toml").is_file()
