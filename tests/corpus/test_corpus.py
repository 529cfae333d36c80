"""Good specs are left in peace: every finding on the corpus is judged, none is wrong, and hardly one is noise.

A new rule must pass here. Where it finds something, judge it in `judgements.toml` as a reader of that spec would; where that
reader would shrug, mend the rule.
"""

from __future__ import annotations

import pytest

from support.corpus import VERDICTS, counted, judged, judgements, report

LEAST_SPECS = 25
MOST_NOISE = 0.03


def test_every_finding_is_judged():
    """Whoever changes what is found says what a reader would think of it."""
    assert [str(each) for each in judged(hints=True) if each.verdict is None] == []


@pytest.mark.parametrize("hints", [False, True])
def test_no_finding_is_wrong(hints):
    """A tool that is wrong once in seven is switched off; hints may be idle, not wrong."""
    assert [str(each) for each in judged(hints=hints) if each.verdict == "wrong"] == []


def test_hardly_a_finding_is_noise():
    """Of what is shown without `--hints`, fewer than three in a hundred waste the reader's time."""
    found = counted(hints=False)
    assert found["noise"] < MOST_NOISE * sum(found.values()), [
        str(e) for e in judged(hints=False) if e.verdict == "noise"
    ]


def test_verdicts_are_whole():
    """Each judgement is one of four, and who calls a finding noise or wrong says why."""
    specs = judgements()
    assert len(specs) >= LEAST_SPECS
    for spec, entries in specs.items():
        for place, entry in entries.items():
            assert entry["verdict"] in VERDICTS, (spec, place)
            assert entry["verdict"] in ("useful", "acceptable") or entry.get("why"), (spec, place)


def test_the_figures_can_be_read():
    """The report has a row for what is shown, with hints and without, and for all that was ever judged."""
    lines = report().splitlines()
    assert [line[:14] for line in lines[2:]] == ["shown by check", "shown with --h", "ever found and"]
