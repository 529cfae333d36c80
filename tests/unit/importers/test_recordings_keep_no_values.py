"""What a recording or collection holds of people and secrets stays out of the spec, and its credential is found."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from intertie.importers import Selection
from support.imports import Importing, kinds


@pytest.fixture
def shop(tmp_path: Path) -> Importing:
    return Importing(tmp_path)


def entry(method: str, path: str, answer: object = None, post: object = None, status: int = 200) -> dict[str, object]:
    request: dict[str, object] = {
        "method": method,
        "url": f"https://api.shop.example{path}",
        "headers": [
            {"name": name, "value": "SECRET"} for name in ("Authorization", "Cookie", "X-Csrf-Token", "X-Session-Id")
        ],
    }
    if post is not None:
        request["postData"] = post
    content = {"mimeType": "application/json", "text": json.dumps(answer)}
    return {"request": request, "response": {"status": status, "content": content}}


def recording(*entries: dict[str, object]) -> str:
    return json.dumps({"log": {"entries": entries}})


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/reset/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-def", "/reset/{reset_id}"),
        ("/users/ann@mail.example/orders", "/users/{user_id}/orders"),
        ("/users/ann%40mail.example", "/users/{user_id}"),
        ("/files/Ann%20Smith.pdf", "/files/{file_id}"),
        ("/phones/+4915112345678", "/phones/{phone_id}"),
        ("/cart;jsessionid=0A1B2C3D/items", "/cart/items"),
        ("/v2/users/me", "/v2/users/me"),
        ("/reports/2024-01-01/daily", "/reports/2024-01-01/daily"),
    ],
)
def test_a_value_in_a_path_is_a_placeholder(shop: Importing, path: str, kept: str) -> None:
    """Tokens, addresses, names of people and sessions are no part of an operation."""
    text = shop.of(recording(entry("GET", path)), "r.har").text
    assert f"  path: {kept}\n" in text
    assert shop.errors(text) == []


def test_keys_that_are_values_become_entries_of_a_map(shop: Importing) -> None:
    """What is stored under an id or an address has a shape; under which one does not matter."""
    answer = {"ann@mail.example": {"age": 7}, "bob@mail.example": {"age": 8}, "total": 2}
    text = shop.of(recording(entry("GET", "/ages", answer)), "r.har").text
    assert "mail.example" not in text
    schema = shop.plan(text).operations["get_ages"].result.schema
    assert schema.is_valid({"carl@mail.example": {"age": 9}, "total": 1})
    assert not schema.is_valid({"carl@mail.example": {"age": "nine"}, "total": 1})


def test_what_was_null_each_time_may_be_anything(shop: Importing) -> None:
    """A last page is not the shape of every page."""
    text = shop.of(recording(entry("GET", "/orders?cursor=a", {"data": [], "next_cursor": None})), "r.har").text
    assert shop.plan(text).operations["get_orders"].result.schema.is_valid({"data": [], "next_cursor": "b"})
    assert "pagination:  # guessed from the parameter cursor and the field next_cursor" in text


def test_a_recorded_file_is_binary_and_a_broken_body_is_told(shop: Importing) -> None:
    """Parts of a form say what they are; JSON that can't be read has no shape."""
    form = {"mimeType": "multipart/form-data", "params": [{"name": "file", "fileName": "ann.png"}, {"name": "note"}]}
    broken = {"mimeType": "application/json", "text": '{"a": '}
    made = shop.of(recording(entry("POST", "/files", post=form), entry("POST", "/notes", post=broken)), "r.har")
    assert "        file:\n          type: string\n          format: binary\n        note:" in made.text
    assert "ann.png" not in made.text
    assert "unreadable-body" in kinds(made)


def test_no_secret_of_a_recording_is_kept(shop: Importing) -> None:
    """Neither in the spec, nor in what is told."""
    made = shop.of(
        recording(
            entry("GET", "/me?access_token=SECRET&sig=SECRET&lang=SECRET", {"name": "SECRET"}),
            entry("POST", "/login", {"token": "SECRET"}, {"mimeType": "application/json", "text": '{"pw": "SECRET"}'}),
            entry("POST", "/login", {"error": "SECRET"}, status=401),
        ),
        "r.har",
    )
    assert "SECRET" not in made.text
    assert not any("SECRET" in f"{loss.what}{loss.where}" for loss in made.losses)
    assert "key_name: Authorization" in made.text


COLLECTION = {
    "info": {"name": "Shop", "_postman_id": "1"},
    "auth": {"type": "bearer"},
    "item": [
        {
            "name": "Orders",
            "auth": {"type": "apikey", "apikey": [{"key": "key", "value": "X-Shop-Key"}, {"key": "in", "value": "header"}]},
            "item": [
                {"name": "List", "request": {"method": "GET", "url": "https://api.shop.example/orders"}},
                {
                    "name": "Add",
                    "request": {
                        "method": "POST", "url": "https://api.shop.example/orders", "auth": {"type": "noauth"},
                        "body": {"mode": "raw", "raw": '{"sku": "{{sku}}", // which\n /* many */ "count": {{n}},"url":"http://x"}',
                                 "options": {"raw": {"language": "json"}}},
                    },
                },
            ],
        },
        {"name": "Me", "request": {"method": "GET", "url": "https://api.shop.example/me"}},
        {"name": "You", "request": {"method": "GET", "url": "https://api.shop.example/you"}},
        {"name": "Other", "request": {"method": "GET", "url": "https://other.example/x"}},
    ],
}  # fmt: skip


def test_the_credential_is_that_of_most_requests_that_are_kept(shop: Importing) -> None:
    """Folders hand theirs down; what is not chosen, or goes to another host, has no vote."""
    whole = shop.of(json.dumps(COLLECTION), "c.json")
    assert "scheme: Bearer" in whole.text
    told = {(loss.kind, loss.what) for loss in whole.losses}
    assert {("security-scheme", "X-Shop-Key"), ("public-operation", "no credential")} <= told
    part = shop.of(json.dumps(COLLECTION), "c.json", selection=Selection(tags=("Orders",)))
    assert "key_name: X-Shop-Key" in part.text


def test_comments_in_a_json_body_are_not_sent(shop: Importing) -> None:
    """Postman takes them out; a text that holds `//` stays."""
    made = shop.of(json.dumps(COLLECTION), "c.json")
    add = next(each for each in made.description.operations if each.heading == "Add")
    assert list(add.body.schema["properties"]) == ["sku", "count", "url"]
    assert "unreadable-body" not in kinds(made)
