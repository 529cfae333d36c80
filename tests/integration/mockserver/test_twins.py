"""Operations with one method and path, told apart by a header, a parameter or the body: client and mock agree."""

from __future__ import annotations

import http.client
import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import intertie
from intertie.mockserver import MockServer

HEAD = """---
id: INT-205
type: Integration
name: Twins
status: approved
service: twins
---
# Twins

## Service Configuration
```yaml
service: {base_url: https://twins.example}
authentication: {type: none}
```

## API Endpoints
"""


def _endpoint(name: str, path: str, request: str, answer: str) -> str:
    return (
        f"### {name}\n```yaml\nendpoint: {{path: {path}, method: POST}}\nidempotent: true\nrequest:\n  {request}\n"
        "response: {success: {status: 200, content_type: application/json, schema: {type: object, required: [of], "
        f"properties: {{of: {{const: {answer}}}}}}}}}}}\n```\n"
    )


def _amz(target: str) -> str:
    return f"headers: [{{name: X-Amz-Target, value: Db.{target}, required: true}}]\n  body: {{content_type: application/x-amz-json-1.1}}"


def _rpc(method: str) -> str:
    return (
        "body: {content_type: application/json, schema: {type: object, required: [jsonrpc, method], "
        f"properties: {{jsonrpc: {{const: '2.0'}}, method: {{const: {method}}}, params: {{type: array}}}}}}}}"
    )


def _action(action: str) -> str:
    return f"parameters: [{{name: Action, in: query, type: string, required: true, enum: [{action}]}}]"


SPEC = HEAD + "".join(
    [
        _endpoint("Get Item", "/", _amz("GetItem"), "get_item"),
        _endpoint("Put Item", "/", _amz("PutItem"), "put_item"),
        _endpoint("Block Number", "/rpc", _rpc("eth_blockNumber"), "block_number"),
        _endpoint("Get Balance", "/rpc", _rpc("eth_getBalance"), "get_balance"),
        _endpoint("List Users", "/query", _action("ListUsers"), "list_users"),
        _endpoint("Get User", "/query", _action("GetUser"), "get_user"),
        _endpoint("Search", "/search", "parameters: [{name: q, in: query, type: string}]", "search"),
        _endpoint(
            "Search By Mail",
            "/search",
            "parameters: [{name: mail, in: query, type: string, required: true}]",
            "by_mail",
        ),
    ]
)


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("twins") / "twins.md"
    path.write_text(SPEC, "utf-8")
    return path


@pytest.mark.parametrize(
    ("operation", "given", "answer"),
    [
        ("get_item", {"Key": "a"}, "get_item"),
        ("put_item", {"Item": {}}, "put_item"),
        ("block_number", {}, "block_number"),
        ("get_balance", {"params": ["0x0"]}, "get_balance"),
        ("list_users", {}, "list_users"),
        ("get_user", {}, "get_user"),
        ("search", {}, "search"),
        ("search_by_mail", {"mail": "a@b.example"}, "by_mail"),
    ],
)
def test_a_call_reaches_the_operation_it_means(
    spec: Path, operation: str, given: dict[str, object], answer: str
) -> None:
    """What is fixed is sent without being said, and the mock answers for the operation it tells."""
    with MockServer(spec) as url, intertie.open(spec, base_url=url, state="memory://", journal="memory://") as twins:
        result = twins.operation(operation).call(given)
    assert result["of"] == answer
    assert result.warnings == ()


def test_a_request_that_means_none_of_them_is_refused(spec: Path) -> None:
    """The refusal says what would tell the operations apart."""
    with MockServer(spec) as url:
        connection = http.client.HTTPConnection(urlsplit(url).netloc)
        connection.request(
            "POST", "/", headers={"X-Amz-Target": "Db.Drop", "Content-Type": "application/x-amz-json-1.1"}
        )
        answer = connection.getresponse()
        detail = json.loads(answer.read())["detail"]
        connection.close()
    assert answer.status == 404
    assert "get_item by header x-amz-target=Db.GetItem" in detail
