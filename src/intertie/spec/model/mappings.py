"""Data mappings, error mapping and fallback."""

from __future__ import annotations

from intertie.spec import fields as f
from intertie.spec.fields import Block, Located


class InboundRow(Block):
    """Theirs to ours."""

    external_field: Located[str] | None = f.text("Path in the answer.")
    internal_field: Located[str] | None = f.text("Path in the result.")
    transform: Located[str] | None = f.text("Named transform with arguments; `-` means none.")
    required: Located[bool] | None = f.flag("Missing is a mapping error.")
    default: Located[object] | None = f.anything("Fills an absent value, before the transform.", template=False)
    endpoints: tuple[Located[str], ...] = f.list_of(
        "Endpoints the row is for.", f.text("Endpoint name."), template=False
    )


class OutboundRow(Block):
    """Ours to theirs."""

    internal_field: Located[str] | None = f.text("Path in the call's input.")
    external_field: Located[str] | None = f.text("Parameter name or path in the request body.")
    transform: Located[str] | None = f.text("Named transform with arguments; `-` means none.")
    default: Located[object] | None = f.anything("Fills an absent value, before the transform.")
    required: Located[bool] | None = f.flag("Missing is a mapping error.", template=False)
    endpoints: tuple[Located[str], ...] = f.list_of(
        "Endpoints the row is for.", f.text("Endpoint name."), template=False
    )


class ErrorRow(Block):
    """What one error becomes."""

    external_code: Located[str] | None = f.text("Status, class, or the provider's own code.")
    internal_code: Located[str] | None = f.text("Our code.")
    message: Located[str] | None = f.text("What a user may read.")
    action: Located[str] | None = f.choice(
        "What to do with it.", "retry", "fail", "fallback", choice_aliases={"fail_fast": "fail"}
    )


class FallbackBehavior(Block):
    """What to answer when the service can't."""

    strategy: Located[str] | None = f.choice(
        "Kind of fallback.", "cache", "default", "queue", "circuit_break",
        choice_aliases={"fail_fast": "circuit_break", "default_value": "default", "default_response": "default"},
    )  # fmt: skip
    cache_ttl: Located[float] | None = f.duration("Longest age of a cached answer.", "s")
    default_response: Located[object] | None = f.anything(
        "Answer of the `default` strategy; a `null` that is written is one.",
        aliases=("default_value",),
        takes_null=True,
    )
    idempotency_ttl: Located[float] | None = f.duration("How long the service remembers a key.", "s", template=False)
    enabled: Located[bool] | None = f.flag("`false` switches the block off.", template=False)
