"""Endpoints, mappings and error rows in the shapes people give them."""

from __future__ import annotations

import pytest

from support.spec_text import names, only, read, section, sliced

HEAD = "```yaml\nendpoint: {path: /a, method: GET}\n```\n"


def endpoints(body: str):
    return read("## API Endpoints\n\n" + body)


def test_a_request_line_is_a_heading():
    """`### GET /v1/things` says method and path, with their places."""
    loaded = endpoints("### `GET /v1/things/{id}`\nReads one.\n\n### Make thing (POST /v1/things)\n")
    first, second = loaded.spec.endpoints
    assert names(loaded) == []
    assert (first.name.value, first.endpoint.method.value, first.endpoint.path.value) == (
        "GET /v1/things/{id}", "GET", "/v1/things/{id}",
    )  # fmt: skip
    assert (first.endpoint.path.span.line, first.endpoint.path.span.column) == (12, 10)
    assert (second.name.value, second.endpoint.path.value) == ("Make thing", "/v1/things")


def test_numbered_headings_lose_their_number():
    """`### 2. Get Charge` is `Get Charge`."""
    assert endpoints("### 2. Get Charge\n" + HEAD).spec.endpoints[0].name.value == "Get Charge"


def test_an_endpoint_s_blocks_and_subsections_are_one():
    """Request and response may stand below headings of their own."""
    loaded = endpoints(
        "### A\n" + HEAD + "#### Request\n```yaml\nrequest:\n  headers: [{name: X, value: y}]\n```\n"
        "#### Response\n```yaml\nresponse:\n  success: {status: [200, 204]}\n```\n"
    )
    (endpoint,) = loaded.spec.endpoints
    assert names(loaded) == []
    assert endpoint.request.headers[0].name.value == "X"
    assert [status.value for status in endpoint.response.success.status] == ["200", "204"]


def test_groups_of_endpoints_are_looked_into():
    """Endpoints below a grouping heading are endpoints, and the group is none."""
    loaded = endpoints("### Charges\nAll about them.\n#### Get\n" + HEAD + "#### List\n" + HEAD.replace("/a", "/b"))
    assert [endpoint.name.value for endpoint in loaded.spec.endpoints] == ["Get", "List"]


def test_an_endpoint_in_a_section_of_its_own_is_read():
    """`endpoint:` makes its heading one wherever it stands."""
    loaded = read("## Zahlungen\n\n### Charge\n" + HEAD)
    assert names(loaded) == []
    assert loaded.spec.endpoints[0].name.value == "Charge"


def test_path_and_method_without_their_block():
    """`path:` and `method:` at the top of the block are the endpoint's, with an info each."""
    loaded = endpoints("### A\n```yaml\npath: /a\nmethod: POST\nidempotent: true\n```\n")
    assert names(loaded) == ["alias-used", "alias-used"]
    (endpoint,) = loaded.spec.endpoints
    assert (endpoint.endpoint.method.value, endpoint.idempotent.value) == ("POST", True)


def test_what_stands_in_endpoint_by_mistake_is_read_beside_it():
    """`request` inside `endpoint:` is the endpoint's request."""
    loaded = endpoints("### A\n```yaml\nendpoint:\n  path: /a\n  method: GET\n  idempotent: true\n```\n")
    only(loaded, "alias-used")
    assert loaded.spec.endpoints[0].idempotent.value is True


def test_two_endpoints_of_one_name_are_an_error():
    """Operation ids are unique."""
    loaded = endpoints("### Get Thing\n" + HEAD + "### get-thing\n" + HEAD)
    assert only(loaded, "repeated-endpoint").related[0].span.line == 12
    assert len(loaded.spec.endpoints) == 1


def test_a_block_of_the_whole_integration_has_no_effect_on_one_endpoint():
    """`retry:` in an endpoint is told of, not applied to all."""
    loaded = endpoints("### A\n```yaml\nendpoint: {path: /a, method: GET}\nretry: {max_attempts: 9}\n```\n")
    assert "whole integration" in only(loaded, "unknown-key").message
    assert loaded.spec.retry is None


def test_a_heading_without_anything_is_no_endpoint():
    """Notes below API Endpoints are prose."""
    assert endpoints("### Notes\nAll need a key.\n").spec.endpoints == ()


def test_tables_of_parameters_headers_and_errors():
    """Tables say what YAML would: cells `yes` and `no` are plain there."""
    loaded = endpoints(
        "### GET /a/{id}\n| Parameter | In | Type | Required | Description |\n|---|---|---|---|---|\n"
        "| `id` | path | string | yes | its id |\n| page | query | integer | no | - |\n\n"
        "| Header | Value |\n|---|---|\n| Accept | application/json |\n\n"
        "| Status | Meaning |\n|---|---|\n| 200 | fine |\n| 404 | not there |\n"
    )
    assert names(loaded) == []
    (endpoint,) = loaded.spec.endpoints
    assert [(p.name.value, p.location.value, p.required.value) for p in endpoint.request.parameters] == [
        ("id", "path", True), ("page", "query", False),
    ]  # fmt: skip
    assert endpoint.request.headers[0].value.value == "application/json"
    assert [(code.value, answer.description.value) for code, answer in endpoint.response.errors] == [
        ("404", "not there")
    ]


def test_headers_as_a_mapping_and_errors_in_a_list():
    """Rows written as a mapping and a mapping written as rows are read with an info."""
    loaded = endpoints(
        "### A\n```yaml\nendpoint: {path: /a, method: GET}\nrequest:\n  headers:\n    Accept: text/plain\n"
        "response:\n  errors:\n    - {status: 404, description: gone}\n    - {code: 429, retry_after: Retry-After}\n```\n"
    )
    assert names(loaded) == ["alias-used", "alias-used"]
    (endpoint,) = loaded.spec.endpoints
    assert (endpoint.request.headers[0].name.value, endpoint.request.headers[0].value.value) == ("Accept", "text/plain")
    assert [code.value for code, _ in endpoint.response.errors] == ["404", "429"]


def test_an_error_may_be_a_bare_description():
    """`404: gone` is its description."""
    loaded = endpoints("### A\n```yaml\nendpoint: {path: /a, method: GET}\nresponse:\n  errors:\n    404: gone\n```\n")
    assert names(loaded) == []
    assert loaded.spec.endpoints[0].response.errors[0][1].description.value == "gone"


def test_mapping_tables_read_by_their_headings():
    """Tables below Inbound and Outbound are rows; `-` is no transform."""
    loaded = read(
        "## Data Mappings\n### Inbound Mapping\n| External field | Internal field | Transform | Required |\n|---|---|---|---|\n"
        "| `main.temp` | temperature | kelvin_to_celsius | yes |\n| x | y | - | no |\n"
        "### Outbound Mapping\n| Our field | Their field | Default |\n|---|---|---|\n| city | q | Berlin |\n"
    )
    assert names(loaded) == []
    assert [(row.external_field.value, row.internal_field.value) for row in loaded.spec.inbound] == [
        ("main.temp", "temperature"), ("x", "y"),
    ]  # fmt: skip
    assert loaded.spec.inbound[1].transform is None
    assert (loaded.spec.outbound[0].internal_field.value, loaded.spec.outbound[0].default.value) == ("city", "Berlin")


def test_error_tables_by_status_and_vendor_code():
    """The provider's own code is taken before the status; a dash is none."""
    loaded = read(
        "## Error Handling\n| HTTP Status | Error code | Internal code | Message | Action |\n|---|---|---|---|---|\n"
        "| 404 | no_city | NO_CITY | No such city | fail |\n| 500 | - | DOWN | Down | fallback |\n"
    )
    assert [(row.external_code.value, row.action.value) for row in loaded.spec.error_mapping] == [
        ("no_city", "fail"), ("500", "fallback"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("yaml", "codes"),
    [
        ("- {status: 402, code: card_declined, internal_code: A}", ["card_declined"]),
        ("- {status: 402, internal_code: A}", ["402"]),
        ("card_declined: {internal_code: A, action: fail}\n  5xx: {internal_code: B}", ["card_declined", "5xx"]),
        ("402:\n    card_declined: {internal_code: A}\n    default: {internal_code: B}", ["card_declined", "402"]),
        ("404: NOT_FOUND", ["404"]),
    ],
)
def test_error_rows_in_yaml_by_any_key(yaml: str, codes: list[str]):
    """Rows by status, by vendor code, by both, or keyed by the code are read with infos."""
    loaded = read(section("Error Handling", f"error_mapping:\n  {yaml}"))
    assert set(names(loaded)) == {"alias-used"}
    assert [row.external_code.value for row in loaded.spec.error_mapping] == codes


def test_fallback_under_its_other_names():
    """`cache_ttl_seconds` and `default_value` are read."""
    loaded = read(
        section(
            "Error Handling",
            "fallback_behavior:\n  strategy: cache\n  cache_ttl_seconds: 60\n  default_value: {a: [1]}",
        )
    )
    assert names(loaded) == ["alias-used", "alias-used"]
    assert loaded.spec.fallback_behavior.cache_ttl.value == 60.0
    assert loaded.spec.fallback_behavior.default_response.value == {"a": [1]}


def test_a_parameter_s_choices_and_wrong_ones():
    """A wrong place of a parameter names the ones there are."""
    loaded = endpoints(
        "### A\n```yaml\nendpoint: {path: /a, method: GET}\nrequest:\n  parameters:\n    - {name: x, in: cookie}\n```\n"
    )
    found = only(loaded, "invalid-choice")
    assert (sliced(loaded, found), "query, path, header" in found.help) == ("cookie", True)


def test_additions_of_an_endpoint():
    """Pagination, streaming and free blocks are read."""
    loaded = endpoints(
        "### A\n```yaml\nendpoint: {path: /a, method: GET}\nstreaming: sse\n"
        "pagination: {style: page, page_parameter: page, first: 1, size: 100}\n"
        'graphql: {document: "query { a }", operation: A}\n```\n'
    )
    (endpoint,) = loaded.spec.endpoints
    assert names(loaded) == []
    assert (endpoint.streaming.value, endpoint.pagination.first.value) == ("sse", 1)
    assert endpoint.graphql.value == {"document": "query { a }", "operation": "A"}


def test_blocks_right_under_the_section_are_endpoints():
    """Without headings each block with a head is one, called by its request line."""
    loaded = endpoints(HEAD + HEAD.replace("/a", "/b") + "```yaml\npath: /c\nmethod: POST\n```\n")
    assert [endpoint.name.value for endpoint in loaded.spec.endpoints] == ["GET /a", "GET /b", "POST /c"]
    assert names(loaded) == ["alias-used", "alias-used"]


@pytest.mark.parametrize(
    "yaml",
    [
        "endpoints:\n  - name: Get A\n    path: /a\n    method: GET",
        "endpoints:\n  Get A:\n    path: /a\n    method: GET",
        "endpoints:\n  - name: Get A\n    endpoint: {path: /a, method: GET}",
    ],
)
def test_a_list_of_endpoints_in_one_block(yaml: str):
    """`endpoints:` holds endpoints by name or in a list."""
    loaded = endpoints(f"```yaml\n{yaml}\n```\n")
    assert set(names(loaded)) <= {"alias-used"}
    (endpoint,) = loaded.spec.endpoints
    assert (endpoint.name.value, endpoint.endpoint.path.value) == ("Get A", "/a")


def _heads(text: str) -> list[tuple[str, str, str]]:
    endpoints = read(text).spec.endpoints
    return [(each.name.value, each.endpoint.method.value, each.endpoint.path.value) for each in endpoints]


def test_a_table_of_endpoints_is_read_where_no_heading_says_more():
    """Rows with a method and a path are endpoints, named by their own column or by what they request."""
    table = "| Name | Method | Endpoint |\n|---|---|---|\n| List A | GET | `/a` |\n| Make A | **POST** | /a |\n"
    assert _heads(f"## API Endpoints\n{table}") == [("List A", "GET", "/a"), ("Make A", "POST", "/a")]
    bare = "| Method | Path | Description |\n|---|---|---|\n| GET | `/a/{id}` | One. |\n"
    assert _heads(f"## API Endpoints\n### Reading\n{bare}") == [("GET /a/{id}", "GET", "/a/{id}")]
    block = "### List A\n```yaml\nendpoint: {path: /all, method: GET}\n```\n"
    assert _heads(f"## API Endpoints\n{table}{block}") == [("List A", "GET", "/all")]


def test_cells_of_an_endpoint_table_have_their_places():
    """A finding about a path in a table points at the path, not at its marks."""
    loaded = read("## API Endpoints\n| Method | Path |\n|---|---|\n| GET | `/a` |\n")
    path = loaded.spec.endpoints[0].endpoint.path
    assert (path.span.line, path.span.column, path.span.end_column) == (13, 10, 12)


def test_bullets_say_which_endpoint_a_heading_is():
    """`- **Path**: /a` is read as the block would be; what a block says wins."""
    bullets = "- **Path**: `/a`\n- **Method**: GET\n- **Description**: All of them.\n"
    parameters = "\n| Parameter | In | Type | Required |\n|---|---|---|---|\n| q | query | string | yes |\n"
    (endpoint,) = read(f"## API Endpoints\n### List A\n{bullets}{parameters}").spec.endpoints
    assert (endpoint.endpoint.path.value, endpoint.endpoint.method.value) == ("/a", "GET")
    assert endpoint.endpoint.description.value == "All of them."
    assert endpoint.request.parameters[0].name.value == "q"
    assert _heads(f"## API Endpoints\n### List A\n{bullets}```yaml\nendpoint: {{path: /b}}\n```\n") == [
        ("List A", "GET", "/b")
    ]


@pytest.mark.parametrize(
    ("written", "path"),
    [("/a/:id", "/a/{id}"), ("/a/<id>/b", "/a/{id}/b"), ("/a/<int:id>", "/a/{id}"), ("/a/:id/:part", "/a/{id}/{part}")],
)
def test_placeholders_of_routers_are_read_with_an_info(written: str, path: str):
    """`:id` and `<id>` fill a segment as `{id}` does."""
    loaded = read(section("API Endpoints\n### A", f"endpoint: {{path: '{written}', method: GET}}"))
    assert loaded.spec.endpoints[0].endpoint.path.value == path
    assert [each.code for each in loaded.diagnostics] == ["TIE018"]


def test_a_colon_within_a_segment_is_no_placeholder():
    """Verbs of some services stand behind a colon."""
    loaded = read(section("API Endpoints\n### A", "endpoint: {path: '/v1/jobs:cancel', method: POST}"))
    assert loaded.spec.endpoints[0].endpoint.path.value == "/v1/jobs:cancel"
    assert loaded.diagnostics == ()


def test_endpoints_are_found_under_a_heading_in_another_language():
    """`POST /payments` with a block below it is an endpoint wherever it stands; a mention of a request is none."""
    block = "```yaml\nresponse: {success: {status: 201}}\n```\n"
    assert _heads(f"## 7. API-Endpunkte\n### 7.1 `POST /payments`\n{block}") == [
        ("POST /payments", "POST", "/payments")
    ]
    assert _heads("## Changelog\n### GET /payments is faster\nMuch.\n") == []
