"""What is written in a form that nothing reads is told; what restates a block, or says there is nothing, is not."""

from __future__ import annotations

import pytest

from support.spec_text import names, read, section, sliced


@pytest.mark.parametrize(
    ("text", "severity", "said", "place"),
    [
        ("## Rate Limits\n| Window | Limit |\n|---|---|\n| minute | 100 |\n", "warning", "this table is not read", "Window | Limit"),
        ("## Rate Limits\n- **Per fortnight**: 100\n", "warning", "this line is not read", "Per fortnight"),
        ("## Rate Limits\n- **Burst**: 5\n- **Per fortnight**: 100\n", "info", "is not a line of rate_limits", "Per fortnight"),
        ("## Rate Limits\n100 requests per minute.\n", "info", "only prose stands under `Rate Limits`", "100 requests per minute."),
        ("## 3. Retry Policy\nWe retry thrice.\n", "info", "only prose stands under `3. Retry Policy`", "We retry thrice."),
        ("## Data Mappings\n| A | B |\n|---|---|\n| x | y |\n", "warning", "this table is not read", "A | B"),
        ("## Error Handling\n| Status | Meaning |\n|---|---|\n| 404 | gone |\n", "warning", "this table is not read", "Status | Meaning"),
    ],
)  # fmt: skip
def test_what_nothing_reads_is_told(text: str, severity: str, said: str, place: str):
    """A table, a line or prose without effect is one finding at its place."""
    loaded = read(text)
    (found,) = [each for each in loaded.diagnostics if each.name != "alias-used"]
    assert (found.severity.value, said in found.message, sliced(loaded, found)) == (severity, True, place)


@pytest.mark.parametrize(
    "text",
    [
        "## Rate Limits\nNo limit is known.\n",
        "## Rate Limits\nNone.\n",
        "## Rate Limits\n",
        "## Retry Policy\nN/A\n",
        "## Service Overview\nTakes payments.\n",
        "## Cost Management\nFree of charge.\n",
        section("Rate Limits", "rate_limits: {requests_per_minute: 100}") + "That is 100 a minute.\n",
        section("Rate Limits", "rate_limits: {requests_per_minute: 100}")
        + "| Per | Limit |\n|---|---|\n| minute | 100 |\n",
        section("Limits", "rate_limits: {requests_per_minute: 100}") + "- **Per minute**: 100\n",
    ],
)
def test_what_restates_a_block_or_says_nothing_is_not_told(text: str):
    """An empty section, a plain no, and prose beside a block are as they should be."""
    assert names(read(text)) == []


def test_a_heading_below_api_endpoints_that_is_no_endpoint_is_told():
    """An endpoint whose block is indented, or in a fence of another language, is not lost without a word."""
    loaded = read("## API Endpoints\n### Get A\n\n    endpoint: {path: /a, method: GET}\n\n### Notes\nAll in JSON.\n")
    assert [(each.code, each.severity.value, sliced(loaded, each)) for each in loaded.diagnostics] == [
        ("TIE026", "info", "Get A"), ("TIE026", "info", "Notes"),
    ]  # fmt: skip
