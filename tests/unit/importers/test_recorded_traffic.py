"""curl commands, HAR recordings and Postman collections: calls that were made become operations; values do not stay."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from intertie.core.errors import UsageError
from intertie.importers import Selection
from support.imports import Importing, kinds


@pytest.fixture
def shop(tmp_path: Path) -> Importing:
    return Importing(tmp_path)


def endpoints(shop: Importing, text: str) -> dict[str, object]:
    return {each.name.value: each for each in shop.load(text).spec.endpoints}


# curl


def test_a_command_becomes_an_operation(shop: Importing) -> None:
    """Method, path with placeholders, body shape, idempotency key and credential come from the command, no value does."""
    imported = shop.new(
        "curl -X PATCH 'https://api.shop.example/v1/orders/ord_12AB34cd' -H 'Authorization: Bearer hunter2' "
        "-H 'Idempotency-Key: k-991' -H 'X-Shop: berlin' --data-raw '{\"amount\": 12, \"note\": \"for Ann\"}'"
    )
    text = imported.text
    for secret in ("hunter2", "k-991", "berlin", "Ann"):
        assert secret not in text
    endpoint = endpoints(shop, text)["Patch V1 Orders By Order Id"]
    assert endpoint.endpoint.path.value == "/v1/orders/{order_id}"
    assert endpoint.request.body.schema.value.json["properties"] == {
        "amount": {"type": "integer"},
        "note": {"type": "string"},
    }
    assert [each.name.value for each in endpoint.request.parameters] == ["order_id", "X-Shop"]
    plan = shop.plan(text)
    assert (plan.auth.type, plan.auth.name, plan.auth.scheme) == ("api_key", "Authorization", "Bearer")
    assert plan.operations["patch_v1_orders_by_order_id"].idempotency_header == "Idempotency-Key"
    assert shop.errors(text) == []


@pytest.mark.parametrize(
    ("command", "method", "content_type"),
    [
        ("curl https://x.example/a", "GET", None),
        ("curl -I https://x.example/a", "HEAD", None),
        ("curl x.example/a -d a=1 -d b=2", "POST", "application/x-www-form-urlencoded"),
        ("curl https://x.example/a -F file=@pic.png -F name=Ann", "POST", "multipart/form-data"),
        ("curl https://x.example/a --json '{}'", "POST", "application/json"),
        ("curl -T report.pdf https://x.example/a", "PUT", "application/octet-stream"),
        ("curl -G https://x.example/a -d q=1", "GET", None),
        ("curl -sSL -XDELETE https://x.example/a", "DELETE", None),
        ("curl --request=PUT --url https://x.example/a --data-binary @body.json -H 'content-type: application/json'", "PUT",
         "application/json"),
    ],
)  # fmt: skip
def test_options_mean_what_they_mean_to_curl(
    shop: Importing, command: str, method: str, content_type: str | None
) -> None:
    """The options that decide on method and body are read as curl reads them."""
    operation = next(iter(shop.plan(shop.new(command, base_url=None).text).operations.values()))
    assert operation.wire.method == method
    assert (operation.wire.body.content_type if operation.wire.body else None) == content_type


def test_several_commands_of_a_file_are_one_service(shop: Importing) -> None:
    """Commands over several lines, with prompts and pipes, are read; parameters of one path are put together."""
    text = shop.of(
        """# how we call it
$ curl -u "me:hunter2" \\
    'https://api.shop.example/orders?limit=10' | jq .
curl 'https://api.shop.example/orders?limit=20&state=paid' --compressed
curl $'https://api.shop.example/orders/7' --max-time 5 && echo done
""",
        "calls.sh",
    )
    assert [*endpoints(shop, text.text)] == ["Get Orders", "Get Orders By Order Id"]
    listing = endpoints(shop, text.text)["Get Orders"]
    assert {each.name.value: each.required is not None for each in listing.request.parameters} == {
        "limit": True,
        "state": False,
    }
    assert "type: basic" in text.text
    assert "hunter2" not in text.text
    assert ("curl-option", "--max-time") in {(loss.kind, loss.what) for loss in text.losses}


@pytest.mark.parametrize("command", ["curl 'https://x.example", "curl -s", "curl -d a=1"])
def test_a_command_that_can_not_be_read_is_one_message(shop: Importing, command: str) -> None:
    """An open quote and a missing URL are told with the command's place."""
    with pytest.raises(UsageError, match="command"):
        shop.new(command)


# HAR


def entry(method: str, url: str, status: int = 200, answer: object = None, **more: object) -> dict[str, object]:
    content: dict[str, object] = (
        {"mimeType": "application/json", "text": json.dumps(answer)} if answer is not None else {}
    )
    request: dict[str, object] = {"method": method, "url": url, "headers": [], **more.pop("request", {})}
    return {"request": request, "response": {"status": status, "content": content}, **more}


def har(*entries: dict[str, object]) -> str:
    return json.dumps({"log": {"version": "1.2", "entries": [*entries]}})


def test_a_recording_becomes_operations_without_what_was_in_it(shop: Importing) -> None:
    """Calls of one method and path are one operation with inferred shapes; assets, other hosts and values are left out."""
    recording = har(
        entry("GET", "https://api.shop.example/orders/17?expand=lines", answer={"id": 17, "owner": "ann@x.example", "at": "2025-01-01"}),
        entry("GET", "https://api.shop.example/orders/99", answer={"id": 99, "owner": None, "at": "2025-02-01"}),
        entry("GET", "https://api.shop.example/orders/0", 404, {"error": "none"}),
        entry(
            "POST", "https://api.shop.example/orders", 201, {"id": 1},
            request={
                "headers": [{"name": "X-Api-Key", "value": "s3cr3t"}, {"name": "Cookie", "value": "sid=1"}],
                "postData": {"mimeType": "application/json; charset=utf-8", "text": '{"item": "signet", "price": 99.5}'},
            },
        ),
        entry("OPTIONS", "https://api.shop.example/orders"),
        entry("GET", "https://tracker.example/pixel", answer={}),
        {"request": {"method": "GET", "url": "https://api.shop.example/app.js"},
         "response": {"status": 200, "content": {"mimeType": "application/javascript"}}},
        {"request": {"method": "GET", "url": "https://api.shop.example/logo"}, "_resourceType": "image", "response": {}},
    )  # fmt: skip
    imported = shop.of(recording, "session.har")
    text = imported.text
    for value in ("ann@x.example", "s3cr3t", "sid=1", "signet", "99.5", "tracker"):
        assert value not in text
    found = endpoints(shop, text)
    assert [*found] == ["Get Orders By Order Id", "Post Orders"]
    reading = found["Get Orders By Order Id"]
    schema = reading.response.success.schema.value.json
    assert schema["properties"] == {
        "id": {"type": "integer"}, "owner": {"type": ["string", "null"], "format": "email"}, "at": {"type": "string", "format": "date"},
    }  # fmt: skip
    assert schema["required"] == ["id", "owner", "at"]
    assert [status.value for status, _ in reading.response.errors] == ["404"]
    assert "key_name: X-Api-Key" in text
    assert {"asset", "other-host", "recorded-value", "cookie-parameter"} <= kinds(imported)
    assert shop.errors(text) == []
    assert shop.plan(text).operations["post_orders"].wire.body.schema.is_valid({"item": "a", "price": 1})


def test_a_recorded_body_may_be_encoded_or_broken(shop: Importing) -> None:
    """Base64 bodies are read, broken ones only say that there was a body; a call without an answer has none."""
    good = base64.b64encode(b'{"ok": true}').decode()
    recording = har(
        {"request": {"method": "GET", "url": "https://x.example/a"},
         "response": {"status": 200, "content": {"mimeType": "application/json", "encoding": "base64", "text": good}}},
        {"request": {"method": "GET", "url": "https://x.example/b"},
         "response": {"status": 200, "content": {"mimeType": "application/json", "encoding": "base64", "text": "%%"}}},
        {"request": {"method": "GET", "url": "https://x.example/c"}, "response": {"status": 0}},
        {"request": {"method": "GET", "url": "chrome-extension://abc/x"}, "response": {"status": 200}},
    )  # fmt: skip
    text = shop.of(recording, "session.har").text
    found = endpoints(shop, text)
    assert found["Get A"].response.success.schema.value.json["required"] == ["ok"]
    assert found["Get B"].response.success.schema is None
    assert len(found) == 3


# Postman


def collection(*items: object, **more: object) -> str:
    schema = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
    return json.dumps({"info": {"name": "Shop API", "schema": schema}, "item": [*items], **more})


def test_a_collection_becomes_operations(shop: Importing) -> None:
    """Folders are tags, `:id` and open variables are placeholders, saved answers are examples, scripts are told."""
    text_of = collection(
        {
            "name": "Orders",
            "item": [
                {
                    "name": "Read an order",
                    "event": [{"listen": "test", "script": {"exec": ["pm.test('x')"]}}],
                    "request": {
                        "method": "GET",
                        "description": {"content": "Reads **one** order."},
                        "url": {
                            "raw": "{{baseUrl}}/orders/:id?expand=lines",
                            "query": [{"key": "expand", "value": "lines", "description": "What to add"},
                                      {"key": "old", "value": "1", "disabled": True}],
                            "variable": [{"key": "id", "description": "Its number"}],
                        },
                    },
                    "response": [
                        {"name": "Found", "code": 200, "header": [{"key": "Content-Type", "value": "application/json"}],
                         "body": '{"id": "o1"}'},
                        {"name": "None", "code": 404, "_postman_previewlanguage": "json", "body": '{"error": "no"}'},
                    ],
                },
                {
                    "name": "Make an order",
                    "request": {
                        "method": "POST",
                        "url": {"raw": "{{baseUrl}}/shops/{{shopId}}/orders"},
                        "header": [{"key": "X-Trace", "value": "{{trace}}"}],
                        "body": {"mode": "raw", "raw": '{"item": {{item}}, "n": 1}', "options": {"raw": {"language": "json"}}},
                    },
                },
            ],
        },
        {
            "name": "Upload",
            "request": {
                "method": "POST",
                "url": "{{baseUrl}}/files",
                "auth": {"type": "noauth"},
                "body": {"mode": "formdata", "formdata": [{"key": "file", "type": "file"}, {"key": "title", "value": "a"}]},
            },
        },
        variable=[{"key": "baseUrl", "value": "https://api.shop.example/v2"}],
        auth={"type": "apikey", "apikey": [{"key": "key", "value": "X-Shop-Key"}, {"key": "value", "value": "s3cr3t"}]},
    )  # fmt: skip
    path = shop.write(text_of, "shop.postman_collection.json")
    imported = shop.new(path)
    found = endpoints(shop, imported.text)
    assert [*found] == ["Read An Order", "Make An Order", "Upload"]
    reading = found["Read An Order"]
    assert reading.endpoint.path.value == "/v2/orders/{id}"
    assert reading.endpoint.description.value == "Reads one order."
    assert [(each.name.value, each.description.value) for each in reading.request.parameters] == [
        ("id", "Its number"), ("expand", "What to add"),
    ]  # fmt: skip
    assert reading.response.success.example.value == {"id": "o1"}
    assert found["Make An Order"].endpoint.path.value == "/v2/shops/{shopId}/orders"
    assert found["Make An Order"].request.body.schema.value.json["required"] == ["item", "n"]
    upload = found["Upload"].request.body
    assert upload.content_type.value == "multipart/form-data"
    assert upload.schema.value.json["properties"]["file"] == {"type": "string", "format": "binary"}
    assert "key_name: X-Shop-Key" in imported.text
    assert "s3cr3t" not in imported.text
    assert "script" in kinds(imported)
    assert shop.errors(imported.text) == []
    assert shop.new(path, selection=Selection(tags=("orders",))).operations == ("Read An Order", "Make An Order")


def test_a_host_that_is_an_open_variable_is_not_invented(shop: Importing) -> None:
    """Where the collection does not fill its host, calls go to this machine, marked as a guess."""
    text = shop.of(collection({"name": "A", "request": "{{host}}/a"}), "c.json").text
    assert "development: http://127.0.0.1:8080  # guessed" in text
    assert shop.errors(text) == []


def test_the_older_form_of_a_collection_is_read(shop: Importing) -> None:
    """Version 2.0 writes auth as a mapping and URLs as text or parts."""
    text = shop.of(
        json.dumps(
            {
                "info": {
                    "name": "Old",
                    "schema": "https://schema.getpostman.com/json/collection/v2.0.0/collection.json",
                },
                "auth": {"type": "bearer", "bearer": {"token": "t0k3n"}},
                "item": [
                    {
                        "name": "A",
                        "request": {"url": {"protocol": "https", "host": ["x", "example"], "path": ["a", ":b"]}},
                    }
                ],
            }
        ),
        "old.json",
    ).text
    assert "path: /a/{b}" in text
    assert "scheme: Bearer" in text
    assert "t0k3n" not in text


def test_shapes_keep_nothing_of_a_map_s_keys(shop: Importing) -> None:
    """An object of very many members of one kind is a map, so that ids in its keys do not stay."""
    answer = {f"user-{number}": {"age": number} for number in range(60)}
    text = shop.of(har(entry("GET", "https://x.example/ages", answer=answer)), "s.har").text
    assert "user-" not in text
    assert "additionalProperties:" in text
