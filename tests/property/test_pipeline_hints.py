"""Whatever headers a service sends, hints are numbers that make sense."""

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from intertie.runtime.hints import LONGEST_S, NAMES, has_hint, read_hint
from intertie.runtime.http import Headers

NOW_S = 1_795_510_800.0
numbers = st.one_of(
    st.integers(-(10**20), 10**20).map(str),
    st.floats().map(str),
    st.sampled_from(["1e9", "0x10", "½", "\uff11\uff12", "1_000", "+5", " 7 ", "5;x", "5, 9", ""]),
)
dates = st.sampled_from(
    [
        "Tue, 24 Nov 2026 09:01:00 GMT",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "2026-11-24T09:00:10Z",
    ]
)
items = st.builds('"{}";r={};t={}'.format, st.sampled_from("ab"), numbers, numbers)
older = st.builds("limit={}, remaining={}, reset={}".format, numbers, numbers, numbers)
latin = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=40)
values = st.one_of(numbers, dates, items, older, latin, st.sampled_from(["6m0s", "1h", "250ms", "3d4x"]))
names = st.sampled_from(sorted(name.decode() for name in NAMES))


@settings(deadline=None, max_examples=500)
@given(
    st.lists(
        st.tuples(names, values.map(lambda text: text.encode("latin-1", "replace").decode("latin-1"))), max_size=5
    ),
    st.booleans(),
)
def test_a_hint_never_loosens_and_never_raises(fields, throttled):
    """Seconds are finite, at least zero and at most ten years; counts are at least zero."""
    headers = Headers.of(fields)
    hint = read_hint(headers, now_s=NOW_S, throttled=throttled)
    assert has_hint(headers) == bool(fields)
    if hint is None:
        assert not throttled
        return
    assert hint.throttled == throttled
    for seconds in (hint.pause_s, hint.reset_s):
        assert seconds is None or (math.isfinite(seconds) and 0.0 <= seconds <= LONGEST_S)
    assert hint.remaining is None or hint.remaining >= 0
