"""One transport and many users: waiting in line, threads, processes, loops, cancellation."""

from __future__ import annotations

import asyncio
import gc
import os
import threading
import time
from collections.abc import Awaitable, Callable

import pytest

from intertie.adapters.http1 import AsyncioTransport, BlockingTransport, TransportLimits
from intertie.core.clock import AsyncioClock, BlockingClock
from intertie.core.errors import CallError, ConnectError, DeadlineExceeded, Reach
from intertie.runtime.http import Request
from intertie.runtime.plan import Origin
from intertie.runtime.stepping import run_blocking
from support.bad_servers import HELLO, OK, Peer, always, serving, then_hang
from support.pace import PATIENCE_S, at_any_pace, wait_until
from support.ways import GET, Caller, Way

ONE = TransportLimits(max_connections=1)


def origin(port: int) -> Origin:
    return Origin("http", "127.0.0.1", port, "")


def test_many_threads_share_one_blocking_transport() -> None:
    """Twenty threads over five places: every call is answered, no answer is somebody else's, the pool adds up."""

    def behave(peer: Peer) -> None:
        while True:
            body = peer.read_request()
            peer.send(OK + b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    clock = BlockingClock()
    wrong: list[object] = []

    def user(name: int, http: Caller) -> None:
        try:
            for turn in range(25):
                body = b"%d:%d" % (name, turn)
                response = run_blocking(http.call(Request("POST", "/", body=body)))
                if response.body != body:
                    wrong.append((body, response.body))
        except BaseException as failure:  # noqa: BLE001  # shown by the assertion below
            wrong.append(failure)

    with serving(behave) as server:
        transport = BlockingTransport(origin(server.port), clock=clock, limits=TransportLimits(max_connections=5))
        threads = [threading.Thread(target=user, args=(name, Caller(transport, clock))) for name in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert wrong == []
        counted = transport.statistics()
        assert counted["open"] == counted["idle"] <= 5
        assert counted["opened_total"] == server.connections <= 5
        assert counted["opened_total"] + counted["reused_total"] == 500
        run_blocking(transport.aclose())


def test_many_tasks_share_one_asyncio_transport() -> None:
    """Fifty tasks over five places: every call is answered with its own answer, and five connections were enough."""

    def behave(peer: Peer) -> None:
        while True:
            body = peer.read_request()
            peer.send(OK + b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    async def whole(port: int) -> None:
        clock = AsyncioClock()
        transport = AsyncioTransport(origin(port), clock=clock, limits=TransportLimits(max_connections=5))
        http = Caller(transport, clock)

        async def user(name: int) -> None:
            for turn in range(10):
                body = b"%d:%d" % (name, turn)
                assert (await http.call(Request("POST", "/", body=body))).body == body

        await asyncio.gather(*(user(name) for name in range(50)))
        assert transport.statistics() == {
            "open": 5, "idle": 5, "waiting": 0, "opened_total": 5, "reused_total": 495,
        }  # fmt: skip
        await transport.aclose()

    with serving(behave) as server:
        asyncio.run(whole(server.port))


def test_callers_are_served_in_the_order_they_came() -> None:
    """Whoever waits for a place is served first come, first served; nobody overtakes."""

    async def whole(port: int) -> None:
        clock = AsyncioClock()
        transport = AsyncioTransport(origin(port), clock=clock, limits=ONE)
        http = Caller(transport, clock)
        held = await http.connect()
        served: list[int] = []

        async def user(name: int) -> None:
            await http.call()
            served.append(name)

        tasks = []
        for name in range(6):
            tasks.append(asyncio.create_task(user(name)))
            await asyncio.sleep(0)
        assert transport.statistics()["waiting"] == 6
        assert transport.connect_nowait() is None
        held.release()
        await asyncio.gather(*tasks)
        assert served == list(range(6))
        assert transport.statistics()["opened_total"] == 1
        await transport.aclose()

    with serving(always(HELLO)) as server:
        asyncio.run(whole(server.port))


@at_any_pace(0.08, 0.8, 8.0)
def test_waiting_for_a_place_ends_at_the_deadline(way: Way, pace_s: float) -> None:
    """Where every place stays taken the wait ends at the deadline with a sentence that says so; nothing was sent."""

    async def work(http: Caller) -> None:
        held = await http.connect()
        started = time.monotonic()
        with pytest.raises(
            DeadlineExceeded, match=r"the only connection to .* was in use until the deadline"
        ) as caught:
            await http.connect(total_s=pace_s)
        assert 0.9 * pace_s < time.monotonic() - started < 6 * pace_s
        assert (caught.value.phase, caught.value.reached) == ("total", Reach.NO)
        held.release()
        assert (await http.call()).body == b"hello"

    with serving(always(HELLO)) as server:
        way.run(server.port, work, limits=ONE)


def test_a_failed_exchange_frees_its_place_for_the_next_in_line() -> None:
    """A place whose connection broke goes to the next in line, who opens a new one."""

    def behave(peer: Peer) -> None:
        peer.read_request()
        if peer.number == 1:
            peer.pause(0.03)
            peer.reset()
        peer.send(HELLO)
        peer.hang()

    async def whole(port: int) -> None:
        clock = AsyncioClock()
        transport = AsyncioTransport(origin(port), clock=clock, limits=ONE)
        http = Caller(transport, clock)
        results = await asyncio.gather(http.call(), http.call(), return_exceptions=True)
        assert isinstance(results[0], CallError)
        assert results[1].body == b"hello"
        await transport.aclose()

    with serving(behave) as server:
        asyncio.run(whole(server.port))


def test_a_thread_in_line_gets_the_place_of_a_failed_one() -> None:
    """Threads in line are woken by a place that comes free, also one whose connection can't be opened."""
    clock = BlockingClock()
    with serving(always(HELLO)) as server:
        transport = BlockingTransport(origin(server.port), clock=clock, limits=ONE)
        http = Caller(transport, clock)
        held = run_blocking(http.connect())
        answered: list[bytes] = []
        threads = [threading.Thread(target=lambda: answered.append(run_blocking(http.call()).body)) for _ in range(3)]
        for thread in threads:
            thread.start()
        wait_until(lambda: transport.statistics()["waiting"] == 3)
        held.discard()
        held.place.give_up()
        for thread in threads:
            thread.join(PATIENCE_S)
        assert answered == [b"hello"] * 3
        run_blocking(transport.aclose())


def test_a_closed_transport_sends_nothing_more(way: Way) -> None:
    """After closing, calls fail with a sentence that says so; what was in use is closed when it comes back."""

    async def work(http: Caller) -> None:
        held = await http.connect()
        await http.transport.aclose()
        error = await http.fail()
        assert type(error) is ConnectError
        assert error.reached is Reach.NO
        assert "closed" in str(error)
        assert (await http.call(on=held)).body == b"hello"
        assert http.transport.statistics()["open"] == 0

    with serving(always(HELLO)) as server:
        way.run(server.port, work)


def test_closing_turns_the_queue_away() -> None:
    """Whoever waits for a place when the transport is closed is told at once."""

    async def whole(port: int) -> None:
        clock = AsyncioClock()
        transport = AsyncioTransport(origin(port), clock=clock, limits=ONE)
        http = Caller(transport, clock)
        held = await http.connect()
        waiting = asyncio.create_task(http.fail())
        await asyncio.sleep(0)
        await transport.aclose()
        assert type(await waiting) is ConnectError
        held.release()
        assert transport.statistics()["open"] == 0
        await asyncio.sleep(0.01)

    with serving(always(HELLO)) as server:
        asyncio.run(whole(server.port))


@at_any_pace(0.06, 0.6, 6.0)
def test_idle_connections_are_few_and_short_lived(way: Way, pace_s: float) -> None:
    """No more than `max_idle` connections are kept, none beyond its time; the newest is used first."""

    async def work(http: Caller) -> None:
        held = [await http.connect() for _ in range(4)]
        for connection in held:
            connection.release()
        assert http.transport.statistics()["idle"] == 2
        assert await http.connect() is held[3]
        held[3].release()
        await http.pause(1.3 * pace_s)
        assert http.transport.connect_nowait() is None
        assert http.transport.statistics()["open"] == 0

    with serving(always(HELLO)) as server:
        way.run(server.port, work, limits=TransportLimits(max_idle=2, idle_s=pace_s))


@at_any_pace(0.05, 0.5, 5.0)
def test_an_event_loop_closes_idle_connections_by_itself(pace_s: float) -> None:
    """On a loop an idle connection is closed when its time is over, without another call."""

    async def whole(port: int) -> None:
        clock = AsyncioClock()
        transport = AsyncioTransport(origin(port), clock=clock, limits=TransportLimits(idle_s=pace_s))
        http = Caller(transport, clock)
        await http.call(read_s=0.6 * pace_s)
        assert transport.statistics()["idle"] == 1
        await http.until(lambda: transport.statistics()["open"] == 0)
        await transport.aclose()

    with serving(always(HELLO)) as server:
        asyncio.run(whole(server.port))


@at_any_pace(0.05, 0.5, 5.0)
def test_fresh_takes_no_doubtful_connection(way: Way, pace_s: float) -> None:
    """`fresh` reuses a connection for a moment only; later it opens another and, at the limit, replaces the old one."""
    limits = TransportLimits(max_connections=1, undoubted_idle_s=pace_s)

    async def work(http: Caller) -> None:
        await http.call()
        await http.call(fresh=True)
        assert http.transport.statistics()["opened_total"] == 1
        await http.pause(1.6 * pace_s)
        assert http.transport.connect_nowait(fresh=True) is None
        await http.call()
        assert http.transport.statistics()["opened_total"] == 1
        await http.pause(1.6 * pace_s)
        held = await http.connect(fresh=True)
        assert held.fresh
        held.release()
        assert http.transport.statistics()["opened_total"] == 2
        assert http.transport.statistics()["open"] == 1

    with serving(always(HELLO)) as server:
        way.run(server.port, work, limits=limits)


def test_the_servers_keep_alive_time_is_obeyed(way: Way) -> None:
    """A connection is left a second before the server's own time is over, and is beyond doubt until then."""
    answer = OK + b"Keep-Alive: timeout=2, max=100\r\nContent-Length: 5\r\n\r\nhello"

    async def work(http: Caller) -> None:
        connection = await http.connect()
        before_s = http.clock.monotonic_s()
        await http.call(on=connection)
        assert before_s + 1.0 <= connection.expires_s <= http.clock.monotonic_s() + 1.0
        assert connection.sure_until_s == connection.expires_s

    with serving(always(answer)) as server:
        way.run(server.port, work)


def test_an_unused_connection_goes_back(way: Way) -> None:
    """A connection released unused is fresh still, and released twice it goes back once."""

    async def work(http: Caller) -> None:
        connection = await http.connect()
        assert connection.fresh
        connection.release()
        connection.release()
        assert http.transport.statistics()["idle"] == 1
        again = http.transport.connect_nowait()
        assert again is connection
        assert again.fresh
        await http.call(on=again)
        assert not again.fresh
        again.release()
        with pytest.raises(RuntimeError, match="one exchange"):
            await http.call(on=again)

    with serving(always(HELLO)) as server:
        way.run(server.port, work)


CANCELLED_AT = {
    "connecting": lambda peer: peer.hang(),
    "reading": then_hang(b""),
    "in-the-body": then_hang(OK + b"Content-Length: 5\r\n\r\nhel"),
}


@pytest.mark.parametrize("name", CANCELLED_AT)
@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_cancellation_closes_the_connection(name: str, loop: str) -> None:
    """A cancelled call passes its cancellation on, and its half-used connection is never used again."""

    async def work(http: Caller) -> None:
        task = asyncio.create_task(http.call())
        await asyncio.sleep(0)
        if name != "connecting":
            await http.until(lambda: server.bodies)
            await asyncio.sleep(0.03)  # what has come meanwhile is read; cancelled too early it must hold as well
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert http.transport.statistics()["open"] == 0

    with serving(CANCELLED_AT[name]) as server:
        Way(loop).run(server.port, work)


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_cancelled_uploads_and_streams_close_their_connections(loop: str) -> None:
    """Cancelling a streamed upload closes its iterator; cancelling a reader of a stream closes the stream."""
    begun: list[str] = []
    closed: list[str] = []

    async def endless():
        begun.append("upload")
        try:
            while True:
                yield b"x" * 100_000
        finally:
            closed.append("upload")

    async def work(http: Caller) -> None:
        upload = asyncio.create_task(http.call(Request("POST", "/", body=endless())))
        await http.until(lambda: begun)
        upload.cancel()
        with pytest.raises(asyncio.CancelledError):
            await upload
        await http.until(lambda: closed)
        assert closed == ["upload"]

    async def streaming(http: Caller) -> None:
        response = await http.call(stream=True)
        assert response.stream is not None

        async def read() -> None:
            async for _ in response.stream:
                pass

        reading = asyncio.create_task(read())
        await asyncio.sleep(0.02)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        assert http.transport.statistics()["open"] == 0

    with serving(lambda peer: peer.hang()) as server:
        Way(loop).run(server.port, work)
    with serving(then_hang(OK + b"Content-Length: 5\r\n\r\nhel")) as server:
        Way(loop).run(server.port, streaming)


@pytest.mark.parametrize("moment", ["waiting", "granted"])
def test_cancellation_in_line_loses_no_place(moment: str) -> None:
    """A caller cancelled in line, even in the moment of being granted a place, leaves the place to the others."""

    async def whole(port: int) -> None:
        clock = AsyncioClock()
        transport = AsyncioTransport(origin(port), clock=clock, limits=ONE)
        http = Caller(transport, clock)
        held = await http.connect()
        task = asyncio.create_task(http.call())
        await asyncio.sleep(0)
        if moment == "granted":
            held.release()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        if moment == "waiting":
            held.release()
        assert (await http.call()).body == b"hello"
        assert transport.statistics()["opened_total"] == 1
        await transport.aclose()

    with serving(always(HELLO)) as server:
        asyncio.run(whole(server.port))


def test_another_loop_starts_anew() -> None:
    """Used on another loop the transport opens new connections and leaves those of the old loop alone."""
    clock = AsyncioClock()
    with serving(always(HELLO)) as server:
        transport = AsyncioTransport(origin(server.port), clock=clock)
        http = Caller(transport, clock)
        first, second = asyncio.new_event_loop(), asyncio.new_event_loop()
        try:
            assert first.run_until_complete(http.call()).body == b"hello"
            assert second.run_until_complete(http.call()).body == b"hello"
            assert transport.statistics()["opened_total"] == 1
            assert server.connections == 2
            second.run_until_complete(transport.aclose())
            first.run_until_complete(asyncio.sleep(0))
        finally:
            first.run_until_complete(asyncio.sleep(0))
            first.close()
            second.close()


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")  # asyncio's own, about what the closed loop left behind
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_closed_loop_left_behind_does_no_harm(loop: str) -> None:
    """A transport whose loop was closed without closing the transport works on the next loop."""
    import uvloop

    run = uvloop.run if loop == "uvloop" else asyncio.run
    clock = AsyncioClock()
    with serving(always(HELLO)) as server:
        transport = AsyncioTransport(origin(server.port), clock=clock)
        http = Caller(transport, clock)

        async def call(*, close: bool) -> bytes:
            answered = await http.call()
            if close:
                await transport.aclose()
            return answered.body

        assert run(call(close=False)) == b"hello"
        assert run(call(close=True)) == b"hello"
        assert server.connections == 2
        gc.collect()  # what the closed loop left behind is warned about here, not in the next test


def _in_child(work: Callable[[], None]) -> int:
    """Fork, run `work` in the child, return its exit status."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_a_forked_child_never_uses_its_parents_connections() -> None:
    """After a fork the child opens its own connections; the parent's idle one stays whole and is used again."""
    clock = BlockingClock()
    with serving(always(HELLO)) as server:
        transport = BlockingTransport(origin(server.port), clock=clock)
        http = Caller(transport, clock)
        run_blocking(http.call())
        held_lock = transport._pool._lock

        def child() -> None:
            assert run_blocking(http.call()).body == b"hello"
            counted = transport.statistics()
            assert (counted["opened_total"], counted["reused_total"]) == (1, 0)
            assert not held_lock.acquire(blocking=False)

        held_lock.acquire()  # as if another thread of the parent were in the middle of it
        try:
            assert _in_child(child) == 0
        finally:
            held_lock.release()
        run_blocking(http.call())
        assert transport.statistics()["reused_total"] == 1
        assert server.connections == 2
        run_blocking(transport.aclose())


def test_a_forked_child_on_a_loop_of_its_own_starts_anew() -> None:
    """After a fork an asyncio transport starts anew in the child; the parent's connection and loop are not touched."""
    clock = AsyncioClock()

    async def call(http: Caller) -> bytes:
        return (await http.call()).body

    with serving(always(HELLO)) as server:
        transport = AsyncioTransport(origin(server.port), clock=clock)
        http = Caller(transport, clock)
        loop = asyncio.new_event_loop()
        try:
            assert loop.run_until_complete(call(http)) == b"hello"

            def child() -> None:
                asyncio.events._set_running_loop(None)
                own = asyncio.new_event_loop()
                assert own.run_until_complete(call(http)) == b"hello"
                assert transport.statistics()["reused_total"] == 0

            assert _in_child(child) == 0
            assert loop.run_until_complete(call(http)) == b"hello"
            assert transport.statistics()["reused_total"] == 1
            loop.run_until_complete(transport.aclose())
        finally:
            loop.close()


def test_a_blocking_call_never_suspends() -> None:
    """The blocking transport's coroutines run from start to end in one step, errors included."""

    async def failing(http: Caller) -> None:
        with pytest.raises(CallError):
            await http.call(GET)

    clock = BlockingClock()
    with serving(lambda peer: peer.close()) as server:
        http = Caller(BlockingTransport(origin(server.port), clock=clock), clock)
        work: Awaitable[None] = failing(http)
        with pytest.raises(StopIteration):
            work.send(None)  # type: ignore[attr-defined]
