"""A credential that changed: one more attempt through every guard, outside `max_attempts`."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from intertie.adapters.secrets import EnvironmentSecrets
from intertie.core.errors import CredentialMissing, TokenRefused
from intertie.core.secret import Secret
from intertie.runtime.policies.auth import credentials
from intertie.runtime.policies.auth.options import AuthOptions
from intertie.runtime.policies.auth.schemes import SCHEMES
from intertie.runtime.policies.breaker.options import BreakerOptions
from intertie.runtime.wires.rest.plan import BodyPlan
from intertie.testing import (
    Answer,
    assert_answered,
    assert_events,
    assert_failed,
    make_bench,
    make_operation,
    make_plan,
    price,
)
from support.plans import per_second, retries, timeouts
from support.signed_scheme import Signed

UPLOAD = make_operation(
    "upload", method="PUT", body=BodyPlan("application/octet-stream", "binary", None, required=True)
)
OK, REFUSED = Answer(json={"id": 1}), Answer(401)
KEY = AuthOptions("api_key", scheme="Bearer", secret="env:KEY", token_refresh=True)


class Rotating:
    """A secret store whose one secret can be turned."""

    def __init__(self, text: str | None = "old") -> None:
        self.text = text
        self.resolved = 0

    def resolve(self, reference: str, *, lines: bool = False) -> Secret:
        self.resolved += 1
        if self.text is None:
            raise CredentialMissing(f"there is nothing under {reference}")
        return Secret(self.text, reference=reference)


def bench_of(script, auth=KEY, secrets=None, **further):
    bench = make_bench(
        make_plan(*further.pop("operations", ()), auth=auth, **further), script, secrets={"env:KEY": "old"}
    )
    secrets = secrets or Rotating()
    bench.linked.guards.credentials._secrets = secrets
    return bench, secrets


def changing(bench):
    """Another key whenever something was received: the service turns it all the time."""
    return lambda reference, *, lines=False: Secret(f"key {len(bench.transport.received)}", reference=reference)


def keys(bench):
    return [received.request.credential.secret.reveal() for received in bench.transport.received]


@pytest.mark.parametrize("explain", [False, True])
@pytest.mark.parametrize("operation", ["get_thing", "create_thing"])
def test_a_call_is_made_once_more_with_the_new_key(drive, explain, operation):
    """Whatever `max_attempts` says, and whether the operation can be replayed: a 401 says that nothing was done."""
    bench, secrets = bench_of([REFUSED, OK])
    drive(bench, bench.linked.run("get_thing", {}))
    bench, secrets = bench_of([OK, REFUSED, OK])
    assert_answered(drive(bench, bench.linked.run(operation, {})))
    secrets.text = "new"
    answered = assert_answered(drive(bench, bench.linked.run(operation, {}, explain=explain)))
    assert keys(bench) == ["old", "old", "new"]
    assert answered.attempts == 2
    if explain:
        assert_events(answered.events, ["credential", "attempt", "refused", "retry", "credential", "attempt"])
        retried = next(event for event in answered.events if event.event == "retry")
        assert retried.detail == {"attempt": 2, "delay_s": 0.0, "reason": "credential_renewed"}


def test_the_same_key_is_not_tried_twice(drive):
    """A second try with what was just refused is refused again."""
    bench, _ = bench_of([REFUSED, OK])
    assert_failed(drive(bench, bench.linked.run("get_thing", {})), TokenRefused)
    assert keys(bench) == ["old"]


def test_a_call_is_made_once_more_at_most(drive):
    """A key that changes all the time makes two attempts of a call, not ever more."""

    class Restless(Rotating):
        def resolve(self, reference, *, lines=False):
            self.text = f"key {self.resolved}"
            return super().resolve(reference)

    bench, _ = bench_of([REFUSED], secrets=Restless(), retry=retries(4))
    assert_failed(drive(bench, bench.linked.run("get_thing", {})), TokenRefused)
    assert len(bench.transport.received) == 2


def test_without_token_refresh_the_next_call_has_the_new_key(drive):
    """As before: a refused credential is resolved anew, and no attempt is added."""
    bench, secrets = bench_of([OK, REFUSED, OK], auth=replace(KEY, token_refresh=False))
    assert_answered(drive(bench, bench.linked.run("get_thing", {})))
    secrets.text = "new"
    assert_failed(drive(bench, bench.linked.run("get_thing", {})), TokenRefused)
    assert_answered(drive(bench, bench.linked.run("get_thing", {})))
    assert keys(bench) == ["old", "old", "new"]


def test_a_changed_file_is_read_within_the_call(drive, tmp_path):
    """`file:` secrets are replaced under a running process: that is what a refresh of theirs is."""
    path = tmp_path / "key"
    path.write_text("old\n")
    auth = replace(KEY, secret="file:key")
    bench, _ = bench_of([OK, REFUSED, OK], auth=auth, secrets=EnvironmentSecrets({}, root=tmp_path))
    assert_answered(drive(bench, bench.linked.run("get_thing", {})))
    path.write_text("a new one\n")
    assert_answered(drive(bench, bench.linked.run("get_thing", {})))
    assert keys(bench) == ["old", "old", "a new one"]


def test_a_file_that_is_gone_leaves_what_the_service_said(drive):
    """The refusal stands; the next call says which reference gives nothing."""
    bench, secrets = bench_of([OK, REFUSED, OK])
    assert_answered(drive(bench, bench.linked.run("get_thing", {})))
    secrets.text = None
    assert_failed(drive(bench, bench.linked.run("get_thing", {})), TokenRefused)
    assert_failed(drive(bench, bench.linked.run("get_thing", {})), CredentialMissing)
    assert len(bench.transport.received) == 2


def test_the_second_attempt_goes_through_every_guard(drive):
    """Reserved and paid, metered, counted by the breaker; later retries have their own number."""
    bench, secrets = bench_of(
        [REFUSED, Answer(503), Answer(503), OK],
        retry=retries(3, retry_on=("503",)), pricing=price("0.01"), limits=per_second(2),
        breaker=BreakerOptions(failure_threshold=9), timeouts=timeouts(30.0),
    )  # fmt: skip
    secrets.resolve = changing(bench)
    answered = assert_answered(drive(bench, bench.linked.run("get_thing", {})))
    assert answered.attempts == 4  # three by `max_attempts`, and the one for the new credential
    statistics = bench.linked.statistics()
    assert statistics.ledger.amount == Decimal("0.04")
    assert statistics.retries == 2
    stamps = bench.transport.stamps
    assert all(later - first >= 1.0 - 1e-6 for first, later in zip(stamps, stamps[2:], strict=False))


def test_a_body_that_is_read_once_is_not_sent_again(drive):
    """What is left of the source is not the body."""
    bench, secrets = bench_of([REFUSED, OK], operations=(UPLOAD,))
    secrets.resolve = changing(bench)
    assert_failed(drive(bench, bench.linked.run("upload", {"body": iter([b"abc"])})), TokenRefused)
    assert len(bench.transport.received) == 1


def test_an_answer_that_takes_all_the_time_leaves_no_second_attempt(drive):
    """The deadline is the call's, not the attempt's."""
    bench, secrets = bench_of([Answer(401, latency_s=1.0), OK], timeouts=timeouts(1.0, read_s=2.0))
    secrets.resolve = changing(bench)
    failed = assert_failed(drive(bench, bench.linked.run("get_thing", {})))
    assert len(bench.transport.received) == 1
    assert failed.attempts == 1


def test_a_credential_with_a_lifetime_is_resolved_again_before_its_end(drive):
    """Within ten minutes of lifetime: a minute before the end; no call is refused for it."""
    bench, secrets = bench_of([OK], auth=replace(KEY, token_refresh=False, expires_in_s=600.0))
    for at_s, text, expected in ((0.0, "a", "a"), (539.0, "b", "a"), (541.0, "b", "b"), (900.0, "c", "b")):
        secrets.text = text
        bench.advance(1000.0 + at_s - bench.clock.now_s)
        assert_answered(drive(bench, bench.linked.run("get_thing", {})))
        assert keys(bench)[-1] == expected
    assert secrets.resolved == 2


def test_a_signature_of_the_time_is_made_after_the_permit(drive, monkeypatch):
    """However long an attempt waited for its turn, its signature is fresh."""
    monkeypatch.setattr(credentials, "SCHEMES", {**SCHEMES, "signed": Signed})
    bench, _ = bench_of(
        [OK], auth=AuthOptions("signed", secret="env:KEY"), limits=per_second(1), timeouts=timeouts(30.0)
    )
    for _ in range(3):
        assert_answered(drive(bench, bench.linked.run("get_thing", {})))
    signed = [dict(received.request.headers)["X-Signed-At"] for received in bench.transport.received]
    first_s = bench.clock.utc_s() - bench.clock.now_s + bench.transport.stamps[0]
    assert [float(text) - first_s for text in signed] == pytest.approx(
        [stamp - bench.transport.stamps[0] for stamp in bench.transport.stamps], abs=0.2
    )
    assert bench.transport.stamps[2] - bench.transport.stamps[0] >= 2.0 - 1e-6
