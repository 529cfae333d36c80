"""Store work that the main thread has another thread do."""

from __future__ import annotations

import signal
import threading

import pytest

from intertie.adapters.stores import AsideOffload
from intertie.runtime.stepping import run_blocking
from support.pace import wait_until


def test_work_of_the_main_thread_runs_in_another_and_answers_here() -> None:
    """What it returns is returned, and what it raises is raised; one thread does one work after the other."""
    offload = AsideOffload()
    idents = {run_blocking(offload(threading.get_ident)) for _ in range(20)}
    assert threading.get_ident() not in idents
    with pytest.raises(ZeroDivisionError):
        run_blocking(offload(lambda: 1 // 0))
    assert run_blocking(offload(lambda: 3)) == 3


def test_work_of_any_other_thread_runs_there() -> None:
    """Signals are none of its business."""
    offload, told = AsideOffload(), []
    thread = threading.Thread(target=lambda: told.append(run_blocking(offload(threading.get_ident))))
    thread.start()
    thread.join()
    assert told == [thread.ident]


def test_an_interrupt_ends_the_wait_and_the_work_runs_to_its_end() -> None:
    """The caller is free at once, also to have more work done, while what it asked for goes on."""
    offload, may_end, ended = AsideOffload(), threading.Event(), threading.Event()

    def work() -> None:
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        may_end.wait()
        ended.set()

    # Where the tests themselves run in the background, a shell has SIGINT ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            run_blocking(offload(work))
    finally:
        signal.signal(signal.SIGINT, before)
    assert run_blocking(offload(ended.is_set)) is False
    may_end.set()
    wait_until(ended.is_set)
