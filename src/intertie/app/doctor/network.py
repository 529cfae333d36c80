"""Can the service be reached? Up to the end of the TLS handshake; no request is ever sent."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping

from msgspec import Struct

from intertie.adapters.http1 import BlockingTransport
from intertie.app.doctor.check import Check, from_error, ok, problem, warning
from intertie.app.doctor.trust import DAY_S, SOON_DAYS
from intertie.compiler.origin import is_loopback
from intertie.core.clock import Clock
from intertie.core.errors import AuthError, CallError, DeadlineExceeded, UsageError
from intertie.core.outside_text import shown
from intertie.runtime.plan import Plan
from intertie.runtime.stepping import run_blocking
from intertie.runtime.surroundings import SecretStore

LONGEST_S = 5.0
"""Nobody waits longer for one service, whatever its spec allows."""


class Session(Struct, frozen=True):
    """What a connection turned out to be. `tls` is its version, None on plain HTTP; the end is the certificate's."""

    tls: str | None = None
    not_after_s: float | None = None


Connect = Callable[[Plan], Session]
"""Opens a connection as a call would, and closes it; raises what a call would."""


def connecting(secrets: SecretStore, clock: Clock) -> Connect:
    """Return the real thing: name, TCP, proxy and TLS as a call has them, within `timeouts.connect` and 5 seconds."""

    def connect(plan: Plan) -> Session:
        transport = BlockingTransport(plan.origin, tls=plan.tls, proxy=plan.proxy, secrets=secrets, clock=clock)
        timeout_s = min(plan.timeouts.connect_s, LONGEST_S)

        async def work() -> Session:
            transport.prepare()
            try:
                deadline_s = clock.monotonic_s() + 2 * timeout_s  # so that what is told is the connect timeout
                connection = await transport.connect(deadline_s=deadline_s, connect_timeout_s=timeout_s)
                version, not_after_s = connection.handshake()
                connection.release()
                return Session(version, not_after_s)
            finally:
                await transport.aclose()

        return run_blocking(work())

    return connect


def check_connection(plan: Plan, connect: Connect, now_s: float) -> Check:
    """Return whether calls would get a connection."""
    peer = f"{plan.origin.host}:{plan.origin.port}"
    try:
        session = connect(plan)
    except AuthError as refused:
        return from_error("proxy", refused, otherwise="fix the credential for the proxy")
    except CallError as failed:
        return from_error("connection", failed, otherwise=_what_to_do(plan, failed))
    except UsageError:
        # Which file or proxy it is has a check of its own.
        return warning("connection", f"{peer} was not tried: nothing can be opened", "first fix the problems above")
    if plan.proxy is not None and session.tls is None:
        return ok("connection", f"the proxy {plan.proxy.authority} answers; whether it reaches {peer}, a call shows")
    through = f" through the proxy {plan.proxy.authority}" if plan.proxy is not None else ""
    if session.tls is None or session.not_after_s is None:
        return ok("connection", f"{peer} accepts connections{through}")
    days = int((session.not_after_s - now_s) / DAY_S)
    if days < SOON_DAYS:
        return warning(
            "connection",
            f"{peer} answers{through}, and its certificate is valid for {days} more days only",
            "ask its owner to renew it",
        )
    return ok("connection", f"{peer} answers{through}, {session.tls}, certificate valid for {days:,} more days")


def check_proxy(plan: Plan, environ: Mapping[str, str]) -> Check | None:
    """Return what there is to say of the proxy, None where there is none."""
    proxy = plan.proxy
    if proxy is not None and proxy.fault is not None:
        what, _, fix = proxy.fault.rpartition("; ")
        return problem("proxy", what, fix)
    source = plan.sources.get("proxy", "default")
    if proxy is not None:
        return ok("proxy", f"calls go through {proxy.authority} ({source})")
    if source != "default":
        return ok("proxy", f"calls go past the proxy ({source})")
    variable = next((name for name in ("all_proxy", "ALL_PROXY") if environ.get(name)), None)
    if variable is not None and not is_loopback(plan.origin.host):
        return warning("proxy", f"{variable} is set, but Intertie does not read it", "set HTTPS_PROXY instead")
    return None


def _what_to_do(plan: Plan, failed: CallError) -> str:
    if plan.proxy is not None:
        return "check the URL of the proxy, and that it accepts this machine"
    if is_loopback(plan.origin.host) and not isinstance(failed, DeadlineExceeded):
        # Without the environment, the mock would listen where another one's calls go.
        chosen = "" if plan.environment == "default" else f" --env {shown(shlex.quote(plan.environment))}"
        return f"start the service there, or its mock: `intertie mock {shown(plan.spec_path)}{chosen}`"
    if isinstance(failed, DeadlineExceeded):
        return "check the base URL, and whether a firewall or a proxy is in the way"
    return "check the host and port of the base URL, and that the service is running"
