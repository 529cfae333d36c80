"""Every operation is reachable by its id, whatever the id is; a name that an integration has itself stays its own."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import pytest

from intertie.client import AsyncIntegration, Integration, TypedAsyncIntegration, TypedIntegration
from intertie.core.member_names import INTEGRATION_MEMBERS
from intertie.runtime.reports import PlanStatistics
from intertie.testing import Answer
from support.client_faces import AsyncFace, SyncFace, face_of
from support.spec_builder import endpoint, plan_of

KINDS = pytest.mark.parametrize("kind", [SyncFace, AsyncFace], ids=["sync", "async"])
HEADINGS = (
    "Get Thing",
    "Import",
    "2nd Check",
    "__init__",
    "Größe lesen",
    "_Private",
    "…",
    *sorted(INTEGRATION_MEMBERS),
)
PLAN = plan_of(
    endpoints=tuple(endpoint(heading, f"/things/{number}") for number, heading in enumerate(HEADINGS)),
    authentication={"type": "none"},
)


def public(*classes: type) -> set[str]:
    annotated = {name for each in classes for base in each.__mro__ for name in inspect.get_annotations(base)}
    return {name for each in classes for name in dir(each)} | annotated


def test_the_list_of_names_is_what_the_faces_have():
    """The checker reads the list, since it knows no client: it is the public names of both faces and of typed modules."""
    faces = public(Integration, AsyncIntegration, TypedIntegration, TypedAsyncIntegration)
    assert {name for name in faces if not name.startswith("_")} == INTEGRATION_MEMBERS


@KINDS
def test_every_operation_is_reachable_by_its_id(kind: Any) -> None:
    """Also one that is a keyword, starts with a digit, or has the name of an attribute: it is called, not the attribute."""
    with face_of(kind, PLAN, [Answer(json={})] * len(HEADINGS)) as face:
        operations = face.api.operations
        assert list(operations) == list(PLAN.operations)
        assert len(operations) == len(HEADINGS)
        assert {"import", "2nd_check", "init", "größe_lesen", "private", "close", "operations"} <= set(operations)
        for number, name in enumerate(operations):
            called = operations[name]()
            result = face.run(called) if kind is AsyncFace else called
            assert (result.operation, result.status) == (name, 200)
            assert face.sent[-1] == f"GET /things/{number}"


@KINDS
def test_an_attribute_keeps_its_meaning(kind: Any) -> None:
    """`api.statistics()` is the integration's; an operation whose name is free is the attribute, as it is by its id."""
    with face_of(kind, PLAN, []) as face:
        assert isinstance(face.api.statistics(), PlanStatistics)
        assert face.api.plan is PLAN
        assert face.api.operations["statistics"].plan is PLAN.operations["statistics"]
        assert face.api.get_thing.plan is face.api.operations["get_thing"].plan
        with pytest.raises(TypeError, match=r"\.statistics\(\) got an unexpected keyword argument 'id'"):
            face.api.statistics(id=1)
        assert face.sent == []


@KINDS
def test_the_operations_are_a_mapping_that_nobody_can_change(kind: Any) -> None:
    """It answers as a dictionary does; what is not there is named with the nearest that is."""
    with face_of(kind, PLAN, []) as face:
        operations = face.api.operations
        assert isinstance(operations, Mapping)
        assert {name: operation.plan for name, operation in operations.items()} == PLAN.operations
        assert ("close" in operations, "clsoe" in operations, 1 in operations) == (True, False, False)
        assert operations.get("clsoe") is None
        with pytest.raises(KeyError, match=r"has no operation clsoe; did you mean close\?"):
            operations["clsoe"]
        with pytest.raises(TypeError, match="does not support item assignment"):
            operations["close"] = operations["import"]
        assert repr(operations).startswith("Operations(get_thing, import, 2nd_check, init, ")


@KINDS
def test_a_view_gives_operations_its_options(kind: Any) -> None:
    """What is asked for on a view holds for what is taken from its operations."""
    with face_of(kind, PLAN, [Answer(json={})] * 2) as face:
        view = face.api.with_options(explain=True)
        for operations, explained in ((view.operations, True), (face.api.operations, False)):
            called = operations["close"]()
            result = face.run(called) if kind is AsyncFace else called
            assert bool(result.events) is explained


@KINDS
def test_an_operation_is_looked_up_once(kind: Any) -> None:
    """The second time it is an attribute like any other; a view has operations of its own, with its own options."""
    with face_of(kind, PLAN, [Answer(json={})] * 3) as face:
        api = face.api
        assert "get_thing" not in vars(api)
        first = api.get_thing
        assert vars(api)["get_thing"] is first is api.get_thing
        view = api.with_options(caller="somebody")
        assert view.get_thing is not first
        for operation in (first, view.get_thing, api.operation("get_thing")):
            called = operation()
            assert (face.run(called) if kind is AsyncFace else called).operation == "get_thing"
        with pytest.raises(AttributeError, match="has no operation get_thingy"):
            api.get_thingy  # noqa: B018
