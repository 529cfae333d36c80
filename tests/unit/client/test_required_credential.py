"""An application asks for its credential at its start."""

from __future__ import annotations

import asyncio

import pytest

import intertie
from support.spec_text import FRONT_MATTER, section

KEYED = """
service: {base_url: "http://127.0.0.1:9"}
authentication: {type: api_key, config: {key_location: header, key_name: X-Api-Key, secret: "env:START_KEY"}}
"""
ENDPOINT = "## API Endpoints\n### Get Rate\n```yaml\nendpoint: {path: /rate, method: GET}\n```\n"


@pytest.fixture(params=["blocking", "asyncio"])
def required(request, tmp_path):
    """Open a spec, ask for its credential, close it; in both ways of running."""

    async def on_a_loop(path):
        async with intertie.open_async(path, state="memory://", journal="memory://") as api:
            api.require_credential()

    def ask(service):
        path = tmp_path / "rates.md"
        path.write_text(FRONT_MATTER + section("Service Configuration", service) + ENDPOINT)
        if request.param == "asyncio":
            return asyncio.run(on_a_loop(path))
        with intertie.open(path, state="memory://", journal="memory://") as api:
            return api.require_credential()

    return ask


def test_a_missing_credential_is_named_at_once(required, monkeypatch):
    """Not at the first call."""
    monkeypatch.delenv("START_KEY", raising=False)
    with pytest.raises(intertie.CredentialMissing, match="env:START_KEY"):
        required(KEYED)


def test_a_credential_that_is_there_is_enough(required, monkeypatch):
    """Nothing is sent: nobody listens on the port."""
    monkeypatch.setenv("START_KEY", "any")
    required(KEYED)


def test_who_needs_no_credential_has_none_missing(required):
    """`type: none` asks for nothing."""
    required('service: {base_url: "http://127.0.0.1:9"}\nauthentication: {type: none}')
