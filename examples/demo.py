"""The main job on a real spec: check it, start its mock, call through every guard, see the bill. `make demo` runs it.

Everything happens on this machine, in a temporary copy of `examples/`; it takes about fifteen seconds.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import intertie
from intertie.mockserver import MockServer, profile_of

HERE = Path(__file__).resolve().parent
SPEC = "specs/payments.md"
CHARGE = {"amount": "12.50", "currency": "EUR", "card_token": "tok_visa", "order_id": "o-1"}


def say(text: str = "") -> None:
    """Print a line at once, so that the story is told in time."""
    print(text, flush=True)


def chapter(title: str) -> None:
    """Begin a part of the story."""
    say(f"\n── {title} " + "─" * max(0, 96 - len(title)))


def run(command: str, folder: Path) -> None:
    """Show a command and what it prints."""
    say(f"$ {command}")
    words = command.split()
    done = subprocess.run(
        [sys.executable, "-m", "intertie", *words[1:]], cwd=folder, capture_output=True, text=True, check=False
    )
    say((done.stdout + done.stderr).rstrip())


def short(command: str, folder: Path, lines: int) -> None:
    """Show a command and the first lines of what it prints."""
    say(f"$ {command} | head -{lines}")
    words = command.split()
    done = subprocess.run(
        [sys.executable, "-m", "intertie", *words[1:]], cwd=folder, capture_output=True, text=True, check=False
    )
    say("\n".join((done.stdout or done.stderr).rstrip().splitlines()[:lines]))


def main() -> None:
    """Tell the story."""
    os.environ.setdefault("STRIPE_API_KEY", "sk_test_only_for_the_mock")
    with tempfile.TemporaryDirectory(prefix="intertie-demo-") as temporary:
        folder = Path(temporary) / "shop"
        shutil.copytree(HERE, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__", ".intertie"))

        chapter("1. Check the spec: one Markdown file about a payment service")
        run(f"intertie check {SPEC}", folder)

        chapter("2. What will happen on a call, and where each number comes from")
        short(f"intertie plan {SPEC} create_charge", folder, 34)

        mock = MockServer(folder / SPEC, latency=True, seed=7)
        with mock as url, intertie.open(folder / SPEC, base_url=url, caller="demo") as payments:
            say(f"\n(the spec's mock listens on {url}: its limits, latencies, errors and credentials, turned round)")
            one_call(payments)
            the_limit(payments, mock)
            a_retry(payments, mock)
            a_decline(payments, mock)
            an_outage(payments, mock)
            back_again(payments, mock)
        chapter("9. The bill")
        run("intertie report cost", folder)
        say("\nNext: `. .venv/bin/activate` gives you `intertie`; README.md and docs/tutorials/ say what to type.")


def one_call(payments: intertie.Integration) -> None:
    chapter("3. One call, and what each guard saw")
    result = payments.create_charge.call(CHARGE, explain=True)
    say(result.explain())
    say(f"→ {result['charge_id']}: {result['amount']} {result['currency']}, cost {result.cost}")


def the_limit(payments: intertie.Integration, mock: MockServer) -> None:
    chapter("4. The limit: 40 callers at once, 25 a second and 10 at once allowed")
    before = len(mock.engine.received.newest())
    started = time.monotonic()
    with ThreadPoolExecutor(40) as pool:
        results = list(pool.map(lambda _: payments.create_charge(**CHARGE), range(40)))
    waited = sorted(result.elapsed_s for result in results)
    statuses = Counter(received.status for received in mock.engine.received.newest()[before:])
    say(
        f"→ all 40 answered in {time.monotonic() - started:.1f} s: the first after {waited[0] * 1000:.0f} ms, "
        f"the last after {waited[-1] * 1000:.0f} ms; the service saw {dict(statuses)} and refused nobody"
    )


def a_retry(payments: intertie.Integration, mock: MockServer) -> None:
    chapter("5. A retry: the service fails twice")
    mock.engine.use_profile(profile_of({"responses": [503, 503]}))
    before = len(mock.engine.received.newest())
    result = payments.create_charge.call(CHARGE, explain=True)
    say(result.explain())
    keys = {received.headers.get("idempotency-key") for received in mock.engine.received.newest()[before:]}
    say(f"→ {result.attempts} attempts under {len(keys)} idempotency key: charged once; cost {result.cost}")


def a_decline(payments: intertie.Integration, mock: MockServer) -> None:
    chapter("6. A declined card is no outage")
    declined = {"status": 402, "body": {"error": {"code": "card_declined", "message": "no"}}}
    mock.engine.use_profile(profile_of({"responses": [declined]}))
    try:
        payments.create_charge(**CHARGE)
    except intertie.ServiceError as error:
        say(f"→ {error.code}: {error.message} ({error.attempts} attempt: never tried again, never queued)")


def an_outage(payments: intertie.Integration, mock: MockServer) -> None:
    chapter("7. An outage: the breaker opens, writes are queued, nothing is lost")
    mock.engine.use_profile("down")
    before = len(mock.engine.received.newest())
    for number in range(1, 5):
        result = payments.with_options(timeout_s=6).create_charge(**{**CHARGE, "order_id": f"late-{number}"})
        state = next(iter(payments.statistics().breakers.values())).state
        say(
            f"→ order late-{number}: {result.attempts} attempts in {result.elapsed_s:.2f} s, then queued "
            f"as {result.receipt}; the breaker is {state}"
        )
    seen = len(mock.engine.received.newest()) - before
    say(f"→ the service saw {seen} requests, then none: an open circuit costs nothing")
    try:
        payments.get_charge(charge_id="ch_1")
    except intertie.CallError as error:
        say(f"→ a read can't be queued: {error.code} at once ({error.elapsed_s * 1000:.1f} ms): {error.args[0]}")


def back_again(payments: intertie.Integration, mock: MockServer) -> None:
    chapter("8. The service is back: the queue is sent, each order once")
    mock.engine.use_profile("healthy")
    for breaker in payments.breakers.values():
        breaker.force("closed")
        breaker.force(None)
    say("$ intertie breaker close INT-001; intertie breaker auto INT-001   (or wait 15 s for its probe)")
    report = payments.replay_queue()
    say(
        f"→ {len(report.sent)} sent, {len(report.parked)} parked, left in the queue: {payments.statistics().queue or 0}"
    )


if __name__ == "__main__":
    main()
