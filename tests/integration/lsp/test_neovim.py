"""Neovim itself, with the guide's snippet as its `init.lua`: keys are typed, and what it shows is read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from intertie.spec.formatting import format_text
from intertie.spec.workspace import find_workspace
from support.lsp_desk import Bench
from support.lsp_neovim import Neovim, neovims

pytestmark = pytest.mark.skipif(not neovims(), reason="there is no nvim here (or name some in INTERTIE_NEOVIMS)")


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "workspace")


@pytest.fixture(params=neovims() or ["none"])
def neovim(request: pytest.FixtureRequest, bench: Bench, tmp_path: Path) -> Iterator[Neovim]:
    """An editor started in the workspace; in the end it quits with 0."""
    editor = Neovim(request.param, tmp_path / "editor", bench.root)
    yield editor
    assert editor.leave() == 0


def _opened(neovim: Neovim, bench: Bench, text: str | None = None) -> None:
    """Open the spec with a text that is on disk, and wait until its findings are there."""
    bench.path.write_text(bench.payments if text is None else text, "utf-8")
    neovim.edit(bench.path)
    neovim.until(neovim.findings)


def test_a_half_finished_spec_is_judged_while_it_is_typed(neovim: Neovim, bench: Bench) -> None:
    """A typed slip is marked where it is, in characters behind an emoji too, and is gone when it is mended."""
    _opened(neovim, bench, bench.payments.replace("  jitter: true\n", "  jitter: true\n\n", 1))
    assert not [each for each in neovim.findings() if each["severity"] < 3]

    neovim.go("jitter: true")
    neovim.type("o'😀': 1<Esc>o")
    neovim.type("retry_budgt: 10%<Esc>")
    [found] = neovim.until(lambda: [each for each in neovim.findings() if "retry_budgt" in each["message"]])
    line = neovim.lines[found["lnum"]].encode()
    assert line[found["col"] : found["end_col"]] == b"retry_budgt"
    assert found["source"] == "intertie"

    neovim.type("u")
    neovim.until(lambda: not [each for each in neovim.findings() if "retry_budgt" in each["message"]])


def test_hover_shows_field_value_and_source(neovim: Neovim, bench: Bench) -> None:
    """`K` opens a window that says what a field does, what it comes to and what says so."""
    _opened(neovim, bench)
    neovim.go("max_attempts: 4")
    neovim.type("K")
    shown = neovim.until(
        lambda: neovim.lua(
            "for _, w in ipairs(vim.api.nvim_list_wins()) do if vim.api.nvim_win_get_config(w).relative ~= '' then"
            " return table.concat(vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(w), 0, -1, false), '\\n')"
            " end end"
        )
    )
    assert "retry.max_attempts" in shown
    assert "In the plan: `4` (line 62)" in shown


@pytest.mark.parametrize(
    ("before", "typed", "offered"),
    [
        ("  jitter: true", "  retry_b", "retry_budget"),
        ("  jitter: true", "  backoff: ", "exponential"),
        (
            "schema:\n      $ref: '#/components/schemas/ChargeRequest'",
            "      $ref: '#/components/schemas/Ch",
            "/ChargeList",
        ),
        ("    transform: decimal_to_minor_units(currency)", "    transform: minor", "minor_units_to_decimal"),
        ("## Validation Cases", "- /test-cases/TC-0", "/test-cases/TC-002.yaml"),
    ],
    ids=["key", "choice", "reference", "transform", "case"],
)
def test_completion_offers(neovim: Neovim, bench: Bench, before: str, typed: str, offered: str) -> None:
    """`<C-x><C-o>` offers keys, choices, references, transforms and case paths, and takes what is chosen."""
    assert before in bench.payments
    _opened(neovim, bench, bench.payments.replace(before, f"{before}\n ", 1))
    neovim.go(before.splitlines()[-1].strip())
    neovim.type(f"j0C{typed}<C-x><C-o>")
    words = neovim.until(lambda: neovim.lua("return vim.fn.complete_info({'items'}).items"))
    assert [each["word"] for each in words if offered in each["word"]]


def test_definition_and_references(neovim: Neovim, bench: Bench) -> None:
    """`<C-]>` goes to the case's file and to the schema's place; `grr` lists every use."""
    _opened(neovim, bench)
    neovim.go("/test-cases/TC-001.yaml")
    neovim.type("<C-]>")
    neovim.until(lambda: neovim.lua("return vim.fn.expand('%:t')") == "TC-001.yaml")

    neovim.edit(bench.path)
    neovim.go("schemas/Charge'", offset=9)
    neovim.type("grr")
    listed = neovim.until(lambda: neovim.lua("return vim.fn.getqflist()"))
    assert len(listed) == 4
    assert all("Charge" in each["text"] for each in listed)


def test_rename_over_spec_and_cases(neovim: Neovim, bench: Bench) -> None:
    """An internal field gets its new name in the spec and in every case that uses it."""
    _opened(neovim, bench)
    neovim.go("internal_field: card_token", offset=17)
    neovim.lua("vim.lsp.buf.rename('token')")
    neovim.until(lambda: "internal_field: token" in "\n".join(neovim.lines))
    neovim.ask("nvim_command", "wall")
    for name in ("specs/payments.md", "test-cases/TC-001.yaml", "test-cases/TC-002.yaml"):
        text = (bench.root / name).read_text("utf-8")
        assert "card_token" not in text, name
        assert "token" in text


def test_a_code_action_mends(neovim: Neovim, bench: Bench) -> None:
    """`gra` offers the fix of the finding under the cursor; chosen, it is made."""
    _opened(neovim, bench, bench.payments.replace("  jitter: true", "  jitter: yes\n  retry_budgt: 10%", 1))
    neovim.until(lambda: [each for each in neovim.findings() if "retry_budgt" in each["message"]])
    neovim.lua(
        "Offered = nil; vim.ui.select = function(items, options, chosen)"
        " Offered = vim.tbl_map(options.format_item, items); chosen(items[1], 1) end"
    )
    neovim.go("retry_budgt")
    neovim.type("gra")
    neovim.until(lambda: "  retry_budget: 10%" in neovim.lines)
    assert neovim.lua("return Offered")[0].startswith("write retry_budget (TIE011)")


def test_a_lens_says_what_an_endpoint_takes_and_costs(neovim: Neovim, bench: Bench) -> None:
    """Above each endpoint stands its lens, from when the file is opened on."""
    _opened(neovim, bench)
    shown = neovim.until(
        lambda: neovim.lua(
            "local found = {}; for name, space in pairs(vim.api.nvim_get_namespaces()) do if name:find('codelens') then"
            " for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(0, space, 0, -1, { details = true })) do"
            " table.insert(found, mark[4].virt_text[1][1]) end end end; return found"
        )
    )
    assert len(shown) == 3
    assert all(each.startswith("at most 10 s, 4 attempts") for each in shown)


def test_formatting_writes_what_fmt_writes(neovim: Neovim, bench: Bench) -> None:
    """The buffer becomes what `intertie fmt` would write."""
    _opened(neovim, bench, bench.payments.replace("jitter: true", "jitter: 'true'", 1))
    expected = format_text("\n".join([*neovim.lines, ""]), bench.path, find_workspace(bench.path))
    neovim.lua("if vim.lsp.buf.format then vim.lsp.buf.format() else vim.lsp.buf.formatting_sync(nil, 5000) end")
    assert "  jitter: true" in neovim.lines
    assert "\n".join([*neovim.lines, ""]) == expected.text


def test_a_file_changed_elsewhere_is_seen(neovim: Neovim, bench: Bench) -> None:
    """`intertie.toml` that ignores a rule counts from when it is written, and what its findings say is taken back."""
    _opened(neovim, bench)
    neovim.go("jitter: true")
    neovim.type("oretry_budgt: 10%<Esc>")
    neovim.until(lambda: [each for each in neovim.findings() if "retry_budgt" in each["message"]])
    (bench.root / "intertie.toml").write_text('[lint]\nignore = ["unknown-key"]\n')
    # Any key: editors that watch no files tell the server nothing else.
    neovim.type("ix<Esc>u")
    neovim.until(lambda: not [each for each in neovim.findings() if "retry_budgt" in each["message"]])
