"""Transforms compiled from their text."""

from __future__ import annotations

import threading

import pytest

from intertie.core.errors import UsageError
from intertie.runtime.mapping import (
    MISSING,
    MappingSyntaxError,
    parse_transform,
    register_transform,
    registered_transforms,
    unregister_transform,
)


@pytest.fixture
def loyalty():
    register_transform("loyalty", lambda points, scale=1: "gold" if points * scale > 100 else "basic")
    yield
    unregister_transform("loyalty")


def apply_at(transform, value, depth, source=None):
    return parse_transform(transform).apply_at(value, source or {}, depth)


def test_a_chain_runs_from_left_to_right():
    """Each step takes what the one before it gives."""
    assert parse_transform('split(",") | trim | join("-") | uppercase').apply("a , b", {}) == "A-B"


@pytest.mark.parametrize(
    ("transform", "value", "depth", "result"),
    [
        ("trim", [" a", "b "], 1, ["a", "b"]),
        ("trim | join('+')", [" a", "b "], 1, "a+b"),
        ("join('+')", [["a", "b"], ["c"]], 2, ["a+b", "c"]),
        ("sort | trim", [" b", "a"], 1, ["b", "a"]),
        ("trim | unique | count", ["a", " a"], 1, 1),
        ("uppercase", [["a"], ["b", None]], 2, [["A"], ["B", None]]),
        ("default('x')", ["a", MISSING, None], 1, ["a", "x", "x"]),
        ("uppercase", ["a", MISSING], 1, ["A", MISSING]),
        ("join", ["a", MISSING, "c"], 1, "a,c"),
        ("split(',')", ["a,b", "c"], 1, [["a", "b"], ["c"]]),
        ("split(',') | first", ["a,b", "c"], 1, ["a", "c"]),
        ("first", ["a", "b"], 1, "a"),
    ],
)
def test_under_a_list_path_steps_work_on_elements_or_lists(transform, value, depth, result):
    """A step takes each element, or the innermost list where it takes lists."""
    assert apply_at(transform, value, depth) == result


def test_arguments_of_a_list_path_go_along_element_by_element():
    """The third amount is converted with the third currency."""
    source = {"items": [{"c": "EUR"}, {"c": "JPY"}, {"c": "KWD"}]}
    amounts = apply_at("minor_units_to_decimal(items[].c)", [1000, 1000, 1000], 1, source)
    assert [str(amount) for amount in amounts] == ["10.00", "1000", "1.000"]


def test_an_error_inside_a_list_knows_its_position():
    """The position of the offending element is told."""
    with pytest.raises(ValueError, match="takes text") as refused:
        apply_at("trim", ["a", ["b", 5]], 2)
    assert refused.value.positions == (1, 1)


@pytest.mark.parametrize(
    ("text", "says", "offset"),
    [
        ("", "can't be empty", 0),
        ("trimm", "did you mean `trim`", 0),
        ("upper", "did you mean `uppercase`", 0),
        ("cents_to_euros", "did you mean `minor_units_to_decimal`", 0),
        ("pounds_to_stone", "must be registered", 0),
        ("trim | lowercas", "did you mean `lowercase`", 7),
        ("zzz", "there is no transform `zzz`", 0),
        ("multiply", r"argument `by` is missing: write `multiply\(by\)`", 0),
        ("multiply(2, 3)", "too many arguments", 12),
        ("multiply('x')", "is a number, not text", 9),
        ("round(1.5)", "whole number", 6),
        ("round(places=1, places=2)", "given twice", 16),
        ("round(digits=1)", "has no argument `digits`", 6),
        ("enum({a: b, a: c})", "there twice", 12),
        ("enum({a})", "key: value", 7),
        ("split(", "missing at the end", 6),
        ('replace("a)', "not closed", 8),
        ("split(',') |", "expected the name", 12),
        ("foo bar", "expected", 4),
        ("pluck(a..b)", "field name", 8),
        ("round(2,,3)", "argument is missing", 8),
        ("trim(" + "{a:" * 30, "nested too deeply", 66),
        ("x" * 5000, "at most", 0),
    ],
)
def test_what_is_written_wrongly_is_refused_with_its_place(text, says, offset):
    """The error names the trouble and where it is."""
    with pytest.raises(MappingSyntaxError, match=says) as refused:
        parse_transform(text)
    assert refused.value.offset == offset


@pytest.mark.parametrize(
    ("text", "value", "source", "result"),
    [
        ("coalesce(nick, full.name, 'x')", None, {"full": {"name": "n"}}, "n"),
        ("coalesce(nick, 'x')", None, {}, "x"),
        ("default(other)", None, {"other": 5}, 5),
        ("prefix(kind)", "1", {"kind": "a-"}, "a-1"),
        ('prefix("odd.key".x)', "1", {"odd.key": {"x": "q"}}, "q1"),
        ("add(fee)", 1, {"fee": "2"}, 3),
        ("replace(old=',', new='.')", "1,5", {}, "1.5"),
        ('replace("\\n", " ")', "a\nb", {}, "a b"),
        ("pick(a, b)", {"a": 1, "c": 2}, {}, {"a": 1}),
        ("where(kind, 'x')", [{"kind": "x"}, {"kind": "y"}], {}, [{"kind": "x"}]),
        ("where(kind, wanted)", [{"kind": "x"}, {"kind": "y"}], {"wanted": "y"}, [{"kind": "y"}]),
        ("constant([a, 1, {b: null}])", "v", {}, ["a", 1, {"b": None}]),
        ("minor_units_to_decimal(currency)", 100, {"currency": "jpy"}, 100),
    ],
)
def test_arguments_are_literals_or_paths(text, value, source, result):
    """Bare words read from the source object; quoted texts, numbers, maps and lists are themselves."""
    assert parse_transform(text).apply(value, source) == result


@pytest.mark.parametrize(
    ("text", "source", "says"),
    [
        ("add(fee)", {}, "needs `fee` for its argument `number`, and nothing is there"),
        ("add(fee)", {"fee": None}, "nothing is there"),
        ("add(fee)", {"fee": "s3cret"}, "needs a number for its argument `number`, and finds text"),
        ("minor_units_to_decimal(c)", {"c": 5}, "three letters"),
    ],
)
def test_an_argument_that_is_not_there_is_an_error(text, source, says):
    """What an argument's path does not find is named, its value never."""
    with pytest.raises(ValueError, match=says) as refused:
        parse_transform(text).apply(1, source)
    assert "s3cret" not in str(refused.value)


def test_an_application_function_is_named_by_the_document(loyalty):
    """A registered function takes the value and the arguments; null stays null."""
    assert parse_transform("loyalty(2)").apply(60, {}) == "gold"
    assert parse_transform("loyalty").apply(None, {}) is None
    assert "loyalty" in registered_transforms()


def test_what_an_application_function_raises_never_repeats_the_value(loyalty):
    """Only the class of the exception is told."""
    with pytest.raises(ValueError, match=r"`loyalty` can't take this text \(TypeError\)") as refused:
        parse_transform("loyalty").apply("s3cret", {})
    assert "s3cret" not in str(refused.value)


def test_arguments_that_do_not_fit_an_application_function_are_refused_early(loyalty):
    """The signature is checked when the plan is made."""
    with pytest.raises(MappingSyntaxError, match="do not fit"):
        parse_transform("loyalty(1, 2, 3)")
    with pytest.raises(MappingSyntaxError, match="without names"):
        parse_transform("loyalty(scale=1)")


@pytest.mark.parametrize("name", ["trim", "two words", "", "1st"])
def test_a_name_that_can_not_be_registered(name):
    """A library name or no word is refused."""
    with pytest.raises(UsageError):
        register_transform(name, str)


def test_an_unregistered_function_is_unknown_again():
    """Forgetting a function makes its name unknown to later plans."""
    register_transform("shout", str.upper, takes_list=False)
    kept = parse_transform("shout")
    unregister_transform("shout")
    assert kept.apply("a", {}) == "A"
    with pytest.raises(MappingSyntaxError, match="no transform `shout`"):
        parse_transform("shout")


def test_a_function_that_takes_lists_gets_the_whole_list():
    """Under a `[]` path, a list function takes the list."""
    register_transform("widest", max, takes_list=True)
    try:
        assert apply_at("widest", [1, 3, 2], 1) == 3
    finally:
        unregister_transform("widest")


def test_one_transform_serves_many_threads():
    """A compiled transform has no state of its own."""
    transform = parse_transform("minor_units_to_decimal(currency) | to_string")
    failures = []

    def work(number):
        results = {transform.apply(number, {"currency": "EUR"}) for _ in range(300)}
        failures.extend(results - {f"{number / 100:.2f}"})

    threads = [threading.Thread(target=work, args=(number,)) for number in range(101, 105)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
