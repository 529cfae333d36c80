"""What the docs name in backticks is there: files, modules, commands, options, targets, rules."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from support.named_in_docs import wrong_names
from support.real_servers import ROOT

RULES = ROOT / "docs" / "reference" / "rules"
PAGES = sorted({*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")} - {*RULES.glob("TIE*.md")})


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_names_what_is_there(page: Path) -> None:
    """A name that moved, or was never there, is found with its line."""
    assert wrong_names(page) == []


def test_the_pages_of_rules_name_what_is_there() -> None:
    """They are written from docstrings: the fault is in the rule's own file."""
    assert {page.name: wrong for page in RULES.glob("TIE*.md") if (wrong := wrong_names(page))} == {}


def test_the_layers_are_those_of_the_import_contract() -> None:
    """The table in ARCHITECTURE.md has the packages of each layer, from the top, as the linter holds them."""
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"][0]
    rows = re.findall(r"^\| (`[^|]+) \|", (ROOT / "ARCHITECTURE.md").read_text("utf-8"), re.MULTILINE)
    assert [set(re.findall(r"\w+", row)) for row in rows] == [set(layer.split(" | ")) for layer in contract["layers"]]


@pytest.mark.parametrize(
    "text",
    [
        "`src/intertie/lint/rules/resilience/burst_exceeds_window.py`",
        "`tests/property/test_pipeline_order.py`",
        "`runtime/policies/<name>/nothing.py`",
        "`runtime/{fused,unfused_1}/x.py`",
        "`client/face`",
        "`intertie.opne(spec)`",
        "`intertie.runtime.order.ORDERS`",
        "`result.couse`",
        "`error.external_kode`",
        "`intertie chekc`",
        "`intertie queue delete`",
        "`intertie check --fixx`",
        "`intertie --workspace DIR check --fixx`",
        "`--show-respond`",
        "`make tests`",
        "`make sweep-imports DIRS=x`",
        "TIE998",
        "TIE515 budget-below-paid-tier",
        "`# warning: [burst-exceeds-window]`",
        "```sh\nintertie plan SPEC --jsn\n```\n",
        "```console\n$ intertie call specs/a.md read \\\n  --explian\n```\n",
        "```sh\nmake chek\n```\n",
    ],
)
def test_a_wrong_name_is_found(text: str) -> None:
    """On any page; once."""
    assert (
        len(wrong_names(ROOT / "docs" / "guides" / "made.md", f"# Made\n\nSee {text}\n".replace("See ```", "```"))) == 1
    )


@pytest.mark.parametrize(
    "text", ["`stager.py`", "`core.media_kinds`", "`core.media_types.essense`", "`outside_text.show`"]
)
def test_on_our_own_pages_more_can_be_looked_up(text: str) -> None:
    """Where a page is for those who work on Intertie, a bare file or module is one of the project."""
    (wrong,) = wrong_names(ROOT / "docs" / "adr" / "made.md", f"See {text}")
    assert wrong.startswith("1: ")
    assert wrong_names(ROOT / "docs" / "guides" / "made.md", f"See {text}") == []


def test_what_may_be_something_else_is_left_alone() -> None:
    """Media types, URLs, the reader's own files, fields of specs, other programs' options, what a person fills in."""
    page = """Save this as `tests/test_shop.py`:

```python
pass
```

`tests/test_shop.py` `text/html` `specs/parcels.md` `/charges/{id}` `http://host:port` `timeouts.total` `intertie.toml`
`testing.unit_tests` `intertie plan SPEC` `intertie diff main:specs/old.md specs/new.md` `intertie check [OPTIONS] [PATH]...`
`intertie queue drop …` `intertie new Mail --from "curl -u me:pw https://mail.example"` `intertie -vv lsp | cat --x` `runtime/*.py`
`lint/rules/<group>/` `tests/rules/TIE….md` `runtime/{plan,state}.py` `make test WORKERS=4 # all`
from the logger `intertie.mail` `error.status` `result.cause.code` `intertie.open("x.md", env=None)` `curl --next` ``a`b``
"""
    assert wrong_names(ROOT / "docs" / "guides" / "made.md", page) == []
