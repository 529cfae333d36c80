"""Merging an import: whatever people write and whatever the source becomes, nothing of theirs is lost."""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path

import pytest
import yaml

from intertie.importers.merging.record import without_record
from support.imports import DATA, Importing

ROUNDS = 16


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_every_line_of_theirs_is_kept(seed: int, tmp_path: Path) -> None:
    """Comments, prose and values put anywhere into an imported spec are all there after any change of the source."""
    rng = random.Random(seed)
    shop = Importing(tmp_path)
    source = yaml.safe_load((DATA / "museum-openapi.yaml").read_text("utf-8"))
    path = shop.write(json.dumps(source, default=str), "api.json")
    text, marks = worked_on(shop.new(path).text, rng)
    assert len(marks) > 10
    path.write_text(json.dumps(changed(source, rng), default=str))
    merged = shop.again(text, path)
    for mark in marks:
        assert mark in merged.text, mark
    assert shop.errors(merged.text) == []
    # What is merged once is at rest: nothing more happens, unless something vanished, which is told until it is taken out.
    again = shop.again(merged.text, path)
    assert without_record(again.text) == without_record(merged.text)
    assert {change.kind for change in again.changes} <= {"vanished"}


def worked_on(text: str, rng: random.Random) -> tuple[str, list[str]]:
    """Return a spec with marks of people in it: comments at the end of YAML lines, prose between the blocks, values."""
    body, separator, record = text.partition("\n<!-- intertie import record")
    made: list[str] = []
    marks: list[str] = []
    fenced, folded, fold_indent = False, False, 0
    for written in body.split("\n"):
        line = written
        if line.startswith("```"):
            fenced = not fenced
        indent = len(line) - len(line.lstrip())
        folded = folded and indent > fold_indent
        mark = f"MARK{len(marks)}X"
        plain = (
            fenced
            and ":" in line
            and not line.startswith("```")
            and not folded
            and not line.rstrip().endswith((">-", "|"))
        )
        if plain and rng.random() < 0.15 and "#" not in line and "[" not in line:
            line = f"{line}  # {mark}"
            marks.append(mark)
        if line.rstrip().endswith(">-"):
            folded, fold_indent = True, indent
        made.append(line)
        if line == "```" and not fenced and rng.random() < 0.3:
            mark = f"MARK{len(marks)}X"
            made.append(f"\nWe know of this: {mark}.")
            marks.append(mark)
    return "\n".join(made) + separator + record, marks


def changed(source: dict, rng: random.Random) -> dict:
    """Return the source as it might be some months later."""
    made = copy.deepcopy(source)
    for path in list(made["paths"]):
        for method, operation in list(made["paths"][path].items()):
            draw = rng.random()
            if not isinstance(operation, dict):
                continue
            if draw < 0.15:
                del made["paths"][path][method]
            elif draw < 0.4:
                operation["description"] = f"Says something new: {rng.random()}."
            elif draw < 0.6:
                operation["parameters"] = [
                    *operation.get("parameters", []), {"name": "extra", "in": "query", "schema": {"type": "integer"}},
                ]  # fmt: skip
            elif draw < 0.8:
                operation["responses"].pop("404", None)
                operation["responses"]["410"] = {"description": "Gone"}
    if rng.random() < 0.5:
        made["paths"]["/new"] = {"get": {"responses": {"200": {"$ref": "#/components/responses/BadRequest"}}}}
    for name, schema in made["components"]["schemas"].items():
        if rng.random() < 0.2 and "description" in schema:
            schema["description"] = f"{name}, said anew"
    if rng.random() < 0.3:
        made["servers"] = [{"url": "https://museum.example/v2"}]
    return made
