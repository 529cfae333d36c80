"""Typed modules of five specs: always the same, formatted, run, and understood by mypy and pyright.

`UPDATE_GOLDEN=1` rewrites the modules; the review reads the difference.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from click.testing import CliRunner

from intertie.cli.main import cli
from intertie.mockserver import MockServer
from support.real_servers import ROOT
from support.type_checkers import Found, lines_marked, mypy_errors, pyright_errors

HERE = Path(__file__).parent
SPECS = {
    "stripe": ROOT / "tests" / "data" / "specs" / "payments.md",
    "parcels": HERE / "parcels.md",
    "tasks": ROOT / "examples" / "specs" / "tasks.md",
    "httpbin": ROOT / "examples" / "specs" / "httpbin.md",
    "odd_names": HERE / "odd_names.md",
}


@pytest.mark.parametrize("name", SPECS)
def test_the_module_of_a_spec_is_always_the_same(name: str, tmp_path: Path) -> None:
    """One spec gives one text, which names no folder of this machine."""
    result = CliRunner().invoke(cli, ["generate", str(SPECS[name]), "--target", "types", "--output", str(tmp_path)])
    assert result.exit_code == 0, result.output
    text = (tmp_path / f"{name}_client.py").read_text("utf-8")
    golden = HERE / f"{name}_client.py.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(text, "utf-8")
    assert text == golden.read_text("utf-8")
    assert str(ROOT) not in text


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of the golden modules and their uses, as Python files."""
    made = tmp_path_factory.mktemp("types")
    for golden in HERE.glob("*.py.txt"):
        shutil.copy(golden, made / golden.name.removesuffix(".txt"))
    return made


def test_the_modules_are_formatted_and_lint_clean(folder: Path) -> None:
    """`ruff format` and `ruff check`, as they are without settings, have nothing to say."""
    pytest.importorskip("ruff", reason="ruff is not installed: `make test` installs it")
    modules = [str(folder / f"{name}_client.py") for name in SPECS]
    for command in (["format", "--check"], ["check", "--no-cache"]):
        ran = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--isolated", *modules],
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr


def test_mypy_finds_what_is_wrong_and_nothing_else(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In strict mode, the modules and right uses pass; each wrong line is refused."""
    _judge(mypy_errors(folder, monkeypatch), folder)


def test_pyright_finds_what_is_wrong_and_nothing_else(folder: Path) -> None:
    """In strict mode, the modules and right uses pass; each wrong line is refused."""
    _judge(pyright_errors(folder), folder)


def _judge(found: Found, folder: Path) -> None:
    wrong = lines_marked(folder / "wrong_uses.py", "wrong:")
    unexpected = {each for each in found if each[:2] not in wrong}
    assert not unexpected
    assert wrong - {each[:2] for each in found} == set()


def _module(folder: Path, name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"{name}_client", folder / f"{name}_client.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_modules_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the module opens is the integration itself: calls, pages and streams are those of the untyped face."""
    monkeypatch.setenv("PARCELS_KEY", "any")
    monkeypatch.setenv("STRIPE_API_KEY", "any")
    stores = {"state": "memory://", "journal": "memory://"}
    with MockServer(SPECS["parcels"]) as url:
        opened: Any = _module(folder, "parcels").open_parcels(str(SPECS["parcels"]), base_url=url, **stores)
        with opened as parcels:
            quote = parcels.quote_parcel(country="DE", weight=2.5)
            assert isinstance(quote["price"], Decimal)
            assert set(quote.data) == {"price", "currency"}
    with MockServer(SPECS["odd_names"]) as url:
        opened = _module(folder, "odd_names").open_odd_names(str(SPECS["odd_names"]), base_url=url, **stores)
        with opened as odd:
            given = {"id": 1, "from": "a", "to": "x", "lines": [{"sku": "s"}], "x_tenant": "t", "filter_kind": "k"}
            sent = odd.send.call({**given, "class": "a", "x_trace": "t-1", "since": "2026-11-24T09:00:00Z"})
            assert {"value", "children", "to"} <= set(sent.data)
            assert odd.operation("close")().data is odd.operations["close"]().data is None
            assert isinstance(odd.operations["statistics"]().data, list)
            assert isinstance(odd.operation("statistics")().data, list)
            assert odd.upload(file=("a.txt", b"x"), note="n")["city"]


async def _asynchronous(module: Any, url: str) -> str:
    async with module.open_parcels_async(
        str(SPECS["parcels"]), base_url=url, state="memory://", journal="memory://"
    ) as parcels:
        return str((await parcels.quote_parcel(country="DE", weight=2.5))["currency"])


def test_the_asynchronous_face_runs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`open_parcels_async()` gives the integration of an event loop."""
    import asyncio

    monkeypatch.setenv("PARCELS_KEY", "any")
    with MockServer(SPECS["parcels"]) as url:
        assert asyncio.run(_asynchronous(_module(folder, "parcels"), url)) == "EUR"
