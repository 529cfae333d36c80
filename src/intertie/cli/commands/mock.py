"""`intertie mock`: serve specs as the services behind them."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import sys

import click
from msgspec import Struct

from intertie.adapters.secrets import EnvironmentSecrets
from intertie.cli.common import put_lines, say, workbench
from intertie.cli.completing import complete_environment, complete_profile, complete_spec
from intertie.cli.context import CliContext
from intertie.cli.next_line import NextLine
from intertie.cli.request_lines import RequestLines
from intertie.compiler.origin import is_loopback
from intertie.core.clock import AsyncioClock
from intertie.core.errors import IntertieError, UsageError
from intertie.mockserver import MockEngine, MockHttpServer, load_profile
from intertie.mockserver.profiles import BUILT_IN, Profile
from intertie.runtime.plan import Plan

DEFAULT_PORT = 8420
_LAST_PORT = 65535
_PROFILE_HELP = f"Faults to inject: one of {', '.join(BUILT_IN)}, or a YAML or JSON file."


class PortTaken(IntertieError):  # noqa: N818  # says what is wrong with the port
    """The mock can't listen where it was told to."""


class _Stall(Struct, frozen=True):
    """One spec and the port it gets."""

    plan: Plan
    engine: MockEngine
    port: int
    next_line: NextLine


@click.command()
@click.argument("specs", metavar="SPEC…", nargs=-1, required=True, shell_complete=complete_spec)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, _LAST_PORT),
    help="Port of the first spec; further specs get the next ports. 0 takes free ports. Default: the port of the base "
    f"URL if that is http on loopback, else {DEFAULT_PORT}.",
)
@click.option("--seed", default="0", show_default=True, help="The same seed and requests give the same answers.")
@click.option(
    "--profile",
    default="healthy",
    show_default=True,
    metavar="NAME|FILE",
    shell_complete=complete_profile,
    help=_PROFILE_HELP,
)
@click.option(
    "--env", "environment", metavar="E", shell_complete=complete_environment, help="Environment, as named in the specs."
)
@click.option("--no-latency", is_flag=True, help="Answer at once, without the declared latencies.")
@click.option(
    "--credential",
    metavar="REF",
    help="Accept only this credential, such as env:MOCK_KEY (basic: user:password). Default: any of the right form.",
)
@click.option("-q", "--quiet", is_flag=True, help="Do not print a line for each request.")
@click.pass_obj
def command(
    context: CliContext,
    specs: tuple[str, ...],
    host: str,
    port: int | None,
    seed: str,
    profile: str,
    environment: str | None,
    no_latency: bool,
    credential: str | None,
    quiet: bool,
) -> None:
    """Serve a mock of each SPEC.

    The mock answers as the spec says, and enforces limits, latencies, versions and credentials. It prints a line on
    stderr for each request: method, path, operation, status, and the reason if it refused the request.
    """
    chosen = load_profile(profile)
    stalls: list[_Stall] = []
    for spec in specs:
        bench = workbench(context, spec)
        plan = bench.plan(spec, environment=environment)
        secrets = EnvironmentSecrets(bench.environ, bench.root)
        engine = MockEngine(
            plan,
            clock=AsyncioClock(),
            seed=seed,
            profile=_for_plan(chosen, plan),
            latency=not no_latency,
            credential=secrets.resolve(credential) if credential else None,
            secrets=secrets,
            on_received=None if quiet else RequestLines(plan, bench.root, context, named=len(specs) > 1),
        )
        taken = {stall.port for stall in stalls}
        chosen_port = _port(plan, port, len(stalls), taken)
        if chosen_port > _LAST_PORT:
            raise UsageError(f"{plan.spec_path} would get port {chosen_port}; the last one is {_LAST_PORT}")
        next_line = NextLine(context, spec, environment, credential is not None, bench.environ, AsyncioClock())
        stalls.append(_Stall(plan, engine, chosen_port, next_line))
    asyncio.run(_serve(stalls, host))


def _for_plan(profile: Profile, plan: Plan) -> Profile:
    """Return the profile, after a word about operations that the plan does not have."""
    unknown = [name for name in profile.operations if name not in plan.operations]
    if unknown:
        known = ", ".join(plan.operations)
        say(f"Warning: profile {profile.name} names {', '.join(unknown)}; {plan.spec_path} has {known}")
    return profile


def _port(plan: Plan, asked: int | None, index: int, taken: set[int]) -> int:
    """Return a spec's port: counted up from the one asked for, else the one its calls go to, else the default."""
    if asked is not None:
        return asked + index if asked else 0
    origin = plan.origin
    port = origin.port if origin.scheme == "http" and is_loopback(origin.host) else DEFAULT_PORT
    while port in taken:
        port += 1
    return port


async def _serve(stalls: list[_Stall], host: str) -> None:
    """Serve until a signal comes; everything is closed then."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    servers: list[MockHttpServer] = []
    try:
        for stall in stalls:
            server = MockHttpServer(stall.engine, clock=AsyncioClock())
            try:
                url = await server.start(host, stall.port)
            except OSError as reason:
                raise PortTaken(_taken_message(host, stall.port, reason)) from None
            servers.append(server)
            put_lines(stall.next_line.text(stall.plan, url))
        sys.stdout.flush()
        await stopping.wait()
    finally:
        await asyncio.gather(*(server.stop() for server in servers))


def _taken_message(host: str, port: int, reason: OSError) -> str:
    # Names that can't be resolved have numbers of their own, of which `os.strerror` knows nothing.
    known = reason.errno in errno.errorcode
    words = os.strerror(reason.errno) if known and reason.errno else reason.strerror or str(reason)
    return f"can't listen on {host}:{port}: {words}; choose another with --port, or 0 for a free one"
