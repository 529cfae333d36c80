"""An import over a spec that people have worked on."""

from __future__ import annotations

from pathlib import Path

import pytest

from intertie.cli.main import run
from intertie.importers import Imported, Selection
from intertie.importers.merging.record import read_record, without_record
from support.imports import Importing

SOURCE = """openapi: 3.0.0
info: {title: Shop, version: '1', description: Sells things.}
servers: [{url: https://api.shop.example}]
paths:
  /orders:
    get:
      operationId: listOrders
      tags: [Orders]
      description: Lists orders.
      parameters:
        - {name: limit, in: query, schema: {type: integer, maximum: 50}}
        - {name: state, in: query, schema: {type: string}}
      responses:
        '200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Orders'}}}}
        '404': {description: Not there}
  /orders/{id}:
    delete: {operationId: deleteOrder, tags: [Admin], responses: {'204': {description: gone}}}
components:
  schemas:
    Orders: {type: array, items: {$ref: '#/components/schemas/Order'}}
    Order: {type: object, properties: {id: {type: string}}}
"""


@pytest.fixture
def shop(tmp_path: Path) -> Importing:
    return Importing(tmp_path)


def changes(imported: Imported) -> set[tuple[str, str, str]]:
    return {(change.kind, change.unit, change.piece) for change in imported.changes}


def edited(text: str, *pairs: tuple[str, str]) -> str:
    for old, new in pairs:
        assert text.count(old) >= 1, old
        text = text.replace(old, new, 1)
    return text


def test_the_same_source_again_changes_nothing(shop: Importing) -> None:
    """Importing again what has not changed leaves the file as it is, to the byte."""
    text = shop.of(SOURCE).text
    again = shop.again(text, shop.root / "api.yaml")
    assert again.text == text
    assert again.changes == ()


def test_what_people_wrote_stays_to_the_byte(shop: Importing) -> None:
    """Prose, values, mappings, comments and headings are kept where only other parts of the source change."""
    text = edited(
        shop.of(SOURCE, complete=True).text,
        ("### List Orders\n", "### All Orders\nOur own words about it.\n\n"),
        ("      required: false\n", "      required: false   # we asked them\n"),
        ("  connect: [ms]\n", "  connect: 250\n"),
        ("  p50: < [ms]\n", "  p50: < 80\n"),
        ("  - external_field: [their_field_name]\n", "  - external_field: id\n"),
        ("[List any uncertainties about the integration]", "Do they mean it?"),
    )
    new = edited(SOURCE, ("        '404': {description: Not there}\n", "        '410': {description: Gone for good}\n"))
    again = shop.again(text, shop.write(new))
    assert changes(again) == {
        ("removed", "GET /orders", "response.errors.404"),
        ("updated", "GET /orders", "response.errors.410"),
    }
    before, after = without_record(text).splitlines(), without_record(again.text).splitlines()
    gone = [line for line in before if line not in after]
    came = [line for line in after if line not in before]
    assert gone == ["    '404':", "      description: Not there"]
    assert came == ["    '410':", "      description: Gone for good"]
    assert shop.errors(again.text) == []
    assert list(shop.plan(again.text).operations) == ["all_orders", "delete_order"]


def test_new_operations_and_schemas_are_appended(shop: Importing) -> None:
    """What the source has more comes at the end of the endpoints and of the schemas."""
    text = shop.of(SOURCE).text
    new = SOURCE.replace(
        "components:\n  schemas:\n",
        """  /carts:
    get:
      operationId: listOrders2
      responses: {'200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Cart'}}}}}
components:
  schemas:
    Cart: {type: object}
""",
    )
    again = shop.again(text, shop.write(new))
    assert changes(again) == {("added", "GET /carts", ""), ("added", "schema Cart", "")}
    assert (
        again.text.index("### Delete Order") < again.text.index("### List Orders2") < again.text.index("## Components")
    )
    assert shop.errors(again.text) == []
    schema = shop.plan(again.text).operations["list_orders2"].result.schema
    assert schema.name == "Cart"


def test_what_the_source_changed_comes_in_where_nobody_touched_it(shop: Importing) -> None:
    """A changed parameter and schema replace the ones of the last import."""
    text = shop.of(SOURCE).text
    new = edited(
        SOURCE,
        ("maximum: 50", "maximum: 100"),
        ("properties: {id: {type: string}}", "properties: {id: {type: string}, total: {type: number}}"),
        ("        - {name: state, in: query, schema: {type: string}}\n", ""),
    )
    again = shop.again(text, shop.write(new))
    assert changes(again) == {
        ("updated", "GET /orders", "request.parameters.query.limit"),
        ("removed", "GET /orders", "request.parameters.query.state"),
        ("updated", "schema Order", "schema"),
    }
    parameters = shop.load(again.text).spec.endpoints[0].request.parameters
    assert [(each.name.value, each.maximum.value) for each in parameters] == [("limit", 100)]


def test_what_both_changed_is_a_conflict_and_stays(shop: Importing) -> None:
    """A parameter that people and the source changed is kept as people have it, and told once."""
    text = edited(shop.of(SOURCE).text, ("      maximum: 50\n", "      maximum: 20\n"))
    path = shop.write(edited(SOURCE, ("maximum: 50", "maximum: 100")))
    again = shop.again(text, path)
    assert changes(again) == {("conflict", "GET /orders", "request.parameters.query.limit")}
    assert "      maximum: 20\n" in again.text
    assert shop.again(again.text, path).changes == ()


def test_what_the_source_has_no_more_is_told_and_kept(shop: Importing) -> None:
    """A vanished operation stays in the spec; it is told until people take it out."""
    text = shop.of(SOURCE).text
    head, _, tail = SOURCE.partition("  /orders/{id}:\n")
    path = shop.write(head + tail[tail.index("components:") :])
    again = shop.again(text, path)
    assert changes(again) == {("vanished", "DELETE /orders/{id}", "")}
    assert "### Delete Order" in again.text
    assert changes(shop.again(again.text, path)) == {("vanished", "DELETE /orders/{id}", "")}
    start, end = again.text.index("### Delete Order"), again.text.index("## Components")
    assert shop.again(again.text[:start] + again.text[end:], path).changes == ()


def test_what_people_took_out_stays_out(shop: Importing) -> None:
    """A deleted endpoint, parameter or schema does not come back."""
    text = shop.of(SOURCE).text
    start, end = text.index("### Delete Order"), text.index("## Components")
    text = text[:start] + text[end:]
    text = edited(text, ("    - name: state\n      in: query\n      type: string\n", ""))
    again = shop.again(text, shop.root / "api.yaml")
    assert changes(again) == {("kept", "DELETE /orders/{id}", "")}
    assert without_record(again.text) == without_record(text)


def test_a_selection_is_remembered(shop: Importing) -> None:
    """The next import takes the same operations, unless it is told to take others; those stay beside."""
    path = shop.write(SOURCE)
    text = shop.new(path, selection=Selection(tags=("Orders",))).text
    assert shop.again(text, path).changes == ()
    assert read_record(text).options == ("--tag", "Orders")
    more = shop.again(text, path, selection=Selection(tags=("Admin",)))
    assert changes(more) == {("added", "DELETE /orders/{id}", "")}
    assert "### List Orders" in more.text
    assert shop.errors(more.text) == []


def test_line_ends_and_byte_order_mark_stay(shop: Importing) -> None:
    """A file with Windows line ends keeps them, in the lines that come in too."""
    text = "\ufeff" + shop.of(SOURCE).text.replace("\n", "\r\n")
    again = shop.again(text, shop.write(edited(SOURCE, ("maximum: 50", "maximum: 100"))))
    assert again.text.startswith("\ufeff---\r\n")
    assert again.text.count("\n") == again.text.count("\r\n")
    assert "maximum: 100\r\n" in again.text


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_end_of_the_file_does_not_grow(shop: Importing, end: str) -> None:
    """However often it is imported, no line is added before the record."""
    path = shop.write(SOURCE)
    text = shop.new(path).text.replace("\n", end)
    assert shop.again(text, path).text == text
    assert shop.again(shop.again(text + end, path).text, path).text == shop.again(text + end, path).text


def test_a_block_that_was_not_there_comes_whole(shop: Importing) -> None:
    """Parameters and a body of an endpoint that had none come with the block around them."""
    text = shop.of(SOURCE).text
    new = edited(
        SOURCE,
        (
            "delete: {operationId: deleteOrder, tags: [Admin], responses: {'204': {description: gone}}}",
            """delete:
      operationId: deleteOrder
      tags: [Admin]
      description: Ends it.
      parameters: [{name: why, in: query, schema: {type: string}}]
      responses: {'204': {description: gone}, '409': {description: Paid}}""",
        ),
    )
    again = shop.again(text, shop.write(new))
    operation = shop.plan(again.text).operations["delete_order"]
    assert [each.name for each in operation.wire.parameters] == ["id", "why"]
    assert [error.status for error in operation.wire.response.errors] == ["409"]
    assert operation.description == "Ends it."
    assert shop.again(again.text, shop.root / "api.yaml").changes == ()


def test_other_styles_are_read_and_never_broken(shop: Importing) -> None:
    """A block rewritten in flow style is not cut into: what would come in there is a conflict."""
    text = shop.of(SOURCE).text
    start = text.index("  parameters:\n")
    end = text.index("\nresponse:")
    flow = "  parameters: [{name: limit, in: query, type: integer, required: false, maximum: 50}, {name: state, in: query, type: string}]\n"
    text = text[:start] + flow + text[end:]
    new = edited(
        SOURCE,
        (
            "        - {name: state",
            "        - {name: after, in: query, schema: {type: string}}\n        - {name: state",
        ),
    )
    again = shop.again(text, shop.write(new))
    assert ("conflict", "GET /orders", "request.parameters.query.after") in changes(again)
    assert flow in again.text
    assert shop.errors(again.text) == []


def test_a_spec_of_ones_own_takes_what_it_does_not_have(shop: Importing) -> None:
    """Merged on request into a spec that was never imported, all that is there counts as people's own."""
    own = """---
id: INT-001
type: Integration
name: Shop
status: draft
service: shop
---
# Shop

## Service Configuration
```yaml
service: {base_url: "https://mine.example"}
```

## API Endpoints

### My Orders
```yaml
endpoint: {path: /orders, method: GET, description: Mine}
```
"""
    again = shop.again(own, shop.write(SOURCE))
    lines = iter(without_record(again.text).splitlines())
    assert all(line in lines for line in own.splitlines()), "every line of theirs is there, in their order"
    assert ("conflict", "GET /orders", "endpoint.description") in changes(again)
    assert ("added", "DELETE /orders/{id}", "") in changes(again)
    assert "### List Orders" not in again.text
    assert shop.errors(again.text) == []
    assert shop.load(again.text).spec.service.base_url.value == "https://mine.example"


def test_layout_is_no_change(shop: Importing) -> None:
    """A spec put into canonical form, or written in another style, still takes what the source changes."""
    path = shop.write(SOURCE)
    shop.spec.write_text(shop.new(path).text)
    assert run(["fmt", str(shop.spec)]) == 0
    text = edited(shop.spec.read_text(), ("      description: Not there\n", "      description:   'Not there'\n"))
    assert shop.again(text, path).changes == ()
    shop.write(edited(SOURCE, ("Not there", "Not here"), ("maximum: 50", "maximum: 100")))
    assert changes(shop.again(text, path)) == {
        ("updated", "GET /orders", "request.parameters.query.limit"),
        ("updated", "GET /orders", "response.errors.404"),
    }
