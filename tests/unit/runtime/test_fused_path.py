"""Which calls stay on the fused path: it is what makes a plain call cheap."""

import pytest

from intertie.runtime.policies.error_mapping.options import ErrorMappingOptions, ErrorMappingRow
from intertie.runtime.stepping import run_blocking
from intertie.testing import Answer, make_bench, make_plan

ROWS = ErrorMappingOptions(
    tuple(ErrorMappingRow(code, "DECLINED", None, "fail") for code in ("card_declined", "4D1", "402", "5xx"))
)


class Left(Exception):  # noqa: N818
    """The general pipeline was asked."""


async def leave(call):
    raise Left


@pytest.mark.parametrize("errors", [ErrorMappingOptions(), ROWS], ids=["no rows", "rows of codes"])
@pytest.mark.parametrize(
    "body",
    [
        {"id": 7},
        {"id": 7, "status": "succeeded"},
        {"id": 7, "code": "4711"},
        {"id": 7, "code": "402"},
        {"id": 7, "error": None},
    ],
)
def test_a_success_with_a_member_called_status_is_a_plain_one(errors, body):
    """Members that could name an error and don't never send a call the long way."""
    bench = make_bench(make_plan(errors=errors), [Answer(json=body)])
    bench.linked._operations["get_thing"].run = leave
    assert run_blocking(bench.linked.run("get_thing", {"id": "7"})).data["id"] == 7


@pytest.mark.parametrize(
    "body",
    [{"status": 429}, {"error": {"code": "rate_limited"}}, {"code": "card_declined"}, {"code": "4D1"}],
)
def test_a_success_that_hides_an_error_is_not(body):
    """What may be throttled or mapped is judged by the general pipeline."""
    bench = make_bench(make_plan(errors=ROWS), [Answer(json=body)])
    bench.linked._operations["get_thing"].run = leave
    with pytest.raises(Left):
        run_blocking(bench.linked.run("get_thing", {"id": "7"}))
