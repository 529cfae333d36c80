"""How applications use Intertie, for type checkers: never run. What the comments promise, the checkers prove."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import assert_type

import intertie
from intertie.core.timeline import TimelineEvent


def synchronous() -> None:
    """Opening, calling, reading a result."""
    with intertie.open("specs/payments.md", env="sandbox") as payments:
        assert_type(payments, intertie.Integration)
        create = payments.create_charge  # an operation of the spec, known at run time
        assert_type(create, intertie.Operation)
        charge = create(amount="12.50", currency="EUR")
        assert_type(charge, intertie.Result)
        assert_type(charge.data, object)
        assert_type(charge["amount"], object)
        assert_type(charge.status, int | None)
        assert_type(charge.fallback, str | None)
        assert_type(charge.stale, bool)
        assert_type(charge.attempts, int)
        assert_type(charge.elapsed_s, float)
        assert_type(charge.cost, intertie.Money | None)
        assert_type(charge.receipt, str | None)
        assert_type(charge.warnings, tuple[str, ...])
        assert_type(charge.explain(), str)
        asked = payments.operation("get_charge").call(
            {"charge_id": "ch_1"}, version="1", timeout_s=2.0, caller="shop", idempotency_key=None, explain=True
        )
        assert_type(asked, intertie.Result)
        assert_type(payments.operations, Mapping[str, intertie.Operation])
        assert_type(payments.operations["close"](account="a"), intertie.Result)
        assert_type(payments.with_version("1"), intertie.Integration)
        assert_type(payments.with_options(timeout_s=1.0, caller="shop", explain=True), intertie.Integration)
        assert_type(payments.list_charges.items(limit=100), Iterator[object])
        assert_type(payments.list_charges.pages(), Iterator[intertie.Result])
        with payments.download.stream(id="1") as body:
            assert_type(body, Iterator[bytes])
        payments.require_credential()
        report = payments.replay_queue(limit=10)
        assert_type(report.sent, tuple[str, ...])
        payments.limiter.pause(1.0)
        for breaker in payments.breakers.values():
            breaker.force("open")
        assert_type(payments.statistics().limiter.in_flight, int)
    kept = intertie.open(
        Path("specs/payments.md"),
        env=None,
        workspace=Path(),
        config="intertie.toml",
        base_url="http://127.0.0.1:8420",
        state="memory://",
        journal="memory://",
        caller="shop",
    )
    kept.close()


async def asynchronous() -> None:
    """The same, awaited."""
    async with intertie.open_async("specs/payments.md") as payments:
        assert_type(payments, intertie.AsyncIntegration)
        assert_type(payments.create_charge, intertie.AsyncOperation)
        charge = await payments.create_charge(amount="12.50")
        assert_type(charge, intertie.Result)
        assert_type(await payments.get_charge.call({"charge_id": "1"}, explain=True), intertie.Result)
        assert_type(payments.list_charges.items(), AsyncIterator[object])
        async for page in payments.list_charges.pages(limit=10):
            assert_type(page, intertie.Result)
        async with payments.download.stream(id="1") as body:
            assert_type(body, AsyncIterator[bytes])
        payments.require_credential()
        report = await payments.replay_queue()
        assert_type(report.stopped, str | None)
    await payments.aclose()


def errors(payments: intertie.Integration) -> str:
    """Everything that can go wrong, by class; each carries what its handler needs."""
    try:
        payments.create_charge(amount="12.50")
    except intertie.InvalidInput as wrong:
        return wrong.field + wrong.rule + wrong.code
    except (
        intertie.RateLimited,
        intertie.CircuitOpen,
        intertie.BudgetExceeded,
        intertie.Retired,
        intertie.OriginRefused,
    ) as refused:
        assert_type(refused.retry_after_s, float | None)
        return refused.policy
    except intertie.JournalUnavailable as refused:
        return refused.message
    except intertie.RejectedError as refused:
        return refused.policy
    except intertie.DeadlineExceeded as late:
        return late.phase
    except (intertie.ConnectError, intertie.ReadError, intertie.WriteError, intertie.ProtocolError) as broken:
        assert_type(broken.reached, intertie.Reach)
        return str(broken.reached is intertie.Reach.MAYBE)
    except intertie.TransportError as broken:
        return broken.operation
    except (intertie.CredentialMissing, intertie.TokenRefused) as credential:
        return credential.message
    except intertie.AuthError as credential:
        return credential.code
    except intertie.MappingError as unmapped:
        assert_type(unmapped.transform, str | None)
        return unmapped.path
    except intertie.InvalidResponse as theirs:
        return theirs.path + theirs.rule
    except intertie.ServiceError as answered:
        assert_type(answered.status, int | None)
        assert_type(answered.external_code, str | None)
        assert_type(answered.external_message, str | None)
        assert_type(answered.internal_code, str | None)
        assert_type(answered.user_message, str | None)
        return answered.code
    except intertie.CallError as failed:
        assert_type(failed.attempts, int)
        assert_type(failed.cost, intertie.Money | None)
        assert_type(failed.events, Sequence[TimelineEvent])
        if failed.response is not None:
            assert_type(failed.response.status, int)
            assert_type(failed.response.headers.get("request-id"), str | None)
            assert_type(failed.response.body, bytes)
            try:
                assert_type(failed.response.json(), object)
            except intertie.NotJson:
                return str(payments.shown_response(failed.response))
        return failed.explain()
    except intertie.StoreUnavailable as down:
        return str(down)
    except intertie.SpecError as broken_spec:
        return str([finding.message for finding in broken_spec.diagnostics])
    except intertie.UsageError as mistake:
        return str(mistake)
    except intertie.IntertieError as anything:
        return str(anything)
    return intertie.__version__


def money() -> Decimal:
    """Amounts are decimals with a currency."""
    price = intertie.Money(Decimal("0.01"), "EUR")
    assert_type(price.currency, str)
    assert_type(price.as_json(), dict[str, str])
    return price.amount


def own_transform() -> None:
    """A function of the application, named in specs."""

    def reverse(value: object) -> object:
        return str(value)[::-1]

    intertie.register_transform("reverse", reverse)


def input_is_a_mapping(payments: intertie.Integration, order: Mapping[str, object]) -> intertie.Result:
    """A mapping that the application has already is passed as it is."""
    return payments.operation("create_charge").call(order)


def what_generated_modules_promise(face: intertie.Integration, awaited: intertie.AsyncIntegration) -> None:
    """The faces keep what the protocols of generated modules promise, name by name."""
    blocking: intertie.TypedIntegration[str] = face
    assert_type(blocking.with_version("1").with_options(timeout_s=1.0), intertie.TypedIntegration[str])
    asynchronous_face: intertie.TypedAsyncIntegration[str] = awaited
    operation: intertie.TypedOperation[Mapping[str, object], intertie.Result, str] = face.create_charge
    result: intertie.TypedResult[object] = operation.call({}, version="1")
    awaited_operation: intertie.TypedAsyncOperation[Mapping[str, object], intertie.Result, str] = awaited.create_charge
    assert_type(asynchronous_face.with_version("1"), intertie.TypedAsyncIntegration[str])
    assert_type(result.data, object)
    assert_type(awaited_operation.plan.id, str)
