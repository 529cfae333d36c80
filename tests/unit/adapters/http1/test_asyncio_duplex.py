"""How long a stream in both directions waits, on an event loop in virtual time."""

from __future__ import annotations

import asyncio

import pytest

from intertie.adapters.http1.asyncio_duplex import AsyncioDuplex
from intertie.adapters.http1.limits import TransportLimits
from intertie.core.errors import DeadlineExceeded
from intertie.testing.virtual_time import VirtualClock, run_virtual


class Line(asyncio.Transport):
    """A transport that keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self.asked: list[str] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written.append(bytes(data))

    def pause_reading(self) -> None:
        self.asked.append("pause")

    def resume_reading(self) -> None:
        self.asked.append("resume")

    def is_closing(self) -> bool:
        return False


def duplex(clock: VirtualClock, *, paused: bool = False) -> AsyncioDuplex:
    return AsyncioDuplex(
        Line(),
        b"",
        loop=asyncio.get_running_loop(),
        clock=clock,
        limits=TransportLimits(stream_buffer_bytes=10),
        peer="127.0.0.1:1",
        tls=None,
        paused=paused,
        let_go=lambda: None,
    )


@pytest.mark.parametrize("patience_s", [0.5, 5.0])
def test_what_comes_within_its_time_is_received(patience_s: float) -> None:
    """However short that is; where nothing comes, it is told at the end of it and not before."""
    clock = VirtualClock()

    async def scene() -> None:
        made = duplex(clock)
        loop, began_s = asyncio.get_running_loop(), clock.monotonic_s()
        loop.call_later(0.9 * patience_s, made.data_received, b"hello")
        forever_s = began_s + 1000
        assert await made.receive(deadline_s=forever_s, idle_s=patience_s) == b"hello"
        for deadline_s, idle_s, phase in ((forever_s, patience_s, "read"), (None, 1000.0, "total")):
            began_s = clock.monotonic_s()
            with pytest.raises(DeadlineExceeded) as late:
                await made.receive(deadline_s=deadline_s or began_s + patience_s, idle_s=idle_s)
            assert (late.value.phase, clock.monotonic_s()) == (phase, pytest.approx(began_s + patience_s))

    run_virtual(scene(), clock)


def test_what_nobody_receives_is_bounded_again_and_again() -> None:
    """The loop is asked to stop where too much waits, each time, and to go on once it is received."""
    clock = VirtualClock()

    async def scene() -> None:
        made = duplex(clock)
        for _ in range(2):
            for _ in range(3):
                made.data_received(b"six...")
            assert await made.receive(deadline_s=clock.monotonic_s() + 1, idle_s=1.0) == b"six..." * 3
        made.data_received(b"little")
        assert await made.receive(deadline_s=clock.monotonic_s() + 1, idle_s=1.0) == b"little"
        assert made._transport.asked == ["pause", "resume"] * 2  # type: ignore[attr-defined]

    run_virtual(scene(), clock)


@pytest.mark.parametrize("patience_s", [0.5, 5.0])
def test_what_can_be_sent_within_its_time_is_sent(patience_s: float) -> None:
    """Who sends waits for what others have begun, at most for as long as it may."""
    clock = VirtualClock()

    async def scene() -> None:
        made = duplex(clock, paused=True)
        began_s = clock.monotonic_s()
        with pytest.raises(DeadlineExceeded) as late:
            await made.send(b"hello", deadline_s=began_s + patience_s)
        assert (late.value.phase, clock.monotonic_s()) == ("write", pytest.approx(began_s + patience_s))
        asyncio.get_running_loop().call_later(0.9 * patience_s, made.resume_writing)
        await made.send(b"hello", deadline_s=clock.monotonic_s() + patience_s)
        assert made._transport.written == [b"hello"]  # type: ignore[attr-defined]

    run_virtual(scene(), clock)
