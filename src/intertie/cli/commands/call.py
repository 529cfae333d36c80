"""`intertie call`: one call through every guard, from the command line."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING

import click
from msgspec import Struct

from intertie.cli.call_input import read_input
from intertie.cli.call_log import call_log
from intertie.cli.common import (
    base_url_option,
    elapsed_text,
    environment_option,
    format_option,
    print_json,
    say,
    say_joined,
    say_lines,
    say_timeline,
    show_findings,
    workbench,
)
from intertie.cli.completing import complete_operation, complete_spec
from intertie.cli.context import CliContext
from intertie.core.errors import CallError, DeadlineExceeded, InvalidInput, StoreUnavailable
from intertie.core.plurals import plural
from intertie.core.units import wait_text
from intertie.diagnostics import SpecError
from intertie.runtime.mapping.json_ready import to_json_ready

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from intertie.client import Result
    from intertie.core.answers import ServiceAnswer
    from intertie.core.timeline import TimelineEvent
    from intertie.runtime.masking import ShownResponse


@click.command("call", short_help="Call an operation, with all its guards.")
@click.argument("spec", shell_complete=complete_spec)
@click.argument("operation", shell_complete=complete_operation)
@click.argument("pairs", metavar="[NAME=VALUE]...", nargs=-1)
@click.option("--input", "document", metavar="JSON|@FILE|-", help="Input as one JSON object.")
@environment_option
@base_url_option
@click.option("--version", "version", metavar="V", help="Version of the external API.")
@click.option("--idempotency-key", metavar="KEY", help="Idempotency key. Default: a new one.")
@click.option("--explain", is_flag=True, help="Show what each guard decided, and the service's answer.")
@click.option("--show-response", is_flag=True, help="Show the service's answer, with secrets masked.")
@format_option
@click.pass_obj
def command(
    context: CliContext,
    spec: str,
    operation: str,
    pairs: tuple[str, ...],
    document: str | None,
    environment: str | None,
    base_url: str | None,
    version: str | None,
    idempotency_key: str | None,
    explain: bool,
    show_response: bool,
    output_format: str,
) -> int:
    """Call OPERATION of SPEC (a path or an id), with every guard that the spec declares.

    Prints the data of the answer on stdout, and what the guards did on stderr. Exits with 1 if the call fails.
    """
    from intertie.app.opening import open_blocking  # noqa: PLC0415  # keeps `--help` quick

    given = read_input(pairs, document)
    bench = workbench(context, spec)
    as_json = output_format == "json"
    try:
        plan = bench.plan(spec, environment=environment, base_url=base_url)
    except SpecError as error:
        if not as_json:
            raise
        show_findings(error, context)
        _tell_not_called(error, operation, as_json=True)
        return 1
    try:
        with call_log(context, plan) as logged, open_blocking(bench, logged) as integration:
            show = _Shown(explain, show_response, as_json, integration.shown_response)
            called = integration.operation(operation)
            try:
                result = called.call(
                    given, version=version, caller=_caller(), idempotency_key=idempotency_key, explain=explain or None
                )
            except CallError as failed:
                _tell_failed(failed, show)
                return 1
    except (InvalidInput, StoreUnavailable) as wrong:
        _tell_not_called(wrong, operation, as_json=as_json)
        return 1
    _tell_result(result, base_url, show)
    return 0


class _Shown(Struct, frozen=True):
    """What of a call is printed, and how."""

    explain: bool
    response: bool
    as_json: bool
    masked: Callable[[ServiceAnswer], ShownResponse]

    def response_json(self, response: ServiceAnswer | None) -> dict[str, object]:
        """Return the member that `--show-response` adds to a JSON document."""
        if not self.response:
            return {}
        return {"response": None if response is None else self.masked(response).as_json()}

    def say_response(self, response: ServiceAnswer | None) -> None:
        """Print the service's answer for a person where `--show-response` asks for it."""
        if self.response:
            say_lines("the service did not answer" if response is None else str(self.masked(response)))


def _caller() -> str:
    try:
        return f"cli:{getpass.getuser()}"
    except (OSError, KeyError):
        return "cli"  # a container's user may have no name


def _what_came(result: Result) -> str:
    if result.fallback == "queue":
        return "answered by the queue"
    if result.fallback:
        return f"answered by the fallback `{result.fallback}`"
    return f"status {result.status}"


def _tell_result(result: Result, base_url: str | None, show: _Shown) -> None:
    cause = result.cause
    response = result.response if cause is None else cause.response
    if show.as_json:
        answer: dict[str, object] = {
            "ok": True,
            "operation": result.operation,
            "status": result.status,
            "data": to_json_ready(result.data),
            "fallback": result.fallback,
            "stale": result.stale,
            "attempts": result.attempts,
            "elapsed_ms": round(result.elapsed_s * 1000, 3),
            "cost": result.cost.as_json() if result.cost else None,
            "receipt": result.receipt,
            "warnings": list(result.warnings),
        }
        if cause is not None:
            answer["cause"] = _error_json(cause)
        answer |= show.response_json(response)
        if show.explain:
            answer["events"] = _events(result.events)
        print_json(answer)
        return
    if show.explain:
        say_timeline(result.events)
    show.say_response(response)
    said = [
        _what_came(result),
        plural(result.attempts, "attempt"),
        elapsed_text(result.elapsed_s),
    ]
    if result.cost:
        said.append(f"cost {result.cost}")
    say_joined(said)
    if cause is not None:
        say(f"cause: {cause.summary}")
    for warning in result.warnings:
        say(f"warning: {warning}")
    if result.receipt:
        there = "" if base_url is None else f" --base-url {base_url}"
        say(f"queued as {result.receipt}: `intertie queue list` shows it, `intertie queue replay{there}` sends it")
    else:
        print_json(to_json_ready(result.data))


def _error_json(failed: CallError) -> dict[str, object]:
    return {
        "type": type(failed).__name__,
        "code": failed.code,
        "message": failed.message,
        "cause": failed.detail if failed.detail != failed.message else None,
        "status": failed.status,
        "external_code": failed.external_code,
        "external_message": failed.external_message,
        "internal_code": failed.internal_code,
        "retry_after_s": failed.retry_after_s,
        "reached": str(failed.reached),
    }


def _tell_failed(failed: CallError, show: _Shown) -> None:
    if show.as_json:
        answer: dict[str, object] = {
            "ok": False,
            "operation": failed.operation,
            "error": _error_json(failed),
            "attempts": failed.attempts,
            "elapsed_ms": round(failed.elapsed_s * 1000, 3),
            "cost": failed.cost.as_json() if failed.cost else None,
        }
        answer |= show.response_json(failed.response)
        if show.explain:
            answer["events"] = _events(failed.events)
        print_json(answer)
        return
    if show.explain:
        say_timeline(failed.events)
    show.say_response(failed.response)
    say(f"Error: {failed.summary}")
    said = [type(failed).__name__]
    if failed.status is not None:
        said.append(f"status {failed.status}")
    if isinstance(failed, DeadlineExceeded):
        said.append(f"phase {failed.phase}")
    said += [
        plural(failed.attempts, "attempt"),
        elapsed_text(failed.elapsed_s),
        f"reached the service: {failed.reached}",
    ]
    if failed.retry_after_s is not None:
        said.append(f"try again in {wait_text(failed.retry_after_s)}")
    if failed.cost:
        said.append(f"cost {failed.cost}")
    say_joined(said)
    for warning in failed.warnings:
        say(f"warning: {warning}")


def _tell_not_called(wrong: InvalidInput | StoreUnavailable | SpecError, operation: str, *, as_json: bool) -> None:
    if not as_json:
        say(f"Error: {wrong}")
        return
    print_json(
        {
            "ok": False,
            "operation": operation,
            "error": {
                "type": type(wrong).__name__,
                "code": wrong.code,
                "message": str(wrong),
                "cause": None,
                "status": None,
                "external_code": None,
                "external_message": None,
                "internal_code": None,
                "retry_after_s": None,
                "reached": "no",
            },
            "attempts": 0,
            "elapsed_ms": 0,
            "cost": None,
        }
    )


def _events(events: Sequence[TimelineEvent]) -> list[dict[str, object]]:
    return [
        {"t_ms": round(event.t_s * 1000, 3), "stage": event.stage, "event": event.event, **_said(event)}
        for event in events
    ]


def _said(event: TimelineEvent) -> dict[str, object]:
    ready = to_json_ready(event.detail)
    return ready if isinstance(ready, dict) else {}
