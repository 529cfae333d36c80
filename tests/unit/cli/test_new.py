"""`intertie new` on a terminal."""

from __future__ import annotations

from click.testing import CliRunner

from intertie.cli.commands import new
from intertie.cli.main import cli
from intertie.core.errors import UsageError


def test_a_terminal_is_asked(tmp_path, monkeypatch):
    """On a terminal what no option says is asked for; an empty answer stays a placeholder, a wrong one is asked again."""
    monkeypatch.setattr(new, "is_terminal", lambda: True)
    monkeypatch.chdir(tmp_path)
    answers = "api.parcels.example\nhttps://api.parcels.example\nSOAP\nrest\n\njson\n"
    result = CliRunner().invoke(cli, ["new", "Parcels"], input=answers)
    assert result.exit_code == 0, result.output
    assert result.output.count("Protocol (REST, GraphQL, WebSocket, gRPC) (leave empty to decide later):") == 2
    assert result.output.count("Base URL of the service (leave empty to decide later):") == 2
    text = (tmp_path / "specs" / "parcels.md").read_text()
    assert "base_url: https://api.parcels.example" in text
    assert "- **Protocol**: REST" in text
    assert "- **Authentication**: [API Key/OAuth/JWT/Basic]" in text
    assert "- **Data Format**: JSON" in text


def test_a_wrong_option_is_told_before_anything_is_asked(tmp_path, monkeypatch):
    """Nobody answers four questions to learn that the id was none."""
    monkeypatch.setattr(new, "is_terminal", lambda: True)
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(cli, ["new", "Parcels", "--id", "7"], input="\n\n\n\n")
    assert isinstance(result.exception, UsageError)
    assert result.output == ""
