"""From a description to calls: what `intertie new --from` writes is mocked and called through the guards as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from intertie.app.opening import open as open_sync
from intertie.cli.main import run
from intertie.mockserver import MockServer
from support.imports import DATA

STORES = {"state": "memory://", "journal": "memory://"}


def test_an_imported_service_is_mocked_and_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The museum's description, imported by the command and untouched, is served and called with its own examples."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MUSEUM_USERNAME", "ann")
    monkeypatch.setenv("MUSEUM_PASSWORD", "secret")
    assert run(["new", "Museum", "--from", str(DATA / "museum-openapi.yaml")]) == 0
    assert run(["check", "specs/museum.md", "--format", "concise"]) == 0
    path = tmp_path / "specs" / "museum.md"
    with MockServer(path) as url, open_sync(path, base_url=url, **STORES) as museum:
        hours = museum.get_museum_hours(limit=10)
        assert hours.data[0] == {"date": "2023-09-11", "timeOpen": "09:00", "timeClose": "18:00"}
        ticket = museum.buy_museum_tickets(ticketType="general", ticketDate="2023-09-07", email="a@x.example")
        assert ticket.data["message"] == "Museum general entry ticket purchased"
