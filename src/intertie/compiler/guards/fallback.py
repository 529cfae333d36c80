"""What answers when the service can't."""

from __future__ import annotations

from intertie.compiler.build import Build, Chosen
from intertie.compiler.fate import How
from intertie.compiler.guards.half import Compiled, Half, guard_fields
from intertie.runtime.policies.fallback.options import FallbackOptions
from intertie.spec.model import FallbackBehavior


def compile_fallback(build: Build, retention: Chosen[float | None]) -> tuple[FallbackOptions | None, dict[str, str]]:
    """Return the fallback, None where there is none or the spec switches it off.

    A cached answer is external data: it is never given when older than `retention`.
    """
    block = build.spec.fallback_behavior
    if block is None or build.switched_off(block.enabled, "fallback"):
        return None, {}
    if block.strategy is None:
        build.leave_out("fallback", "`fallback_behavior.strategy` is absent", block.head)
        return None, {}
    strategy, answer = block.strategy.value, block.default_response
    if strategy == "default" and answer is None:
        build.leave_out("fallback", "`default_response` is missing; calls fail as mapped", block.strategy.span)
        return None, {}
    _unused_options(build, block, strategy)
    ttl = build.choose(block.cache_ttl, "fallback_behavior.cache_ttl")
    if retention.value is not None and retention.value < ttl.value:
        ttl = Chosen(retention.value, retention.source)
    key_ttl = build.choose(block.idempotency_ttl, "fallback_behavior.idempotency_ttl")
    options = FallbackOptions(
        strategy=strategy,
        cache_ttl_s=ttl.value,
        default_response=answer.value if answer else None,
        idempotency_ttl_s=key_ttl.value,
    )
    return options, {
        "strategy": str(block.strategy.span),
        "cache_ttl_s": ttl.source,
        "default_response": str(answer.span) if answer else "default",
        "idempotency_ttl_s": key_ttl.source,
    }


def _unused_options(build: Build, block: FallbackBehavior, strategy: str) -> None:
    """Say of each option that another strategy reads that this one does not."""
    for of, name, option in (
        ("cache", "cache_ttl", block.cache_ttl),
        ("default", "default_response", block.default_response),
        ("queue", "idempotency_ttl", block.idempotency_ttl),
    ):
        if option is not None and strategy != of:
            build.leave_out(name, f"only the strategy `{of}` reads it, and this one is `{strategy}`", option.span)


class FallbackHalf(Half):
    """What answers when the service can't."""

    stages = ("fallback", "last_good")
    plan_field = "fallback"
    fields = (
        *guard_fields("fallback_behavior", How.ENFORCED, "stage fallback", "strategy=strategy", stage="fallback"),
        *guard_fields("fallback_behavior", How.ENFORCED, "stage fallback", "enabled"),
        *guard_fields(
            "fallback_behavior",
            How.ENFORCED,
            "stage fallback, `cache`; reported beside another strategy",
            "cache_ttl=cache_ttl_s",
            stage="fallback",
            stricter="lower",
        ),
        *guard_fields(
            "fallback_behavior",
            How.ENFORCED,
            "stage fallback, `default`; reported beside another strategy",
            "default_response=default_response",
            stage="fallback",
        ),
        *guard_fields(
            "fallback_behavior",
            How.ENFORCED,
            "stage fallback, `queue`; reported beside another strategy",
            "idempotency_ttl=idempotency_ttl_s",
            stage="fallback",
            stricter="lower",
        ),
    )

    def compile(self, build: Build) -> Compiled:
        """Return the options that the spec gives."""
        options, sources = compile_fallback(build, build.retention)
        return Compiled(options, {**sources, "keep_s": sources.get("cache_ttl_s", "default")})


HALF = FallbackHalf()
