"""Profiles: what they do, and what is said of a bad one."""

from __future__ import annotations

import json

import msgspec
import pytest

from intertie.core.secret import Secret
from intertie.mockserver.messages import FaultKind
from intertie.mockserver.profile_reading import ProfileError, load_profile, parse_profile, profile_of
from intertie.mockserver.profiles import BUILT_IN, Behaviour, ForcedAnswer, Profile
from intertie.runtime.disguises import hidden_codes, says_throttled
from intertie.runtime.schemas import CompiledSchema
from intertie.runtime.wires.rest.plan import ErrorAnswerPlan
from support.changing import changed
from support.mock_plans import CREATE, GET, LIMITS, Bench, header, plan


def listed(bench, times):
    return [bench.ask("GET", "/v1/charges").status for _ in range(times)]


def test_forced_answers_are_used_in_order_and_then_it_is_healthy_again():
    """`responses: [503, 402, …]` are given one a request."""
    bench = Bench(
        profile=profile_of(
            {
                "responses": [
                    503,
                    {"status": 402, "code": "card_declined"},
                    {"status": 200, "body": {"x": 1}, "headers": {"X-A": "b"}, "delay_ms": 20},
                ]
            }
        )
    )
    first, second, third = (bench.charge(idempotency=str(n)) for n in range(3))
    assert first.status == 503
    assert (second.status, json.loads(second.body)["error"]["code"]) == (402, "card_declined")
    assert (third.body, header(third, "X-A"), third.delay_s) == (b'{"x":1}', "b", 0.02)
    assert bench.charge().status == 200


def test_a_forced_status_has_the_declared_body():
    """A declared error's schema makes the body of a forced status, with a code of the status and the description."""
    bench = Bench(profile=profile_of({"responses": [402]}))
    error = json.loads(bench.charge().body)["error"]
    assert error == {"code": "payment_required", "message": "The card was declined"}


def test_a_code_stands_where_the_plan_reads_it():
    """`error_code_path` says where a provider's code goes, declared schema or not."""
    from intertie.runtime.policies.error_mapping.options import ErrorMappingOptions

    bench = Bench(
        plan(GET, errors=ErrorMappingOptions(error_code_path="fault.kind")),
        profile=profile_of({"responses": [{"status": 400, "code": "bad_id"}]}),
    )
    assert json.loads(bench.ask("GET", "/v1/charges/x").body) == {"fault": {"kind": "bad_id"}}


def test_a_code_stands_where_the_client_reads_it():
    """Without `error_code_path` the mock writes code and message into the members that a client looks at first."""
    schema = {
        "type": "object",
        "required": ["__type"],
        "properties": {name: {"type": "string"} for name in ("__type", "Message")},
    }
    failing = changed(
        GET,
        response=msgspec.structs.replace(
            GET.wire.response, errors=(ErrorAnswerPlan("400", "Not found.", CompiledSchema(schema), None),)
        ),
    )
    bench = Bench(
        plan(failing), profile=profile_of({"responses": [{"status": 400, "code": "ResourceNotFoundException"}]})
    )
    told = json.loads(bench.ask("GET", "/v1/charges/x").body)
    assert told["__type"] == "ResourceNotFoundException"
    assert told.get("Message", "Not found.") == "Not found."


def test_forced_failures_do_not_take_effect():
    """A forced 503 creates nothing and leaves the idempotency key free."""
    bench = Bench(profile=profile_of({"responses": [503, 503]}))
    assert [bench.charge().status for _ in range(3)] == [503, 503, 200]
    assert len(json.loads(bench.ask("GET", "/v1/charges").body)["data"]) == 1


def test_shares_come_out_and_repeat_by_seed():
    """`flaky` fails one in five, the same ones for the same seed."""
    one = listed(Bench(profile="flaky", seed=1), 2000)
    assert 330 <= one.count(503) <= 470
    assert one == listed(Bench(profile="flaky", seed=1), 2000)
    assert one != listed(Bench(profile="flaky", seed=2), 2000)


def test_down_throttling_and_expired_credentials_are_steady():
    """Every answer is what the profile says; a throttled one tells the declared pause."""
    assert listed(Bench(profile="down"), 3) == [503] * 3
    assert listed(Bench(profile="expired_credential"), 2) == [401] * 2
    bench = Bench(plan(limits=LIMITS), profile="throttling")
    reply = bench.charge()
    assert (reply.status, header(reply, "Retry-After")) == (429, "1")


def test_a_disguised_throttle_is_a_success_that_says_otherwise():
    """Status 200, and a code in the body by which the client tells."""
    reply = Bench(profile="throttling_disguised").charge()
    assert reply.status == 200
    assert all(says_throttled(code) for code in hidden_codes(json.loads(reply.body)))


def test_an_outage_has_a_beginning_and_an_end():
    """Errors from `from_s` to `to_s` after the profile was chosen."""
    bench = Bench(profile="outage")
    seen = []
    for _ in range(8):
        seen += listed(bench, 1)
        bench.clock.advance(5)
    assert seen == [200, 503, 503, 503, 503, 503, 503, 200]


def test_error_statuses_take_turns():
    """Several statuses follow each other."""
    assert listed(Bench(profile=profile_of({"error_share": 1, "error_status": [500, 502]})), 4) == [500, 502, 500, 502]


def test_an_operation_may_be_an_exception():
    """What stands under an operation replaces what stands above; the rest is inherited."""
    bench = Bench(
        profile=profile_of(
            {"error_share": 1, "operations": {"create_charge": {"error_share": 0}, "get_charge": {"responses": [418]}}}
        )
    )
    assert bench.charge().status == 200
    assert listed(bench, 1) == [503]
    assert [bench.ask("GET", "/v1/charges/x").status for _ in range(2)] == [418, 503]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("disconnects", FaultKind.DISCONNECT_BEFORE_HEADERS),
        ("cut_off", FaultKind.DISCONNECT_MID_BODY),
        ("hanging", FaultKind.HANG),
        ("trickling", FaultKind.SLOW_BODY),
    ],
)
def test_faults_of_the_wire_are_told_to_the_server(name, kind):
    """The engine says what goes wrong; the request took effect."""
    bench = Bench(profile=name, seed=5)
    faults = [reply.fault.kind for n in range(50) if (reply := bench.charge(idempotency=str(n))).fault]
    assert set(faults) == {kind}
    assert faults
    bench.engine.use_profile("healthy")
    assert len(json.loads(bench.ask("GET", "/v1/charges?limit=100").body)["data"]) == 50


def test_malformed_bodies_are_no_documents():
    """A cut body is no JSON."""
    reply = Bench(profile=Profile("x", Behaviour(malformed_share=1.0))).charge()
    with pytest.raises(ValueError):
        json.loads(reply.body)


def test_a_profiles_credential_is_resolved_and_enforced():
    """`credential: env:…` is the one that passes; without a source of secrets it is refused, not ignored."""

    class Source:
        def resolve(self, reference):
            assert reference == "env:MOCK"
            return Secret("right")

    strict = Profile("strict", credential="env:MOCK")
    bench = Bench(secrets=Source(), profile=strict)
    assert bench.ask("GET", "/v1/charges", key="wrong").status == 401
    assert bench.ask("GET", "/v1/charges", key="right").status == 200
    with pytest.raises(ProfileError, match="env:MOCK"):
        Bench(profile=strict)


def test_a_profiles_every_field_is_read(tmp_path):
    """A file holds all fields, in YAML or JSON."""
    text = """
name: rough
description: for the demo
responses: [503, {status: 200, body: text, fault: mid_body}, {code: odd}, {delay_ms: 100}]
error_share: 0.1
error_status: [500, 503]
outage: {from_s: 5, to_s: 20}
latency_factor: 2
disconnect: {at: after_headers, share: 0.1}
malformed_body: {share: 0.2}
slow_body: 500
hang: {share: 0.05}
throttle: {kind: disguised, share: 0.5}
credential: env:K
operations: {get_charge: {error_share: 0, throttle: false, disconnect: false, slow_body: false, malformed_body: true}}
"""
    path = tmp_path / "rough.yaml"
    path.write_text(text)
    made = load_profile(str(path))
    assert made.name == "rough"
    assert made.behaviour == Behaviour(
        (ForcedAnswer(503), ForcedAnswer(200, "text", has_body=True, fault=FaultKind.DISCONNECT_MID_BODY), ForcedAnswer(400, code="odd"), ForcedAnswer(delay_s=0.1)),
        0.1, (500, 503), (5.0, 20.0), 2.0, FaultKind.DISCONNECT_AFTER_HEADERS, 0.1, 0.2, 500.0, 0.05, "disguised", 0.5,
    )  # fmt: skip
    own = made.of("get_charge")
    assert (own.responses, own.error_share, own.throttle, own.disconnect, own.malformed_share, own.outage) == (
        (),
        0.0,
        None,
        None,
        1.0,
        (5.0, 20.0),
    )
    assert made.of("list_charges") == made.behaviour


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("error_share: 2", r"p.yaml:1: `error_share` must be a number from 0 to 1"),
        ("\nresponses:\n  - 503\n  - 99", r"p.yaml:4: `responses\[1\]` must be a status from 200 to 599"),
        (f"\nresponses:\n  - '{'9' * 5000}'", r"p.yaml:3: `responses\[0\]` must be a status from 200 to 599"),
        ("responses: [{status: 200, head: x}]", r"p.yaml:1: `responses\[0\].head` is none of"),
        ('responses: [{headers: {A: "b\\r\\nc"}}]', r"can't be sent"),
        ("a: 1", r"p.yaml:1: `a` is no field of a profile"),
        ("eror_share: 1", r"did you mean `error_share`"),
        ("operations:\n  get_charge:\n    throttle: maybe", r"p.yaml:3: `operations.get_charge.throttle` must be true"),
        ("disconnect: sometimes", r"must be one of before_headers, after_headers, mid_body"),
        ("outage: {from_s: 9, to_s: 3}", r"`outage.to_s` must be a number from 9"),
        ("credential: sk_live_123", r"reference such as"),
        ("- 1", r"must be a mapping"),
        ("a: [", r"p.yaml:2?1?: no valid YAML"),
        (f"error_share: {'9' * 5000}", r"p.yaml: a number or a date in it can't be read"),
        ("error_share: 2026-13-45", r"p.yaml: a number or a date in it can't be read"),
        ("error_status: []", r"at least one status"),
    ],
)
def test_a_bad_profile_is_one_message_with_its_place(text, message):
    """File, line, field, and what is expected; a secret written by mistake is not repeated."""
    with pytest.raises(ProfileError, match=message) as raised:
        parse_profile(text, shown="p.yaml", name="p")
    assert "sk_live_123" not in str(raised.value)


def test_an_unknown_profile_name_says_what_there_is():
    """A misspelt name gets the nearest one."""
    with pytest.raises(ProfileError, match="did you mean `flaky`"):
        load_profile("flakey")
    with pytest.raises(ProfileError, match="there is no profile `x`"):
        profile_of("x")


def test_the_built_in_profiles_are_the_documented_ones():
    """The table in the module's docstring names exactly the built-in profiles."""
    from intertie.mockserver import profiles

    named = [line.split("`")[1] for line in profiles.__doc__.splitlines() if line.startswith("| `")]
    assert named == list(BUILT_IN)


def test_limits_come_before_faults():
    """Who exceeds the limit is told so even while the service is down."""
    bench = Bench(plan(CREATE, GET, limits=LIMITS), profile="down")
    assert [bench.ask("GET", "/v1/charges/x").status for _ in range(11)] == [503] * 10 + [429]


def test_the_reference_page_knows_every_field():
    """What a profile may hold is what the page of the mock says."""
    from intertie.mockserver import profile_reading, reference

    assert set(reference.PROFILE_FIELDS) == {*profile_reading._READERS, *profile_reading._ABOUT}
    page = reference.mock_markdown()
    assert all(f"| `{name}` |" in page for name in (*BUILT_IN, *reference.PROFILE_FIELDS))
    assert "| `PUT` or `POST profile` |" in page


def test_a_profile_nested_without_end_is_one_message():
    """Brackets without end are refused in words."""
    with pytest.raises(ProfileError, match=r"deep\.yaml: it is nested too deep"):
        parse_profile("responses: " + "[" * 20_000, shown="deep.yaml", name="deep")
