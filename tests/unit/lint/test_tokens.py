"""Credentials by their shape."""

from __future__ import annotations

from intertie.diagnostics.credentials import MARKS, SHAPES

SAMPLES = (
    "sk_live_0123456789abc", "ghp_0123456789abcdefghijklmnopqrstuv", "github_pat_0123456789abcdefghijklmnopqrstuv",
    "AKIA0123456789ABCDEF", "ASIA0123456789ABCDEF", "xoxb-0123456789", "AIza0123456789abcdefghijklmnopqrstuvwxy",
    "sk-0123456789abcdefghij", "SG.0123456789abcdef.0123456789abcdef", "key-0123456789abcdef0123456789abcdef",
    "eyJ0123456789.eyJ0123456789.sig", "-----BEGIN RSA PRIVATE KEY-----", "rk_test_0123456789", "ghs_" + "a1" * 15,
)  # fmt: skip


def test_every_shape_holds_one_of_the_marks():
    """A text is searched for shapes only where it holds a mark: no shape is without."""
    for sample in SAMPLES:
        assert any(shape.search(sample) for _, shape in SHAPES), sample
        assert any(mark in sample for mark in MARKS), sample
    assert {what for what, shape in SHAPES if any(shape.search(sample) for sample in SAMPLES)} == dict(SHAPES).keys()
