"""An integration that is opened for real reaches the origins that its plan allows, and no other."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from msgspec.structs import replace

from intertie.app.opening import open_asyncio, open_blocking
from intertie.app.workbench import open_workbench
from intertie.core.errors import ConnectError, OriginRefused
from intertie.runtime.http import Request, Transport
from intertie.runtime.linked import LinkedPlan
from intertie.runtime.plan import Origin
from intertie.runtime.stepping import run_blocking
from support.bad_servers import OK, always, serving
from support.pace import PATIENCE_S

SPEC = """---
id: INT-001
type: Integration
name: Parcels
status: approved
service: parcels
---
# Parcels
## Service Configuration
```yaml
service: {base_url: "http://127.0.0.1:%d/v1"}
```
## API Endpoints
### Get Parcel
```yaml
endpoint: {path: "/parcels", method: GET, description: One parcel}
response: {success: {status: 200, content_type: application/json}}
```
"""


async def asked(linked: LinkedPlan, transport: Transport) -> bytes:
    deadline_s = linked.surroundings.clock.monotonic_s() + PATIENCE_S
    connection = await transport.connect(deadline_s=deadline_s, connect_timeout_s=PATIENCE_S)
    answer = await connection.exchange(
        Request("POST", "/token"), write_deadline_s=deadline_s, read_timeout_s=PATIENCE_S, deadline_s=deadline_s
    )
    return answer.body


@pytest.mark.parametrize("asynchronous", [False, True], ids=["blocking", "asyncio"])
def test_an_opened_integration_reaches_what_its_plan_allows(tmp_path: Path, asynchronous: bool) -> None:
    """Another allowed origin is reached by a transport of its own, counted beside the service, closed with it."""
    token = OK + b"Content-Length: 5\r\n\r\ntoken"
    data = OK + b"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
    with serving(always(data)) as service, serving(always(token)) as login:
        spec = tmp_path / "parcels.md"
        spec.write_text(SPEC % service.port)
        elsewhere = Origin("http", "127.0.0.1", login.port, "")
        bench = open_workbench(spec, flags={"state": "memory://", "journal": "memory://"})
        plan = replace(bench.plan(spec), origins=(elsewhere,))
        integration = open_asyncio(bench, plan) if asynchronous else open_blocking(bench, plan)
        linked: LinkedPlan = integration._linked

        async def work() -> None:
            transports = linked.surroundings.transports
            assert linked.statistics().other_transports == {}
            assert (await linked.run("get_parcel", {})).status == 200
            assert await asked(linked, transports.to(elsewhere)) == b"token"
            assert await asked(linked, transports.to(replace(elsewhere, base_path="/oauth"))) == b"token"
            counted = linked.statistics()
            assert counted.transport["opened_total"] == 1
            assert counted.other_transports[elsewhere.name]["opened_total"] == 1
            with pytest.raises(OriginRefused):
                transports.to(replace(elsewhere, host="localhost"))
            if asynchronous:
                await integration.aclose()
            else:
                integration.close()
            assert transports.statistics()[elsewhere.name]["open"] == 0
            with pytest.raises(ConnectError):
                await asked(linked, transports.to(elsewhere))

        asyncio.run(work()) if asynchronous else run_blocking(work())
        assert (login.connections, len(login.heads)) == (1, 2)
