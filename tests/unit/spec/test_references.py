"""`$ref`: this document, other files, other specs; circles; dialects; what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema_rs
import pytest

from support.spec_text import names, only, read, section, sliced

COMPONENTS = """
components:
  schemas:
    Charge:
      type: object
      required: [id]
      properties:
        id: {type: string}
        card: {$ref: '#/components/schemas/Card'}
    Card: {type: object, properties: {number: {type: string}}}
    Node: {type: object, properties: {next: {$ref: '#/components/schemas/Node'}}}
"""


def answer(schema: str, components: str = COMPONENTS, root: Path | None = None):
    body = (
        "## API Endpoints\n### A\n```yaml\nendpoint: {path: /a, method: GET}\nresponse:\n  success:\n    status: 200\n"
        f"    schema: {schema}\n```\n\n" + (section("Components", components) if components else "")
    )
    return read(body) if root is None else read(body, root=root)


def schema_of(loaded):
    return loaded.spec.endpoints[0].response.success.schema.value


def test_a_component_is_self_contained():
    """What a component refers to stands in its own `$defs`."""
    loaded = answer("{$ref: '#/components/schemas/Charge'}")
    assert names(loaded) == []
    schema = schema_of(loaded)
    assert schema.name == "Charge"
    assert schema.json["properties"]["card"] == {"$ref": "#/$defs/Card"}
    assert jsonschema_rs.validator_for(schema.json).is_valid({"id": "x", "card": {"number": "4"}})
    assert not jsonschema_rs.validator_for(schema.json).is_valid({"id": "x", "card": {"number": 4}})


def test_circles_end_in_definitions():
    """A schema that holds itself is finite."""
    schema = schema_of(answer("{$ref: '#/components/schemas/Node'}"))
    validator = jsonschema_rs.validator_for(schema.json)
    assert validator.is_valid({"next": {"next": {}}})
    assert not validator.is_valid({"next": {"next": 1}})


def test_an_inline_schema_may_refer_and_define():
    """A schema in place refers to the document's components and to its own `$defs`."""
    loaded = answer(
        "{type: array, items: {$ref: '#/$defs/Row'}, $defs: {Row: {allOf: [{$ref: '#/components/schemas/Card'}]}}}"
    )
    assert names(loaded) == []
    schema = schema_of(loaded)
    assert schema.name is None
    assert not jsonschema_rs.validator_for(schema.json).is_valid([{"number": 1}])


def test_the_name_alone_is_a_reference():
    """`schema: Charge` is read with an info."""
    loaded = answer("Charge")
    only(loaded, "alias-used")
    assert schema_of(loaded).name == "Charge"


def test_a_reference_to_nothing_is_an_error_with_a_suggestion():
    """A broken reference is reported at its text, and names the nearest component."""
    loaded = answer("{$ref: '#/components/schemas/Chrage'}")
    found = only(loaded, "ref-unresolved")
    assert sliced(loaded, found) == "'#/components/schemas/Chrage'"
    assert "`Charge`" in found.help
    assert loaded.spec.endpoints[0].response.success.schema is None


def test_a_broken_reference_among_components_is_reported_once_in_its_place():
    """Who uses a broken component does not report it again."""
    components = COMPONENTS.replace("schemas/Card'", "schemas/Crad'")
    found = only(answer("{$ref: '#/components/schemas/Charge'}", components), "ref-unresolved")
    assert found.span.line > 20


@pytest.mark.parametrize(
    ("reference", "name"),
    [
        ("/etc/passwd", "ref-outside-workspace"), ("../../../../etc/passwd#/a", "ref-outside-workspace"),
        ("'%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd'", "ref-outside-workspace"),
        ("file:///etc/passwd", "ref-outside-workspace"), ("http://example.com/s.json", "ref-remote"),
        ("https://example.com/s.json#/a", "ref-remote"), ("./link.json", "ref-outside-workspace"),
        ("./missing.json#/a", "ref-unreadable"), ("./broken.json", "ref-unreadable"), ("./pipe.json", "ref-unreadable"),
        ("DATA-999#/a", "ref-unresolved"), ("'#'", "ref-unresolved"), ("./good.json#/nothing", "ref-unresolved"),
        ("./chain.json#/A", "ref-outside-workspace"), ("./tagged.yaml", "ref-unreadable"), ("./bad.bin", "ref-unreadable"),
    ],
)  # fmt: skip
def test_references_that_are_refused(tmp_path: Path, reference: str, name: str):
    """Escaping, remote, missing and unreadable references are errors at the reference."""
    import os

    specs = tmp_path / "specs"
    specs.mkdir()
    (specs / "link.json").symlink_to("/etc/passwd")
    (specs / "broken.json").write_text("{")
    (specs / "good.json").write_text("{}")
    (specs / "chain.json").write_text('{"A": {"$ref": "../../../../etc/passwd"}}')
    (specs / "tagged.yaml").write_text("a: !!python/name:os.system x\n")
    (specs / "bad.bin").write_bytes(b"\xff\xfe\x00")
    os.mkfifo(specs / "pipe.json")
    loaded = answer(f"{{$ref: {reference}}}", "", tmp_path)
    found = only(loaded, name)
    assert sliced(loaded, found) == reference
    assert found.help


OPENAPI = {
    "openapi": "3.0.3",
    "components": {
        "schemas": {
            "Pet": {
                "type": "object",
                "required": ["name"],
                "properties": {
                    "name": {"type": "string", "nullable": True, "example": "Rex"},
                    "age": {"type": "integer", "minimum": 0, "exclusiveMinimum": True},
                    "owner": {"nullable": True, "allOf": [{"$ref": "#/components/schemas/Owner"}]},
                    "kind": {"type": "string", "nullable": True, "enum": ["dog", "cat"]},
                },
            },
            "Owner": {
                "type": "object",
                "properties": {"pets": {"type": "array", "items": {"$ref": "#/components/schemas/Pet"}}},
            },
        }
    },
}


@pytest.mark.parametrize("form", ["json", "yaml"])
def test_openapi_files_are_followed_and_translated(tmp_path: Path, form: str):
    """Schemas of an OpenAPI 3.0 file become 2020-12, with what they refer to in their own file."""
    import yaml

    specs = tmp_path / "specs"
    specs.mkdir()
    text = json.dumps(OPENAPI) if form == "json" else yaml.safe_dump(OPENAPI)
    (specs / f"openapi.{form}").write_text(text)
    loaded = answer(f"{{$ref: './openapi.{form}#/components/schemas/Pet'}}", "", tmp_path)
    assert names(loaded) == []
    schema = schema_of(loaded)
    assert schema.json["properties"]["name"] == {"type": ["string", "null"], "examples": ["Rex"]}
    assert schema.json["properties"]["age"] == {"type": "integer", "exclusiveMinimum": 0}
    validator = jsonschema_rs.validator_for(schema.json)
    assert validator.is_valid({"name": None, "owner": None, "kind": None})
    assert validator.is_valid({"name": "a", "owner": {"pets": [{"name": "b"}]}})
    assert not validator.is_valid({"name": "a", "owner": {"pets": [{"age": 1}]}})
    assert not validator.is_valid({"name": "a", "age": 0})


def test_references_between_files_start_at_their_own_file(tmp_path: Path):
    """A relative reference is relative to the file it stands in, and two schemas of one name stay apart."""
    (tmp_path / "specs").mkdir()
    (tmp_path / "schemas" / "deep").mkdir(parents=True)
    (tmp_path / "schemas" / "a.json").write_text('{"A": {"properties": {"b": {"$ref": "deep/b.json#/A"}}}}')
    (tmp_path / "schemas" / "deep" / "b.json").write_text('{"A": {"type": "integer"}}')
    loaded = answer("{properties: {x: {$ref: '../schemas/a.json#/A'}}}", "", tmp_path)
    assert names(loaded) == []
    assert not jsonschema_rs.validator_for(schema_of(loaded).json).is_valid({"x": {"b": "no"}})
    assert len(schema_of(loaded).json["$defs"]) == 2


DATA_SPEC = (
    "---\nid: DATA-004\ntype: Data\nname: order-payment\n---\n# Order payment\n\n"
    "| Field | Type | Required |\n|---|---|---|\n| id | string | yes |\n| tags | string[] | no |\n| state | enum(open, paid) | no |\n"
)


@pytest.mark.parametrize(
    "reference", ["DATA-004", "DATA-004#OrderPayment", "DATA-004#order-payment", "./data.md#/OrderPayment"]
)
def test_data_specs_are_referred_to_by_id_and_name(tmp_path: Path, reference: str):
    """A DATA spec's field table is a schema by the spec's id, title and name."""
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "data.md").write_text(DATA_SPEC)
    loaded = answer(f"{{$ref: '{reference}'}}", "", tmp_path)
    assert names(loaded) == []
    validator = jsonschema_rs.validator_for(schema_of(loaded).json)
    assert validator.is_valid({"id": "1", "tags": ["a"], "state": "paid"})
    assert not validator.is_valid({"tags": [1]})
    assert not validator.is_valid({"id": "1", "state": "lost"})


def test_components_are_looked_up_in_related_specs(tmp_path: Path):
    """`#/components/schemas/X` may be the schema of a related DATA spec."""
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "data.md").write_text(DATA_SPEC)
    front = "---\nid: INT-001\ntype: Integration\nname: T\nstatus: approved\nrelated: [DATA-004]\n---\n# T\n\n"
    body = (
        "## API Endpoints\n### A\n```yaml\nendpoint: {path: /a, method: GET}\nresponse:\n  success:\n    status: 200\n"
        "    schema: {$ref: '#/components/schemas/OrderPayment'}\n```\n"
    )
    loaded = read(body, front_matter=front, root=tmp_path)
    assert names(loaded) == []
    assert schema_of(loaded).json["required"] == ["id"]


@pytest.mark.parametrize(
    ("related", "name", "at"),
    [("[INT-999]", "related-missing", "INT-999"), ("[./gone.md]", "related-missing", "./gone.md"),
     ("[../../../x.md]", "ref-outside-workspace", "../../../x.md"), ("[https://a.b/c.md]", "ref-remote", "https://a.b/c.md")],
)  # fmt: skip
def test_a_related_spec_that_is_not_there_is_an_error(tmp_path: Path, related: str, name: str, at: str):
    """A broken `related` entry is reported at the entry."""
    loaded = read(
        "", front_matter=f"---\nid: INT-001\ntype: Integration\nrelated: {related}\n---\n# T\n", root=tmp_path
    )
    assert sliced(loaded, only(loaded, name)) == at


def test_specs_related_in_a_circle_are_read(tmp_path: Path):
    """Two specs that name each other, and one that names itself, end where they are."""
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "b.md").write_text(
        "---\nid: INT-002\ntype: Integration\nrelated: [INT-001, INT-002]\n---\n# B\n"
    )
    (tmp_path / "specs" / "test.md").write_text("---\nid: INT-001\n---\n# A\n")
    front = "---\nid: INT-001\ntype: Integration\nrelated: [INT-002, INT-001]\n---\n# T\n"
    assert names(read("", front_matter=front, root=tmp_path)) == []


@pytest.mark.parametrize(
    ("schema", "at"),
    [("{type: strng}", "strng"), ("{properties: {a: {minimum: low}}}", "low"), ("{required: true}", "true"),
     ("{items: {type: object, properties: {b: {maxLength: -1}}}}", "-1")],
)  # fmt: skip
def test_a_schema_that_breaks_its_rules_is_an_error_at_the_keyword(schema: str, at: str):
    """JSON Schema's own rules hold, and the wrong value is pointed at."""
    loaded = answer(schema)
    assert sliced(loaded, only(loaded, "invalid-schema")) == at
    loaded = answer("{type: string}", f"components:\n  schemas:\n    X: {schema}")
    assert sliced(loaded, only(loaded, "invalid-schema")) == at


@pytest.mark.parametrize("second", ["{$ref: '#/components/schemas/A'}", "{allOf: [{$ref: '#/components/schemas/A'}]}"])
def test_schemas_that_only_refer_to_each_other_are_errors(second: str):
    """A circle that never says anything describes nothing."""
    loaded = answer(
        "{type: string}", f"components:\n  schemas:\n    A: {{$ref: '#/components/schemas/B'}}\n    B: {second}"
    )
    assert names(loaded) == ["invalid-schema", "invalid-schema"]


def test_examples_and_enums_are_data():
    """A `$ref` inside data is data."""
    assert names(answer("{type: object, enum: [{$ref: nowhere}], example: {$ref: nowhere}}")) == []


def test_components_may_stand_anywhere_and_without_their_wrapper():
    """`components:` in an endpoint's block, `schemas:` and bare schemas in the Components section are one."""
    body = (
        "## API Endpoints\n### A\n```yaml\nendpoint: {path: /a, method: GET}\nresponse:\n  success:\n    status: 200\n"
        "    schema: {allOf: [{$ref: '#/components/schemas/X'}, {$ref: '#/components/schemas/Y'}, {$ref: '#/components/schemas/Z'}]}\n"
        "components: {schemas: {X: {type: object}}}\n```\n\n## Components\n```yaml\nschemas: {Y: {type: object}}\n```\n"
        "```yaml\nZ: {type: object}\n```\n"
    )
    loaded = read(body)
    assert names(loaded) == []
    assert set(schema_of(loaded).json["$defs"]) == {"X", "Y", "Z"}


def test_a_component_given_twice_is_a_conflict():
    """Two blocks that define one component are an error with both places."""
    one = section("Components", "components:\n  schemas:\n    X: {type: object}")
    loaded = read(one + "```yaml\ncomponents:\n  schemas:\n    X: {type: string}\n    Y: {type: string}\n```\n")
    assert "`components.schemas.X`" in only(loaded, "block-conflict").message


def test_the_template_s_own_reference_is_no_error_before_there_are_schemas():
    """Who fills in an endpoint and leaves `Error` as it is gets a warning; once schemas are defined it is a slip."""
    block = (
        "endpoint: {path: /a, method: GET}\nresponse: {errors: {'400': {schema: {$ref: '#/components/schemas/Error'}}}}"
    )
    body = section("API Endpoints\n### Get", block)
    found = only(read(body), "ref-unresolved")
    assert (found.severity.value, "still the template's" in found.message) == ("warning", True)
    others = section("Components", "components: {schemas: {A: {type: string}}}")
    assert only(read(body + others), "ref-unresolved").severity.value == "error"
    assert only(read(body.replace("Error'", "Fault'")), "ref-unresolved").severity.value == "error"


@pytest.mark.parametrize("place", ["²", "٣", "01", "-", "+1", "", "9" * 5000])
def test_what_is_no_place_in_a_list_points_at_nothing(tmp_path: Path, place: str) -> None:
    """A list has places 0, 1, 2 …: a pointer with any other word there is a finding, not a crash."""
    (tmp_path / "specs").mkdir()
    (tmp_path / "list.json").write_text(json.dumps({"oneOf": [{"type": "string"}] * 4}))
    loaded = answer(f"{{$ref: '../list.json#/oneOf/{place}'}}", "", tmp_path)
    assert names(loaded) == ["ref-unresolved"]


@pytest.mark.parametrize("place", ["0", "3"])
def test_a_place_in_a_list_is_followed(tmp_path: Path, place: str) -> None:
    """A pointer may go through a list."""
    (tmp_path / "specs").mkdir()
    (tmp_path / "list.json").write_text(json.dumps({"oneOf": [{"type": "string"}] * 4}))
    assert names(answer(f"{{$ref: '../list.json#/oneOf/{place}'}}", "", tmp_path)) == []
