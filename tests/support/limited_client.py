"""A client of a limited service in a process of its own: `python -m support.limited_client FOLDER URL STATE WAY CALLS`.

It opens the spec in FOLDER, prints `ready`, and with the first line of its input makes so many calls from 20 tasks or 8
threads at once. At the end it prints how many attempts each call took.
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
from pathlib import Path

import intertie

TASKS = 20
THREADS = 8
SPEC = """---
id: INT-901
type: Integration
name: Counted
status: approved
service: counted
---
# Counted

## Service Configuration
```yaml
service: {name: counted, base_url: "http://127.0.0.1:1"}
authentication: {type: none}
timeouts: {connect: 60000, read: 60000, write: 60000, total: 120000}
```

## Rate Limits
```yaml
rate_limits: {rate_limit: 25 requests per 0.5 s}
throttling: {strategy: STRATEGY}
```

## API Endpoints

### Get Thing
```yaml
endpoint: {path: /things, method: GET, description: One thing}
response: {success: {status: 200, content_type: application/json}}
```
"""


def begin() -> None:
    """Say that all is ready, and wait to be let."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()


async def with_tasks(spec: Path, url: str, stores: dict[str, str], calls: int) -> list[int]:
    numbers, attempts = iter(range(calls)), []
    async with intertie.open_async(spec, base_url=url, **stores) as api:

        async def one() -> None:
            for _ in numbers:
                attempts.append((await api.get_thing()).attempts)  # noqa: PERF401  # the numbers are shared

        begin()
        await asyncio.gather(*(one() for _ in range(TASKS)))
    return attempts


def with_threads(spec: Path, url: str, stores: dict[str, str], calls: int) -> list[int]:
    numbers, attempts = iter(range(calls)), []
    with intertie.open(spec, base_url=url, **stores) as api:

        def one() -> None:
            for _ in numbers:
                attempts.append(api.get_thing().attempts)  # noqa: PERF401  # the numbers are shared

        begin()
        threads = [threading.Thread(target=one) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return attempts


def main(folder: str, url: str, state: str, way: str, calls: str) -> None:
    spec, stores = Path(folder) / "counted.md", {"state": state, "journal": "memory://"}
    if way == "threads":
        attempts = with_threads(spec, url, stores, int(calls))
    elif way == "uvloop":
        import uvloop

        attempts = uvloop.run(with_tasks(spec, url, stores, int(calls)))
    else:
        attempts = asyncio.run(with_tasks(spec, url, stores, int(calls)))
    json.dump(attempts, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
