"""Who the integration is, and where its calls go."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from intertie.comparing.change import Found, Impact
from intertie.comparing.rule import rule
from intertie.comparing.sides import Pair
from intertie.comparing.words import shown
from intertie.diagnostics import SourceSpan
from intertie.spec.fields import Located
from intertie.spec.model import Service, Spec


class _Environment(NamedTuple):
    name: SourceSpan
    url: Located[str]


_IMPACT_OF_STATUS = {"retired": Impact.BREAKING, "deprecated": Impact.RISKY}


@rule(
    "id",
    breaking="always: command line, gateway routes and stored state go by the id",
    plan=("id",),
)
def changed_id(pair: Pair) -> Iterator[Found]:
    """The id."""
    if ids := pair.both(lambda plan: plan.id):
        reason = f"whoever names {ids[0]} finds nothing, and limiter, breaker, ledger and queue start anew as {ids[1]}"
        yield Found(Impact.BREAKING, "id", *ids, reason, pair.at("front_matter", "id"))


@rule(
    "service",
    breaking="always: gateway routes, packages and metrics go by the service's slug",
    plan=("service",),
)
def service(pair: Pair) -> Iterator[Found]:
    """The service's slug."""
    if names := pair.both(lambda plan: plan.service):
        reason = f"gateway routes, generated packages and metrics of `{names[0]}` are called `{names[1]}` from now on"
        yield Found(Impact.BREAKING, "service", *names, reason, pair.at("front_matter", "service"))


@rule(
    "status",
    breaking="it is retired: every call is refused",
    risky="it is deprecated: every caller is warned",
    safe="any other step of the life cycle",
    plan=("status",),
)
def status(pair: Pair) -> Iterator[Found]:
    """The life cycle."""
    if steps := pair.both(lambda plan: plan.status):
        told = {"retired": "every call is refused", "deprecated": "every caller is warned",
                "draft": "calls in production are warned"}  # fmt: skip
        reason = f"the status goes from {steps[0]} to {steps[1]}: {told.get(steps[1], 'calls are made as ever')}"
        impact = _IMPACT_OF_STATUS.get(steps[1], Impact.SAFE)
        yield Found(impact, "status", *steps, reason, pair.at("front_matter", "status"))


@rule("title", safe="always: it is only shown", plan=("title", "summary"))
def title(pair: Pair) -> Iterator[Found]:
    """Title and overview."""
    if titles := pair.both(lambda plan: plan.title):
        yield Found(Impact.SAFE, "title", *titles, "it is what people see, and nothing else", pair.at("title"))
    if texts := pair.both(lambda plan: plan.summary):
        yield Found(
            Impact.SAFE, "overview", shown(texts[0]), shown(texts[1]), "it is what people see, and nothing else",
            pair.at("overview"),
        )  # fmt: skip


@rule(
    "environment",
    breaking="one is removed: a call that names it is refused",
    risky="its calls go to another place",
    safe="one is added",
    plan=("environment",),
)
def environment(pair: Pair) -> Iterator[Found]:
    """The environments, each with its URL."""
    old, new = _environments(pair.old.spec), _environments(pair.new.spec)
    at = pair.at("service", "environments")
    for name in dict.fromkeys((*old, *new)):
        subject = f"service.environments.{name}"
        before, after = old.get(name), new.get(name)
        if before is None and after is not None:
            place = (at[0], after.name)
            yield Found(Impact.SAFE, subject, None, after.url.value, f"calls may go to `{name}` too", place)
        elif before is not None and after is None:
            place = (before.name, at[1])
            reason = f"a call that names `{name}` is refused"
            yield Found(Impact.BREAKING, subject, before.url.value, None, reason, place)
        elif before is not None and after is not None and before.url.value != after.url.value:
            reason = f"calls in `{name}` go to {after.url.value} instead of {before.url.value}"
            place = (before.url.span, after.url.span)
            yield Found(Impact.RISKY, subject, before.url.value, after.url.value, reason, place)
    if names := pair.both(lambda plan: plan.environment):
        reason = f"a call that names no environment goes to `{names[1]}` instead of `{names[0]}`"
        yield Found(Impact.RISKY, "environment", *names, reason, pair.at("service", "environments"))


@rule("base-url", risky="always: calls go to another place", plan=("origin",))
def base_url(pair: Pair) -> Iterator[Found]:
    """Where calls go when no environment is chosen."""
    old, new = pair.old.spec.service, pair.new.spec.service
    urls = (_base_url(old), _base_url(new))
    if urls[0] != urls[1]:
        reason = f"calls outside the named environments go to {urls[1] or 'nowhere'} instead of {urls[0] or 'nowhere'}"
        yield Found(Impact.RISKY, "service.base_url", *urls, reason, pair.at("service", "base_url"))
    origins = pair.both(lambda plan: plan.origin.url)
    said = (
        urls[0] != urls[1] or _urls(pair.old.spec) != _urls(pair.new.spec) or pair.both(lambda plan: plan.environment)
    )
    if origins and not said:
        reason = f"calls in `{pair.new.plan.environment}` go to {origins[1]} instead of {origins[0]}"
        yield Found(Impact.RISKY, "base URL", *origins, reason, pair.at("service", "base_url"))


def _base_url(service: Service | None) -> str | None:
    return service.base_url.value if service and service.base_url else None


def _environments(spec: Spec) -> dict[str, _Environment]:
    return {name.value: _Environment(name.span, url) for name, url in spec.service.environments} if spec.service else {}


def _urls(spec: Spec) -> dict[str, str]:
    return {name: each.url.value for name, each in _environments(spec).items()}


RULES = (changed_id, service, status, title, environment, base_url)
