"""One behaviour, both faces: a script of calls played on the synchronous and on the asyncio client of the same plan.

A scenario is a function of a `Face`. `both` plays it on each, in virtual time against a scripted service, and asserts that
what the scenario observed is the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

from intertie.client import AsyncIntegration, Integration, Result
from intertie.compiler import Settings, compile_spec
from intertie.core.errors import CallError, IntertieError
from intertie.diagnostics import Severity
from intertie.runtime.http import Request
from intertie.runtime.plan import Plan
from intertie.testing import Bench, ScriptedTransport, VirtualTimeLoop, make_bench
from support.spec_text import NOWHERE, read, section

SECRETS = {"env:TEST_API_KEY": "k-very-secret"}

DEFAULTS = {
    "Service Configuration": """
service: {name: test, base_url: https://api.test.example}
authentication: {type: api_key, config: {key_location: header, key_name: Authorization, scheme: Bearer}}
timeouts: {connect: 1000, read: 2000, write: 2000, total: 10000}
""",
    "Retry Policy": """
retry: {max_attempts: 3, initial_delay: 100, max_delay: 100, backoff: fixed, jitter: false, retry_on: [502, 503],
        retry_conditions: [network_error, timeout]}
""",
    "Data Mappings": """
inbound:
  - {external_field: amount, internal_field: amount, transform: minor_units_to_decimal(currency), endpoints: [Create Charge, Get Charge]}
  - {external_field: currency, internal_field: currency, transform: uppercase, endpoints: [Create Charge, Get Charge]}
  - {external_field: id, internal_field: charge_id, required: true, endpoints: [Create Charge, Get Charge]}
outbound:
  - {internal_field: amount, external_field: amount, transform: decimal_to_minor_units(currency)}
  - {internal_field: currency, external_field: currency, transform: lowercase, default: EUR}
""",
}

ENDPOINTS = """## API Endpoints

### Create Charge
```yaml
endpoint: {path: /charges, method: POST}
request:
  headers: [{name: Idempotency-Key, required: true, value: "{uuid}"}]
  body:
    content_type: application/json
    schema:
      type: object
      required: [amount, currency]
      properties: {amount: {type: integer, minimum: 1}, currency: {type: string}, note: {type: string, maxLength: 5}}
response:
  success:
    status: 201
    content_type: application/json
    schema: {type: object, properties: {id: {type: string}, amount: {type: integer}, currency: {type: string}}}
```

### Get Charge
```yaml
endpoint: {path: "/charges/{charge_id}", method: GET}
request:
  parameters: [{name: charge_id, in: path, type: string, required: true}]
response:
  success:
    status: 200
    content_type: application/json
    schema: {type: object, properties: {id: {type: string}, amount: {type: integer}, currency: {type: string}}}
```

### Add Note
```yaml
endpoint: {path: /notes, method: POST}
request:
  body: {content_type: application/json, schema: {type: object, properties: {text: {type: string}}}}
response: {success: {status: 201, content_type: application/json, schema: {type: object}}}
```

### Walk Cursor
```yaml
endpoint: {path: /cursor, method: GET}
request: {parameters: [{name: after, in: query, type: string}]}
response: {success: {status: 200, content_type: application/json, schema: {type: object}}}
pagination: {style: cursor, cursor_parameter: after, cursor_path: next, items_path: data}
```

### Walk Pages
```yaml
endpoint: {path: /pages, method: GET}
request: {parameters: [{name: page, in: query, type: integer}, {name: per_page, in: query, type: integer}]}
response: {success: {status: 200, content_type: application/json, schema: {type: object}}}
pagination: {style: page, page_parameter: page, first: 1, size_parameter: per_page, size: 2, items_path: data}
```

### Walk Offsets
```yaml
endpoint: {path: /offsets, method: GET}
request: {parameters: [{name: offset, in: query, type: integer}, {name: limit, in: query, type: integer}]}
response: {success: {status: 200, content_type: application/json, schema: {type: object}}}
pagination: {style: offset, offset_parameter: offset, limit_parameter: limit, limit: 2, items_path: data, total_path: total}
```

### Walk Links
```yaml
endpoint: {path: /links, method: GET}
request: {parameters: [{name: from, in: query, type: string}]}
response: {success: {status: 200, content_type: application/json, schema: {type: array}}}
pagination: {style: link, items_path: ""}
```

### Download
```yaml
endpoint: {path: /file, method: GET}
response: {success: {status: 200, content_type: application/octet-stream}}
streaming: chunks
```

"""


def spec_body(**sections: str | None) -> str:
    """Return a spec's sections: the defaults, with those given (heading words joined by `_`) put over them; None leaves one out."""
    given = {name.replace("_", " "): text for name, text in sections.items()}
    merged = {**DEFAULTS, **given}
    return ENDPOINTS + "".join(section(heading, yaml) for heading, yaml in merged.items() if yaml is not None)


def plan_of_spec(**sections: str | None) -> Plan:
    """Return the plan of `spec_body`, which must have no errors."""
    loaded = read(spec_body(**sections))
    compiled = compile_spec(loaded.spec, settings=Settings(NOWHERE))
    errors = [f.message for f in (*loaded.diagnostics, *compiled.diagnostics) if f.severity is Severity.ERROR]
    assert not errors, errors
    assert compiled.plan is not None
    return compiled.plan


class Face:
    """What a scenario may do, whichever client is behind it."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench

    @property
    def service(self) -> ScriptedTransport:
        return self.bench.transport

    @property
    def sent(self) -> list[str]:
        """Method and target of what was sent."""
        return [f"{received.request.method} {received.request.target}" for received in self.service.received]

    def headers(self, name: str) -> list[str]:
        """The value of a header of each request that was sent."""
        return [_fields(received.request)[name] for received in self.service.received]

    def call(self, operation: str, input: dict[str, Any] | None = None, **options: Any) -> dict[str, Any]:  # noqa: A002
        """Call, and return all that a caller can know of what became of it."""
        try:
            return of_result(self.result(operation, input or {}, **options))
        except IntertieError as error:
            return of_error(error)

    def wait(self, seconds: float) -> None:
        self.bench.advance(seconds)

    def result(self, operation: str, input: dict[str, Any], **options: Any) -> Result:  # noqa: A002
        raise NotImplementedError

    def keywords(self, operation: str, **input: Any) -> Result:  # noqa: A002
        """Call as an attribute with keywords."""
        raise NotImplementedError

    def pages(self, operation: str, **input: Any) -> list[Result]:  # noqa: A002
        raise NotImplementedError

    def items(self, operation: str, *, most: int = 100, **input: Any) -> list[Any]:  # noqa: A002
        """Take at most `most` items."""
        raise NotImplementedError

    def stream(self, operation: str, *, most: int = 100, **input: Any) -> list[bytes]:  # noqa: A002
        """Take at most `most` chunks, then leave the block."""
        raise NotImplementedError

    def replay(self, **options: Any) -> Any:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError


def _fields(request: Request) -> dict[str, str]:
    lines = request.static_head.decode("latin-1").splitlines()
    fixed = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return fixed | {name.lower(): value for name, value in request.headers}


class SyncFace(Face):
    name = "sync"

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self.api = Integration(bench.linked)

    def result(self, operation, input, **options):  # noqa: A002
        return self.api.operation(operation).call(input, **options)

    def keywords(self, operation, **input):  # noqa: A002
        return getattr(self.api, operation)(**input)

    def pages(self, operation, **input):  # noqa: A002
        return list(self.api.operation(operation).pages(**input))

    def items(self, operation, *, most=100, **input):  # noqa: A002
        taken = []
        for item in self.api.operation(operation).items(**input):
            taken.append(item)
            if len(taken) == most:
                break
        return taken

    def stream(self, operation, *, most=100, **input):  # noqa: A002
        taken = []
        with self.api.operation(operation).stream(**input) as body:
            for chunk in body:
                taken.append(chunk)
                if len(taken) == most:
                    break
        return taken

    def replay(self, **options):
        return self.api.replay_queue(**options)

    def close(self):
        self.api.close()


class AsyncFace(Face):
    name = "async"

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self.api = AsyncIntegration(bench.linked)
        self._runner = asyncio.Runner(loop_factory=lambda: VirtualTimeLoop(bench.clock))

    def run(self, work):
        return self._runner.run(work)

    def end(self):
        self._runner.close()

    def result(self, operation, input, **options):  # noqa: A002
        return self.run(self.api.operation(operation).call(input, **options))

    def keywords(self, operation, **input):  # noqa: A002
        return self.run(getattr(self.api, operation)(**input))

    def pages(self, operation, **input):  # noqa: A002
        async def take():
            return [page async for page in self.api.operation(operation).pages(**input)]

        return self.run(take())

    def items(self, operation, *, most=100, **input):  # noqa: A002
        async def take():
            taken = []
            walk = self.api.operation(operation).items(**input)
            async for item in walk:
                taken.append(item)
                if len(taken) == most:
                    break
            await walk.aclose()
            return taken

        return self.run(take())

    def stream(self, operation, *, most=100, **input):  # noqa: A002
        async def take():
            taken = []
            async with self.api.operation(operation).stream(**input) as body:
                async for chunk in body:
                    taken.append(chunk)
                    if len(taken) == most:
                        break
            return taken

        return self.run(take())

    def replay(self, **options):
        return self.run(self.api.replay_queue(**options))

    def close(self):
        self.run(self.api.aclose())


@contextmanager
def face_of(kind: type[Face], plan: Plan, script: Any) -> Any:
    """A face of a fresh bench."""
    face = kind(make_bench(plan, script, secrets=SECRETS))
    try:
        yield face
    finally:
        if isinstance(face, AsyncFace):
            face.end()


def both(plan: Plan, script: Any, scenario: Callable[[Any], Any]) -> Any:
    """Play a scenario on both faces, each from the start; return what was observed, which must be the same.

    `script` is what the service answers: steps, or a function of the request and its number.
    """
    observed = []
    for kind in (SyncFace, AsyncFace):
        with face_of(kind, plan, script) as face:
            observed.append(scenario(face))
    assert observed[0] == observed[1]
    return observed[0]


def of_result(result: Result) -> dict[str, Any]:
    """Return what a result says."""
    return {
        "ok": True,
        "operation": result.operation,
        "data": result.data,
        "status": result.status,
        "fallback": result.fallback,
        "stale": result.stale,
        "attempts": result.attempts,
        "elapsed_s": round(result.elapsed_s, 6),
        "cost": result.cost,
        "receipt": result.receipt,
        "warnings": result.warnings,
        "events": [(event.stage, event.event) for event in result.events],
    }


def of_error(error: IntertieError) -> dict[str, Any]:
    """Return what an error says."""
    told = {"ok": False, "type": type(error).__name__, "message": str(error)}
    for name in ("operation", "field", "rule", "code", "phase", "status", "external_code", "internal_code",
                 "user_message", "retry_after_s", "attempts", "cost", "policy", "path", "transform"):  # fmt: skip
        if hasattr(error, name):
            told[name] = getattr(error, name)
    if isinstance(error, CallError):
        told["reached"] = str(error.reached)
        told["elapsed_s"] = round(error.elapsed_s, 6)
        told["events"] = [(event.stage, event.event) for event in error.events]
    return told
