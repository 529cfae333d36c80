import pytest

from intertie.core.errors import ReadError
from intertie.runtime.stepping import run_blocking
from intertie.runtime.streams import WatchedStream
from intertie.testing.scripted import ScriptedBody


class Broken(ScriptedBody):
    async def __aiter__(self):
        yield b"12"
        raise ReadError("the connection broke")


def read(stream):
    async def all_of_it():
        return [chunk async for chunk in stream]

    return run_blocking(all_of_it())


def test_the_end_is_told_once_with_all_bytes():
    """Reading to the end, then closing, ends the guards' part once."""
    ends: list[int] = []
    stream = WatchedStream(ScriptedBody(b"x" * 40), ends.append)
    assert b"".join(read(stream)) == b"x" * 40
    run_blocking(stream.aclose())
    assert ends == [40]


def test_closing_early_is_an_end():
    """Whoever stops reading gives back what the stream held."""
    ends: list[int] = []
    body = ScriptedBody(b"x" * 40)
    run_blocking(WatchedStream(body, ends.append).aclose())
    assert (ends, body.closed) == ([0], True)


def test_breaking_off_is_an_end():
    """A connection that breaks in the middle frees its place too."""
    ends: list[int] = []
    with pytest.raises(ReadError):
        read(WatchedStream(Broken(b""), ends.append))
    assert ends == [2]
