"""The written form of transforms, read into names and arguments."""

from __future__ import annotations

import pytest

from intertie.runtime.mapping.errors import MappingSyntaxError
from intertie.runtime.mapping.syntax import Bare, read_chain


@pytest.mark.parametrize("path", ["a[1,2]", "f(a, b)", "a[?(@.x == 1)].b", 'a["x,y)"]', '"odd,key".b', "a[b[0,1],2].c"])
def test_what_is_in_brackets_or_quotes_belongs_to_its_argument(path):
    """A comma or a parenthesis ends an argument only outside of brackets and quotes; what follows is the next one."""
    (call,) = read_chain(f"concat({path}, 'end')")
    first, second = call.arguments
    assert first.value == Bare(path, len("concat("))
    assert second.value == "end"


def test_quoted_texts_may_hold_the_other_quote():
    """Either kind of quote, without the quotes themselves."""
    (call,) = read_chain("""f("it's", 'a "b"')""")
    assert [argument.value for argument in call.arguments] == ["it's", 'a "b"']


@pytest.mark.parametrize("opened", ["[", "{a: "])
def test_arguments_nest_twenty_deep_and_no_deeper(opened):
    """A list or a map in a list or a map, and so on."""
    closed = {"[": "]", "{a: ": "}"}[opened]
    assert read_chain(f"f({opened * 20}1{closed * 20})")[0].name == "f"
    with pytest.raises(MappingSyntaxError, match="nested too deeply"):
        read_chain(f"f({opened * 21}1{closed * 21})")
