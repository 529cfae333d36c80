"""Pages and streams: the same through the synchronous and the asyncio client."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from intertie.core.errors import CallError, UsageError
from intertie.testing import Answer, Failure
from support.client_faces import AsyncFace, SyncFace, both, face_of, plan_of_spec

PLAN = plan_of_spec()
ROWS = ["a", "b", "c", "d", "e"]
KINDS = pytest.mark.parametrize("kind", [SyncFace, AsyncFace], ids=["sync", "async"])


def service(request, number):
    """A service of five rows, two a page, in every style."""
    parts = urlsplit(request.target)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    match parts.path:
        case "/cursor":
            start = int(query.get("after", "0"))
            following = str(start + 2) if start + 2 < len(ROWS) else None
            return Answer(json={"data": ROWS[start : start + 2], "next": following})
        case "/pages":
            start = (int(query["page"]) - 1) * int(query["per_page"])
            return Answer(json={"data": ROWS[start : start + 2]})
        case "/offsets":
            start = int(query.get("offset", "0"))
            return Answer(json={"data": ROWS[start : start + int(query["limit"])], "total": len(ROWS)})
        case "/links":
            start = int(query.get("from", "0"))
            link = {"Link": f'<https://api.test.example/links?from={start + 2}>; rel="next"'}
            return Answer(json=ROWS[start : start + 2], headers=link if start + 2 < len(ROWS) else {})
    raise AssertionError(request.target)


STYLES = pytest.mark.parametrize("operation", ["walk_cursor", "walk_pages", "walk_offsets", "walk_links"])


@STYLES
def test_items_of_all_pages_are_walked_in_order(operation):
    """Every style ends after its last page and gives each item once."""

    def scenario(face):
        return face.items(operation), len(face.sent)

    items, requests = both(PLAN, service, scenario)
    assert items == ROWS
    assert requests == 3


@STYLES
def test_pages_are_whole_results(operation):
    """Each page is a result of its own, with status and attempts."""

    def scenario(face):
        pages = face.pages(operation)
        return [(page.status, page.attempts, page.operation) for page in pages]

    assert both(PLAN, service, scenario) == [(200, 1, operation)] * 3


@STYLES
def test_pages_nobody_asks_for_are_not_fetched(operation):
    """Who stops after the first item has sent one request."""

    def scenario(face):
        return face.items(operation, most=1), len(face.sent)

    assert both(PLAN, service, scenario) == (["a"], 1)


def test_a_page_that_fails_ends_the_walk_with_its_error():
    """Items before it were given; the error is the call's own."""
    script = [Answer(json={"data": ["a"], "next": "1"}), Answer(404, json={})]

    def scenario(face):
        with pytest.raises(CallError) as failed:
            face.items("walk_cursor")
        return failed.value.operation, type(failed.value).__name__, face.sent

    operation, kind, sent = both(PLAN, script, scenario)
    assert (operation, kind) == ("walk_cursor", "ServiceError")
    assert sent == ["GET /cursor", "GET /cursor?after=1"]


def test_an_operation_without_pages_says_how_to_declare_them():
    """`.items` on such an operation is a usage error, and nothing is sent."""

    def scenario(face):
        with pytest.raises(UsageError, match="get_charge has no `pagination` in its spec"):
            face.items("get_charge", charge_id="1")
        return face.sent

    assert both(PLAN, [], scenario) == []


def test_a_stream_is_read_chunk_by_chunk():
    """All chunks together are the body."""

    def scenario(face):
        chunks = face.stream("download")
        return len(chunks) > 1, b"".join(chunks)

    assert both(PLAN, [Answer(body=b"0123456789" * 10)], scenario) == (True, b"0123456789" * 10)


def test_a_stream_left_early_frees_everything():
    """Leaving the block closes the body: nothing stays in flight, and the next call goes through."""
    plan = plan_of_spec(Rate_Limits="rate_limits: {requests_per_second: 100, concurrent_requests: 1}")

    def scenario(face):
        taken = face.stream("download", most=1)
        return len(taken), face.api.statistics().limiter.in_flight, len(face.stream("download"))

    assert both(plan, [Answer(body=b"0123456789" * 10)], scenario) == (1, 0, 7)


@pytest.mark.parametrize("step", [Answer(500), Failure("connect"), Answer(404, json={})])
def test_a_stream_that_can_not_be_opened_is_the_calls_error(step):
    """No body is handed out for an error."""

    def scenario(face):
        with pytest.raises(CallError) as failed:
            face.stream("download")
        return type(failed.value).__name__, failed.value.operation

    assert both(PLAN, [step], scenario)[1] == "download"


def test_a_fallback_answer_has_no_stream():
    """A default answer can't be streamed, and that is said."""
    plan = plan_of_spec(
        Error_Handling="""
error_mapping: [{external_code: 5xx, internal_code: DOWN, message: Down., action: fallback}]
fallback_behavior: {strategy: default, default_response: {a: 1}}
"""
    )

    def scenario(face):
        with pytest.raises(CallError, match=r"download was answered by a fallback \(default\), which has no stream"):
            face.stream("download")

    both(plan, [Answer(500)], scenario)


@KINDS
def test_an_explained_stream_that_fails_tells_why(kind):
    """The options of a view hold for its streams as for its calls."""
    with face_of(kind, PLAN, [Answer(404, json={})]) as face:
        face.api = face.api.with_options(explain=True)
        with pytest.raises(CallError) as failed:
            face.stream("download")
        assert ("send", "attempt") in [(event.stage, event.event) for event in failed.value.events]
