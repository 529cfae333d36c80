"""The call that a mock suggests is one that it answers."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from intertie.cli.context import CliContext
from intertie.cli.next_line import NextLine, calls_go_to
from intertie.core.clock import BlockingClock
from intertie.mockserver.trial import TrialCall, trial_calls
from intertie.runtime.plan import Origin
from intertie.runtime.policies.auth.options import AuthOptions
from intertie.runtime.wires.rest.plan import HeaderPlan
from support.changing import changed
from support.mock_plans import CREATE, GET, LIST, answers, operation, parameter, plan

CLOCK = BlockingClock()


def first(made):
    return next(iter(trial_calls(made, clock=CLOCK)), None)


def line(made, *, url="http://127.0.0.1:8420", spec="pay.md", environ=None, known=False, workspace=None):
    context = CliContext(workspace=workspace)
    return NextLine(context, spec, None, known, environ or {}, CLOCK).text(made, url).splitlines()


def test_the_required_input_is_made_up_and_nothing_else():
    """Names say what a value looks like; optional parameters stay away."""
    made = plan(
        operation(
            "rate",
            "GET",
            "/rates/{country}",
            parameters=(
                parameter("country", "path", {"type": "string"}, required=True),
                parameter("weight", "query", {"type": "number", "minimum": 1, "maximum": 2}, required=True),
                parameter("note", "query", {"type": "string"}),
            ),
            response=answers("ChargeList"),
        )
    )
    call = first(made)
    assert call.given.keys() == {"country", "weight"}
    assert len(call.given["country"]) == 2
    assert 1 <= float(call.given["weight"]) <= 2


def test_an_operation_that_the_mock_refuses_is_passed_over():
    """Reading a thing that is not there is a 404, so the list is suggested."""
    assert [call.operation for call in trial_calls(plan(GET, CREATE, LIST), clock=CLOCK)] == [
        "create_charge",
        "list_charges",
    ]


def test_an_operation_that_no_call_can_reach_is_passed_over():
    """What this version can't call is not suggested; then the plan says what there is."""
    made = plan(replace(LIST, unsupported="needs what this version has not"))
    assert first(made) is None
    assert line(made) == [
        f"{made.title} listens on http://127.0.0.1:8420; its operations are listed by",
        "  intertie plan pay.md",
    ]


def test_variables_that_are_not_set_are_set_first():
    """Those of the credential, unless the mock has an exact one, and those of headers."""
    auth = AuthOptions(type="basic", username="env:PAY_USER", password="env:PAY_PASSWORD")
    made = replace(plan(changed(LIST, headers=(HeaderPlan("X-Shop", "{env:PAY_SHOP}", required=True),))), auth=auth)
    exports = ["  export PAY_SHOP=any", "  export PAY_USER=any", "  export PAY_PASSWORD=any"]
    assert line(made)[1:-1] == exports
    assert line(made, environ={"PAY_SHOP": "x", "PAY_USER": "", "PAY_PASSWORD": "y"})[1:-1] == exports[1:2]
    assert line(made, known=True)[1:-1] == exports[:1]


def test_what_was_typed_before_the_command_is_typed_again():
    """The workspace, and names that a shell would split."""
    made = plan(LIST)
    assert line(made, workspace="my shop", spec="my specs/pay.md")[-1] == (
        "  intertie --workspace 'my shop' call 'my specs/pay.md' list_charges"
    )


@pytest.mark.parametrize(
    ("origin", "url", "reaches"),
    [
        (Origin("http", "127.0.0.1", 8460, "/v1"), "http://127.0.0.1:8460/v1", True),
        (Origin("http", "localhost", 8460, ""), "http://127.0.0.1:8460", True),
        (Origin("http", "127.0.0.1", 8460, ""), "http://127.0.0.1:8461", False),
        (Origin("https", "127.0.0.1", 8460, ""), "http://127.0.0.1:8460", False),
        (Origin("http", "::1", 8460, ""), "http://127.0.0.1:8460", False),
        (Origin("http", "::1", 8460, ""), "http://[::1]:8460", True),
        (Origin("http", "api.example", 80, ""), "http://127.0.0.1:8420", False),
        (Origin("http", "localhost", 80, ""), "http://127.0.0.1:80", True),
    ],
)
def test_a_base_url_is_said_where_calls_go_elsewhere(origin, url, reaches):
    """Not where the spec's own URL is the mock's."""
    made = replace(plan(LIST), origin=origin)
    assert calls_go_to(made, url) is reaches
    assert ("--base-url" in line(made, url=url)[-1]) is not reaches


def test_text_of_the_spec_is_not_written_raw():
    """A title with escapes is shown as text, and a value that can't be typed is not suggested."""
    made = replace(plan(LIST), title="Pay\x1b[31m")
    assert "\x1b" not in "".join(line(made))
    odd = operation(
        "odd",
        "GET",
        "/odd",
        parameters=(parameter("mark", "query", {"type": "string", "enum": ["a\x07b"]}, required=True),),
        response=answers("ChargeList"),
    )
    assert line(plan(odd, LIST))[-1] == "  intertie call pay.md list_charges"


def test_a_value_that_a_command_line_would_read_otherwise_is_json():
    """`@` begins a file's name, and a list has no other form."""
    made = plan(
        operation(
            "odd",
            "GET",
            "/odd",
            parameters=(parameter("at", "query", {"type": "string", "enum": ["@x"]}, required=True),),
            response=answers("ChargeList"),
        )
    )
    assert first(made) == TrialCall("odd", {"at": "@x"})
    assert line(made)[-1] == "  intertie call pay.md odd 'at:=\"@x\"'"
