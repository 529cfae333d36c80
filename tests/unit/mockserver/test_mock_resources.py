"""Endpoints that remember."""

from __future__ import annotations

import json

import pytest

from intertie.runtime.plan import PaginationPlan
from intertie.runtime.schemas import CompiledSchema
from intertie.runtime.wires.rest.plan import BodyPlan, ErrorAnswerPlan
from support.changing import answers_of, changed
from support.mock_plans import CREATE, DEFS, GET, LIST, Bench, answers, header, operation, plan, schema

JSON_BODY = BodyPlan("application/json", "json", None, required=False)
UPDATE = operation(
    "update_charge",
    "PATCH",
    "/v1/charges/{charge_id}",
    body=JSON_BODY,
    response=answers("Charge", ErrorAnswerPlan("404", None, schema("Error"), None)),
)
DELETE = operation(
    "delete_charge",
    "DELETE",
    "/v1/charges/{charge_id}",
    response=answers_of(["204"], None, "json", None, (ErrorAnswerPlan("404", None, None, None),)),
)


def data(reply):
    assert reply.status < 300, reply.body
    return json.loads(reply.body)


def test_what_was_created_is_read_back():
    """A created charge echoes what was posted, has its own id and the instant of now, and is read by it."""
    bench = Bench()
    made = data(bench.charge(body=b"amount=4200&currency=gbp&source=tok_1"))
    assert (made["amount"], made["currency"]) == (4200, "gbp")
    assert made["created"] == int(bench.clock.utc_s())
    assert made["id"] != "ch_3OqM2x"
    assert made["id"].startswith("ch_")
    assert "source" not in made
    assert data(bench.ask("GET", f"/v1/charges/{made['id']}")) == made
    assert schema("Charge").is_valid(made)


def test_every_created_thing_has_another_id():
    """A thousand charges have a thousand ids, and all of them are listed."""
    bench = Bench()
    ids = {data(bench.charge(idempotency=f"k-{n}"))["id"] for n in range(1000)}
    assert len(ids) == 1000
    assert {row["id"] for row in data(bench.ask("GET", "/v1/charges?limit=1000"))["data"]} == ids


def test_an_unknown_id_is_the_declared_404():
    """Where 404 is declared, an id that nobody created is one; the spec's own example id is known."""
    bench = Bench()
    assert bench.ask("GET", "/v1/charges/ch_nobody").status == 404
    assert data(bench.ask("GET", "/v1/charges/ch_3OqM2x"))["id"] == "ch_3OqM2x"


def test_where_no_endpoint_yields_an_id_a_declared_404_does_not_hide_the_success():
    """A spec that only reads things, without an example id, is answered by its schema; deleted things are gone."""
    properties = {"id": {"type": "integer"}, "name": {"type": "string"}}
    shape = CompiledSchema({"type": "object", "required": ["id"], "properties": properties})
    missing = ErrorAnswerPlan("404", "No such repository", None, None)
    read = operation(
        "get_repository",
        "GET",
        "/repos/{owner}/{repo}",
        response=answers_of(["200"], "application/json", "json", shape, (missing,)),
    )
    delete = changed(DELETE, id="delete_repository", path="/repos/{owner}/{repo}")
    bench = Bench(plan(read, delete))
    one = data(bench.ask("GET", "/repos/octo/hello"))
    assert data(bench.ask("GET", "/repos/octo/hello")) == one
    assert bench.ask("DELETE", "/repos/octo/hello").status == 204
    assert bench.ask("GET", "/repos/octo/hello").status == 404
    assert bench.ask("GET", "/repos/octo/other").status == 200


def test_without_a_declared_404_an_unknown_id_is_made_from_the_schema():
    """The answer has the id that was asked for, and the same one each time."""
    bench = Bench(plan(CREATE, changed(GET, response=answers("Charge"))))
    one = data(bench.ask("GET", "/v1/charges/ch_any"))
    assert one["id"] == "ch_any"
    assert data(bench.ask("GET", "/v1/charges/ch_any")) == one


def test_lists_show_the_newest_first_and_page_by_cursor():
    """Walking by `starting_after` visits every charge once, newest first."""
    bench = Bench()
    ids = [data(bench.charge(idempotency=f"k-{n}"))["id"] for n in range(7)]
    seen, cursor = [], None
    while True:
        page = data(bench.ask("GET", "/v1/charges?limit=3" + (f"&starting_after={cursor}" if cursor else "")))
        seen += [row["id"] for row in page["data"]]
        if not page["has_more"]:
            break
        cursor = page["data"][-1]["id"]
    assert seen == ids[::-1]
    assert len(data(bench.ask("GET", "/v1/charges"))["data"]) == 7


def test_updates_and_deletions_last():
    """PATCH changes, DELETE removes, and afterwards the id is unknown."""
    bench = Bench(plan(CREATE, GET, LIST, UPDATE, DELETE))
    made = data(bench.charge())
    path = f"/v1/charges/{made['id']}"
    changed = data(
        bench.ask(
            "PATCH", path, body=b'{"amount": 7, "id": "other", "currency": "none"}', content_type="application/json"
        )
    )
    assert changed == {**made, "amount": 7}
    assert data(bench.ask("GET", path)) == changed
    gone = bench.ask("DELETE", path)
    assert (gone.status, gone.body) == (204, b"")
    assert bench.ask("GET", path).status == 404
    assert bench.ask("DELETE", path).status == 404
    refused = bench.ask("PATCH", path, body=b"{}", content_type="application/json")
    assert json.loads(refused.body)["error"]["code"] == "not_found"
    assert data(bench.ask("GET", "/v1/charges"))["data"] == []


def test_an_idempotency_key_is_honoured():
    """The same key gives the same answer and creates once; with another request it is refused."""
    bench = Bench()
    first, again = bench.charge(), bench.charge()
    assert first.body == again.body
    assert header(again, "Idempotent-Replayed") == "true"
    assert bench.charge(body=b"amount=1&currency=eur&source=x").status == 422
    assert len(data(bench.ask("GET", "/v1/charges"))["data"]) == 1


def test_a_declared_409_is_the_status_of_a_reused_key():
    """The status of a reused key is one that the endpoint declares."""
    op = changed(CREATE, response=answers("Charge", ErrorAnswerPlan("409", None, None, None)))
    bench = Bench(plan(op, GET))
    bench.charge()
    assert bench.charge(body=b"amount=1&currency=eur&source=x").status == 409


def test_a_refused_request_does_not_use_up_its_key():
    """After a 400 the same key may be used with a mended request."""
    bench = Bench()
    assert bench.charge(body=b"amount=0&currency=eur&source=x").status == 400
    assert bench.charge().status == 200


ITEM = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "integer"},
        "name": {"type": "string"},
        "updated_at": {"type": "string", "format": "date-time"},
    },
}


def rows(place, extra=None):
    return answers_of(
        ["200"],
        "application/json",
        "json",
        CompiledSchema(
            {
                "type": "object",
                "required": [place],
                "properties": {place: {"type": "array", "items": ITEM}, **(extra or {})},
            }
        ),
    )


@pytest.mark.parametrize(
    ("pagination", "extra", "query", "steps"),
    [
        (
            PaginationPlan(
                "page",
                {
                    "page_parameter": "page",
                    "first": 1,
                    "size_parameter": "per_page",
                    "size": 10,
                    "items_path": "rows",
                    "total_path": "total",
                },
            ),
            {"total": {"type": "integer"}},
            "page",
            1,
        ),
        (
            PaginationPlan(
                "offset",
                {
                    "offset_parameter": "offset",
                    "limit_parameter": "limit",
                    "limit": 10,
                    "items_path": "rows",
                    "total_path": "total",
                },
            ),
            {"total": {"type": "integer"}},
            "offset",
            10,
        ),
    ],
)
def test_pages_and_offsets_cut_the_same_list(pagination, extra, query, steps):
    """A collection that nobody creates in holds things; its pages are disjoint and end with a short one."""
    op = operation("list_rows", "GET", "/rows", response=rows("rows", extra), pagination=pagination)
    bench = Bench(plan(op))
    seen, at = [], 1 if query == "page" else 0
    while True:
        page = data(bench.ask("GET", f"/rows?{query}={at}"))
        assert page["total"] == 23
        seen += [row["id"] for row in page["rows"]]
        at += steps
        if len(page["rows"]) < 10:
            break
    assert len(seen) == len(set(seen)) == 23


def test_link_headers_lead_through_the_pages():
    """Style `link` names the next page until there is none."""
    op = operation(
        "list_rows",
        "GET",
        "/rows",
        response=answers_of(["200"], "application/json", "json", CompiledSchema({"type": "array", "items": ITEM})),
        pagination=PaginationPlan("link", {"items_path": ""}),
    )
    bench = Bench(plan(op))
    target, seen = "/rows?per_page=9", []
    while target:
        reply = bench.ask("GET", target)
        seen += [row["id"] for row in data(reply)]
        link = header(reply, "Link")
        target = link[1 : link.index(">")] if link else None
    assert len(set(seen)) == len(seen) == 23


@pytest.mark.parametrize(
    "cursor_type", [{"type": ["string", "null"]}, {"type": "string"}, {"type": ["integer", "null"]}]
)
def test_an_opaque_cursor_stands_where_the_plan_says(cursor_type):
    """`next` holds the cursor in the form that the schema takes, and nothing on the last page."""
    op = operation(
        "list_rows",
        "GET",
        "/rows",
        response=rows("rows", {"next": cursor_type}),
        pagination=PaginationPlan("cursor", {"cursor_parameter": "after", "cursor_path": "next", "items_path": "rows"}),
    )
    bench = Bench(plan(op))
    cursor, seen = "", []
    for _ in range(10):
        page = data(bench.ask("GET", f"/rows?after={cursor}"))
        assert op.result.schema.is_valid(page)
        seen += [row["id"] for row in page["rows"]]
        cursor = page.get("next")
        if not cursor:
            break
    assert len(set(seen)) == len(seen) == 23


@pytest.mark.parametrize("position", ["%C2%B2", "9" * 5000, "-1", "x"])
def test_a_cursor_that_the_mock_did_not_write_leads_behind_the_last(position):
    """A client may send any text as a cursor: what is no position is answered with an empty page."""
    op = operation(
        "list_rows",
        "GET",
        "/rows",
        response=rows("rows", {"next": {"type": ["string", "null"]}}),
        pagination=PaginationPlan("cursor", {"cursor_parameter": "after", "cursor_path": "next", "items_path": "rows"}),
    )
    assert data(Bench(plan(op)).ask("GET", f"/rows?after=pos_{position}")) == {"rows": [], "next": None}


def test_things_in_an_envelope_are_stored_and_shown_in_it():
    """`{"data": {…}}` answers hold the thing; created with 201 they name its place; collections lie under their parents."""
    wrapped = CompiledSchema(
        {
            "type": "object",
            "required": ["data"],
            "properties": {
                "data": {
                    "type": "object",
                    "required": ["id", "name"],
                    "properties": {
                        "id": {"type": "string", "format": "uuid"},
                        "name": {"type": "string"},
                        "org_id": {"type": "string"},
                    },
                }
            },
        }
    )
    shown = answers_of(["200"], "application/json", "json", wrapped, (ErrorAnswerPlan("404", None, None, None),))
    create = operation(
        "add",
        "POST",
        "/orgs/{org_id}/members",
        body=JSON_BODY,
        response=answers_of(["201"], schema=shown.result.schema),
    )
    read = operation("read", "GET", "/orgs/{org_id}/members/{member_id}", response=shown)
    bench = Bench(plan(create, read))
    reply = bench.ask("POST", "/orgs/o1/members", body=b'{"name": "Ada"}', content_type="application/json")
    made = data(reply)["data"]
    assert (reply.status, made["name"], made["org_id"]) == (201, "Ada", "o1")
    assert header(reply, "Location") == f"/orgs/o1/members/{made['id']}"
    assert data(bench.ask("GET", f"/orgs/o1/members/{made['id']}"))["data"] == made
    assert bench.ask("GET", f"/orgs/o2/members/{made['id']}").status == 404


def test_a_creation_without_body_is_stored_too():
    """A 201 with nothing in it names the place of what was made, and there it is."""
    create = operation("add", "POST", "/notes", body=JSON_BODY, response=answers_of(["201"], None, "json", None))
    read = operation("read", "GET", "/notes/{id}", response=answers("Charge", ErrorAnswerPlan("404", None, None, None)))
    bench = Bench(plan(create, read))
    reply = bench.ask("POST", "/notes", body=b'{"amount": 9}', content_type="application/json")
    assert (reply.status, reply.body) == (201, b"")
    assert data(bench.ask("GET", header(reply, "Location")))["amount"] == 9


def test_things_with_numbers_count_up():
    """Identifiers that are numbers follow each other."""
    create = operation(
        "add",
        "POST",
        "/rows",
        body=JSON_BODY,
        response=answers_of(["200"], "application/json", "json", CompiledSchema(ITEM)),
    )
    read = operation(
        "read",
        "GET",
        "/rows/{id}",
        response=answers_of(["200"], "application/json", "json", CompiledSchema(ITEM)),
    )
    bench = Bench(plan(create, read))
    ids = [data(bench.ask("POST", "/rows", body=b"{}", content_type="application/json"))["id"] for _ in range(50)]
    assert ids == list(range(ids[0], ids[0] + 50))


def test_put_creates_where_nothing_else_does():
    """Without a POST, PUT under a new id stores the thing."""
    shown = answers_of(
        ["200"],
        "application/json",
        "json",
        CompiledSchema({**ITEM, "properties": {**ITEM["properties"], "id": {"type": "string"}}}),
        (ErrorAnswerPlan("404", None, None, None),),
    )
    put = operation("put", "PUT", "/docs/{id}", body=JSON_BODY, response=shown)
    read = operation("read", "GET", "/docs/{id}", response=shown)
    bench = Bench(plan(put, read))
    assert data(bench.ask("PUT", "/docs/a", body=b'{"name": "x"}', content_type="application/json"))["name"] == "x"
    assert data(bench.ask("GET", "/docs/a"))["name"] == "x"
    assert bench.ask("GET", "/docs/b").status == 404


def test_an_endpoint_without_resource_echoes_and_repeats_itself():
    """A quote gets the posted fields of the same name, and the same answer for the same request."""
    quote = CompiledSchema(
        {
            "type": "object",
            "required": ["price", "country"],
            "properties": {"price": {"type": "number", "minimum": 1}, "country": {"type": "string"}},
        }
    )
    op = operation(
        "quote_parcel",
        "POST",
        "/quotes",
        body=JSON_BODY,
        response=answers_of(["200"], "application/json", "json", quote),
    )
    bench = Bench(plan(op))
    ask = lambda body: bench.ask("POST", "/quotes", body=body, content_type="application/json")  # noqa: E731
    assert data(ask(b'{"country": "DE"}'))["country"] == "DE"
    assert ask(b'{"country": "DE"}').body == ask(b'{"country": "DE"}').body
    assert data(ask(b'{"country": "FR"}'))["price"] != data(ask(b'{"country": "DE"}'))["price"]


def test_an_example_is_answered_as_it_is():
    """Example before schema."""
    op = operation(
        "get",
        "GET",
        "/rate",
        response=answers_of(
            ["2xx"],
            "application/json",
            "json",
            CompiledSchema({"type": "object"}),
            example={"rate": "1.08"},
        ),
    )
    assert data(Bench(plan(op)).ask("GET", "/rate")) == {"rate": "1.08"}


@pytest.mark.parametrize(
    ("streaming", "content_type", "count"),
    [("sse", "text/event-stream", b"data: "), ("ndjson", "application/x-ndjson", b"\n")],
)
def test_streams_hold_several_documents(streaming, content_type, count):
    """A streamed answer has three documents of the schema, framed as its kind is."""
    op = operation("watch", "GET", "/watch", streaming=streaming, response=answers("Charge"))
    reply = Bench(plan(op)).ask("GET", "/watch")
    assert header(reply, "Content-Type") == content_type
    assert reply.body.count(count) == 3


def test_text_xml_and_binary_answers_are_encoded():
    """The codec of the response decides its bytes."""
    for codec, content_type, begins in (
        ("xml", "application/xml", b"<?xml"),
        ("text", "text/plain", b""),
        ("binary", "application/octet-stream", b""),
    ):
        made = CompiledSchema(
            {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}}
            if codec == "xml"
            else {"type": "string"}
        )
        op = operation("get", "GET", "/x", response=answers_of(["200"], content_type, codec, made))
        reply = Bench(plan(op)).ask("GET", "/x")
        assert header(reply, "Content-Type") == content_type
        assert reply.body.startswith(begins)
        assert reply.body


def test_a_schema_that_nothing_satisfies_is_a_500_that_says_so():
    """An impossible response schema is told, with the endpoint's line."""
    op = operation(
        "get",
        "GET",
        "/x",
        response=answers_of(
            ["200"],
            "application/json",
            "json",
            CompiledSchema({"type": "integer", "minimum": 2, "maximum": 1}),
        ),
    )
    reply = Bench(plan(op)).ask("GET", "/x")
    assert reply.status == 500
    assert b"no-answer" in reply.body
    assert b"payments.md:100" in reply.body


def test_the_same_seed_and_requests_give_the_same_answers():
    """Two mocks of one seed are twins; one of another seed is not."""

    def story(seed):
        bench = Bench(plan(CREATE, GET, LIST, UPDATE, DELETE), seed=seed, profile="flaky", latency=True)
        made = [bench.charge(idempotency=f"k-{n}") for n in range(20)]
        made += [bench.ask("GET", "/v1/charges?limit=5"), bench.ask("GET", "/v1/charges/ch_3OqM2x")]
        return [(reply.status, reply.body, reply.delay_s) for reply in made]

    assert story(7) == story(7)
    assert story(7) != story(8)


def test_a_reset_starts_over():
    """After `reset` nothing is known of what was created, and ids begin anew."""
    bench = Bench()
    first = data(bench.charge())
    bench.engine.reset()
    assert data(bench.ask("GET", "/v1/charges"))["data"] == []
    assert data(bench.charge()) == first


def test_definitions_of_the_test_plan_are_valid_json_schema():
    """The hand-made plan's schemas answer as they should."""
    assert set(DEFS) == {"ChargeRequest", "Charge", "ChargeList", "Error"}
    assert schema("Error").is_valid({"error": {"code": "x"}})
