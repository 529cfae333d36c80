"""A service in a process of its own that notes when requests arrive: `python -m support.arrival_server`.

It answers every request with an empty object, prints its port, and at the end of its input the arrivals as JSON: pairs
(since, seen) of the clock that all processes share. A request came between the two: `seen` is when the server read it,
`since` is when it had last looked at that socket, or at the one that it was accepted from, and found nothing there. So
whatever keeps the server from running widens the pair, and is never held against its client.
"""

from __future__ import annotations

import json
import select
import socket
import sys
import time
from typing import NamedTuple

LOOKS_EVERY_S = 0.001
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


class Arrival(NamedTuple):
    """A request that came at some instant between these two."""

    since_s: float
    seen_s: float


class ArrivalServer:
    """Reads requests without bodies, one at a time on each connection."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.listener.setblocking(False)
        self.arrivals: list[Arrival] = []
        self._sockets = {self.listener.fileno(): self.listener}
        self._heads: dict[int, bytes] = {}
        self._poll = select.poll()
        self._poll.register(self.listener, select.POLLIN)

    def serve(self) -> None:
        """Serve until standard input ends."""
        self._poll.register(sys.stdin, select.POLLIN)
        looked_s = time.monotonic()
        while True:
            now_s = time.monotonic()
            found = self._poll.poll(0)
            since_s, looked_s = looked_s, now_s
            for number, _ in found:
                if number == sys.stdin.fileno():
                    return
                if number == self.listener.fileno():
                    self._accept(since_s)
                else:
                    self._read(number, since_s)
            if not found:
                self._poll.poll(LOOKS_EVERY_S * 1000)

    def _accept(self, since_s: float) -> None:
        while True:
            try:
                accepted, _ = self.listener.accept()
            except BlockingIOError:
                return
            accepted.setblocking(False)
            number = accepted.fileno()
            self._sockets[number] = accepted
            self._heads[number] = b""
            self._poll.register(accepted, select.POLLIN)
            self._read(number, since_s)

    def _read(self, number: int, since_s: float) -> None:
        try:
            data = self._sockets[number].recv(65536)
        except BlockingIOError:
            return  # nothing came before it was accepted
        except ConnectionError:
            data = b""
        if not data:
            self._poll.unregister(number)
            self._sockets.pop(number).close()
            return
        self._heads[number] += data
        if self._heads[number].endswith(b"\r\n\r\n"):
            self._heads[number] = b""
            self.arrivals.append(Arrival(since_s, time.monotonic()))
            self._sockets[number].sendall(ANSWER)


def main() -> None:
    server = ArrivalServer()
    sys.stdout.write(f"{server.listener.getsockname()[1]}\n")
    sys.stdout.flush()
    server.serve()
    json.dump(server.arrivals, sys.stdout)


if __name__ == "__main__":
    main()
