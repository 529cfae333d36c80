"""Lenses, symbols and mends of a page."""

from __future__ import annotations

import pytest

from intertie.diagnostics import Applicability, Diagnostic, Fix, Severity
from intertie.lint.mending import mend
from intertie.lsp.features.actions import actions, fix_all
from intertie.lsp.features.formatting import formatting
from intertie.lsp.features.lens import lenses
from intertie.lsp.features.symbols import Part, Symbol, symbols
from intertie.spec.formatting import format_text
from support.fixable import FIXABLE, Fixable
from support.lsp_desk import Bench, draft


def test_each_endpoint_says_what_a_call_can_take_and_cost(bench: Bench) -> None:
    """Above the heading stand the longest call, the attempts and the dearest month, with where it is stopped."""
    found = lenses(bench.put())
    headings = [number for number, line in enumerate(bench.payments.split("\n"), start=1) if line.startswith("### ")]
    assert [each.line for each in found] == headings[: len(found)]
    assert {each.title for each in found} == {
        "at most 10 s, 4 attempts · at the limit 43,210 EUR a month, 288 times the budget: stopped on day 1"
    }


@pytest.mark.parametrize(
    ("change", "instead_of", "title"),
    [
        ("max_attempts: 1", "max_attempts: 4", "at most 10 s, 1 attempt · at the limit 43,210 EUR a month"),
        ("hard_stop: false", "hard_stop: true", "EUR a month, 288 times the budget: spent on day 1"),
        ("monthly_limit: 99999", "monthly_limit: 150", "EUR a month, 43 % of the budget"),
        ("monthly_limit: 40000", "monthly_limit: 150", "EUR a month, 1.1 times the budget: stopped on day 28"),
        ("monthly_limit: 9999999", "monthly_limit: 150", "EUR a month, under 1 % of the budget"),
        ("monthly_limit: 0", "monthly_limit: 150", "EUR a month, with a budget of 0: stopped on day 1"),
        ("alert_at: 80", "monthly_limit: 150", "at the limit 43,210 EUR a month"),
        ("cost: 0.003", "cost: 0.001", "at the limit 129,590 EUR a month"),
    ],
)
def test_a_lens_follows_the_spec(bench: Bench, change: str, instead_of: str, title: str) -> None:
    """What is written changes what is said."""
    found = lenses(bench.put(bench.payments.replace(instead_of, change)))
    assert title in found[0].title
    assert len(found[0].title) < 110


def test_without_limit_or_price_no_cost_is_made_up(bench: Bench) -> None:
    """No limit means no bound on a month's cost; no prices mean no word of cost."""
    start, end = bench.payments.index("## Rate Limits"), bench.payments.index("## Retry Policy")
    unlimited = bench.payments[:start] + bench.payments[end:]
    assert "no limit on a month's cost" in lenses(bench.put(unlimited))[0].title
    start, end = bench.payments.index("## Cost Management"), bench.payments.index("## Security")
    assert lenses(bench.put(bench.payments[:start] + bench.payments[end:]))[0].title == "at most 10 s, 4 attempts"
    assert lenses(bench.put(draft("## API Endpoints\n### Half"))) == []


def named(found: list[Symbol], name: str) -> Symbol:
    return next(each for each in found if each.name == name)


def test_the_outline_of_a_spec(bench: Bench) -> None:
    """Sections hold endpoints with method and path, blocks by their key, and schemas by name."""
    found = symbols(bench.put())
    assert [each.name for each in found][:3] == ["Service Overview", "Integration Type", "Service Configuration"]
    endpoint = named(list(named(found, "API Endpoints").inner), "Create Charge")
    assert (endpoint.detail, endpoint.part) == ("POST /v1/charges", Part.ENDPOINT)
    assert [each.name for each in endpoint.inner] == ["endpoint", "request", "response", "performance"]
    [components] = named(found, "Components").inner
    assert [each.name for each in components.inner] == ["ChargeRequest", "Charge", "ChargeList", "Error"]


def test_a_symbol_holds_its_name_and_its_parts(bench: Bench) -> None:
    """Every span contains the name's span, and those of the parts in it, as the protocol asks."""

    def check(found: Symbol) -> None:
        assert (found.span.line, found.span.column) <= (found.name_span.line, found.name_span.column)
        assert (found.span.end_line, found.span.end_column) >= (found.name_span.end_line, found.name_span.end_column)
        assert found.name
        for inner in found.inner:
            check(inner)

    texts = [
        bench.payments,
        bench.payments.replace("    Error:", "    '':"),
        draft("## A\n```yaml\nx: &a {y: 1}\nz: *a\n```\n##\n### B"),
    ]
    for text in texts:
        for each in symbols(bench.put(text)):
            check(each)


@pytest.mark.parametrize("fixable", FIXABLE[:20], ids=lambda each: each.name)
def test_every_fix_is_offered_at_its_place(bench: Bench, fixable: Fixable) -> None:
    """Each finding with a fix is an action on its line; the safe ones are preferred, and applying it is what `--fix` does."""
    page = bench.put(draft(f"## API Endpoints\n### Quote\n## Other\n```yaml\n{fixable.text}```\n"))
    for finding in (each for each in page.diagnostics if each.fix):
        found = [each for each in actions(page, finding.span.line, finding.span.line) if finding in each.diagnostics]
        if finding.fix is None or finding.fix.applicability is Applicability.DISPLAY:
            assert not found
            continue
        assert found
        assert found[0].preferred == (finding.fix.applicability is Applicability.SAFE)
        assert actions(page, 5000, 5001) == []


def test_all_safe_fixes_at_once(bench: Bench) -> None:
    """The one action for all holds every safe fix, and none where there is nothing to mend."""
    text = bench.payments.replace("max_attempts: 4", "max_retries: 3").replace("jitter: true", "jitter: yes")
    page = bench.put(text)
    found = fix_all(page)
    assert found is not None
    assert found.title == "fix 2 findings that have a safe fix"
    assert mend(text, found.diagnostics).text == bench.payments
    assert fix_all(bench.put()) is None


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "changes",
    [
        {
            "max_attempts: 4": "max_retries: 3",
            "  max_delay: 2000\n  backoff: exponential": "  backoff: exponential\n  max_delay: 2s",
        },
        {"jitter: true": "jitter: yes", "status: approved": "status: 'approved'"},
        {"status: approved": "status: 'approved'", "## Uncertainties\n": "```yaml\nretry:\n  jitter: yes"},
        {},
    ],
)
def test_formatting_is_what_fmt_writes(bench: Bench, changes: dict[str, str], ends: str) -> None:
    """Applied, the edits give the text that `intertie fmt` writes, at the end of the file and with other line ends too."""
    text = bench.payments
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new, 1)
    text = text.replace("\n", ends)
    page = bench.put(text)
    wanted = format_text(text, page.path, page.around.workspace).text
    edits = formatting(page)
    whole = Diagnostic("TIE000", "fmt", Severity.INFO, "", page.spec.span, fix=Fix("fmt", tuple(edits)))
    assert mend(text, [whole]).text == wanted
    if changes and ends == "\n":
        assert 0 < sum(edit.span.end_line - edit.span.line + 1 for edit in edits) < 30
    assert formatting(bench.put(wanted)) == []
    assert formatting(bench.put("# x", "README.md")) == []
