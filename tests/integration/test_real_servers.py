"""The main job against servers nobody here wrote, with the specs under `examples/`."""

from __future__ import annotations

import asyncio
import json
import shutil
import threading
import urllib.parse
import urllib.request
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

import intertie
from support.pace import PATIENCE_S, at_any_pace
from support.real_servers import ROOT, httpbin, json_server, localstripe

EXAMPLES = ROOT / "examples"


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(EXAMPLES, tmp_path / "w", ignore=shutil.ignore_patterns(".intertie", "*.py", "__pycache__"))
    monkeypatch.setenv("STRIPE_API_KEY", "sk_test_12345")
    monkeypatch.setenv("HTTPBIN_USERNAME", "ann")
    monkeypatch.setenv("HTTPBIN_PASSWORD", "s3cret-word")
    return tmp_path / "w"


@pytest.fixture(scope="module")
def httpbin_url() -> Iterator[str]:
    with httpbin() as url:
        yield url


@pytest.fixture(scope="module")
def stripe_url() -> Iterator[str]:
    with localstripe() as url:
        yield url


@pytest.fixture(scope="module")
def tasks_url() -> Iterator[str]:
    tasks = [{"id": number, "title": f" task {number} ", "done": False} for number in range(1, 26)]
    with json_server({"tasks": tasks}) as url:
        yield url


@pytest.fixture
def bin_api(workspace: Path, httpbin_url: str) -> Iterator[intertie.Integration]:
    with intertie.open(workspace / "specs/httpbin.md", base_url=httpbin_url) as api:
        yield api


def test_httpbin_sees_the_query_the_headers_and_the_body_that_the_spec_says(bin_api: intertie.Integration) -> None:
    """Parameters, headers and JSON bodies arrive as the spec declares them."""
    echoed = bin_api.echo_query(word="héllo wörld", tags=["a", "b&c"]).data
    assert echoed["args"] == {"word": "héllo wörld", "tags": ["a", "b&c"]}
    posted = bin_api.echo_order(sku="x-1", quantity=3).data
    assert posted["json"]["quantity"] == 3
    assert len(posted["headers"]["Idempotency-Key"]) == 36


def test_httpbin_lets_the_right_credential_in_and_refuses_the_wrong_one(bin_api: intertie.Integration) -> None:
    """A refused credential is a fault of configuration, with its own error."""
    assert bin_api.who_am_i(user="ann", secret_word="s3cret-word").data == {"authenticated": True, "user": "ann"}
    with pytest.raises(intertie.TokenRefused) as refused:
        bin_api.who_am_i(user="ann", secret_word="another")
    assert "s3cret-word" not in str(refused.value)


def test_httpbin_errors_are_mapped_and_retried_as_the_spec_says(bin_api: intertie.Integration) -> None:
    """A 503 is tried three times, a 418 once; both carry the mapped code."""
    with pytest.raises(intertie.ServiceError) as teapot:
        bin_api.give_status(code=418)
    assert (teapot.value.internal_code, teapot.value.attempts) == ("TEAPOT", 1)
    with pytest.raises(intertie.ServiceError) as down:
        bin_api.give_status(code=503)
    assert (down.value.internal_code, down.value.attempts) == ("HTTPBIN_DOWN", 3)


@at_any_pace(0.3, 1.0)
def test_httpbin_that_answers_late_is_left_at_the_deadline(bin_api: intertie.Integration, pace_s: float) -> None:
    """The caller's shorter total bounds every attempt and every wait: it ends long before the answer comes."""
    with pytest.raises(intertie.DeadlineExceeded) as late:
        bin_api.answer_late.call({"seconds": round(10 * pace_s)}, timeout_s=pace_s)
    assert late.value.reached is intertie.Reach.MAYBE
    assert late.value.elapsed_s < 5 * pace_s


def test_httpbin_streams_in_chunks(bin_api: intertie.Integration) -> None:
    """A streamed body comes in pieces, and in whole."""
    with bin_api.download.stream(size=50_000, seed=1) as chunks:
        body = b"".join(chunks)
    assert len(body) == 50_000


def test_the_sync_and_the_async_client_get_the_same(workspace: Path, httpbin_url: str) -> None:
    """One plan, two faces, one result."""

    async def ask() -> object:
        async with intertie.open_async(workspace / "specs/httpbin.md", base_url=httpbin_url) as api:
            return (await api.echo_query(word="same")).data

    with intertie.open(workspace / "specs/httpbin.md", base_url=httpbin_url) as api:
        assert api.echo_query(word="same").data == asyncio.run(ask())


def test_many_threads_share_one_integration(bin_api: intertie.Integration) -> None:
    """Eight threads, one limit of eight in flight, every answer its own."""
    answers: dict[int, object] = {}

    def ask(number: int) -> None:
        answers[number] = bin_api.echo_query(word=str(number)).data["args"]["word"]

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {number: str(number) for number in range(16)}


def _payment_method(url: str) -> str:
    fields = {
        "type": "card",
        "card[number]": "4242424242424242",
        "card[exp_month]": "12",
        "card[exp_year]": "2030",
        "card[cvc]": "123",
    }
    request = urllib.request.Request(
        f"{url}/v1/payment_methods",
        data=urllib.parse.urlencode(fields).encode(),
        headers={"Authorization": "Bearer sk_test_12345"},
    )
    with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
        return str(json.load(answer)["id"])


def test_localstripe_takes_charges_through_the_payments_spec(workspace: Path, stripe_url: str) -> None:
    """Create, read and list charges; amounts are mapped both ways, the ledger bills each attempt."""
    method = _payment_method(stripe_url)
    with intertie.open(workspace / "specs/payments.md", base_url=stripe_url) as payments:
        created = [
            payments.create_charge(amount="12.50", currency="EUR", card_token=method, order_id=f"o-{number}")
            for number in range(3)
        ]
        assert created[0]["amount"] == Decimal("12.50")
        assert created[0].cost == intertie.Money(Decimal("0.002"), "EUR")
        read = payments.get_charge(charge_id=created[0]["charge_id"])
        assert read["currency"] == "EUR"
        listed = [item["id"] for item in payments.list_charges.items(limit=2)]
        assert {charge["charge_id"] for charge in created} <= set(listed)
        with pytest.raises(intertie.ServiceError) as refused:
            payments.create_charge(amount="1", currency="EUR", card_token="not-a-token", order_id="o-x")
        assert refused.value.status == 400
        month = payments.statistics().ledger
    assert month is not None
    assert month.calls >= 6


def test_json_server_keeps_tasks_through_the_tasks_spec(workspace: Path, tasks_url: str) -> None:
    """Create, read, change, delete; pages follow the Link header."""
    with intertie.open(workspace / "specs/tasks.md", base_url=tasks_url) as tasks:
        made = tasks.create_task(title="  write ", done="true")
        assert made.data == {"task_id": 26, "title": "write", "done": True}
        assert tasks.change_task(task_id=26, done=False)["done"] is False
        assert tasks.get_task(task_id=26)["title"] == "write"
        assert tasks.delete_task(task_id=26).status == 200
        with pytest.raises(intertie.ServiceError) as gone:
            tasks.get_task(task_id=26)
        assert gone.value.internal_code == "TASK_NOT_FOUND"
        titles = [item["title"] for item in tasks.list_tasks.items(_limit=10)]
        assert titles == [f"task {number}" for number in range(1, 26)]


def test_json_server_that_is_gone_is_answered_from_the_cache(workspace: Path) -> None:
    """The last good answer is given, marked stale, when the service is down."""
    with json_server({"tasks": [{"id": 1, "title": "kept", "done": False}]}) as url:
        tasks = intertie.open(workspace / "specs/tasks.md", base_url=url)
        assert tasks.get_task(task_id=1).fallback is None
    with tasks:
        kept = tasks.get_task(task_id=1)
    assert (kept.fallback, kept.stale, kept["title"]) == ("cache", True, "kept")
