"""The three registries of protocols: what is known, what is taken, what is missing."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from intertie.compiler.wires import registry as compilers
from intertie.mockserver.wires import registry as mocks
from intertie.runtime.wires import registry as runtimes
from intertie.runtime.wires.rest.plan import rest_operations, rest_wire
from intertie.spec import protocols
from intertie.spec.model import Endpoint, IntegrationType
from intertie.testing import make_operation, make_plan
from support.tiny_protocol import tiny_is_spoken
from support.tiny_protocol.compiling import TinyCompiler
from support.tiny_protocol.mocking import TinyService
from support.tiny_protocol.plan import TinyWire
from support.tiny_protocol.running import Tiny

TOPIC = replace(make_operation("ask"), wire=TinyWire("ask", None))


@pytest.mark.parametrize(
    ("registry", "half"), [(compilers, TinyCompiler()), (mocks, TinyService()), (runtimes, Tiny())]
)
def test_a_tag_is_taken_once(registry, half):
    """Two protocols of one tag would answer for each other."""
    with tiny_is_spoken(), pytest.raises(ValueError, match="tiny"):
        registry.register(half)


def test_what_is_forgotten_leaves_nothing_behind():
    """Choices and keys of the format are as before."""
    choices = IntegrationType.declared["protocol"][1].choices
    keys = tuple(Endpoint.declared)
    with tiny_is_spoken():
        assert IntegrationType.declared["protocol"][1].choices == (*choices, "Tiny")
    assert (IntegrationType.declared["protocol"][1].choices, tuple(Endpoint.declared)) == (choices, keys)


@pytest.mark.parametrize(("name", "block"), [("gRPC", "tiny"), ("Tiny", "request")])
def test_names_of_the_format_are_taken(name, block):
    """A registered protocol can't stand in the place of one that the format has."""
    with pytest.raises(ValueError, match="already"):
        protocols.register(name, block, "Nothing.")


def test_a_plan_of_an_unknown_protocol_says_so():
    """Neither the runtime nor the mock guesses."""
    with pytest.raises(LookupError, match="no protocol tiny"):
        runtimes.protocol_of(TOPIC)
    with pytest.raises(LookupError, match="no protocol tiny"):
        mocks.protocols_of(make_plan(TOPIC))


def test_what_is_rests_own_is_asked_of_rest_alone():
    """Code that speaks of methods passes over other protocols, or is a bug that says so."""
    plan = make_plan(TOPIC, make_operation("get"))
    assert [operation.id for operation, _ in rest_operations(plan)] == ["get"]
    with pytest.raises(TypeError, match="ask is no REST operation: its protocol is tiny"):
        rest_wire(TOPIC)
