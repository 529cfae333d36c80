"""What an import writes as YAML is read back as it was, by us and by readers of YAML 1.1."""

from __future__ import annotations

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from intertie.diagnostics import SourceSpan
from intertie.importers.writing.yaml_lines import yaml_lines
from intertie.spec.source import Findings
from intertie.spec.tree import plain
from intertie.spec.yaml_text import read_yaml

_TRAPS = st.sampled_from([
    "", " ", "no", "Yes", "~", "null", "1.10", "0755", "10:30", "2025-12-31", "a: b", "a #b", "- a", "[x|y]", "{uuid}", "*a", "&a", "!t",
    "%", "@", "`", "'", '"', "\\", "line\nbreak", "tab\t", "é", "日本", "🦀", "\x85", "\u2028", "\ufeff", "<<", "=", "1e3", ".5", "-", "?",
    "#/components/schemas/A", "https://x.example/a?b=c", "a  b", "x" * 150 + " " + "y" * 40, "word " * 40, "0x1F", "1_000", "'quoted'", "a:",
])  # fmt: skip
_TEXT = st.one_of(_TRAPS, st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40))
_VALUES = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-(10**15), 10**15), _TEXT, st.floats(-1e9, 1e9, allow_nan=False).map(lambda n: round(n, 3)),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(_TEXT, inner, max_size=4)),
    max_leaves=20,
)  # fmt: skip


@settings(deadline=None, max_examples=300)
@given(st.dictionaries(_TEXT, _VALUES, min_size=1, max_size=5))
def test_written_and_read_it_is_the_same(data: dict[str, object]) -> None:
    """Any data comes back equal from our reader, without a finding, and keys and texts from a YAML 1.1 reader."""
    text = "\n".join(yaml_lines(data)) + "\n"
    findings = Findings()
    node = read_yaml(text, lambda start, end: SourceSpan("x", 1, start + 1, 1, end + 1), findings)
    assert findings.all() == ()
    assert node is not None
    assert plain(node) == data
    assert yaml.safe_load(text) == data
