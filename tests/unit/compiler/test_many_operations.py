"""A spec of very many operations: what it costs grows with them, and a call's part does not."""

from __future__ import annotations

import gc
import threading
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import pytest

import intertie
from intertie.app.workbench import open_workbench
from intertie.compiler import compile_spec

HEAD = """\
---
id: INT-300
type: Integration
name: Many
status: approved
service: many
---
# Many
## Service Configuration
```yaml
service: {name: many, base_url: "http://127.0.0.1:1"}
```
## Circuit Breaker
```yaml
circuit_breaker: {enabled: true, failure_threshold: 5, timeout: 30, scope: endpoint}
```
## API Endpoints
"""
ENDPOINT = """\
### Get Thing %(number)d
```yaml
endpoint: {path: "/things%(number)d/{id}", method: GET}
request:
  parameters: [{name: id, in: path, type: string, required: true}]
response:
  success:
    status: 200
    content_type: application/json
    schema: {type: object, required: [id], properties: {id: {type: string}, amount: {type: integer}}}
```
"""


@pytest.fixture
def many(tmp_path):
    """Write a spec of so many operations."""

    def write(number: int):
        path = tmp_path / "many.md"
        path.write_text(HEAD + "".join(ENDPOINT % {"number": each} for each in range(number)), "utf-8")
        return path

    return write


def tracked(make) -> tuple[int, object]:
    """Return how many more objects the collector of cycles has to walk for what `make` gives, which is given too."""
    gc.collect()
    before = len(gc.get_objects())
    made = make()
    gc.collect()
    return len(gc.get_objects()) - before, made


def test_what_is_read_is_not_walked_by_the_collector(many):
    """Of an endpoint's hundred nodes few are known to it: else it walks them all, again and again, as more is read."""
    number = 100
    path = many(number)
    bench = open_workbench(path)
    compile_spec(bench.load(path).spec, settings=bench.settings)
    read, loaded = tracked(lambda: bench.load(path))
    assert read / number < 15
    compiled, _ = tracked(lambda: compile_spec(loaded.spec, settings=bench.settings))
    assert compiled / number < 30


def test_what_is_not_needed_any_more_is_let_go(many):
    """A circle through something that the collector does not know would stay for ever, with all that it leads to."""
    path = many(50)
    bench = open_workbench(path)
    compile_spec(bench.load(path).spec, settings=bench.settings)
    gc.collect()
    before = len(gc.get_objects())
    for _ in range(3):
        compile_spec(bench.load(path).spec, settings=bench.settings)
    gc.collect()
    assert len(gc.get_objects()) - before < 50  # one plan of these has hundreds


def test_a_plan_that_is_kept_is_opened_with_little(many):
    """Of an operation that nobody calls no more than its bytes are held: its text and its plan have ten times as many."""
    number = 200
    path = many(number)
    for _ in range(2):
        intertie.open(path).close()  # the first keeps the plan, the second loads what reads it
    gc.collect()
    tracemalloc.start()
    try:
        with intertie.open(path) as api:
            _, most = tracemalloc.get_traced_memory()
            assert len(api.operations) == number
            operation = api.get_thing_7
            assert operation.plan.wire.title == "GET /things7/{id}"
            read = list(api.plan.operations._read)
    finally:
        tracemalloc.stop()
    assert read == ["get_thing_7"]
    assert most / number < 5_000


def test_a_breaker_of_one_operation_is_opened_with_it(many):
    """A thousand of them would cost more than all else; who asks how they stand is told of each, in the spec's order."""
    path = many(30)
    with intertie.open(path) as api:
        guards = api._linked.guards
        assert guards._opened.get("circuit_breaker", {}) == {}
        breaker = guards.of("circuit_breaker", "get_thing_7")
        assert breaker is guards.of("circuit_breaker", "get_thing_7")
        assert guards._opened["circuit_breaker"] == {"get_thing_7": breaker}
        assert list(api.statistics().breakers) == [f"get_thing_{number}" for number in range(30)]
        assert api.breakers["get_thing_7"] is breaker
    assert guards.all_of("circuit_breaker")["get_thing_7"] is breaker


def test_nothing_is_opened_any_more_once_all_was_closed(many):
    """It would stay open for ever."""
    path = many(3)
    with intertie.open(path) as api:
        guards = api._linked.guards
    assert guards.of("circuit_breaker", "get_thing_1") is None
    assert guards.all_of("circuit_breaker") == {}


def test_an_operation_is_linked_when_it_is_first_called(many):
    """The others cost a call nothing."""
    with intertie.open(many(50)) as api:
        assert dict.__len__(api._linked._operations) == 0
        api._linked._operations["get_thing_7"]
        assert list(api._linked._operations) == ["get_thing_7"]


def test_threads_that_use_an_operation_first_at_once_use_the_same(many):
    """Whoever links it: all of them call through one pipeline and one breaker."""
    threads = 8
    barrier = threading.Barrier(threads)
    with intertie.open(many(3)) as api:

        def first(_: int) -> object:
            barrier.wait()
            return api._linked._operations["get_thing_1"]

        with ThreadPoolExecutor(threads) as pool:
            linked = list(pool.map(first, range(threads)))
        assert len({id(each) for each in linked}) == 1
        assert set(api.breakers) == {"get_thing_0", "get_thing_1", "get_thing_2"}
