"""A protocol of the tests' own: questions to topics, answered in frames, over whatever carries bytes.

| frame | means |
|---|---|
| `TINY ` topic, newline, JSON object | a question |
| `OK`, newline, JSON | the answer |
| `NO ` code, newline, words | an error; `busy` is a throttle, with `tiny-wait` beside it; `denied` is about our credential |

A streamed topic answers with one JSON value a line, under the media type `application/tiny-stream`; one that is followed
switches to a stream in both directions. It says nothing in
methods, paths or statuses: everything is a `POST /tiny`, and everything that was understood is a 200.

It proves that a protocol is its folder and a line in each of three registries: nothing outside knows it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from intertie.compiler.wires import registry as compilers
from intertie.mockserver.wires import registry as mocks
from intertie.runtime.wires import registry as runtimes
from support.tiny_protocol.compiling import TinyCompiler
from support.tiny_protocol.mocking import TinyService
from support.tiny_protocol.plan import TAG
from support.tiny_protocol.running import Tiny


@contextmanager
def tiny_is_spoken() -> Iterator[None]:
    """Register the protocol, and forget it at the end."""
    compilers.register(TinyCompiler())
    runtimes.register(Tiny())
    mocks.register(TinyService())
    try:
        yield
    finally:
        mocks.unregister(TAG)
        runtimes.unregister(TAG)
        compilers.unregister(TAG)
