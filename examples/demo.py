"""The main job on a real spec: check it, start its mock, call through every guard, see the bill. `make demo` runs it.

Everything happens on this machine, in a temporary copy of `examples/`; it takes about ten seconds.
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
from intertie.cli.layout import NAME, Layout, terminal_columns
from intertie.core.paint import Paint
from intertie.core.plurals import plural
from intertie.core.timeline import timeline
from intertie.mockserver import MockServer, profile_of

LAYOUT = Layout(
    terminal_columns(sys.stdout),
    Paint(bool(os.environ.get("FORCE_COLOR") or sys.stdout.isatty()) and not os.environ.get("NO_COLOR")),
)
HERE = Path(__file__).resolve().parent
SPEC = "specs/payments.md"
CHARGE = {"amount": "12.50", "currency": "EUR", "card_token": "tok_visa", "order_id": "o-1"}


def say(text: str = "", *, after: str = "") -> None:
    """Print a sentence at once, so that the story is told in time; `→` marks what to see in it."""
    for line in LAYOUT.text(f"{after}{text}", hanging=len(after)):
        print(line, flush=True)


def see(text: str) -> None:
    """Print what to see in what was just shown."""
    say(text, after="→ ")


def chapter(title: str) -> None:
    """Begin a part of the story."""
    print(f"\n{LAYOUT.heading(f'── {title} ' + '─' * max(0, LAYOUT.width - 4 - len(title)))}", flush=True)


def run(command: str, folder: Path, lines: int | None = None) -> None:
    """Show a command and what it prints, or the first lines of it."""
    print(LAYOUT.paint(f"$ {command}" + (f" | head -{lines}" if lines else ""), NAME), flush=True)
    arguments = [sys.executable, "-m", "intertie", *command.split()[1:]]
    # What goes through a pipe does not see the terminal: it is told its width, and whether to colour.
    environ = {**os.environ, "COLUMNS": str(LAYOUT.width), **({"FORCE_COLOR": "1"} if LAYOUT.paint.on else {})}
    done = subprocess.run(arguments, cwd=folder, env=environ, capture_output=True, text=True, check=False)
    printed = (done.stdout if lines else done.stdout + done.stderr).rstrip().splitlines()
    print("\n".join(printed[:lines]), flush=True)


def main() -> None:
    """Tell the story."""
    os.environ.setdefault("STRIPE_API_KEY", "sk_test_only_for_the_mock")
    with tempfile.TemporaryDirectory(prefix="intertie-demo-") as temporary:
        folder = Path(temporary) / "shop"
        shutil.copytree(HERE, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__", ".intertie"))

        chapter("1. Check the spec: one Markdown file about a payment service")
        run(f"intertie check {SPEC}", folder)
        see("no errors: the spec can be called; each remark says what may hurt later, and what to do")

        chapter("2. What will happen on a call, and where each number comes from")
        run(f"intertie plan {SPEC} create_charge", folder, 52)

        mock = MockServer(folder / SPEC, latency=True, seed=7)
        with mock as url, intertie.open(folder / SPEC, base_url=url, caller="demo") as payments:
            say()
            say(
                f"The spec's mock listens on {url}. It keeps the limits, latencies, errors and credentials of the spec."
            )
            one_call(payments)
            the_limit(payments, mock)
            a_retry(payments, mock)
            a_decline(payments, mock)
            an_outage(payments, mock)
            back_again(payments, mock)
        chapter("9. The bill")
        run("intertie report cost", folder)
        say()
        say("Next: `. .venv/bin/activate` gives you `intertie`; README.md and docs/tutorials/ say what to type.")


def one_call(payments: intertie.Integration) -> None:
    chapter("3. One call, and what each guard saw")
    result = payments.create_charge.call(CHARGE, explain=True)
    print(timeline(result.events, width=LAYOUT.width, paint=LAYOUT.paint), flush=True)
    see(f"{result['charge_id']}: {result['amount']} {result['currency']}, cost {result.cost}")


def the_limit(payments: intertie.Integration, mock: MockServer) -> None:
    chapter("4. The limit: 40 callers at once, where 25 a second may pass, 10 at once")
    before = len(mock.engine.received.newest())
    started = time.monotonic()
    with ThreadPoolExecutor(40) as pool:
        results = list(pool.map(lambda _: payments.create_charge(**CHARGE), range(40)))
    waited = sorted(result.elapsed_s for result in results)
    statuses = Counter(received.status for received in mock.engine.received.newest()[before:])
    seen = ", ".join(f"{status} {plural(count, 'time')}" for status, count in sorted(statuses.items()))
    refused = "refused nobody" if 429 not in statuses else "its refusals were waited for"
    see(
        f"all 40 were answered in {time.monotonic() - started:.1f} s, the first after {waited[0] * 1000:.0f} ms, "
        f"the last after {waited[-1] * 1000:.0f} ms; the service answered {seen}: {refused}"
    )


def a_retry(payments: intertie.Integration, mock: MockServer) -> None:
    chapter("5. A retry: the service fails twice")
    mock.engine.use_profile(profile_of({"responses": [503, 503]}))
    before = len(mock.engine.received.newest())
    result = payments.create_charge.call(CHARGE, explain=True)
    print(timeline(result.events, width=LAYOUT.width, paint=LAYOUT.paint), flush=True)
    keys = {received.headers.get("idempotency-key") for received in mock.engine.received.newest()[before:]}
    see(
        f"{plural(result.attempts, 'attempt')} under {plural(len(keys), 'idempotency key')}: the card is charged once; "
        f"cost {result.cost}"
    )


def a_decline(payments: intertie.Integration, mock: MockServer) -> None:
    chapter("6. A declined card is no outage")
    declined = {"status": 402, "body": {"error": {"code": "card_declined", "message": "no"}}}
    mock.engine.use_profile(profile_of({"responses": [declined]}))
    try:
        payments.create_charge(**CHARGE)
    except intertie.ServiceError as error:
        tries = plural(error.attempts, "attempt")
        see(f"{error.code}: {error.message} ({tries}: a decline is not tried again and not queued)")


def an_outage(payments: intertie.Integration, mock: MockServer) -> None:
    chapter("7. An outage: the breaker opens, writes are queued, nothing is lost")
    mock.engine.use_profile("down")
    before = len(mock.engine.received.newest())
    for number in range(1, 5):
        result = payments.with_options(timeout_s=6).create_charge(**{**CHARGE, "order_id": f"late-{number}"})
        state = next(iter(payments.statistics().breakers.values())).state
        see(
            f"order late-{number}: {plural(result.attempts, 'attempt')} in {result.elapsed_s:.2f} s, then queued "
            f"as {result.receipt}; the breaker is {state}"
        )
    seen = len(mock.engine.received.newest()) - before
    see(f"the service saw {plural(seen, 'request')}, then none: an open circuit costs nothing")
    try:
        payments.get_charge(charge_id="ch_1")
    except intertie.CallError as error:
        see(f"a read can't be queued, so it fails after {error.elapsed_s * 1000:.1f} ms: {error.code}: {error.args[0]}")


def back_again(payments: intertie.Integration, mock: MockServer) -> None:
    chapter("8. The service is back: the queue is sent, each order once")
    mock.engine.use_profile("healthy")
    for breaker in payments.breakers.values():
        breaker.force("closed")
        breaker.force(None)
    say("The breaker is closed by hand, as `intertie breaker close INT-001` does; its own probe would follow in 15 s.")
    report = payments.replay_queue()
    left = sum(payments.statistics().queue.values())
    see(f"{plural(len(report.sent), 'call')} sent, {len(report.parked)} parked; {left} left in the queue")


if __name__ == "__main__":
    main()
