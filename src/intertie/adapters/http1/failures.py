"""What went wrong, in Intertie's errors: the one place of this adapter that turns foreign exceptions into ours."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Sequence

from intertie.adapters.http1.addresses import Address, Dialled, spoken
from intertie.core.errors import ConnectError, DeadlineExceeded, Reach, ReadError, TransportError, WriteError
from intertie.core.plurals import plural
from intertie.core.units import seconds_text


def name_failed(dialled: Dialled, failure: OSError | UnicodeError) -> ConnectError:
    """A host name that resolves to nothing."""
    host = dialled.host
    if isinstance(failure, socket.gaierror) and failure.errno == socket.EAI_AGAIN:
        return ConnectError(f"the name server did not answer for '{host}'; try again, or check this machine's DNS")
    return ConnectError(f"there is no host named '{host}'; check {dialled.named_in}, or this machine's DNS")


def connect_failed(dialled: Dialled, tried: Sequence[Address], failure: OSError) -> ConnectError:
    """The last of the addresses that were tried refused or could not be reached."""
    where = dialled.text if len(tried) == 1 else f"{dialled.text} ({spoken(tried)})"
    if isinstance(failure, ConnectionRefusedError):
        return ConnectError(f"{where} refused the connection; is {dialled.who} running there?")
    if failure.errno in (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN):
        return ConnectError(f"there is no route to {where}; check {dialled.named_in} and this machine's network")
    if failure.errno in (errno.EMFILE, errno.ENFILE):
        return ConnectError(
            f"this process may open no more files, so none is left for {where}; raise its limit (ulimit -n)"
        )
    return ConnectError(f"could not connect to {where}: {reason(failure)}")


def tunnel_failed(dialled: Dialled, failure: OSError) -> ConnectError:
    """The connection to the proxy broke before the tunnel stood."""
    return ConnectError(f"{dialled.text} broke off before it had connected us ({reason(failure)}); is it a proxy?")


def tls_failed(peer: str, failure: OSError) -> ConnectError:
    """The TLS handshake failed; the message says what to do where the reason is known."""
    if isinstance(failure, ssl.SSLCertVerificationError):
        return ConnectError(f"{peer} is not trusted: {failure.verify_message}; {_mend(failure)}")
    if isinstance(failure, ssl.SSLError):
        asks = "; is it an https port?" if isinstance(failure, ssl.SSLEOFError) else ""
        return ConnectError(f"no TLS connection to {peer}: {_told(failure)}{asks}")
    return ConnectError(f"{peer} broke off the TLS handshake ({reason(failure)}); is it an https port?")


_TLS_ADVICE = {
    "WRONG_VERSION_NUMBER": "the port does not speak TLS: use http, or the https port",
    "HTTP_REQUEST": "the port does not speak TLS: use http, or the https port",
    "UNSUPPORTED_PROTOCOL": "the service speaks only older versions than `security.tls_minimum` allows",
    "TLSV1_ALERT_PROTOCOL_VERSION": "the service speaks only other versions than `security.tls_minimum` allows",
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": "it asks for a client certificate: set `security.client_certificate`",
    "SSLV3_ALERT_HANDSHAKE_FAILURE": "no cipher or version in common, or it asks for a client certificate",
    "SSLV3_ALERT_BAD_CERTIFICATE": "it refuses our client certificate",
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": "our client certificate has expired",
    "TLSV1_ALERT_UNKNOWN_CA": "it does not trust the authority of our client certificate",
}


def _told(failure: ssl.SSLError) -> str:
    """Return the reason in words, with what to do where that is known."""
    if isinstance(failure, ssl.SSLEOFError):
        return "the other side broke off without the end that TLS has"
    code = failure.reason or "unknown reason"
    advice = _TLS_ADVICE.get(code)
    return code.lower().replace("_", " ") + (f"; {advice}" if advice else "")


def _mend(failure: ssl.SSLCertVerificationError) -> str:
    # X509_V_ERR_*: 9 not valid yet, 10 expired, 18 to 21 no trusted issuer, 62 host name, 64 address.
    if failure.verify_code == 9:
        return "this machine's clock may be behind; set it right (or the certificate is of a later date)"
    if failure.verify_code == 10:
        return "the service must renew its certificate (or this machine's clock is wrong)"
    if failure.verify_code in (18, 19, 20, 21):
        return "give the authority that issued its certificate in `security.ca` or `trust`"
    if failure.verify_code in (62, 64):
        return "the base URL must name the host as the certificate does"
    return "verification is never switched off"


def out_of_time(peer: str, phase: str, after_s: float | None, reached: Reach) -> DeadlineExceeded:
    """Time ran out in `phase`; `after_s` is how long was waited, where it is telling."""
    doing = {
        "connect": f"no connection to {peer}",
        "write": f"{peer} did not take the whole request",
        "read": f"{peer} did not answer",
        "total": f"the deadline passed during the exchange with {peer}" if reached else f"no time left for {peer}",
    }[phase]
    if phase == "read" and reached is Reach.YES:
        doing = f"{peer} began its answer and did not finish it"
    within = f" within {seconds_text(round(after_s, 3))}" if after_s is not None and phase != "total" else ""
    return DeadlineExceeded(f"{doing}{within}; {_LATE_ADVICE[phase]}", phase=phase, reached=reached)


_LATE_ADVICE = {
    "connect": "check that it can be reached from here, or raise `timeouts.connect`",
    "write": "raise `timeouts.write` if bodies are large or the line is slow",
    "read": "raise `timeouts.read` if it needs longer",
    "total": "raise `timeouts.total` if calls need longer",
}


def no_place(peer: str, connections: int) -> DeadlineExceeded:
    """All connections the pool may have stayed in use until the deadline."""
    held = "the only connection" if connections == 1 else f"each of the {plural(connections, 'connection')}"
    return DeadlineExceeded(f"{held} to {peer} was in use until the deadline; nothing was sent", phase="total")


def broken(peer: str, failure: BaseException | None, *, writing: bool, reached: Reach) -> TransportError:
    """The connection broke during an exchange."""
    how = reason(failure) if failure is not None else "closed by the other side"
    if writing:
        when = "while the request was written"
        return WriteError(f"the connection to {peer} broke {when} ({how}); {_WHO}", reached=reached)
    when = "while its answer was read" if reached is Reach.YES else "before an answer came"
    return ReadError(f"the connection to {peer} broke {when} ({how}); {_WHO}", reached=reached)


def silent(peer: str, idle_s: float) -> DeadlineExceeded:
    """Nothing came on a stream for as long as its reader lets it be idle."""
    return DeadlineExceeded(
        f"{peer} sent nothing for {seconds_text(round(idle_s, 3))}; raise the idle time if it may be quiet for longer",
        phase="read",
        reached=Reach.YES,
    )


def stream_late(peer: str, *, phase: str) -> DeadlineExceeded:
    """The deadline of a receive (`total`), or of a send that had not begun (`write`), passed; the stream stands."""
    what = "took nothing more" if phase == "write" else "sent nothing"
    reached = Reach.NO if phase == "write" else Reach.YES
    return DeadlineExceeded(f"{peer} {what} on the stream before the deadline", phase=phase, reached=reached)


def half_sent(peer: str) -> DeadlineExceeded:
    """The deadline of a send passed in its middle: the stream is closed, since a part can't be taken back."""
    return DeadlineExceeded(
        f"{peer} did not take a whole message before the deadline, so the stream was closed",
        phase="write",
        reached=Reach.MAYBE,
    )


def stream_closed(peer: str, *, writing: bool) -> TransportError:
    """The stream was closed on this side."""
    kind = WriteError if writing else ReadError
    return kind(f"the stream to {peer} was closed", reached=Reach.NO if writing else Reach.YES)


_WHO = "the service or a proxy before it ended it: look there for the reason"


def stale(peer: str, fault: ssl.SSLError | None = None) -> WriteError:
    """A connection that its server closed while it waited for its turn; nothing was written.

    In TLS 1.3 a server says only after the handshake what it has against our certificate: `fault` is that.
    """
    why = "" if fault is None else f" ({reason(fault)})"
    return WriteError(
        f"{peer} closed the connection before the request was written{why}; nothing was sent", reached=Reach.NO
    )


def closed(peer: str) -> ConnectError:
    """The transport was closed by its owner."""
    return ConnectError(f"the integration is closed, so nothing more is sent to {peer}")


def reason(failure: BaseException) -> str:
    """Return an OS error in a few words, without addresses or data."""
    if isinstance(failure, ConnectionResetError):
        return "reset by the other side"
    if isinstance(failure, BrokenPipeError | ConnectionAbortedError):
        return "closed by the other side"
    if isinstance(failure, ssl.SSLError):
        return "TLS: " + _told(failure)
    if isinstance(failure, OSError) and failure.strerror:
        return failure.strerror[:1].lower() + failure.strerror[1:]
    return type(failure).__name__
