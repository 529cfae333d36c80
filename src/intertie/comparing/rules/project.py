"""What a spec says around the calls: alerts, metrics, service levels, cases, dependencies, open questions."""

from __future__ import annotations

from collections.abc import Iterator

from intertie.comparing.change import Found, Impact
from intertie.comparing.rule import rule
from intertie.comparing.sides import Pair
from intertie.comparing.words import listed, shown
from intertie.core.units import parse_comparison
from intertie.spec.model import Alert, Spec


@rule(
    "protocol",
    breaking="always: calls are made in another way",
    spec=("integration_type",),
)
def protocol(pair: Pair) -> Iterator[Found]:
    """Protocol, data format and style of communication."""
    for name in ("protocol", "data_format", "communication"):
        old, new = (getattr(side.spec.integration_type, name, None) for side in (pair.old, pair.new))
        texts = (old.value if old else None, new.value if new else None)
        if texts[0] != texts[1]:
            told = [each or f"no declared {name}" for each in texts]
            reason = f"the service is spoken to by {told[1]} instead of {told[0]}"
            impact = Impact.BREAKING if all(texts) else Impact.RISKY
            yield Found(impact, f"integration type: {name}", *texts, reason, pair.at("integration_type", name))


@rule(
    "alert",
    risky="one is gone, has another bound, or is told to others, or as less or more",
    safe="one is added",
    spec=("monitoring.alerts",),
)
def alert(pair: Pair) -> Iterator[Found]:
    """When somebody is told, and who."""
    old, new = _alerts(pair.old.spec), _alerts(pair.new.spec)
    at = pair.at("monitoring", "alerts")
    for was, now in _moved_bounds(old, new):
        reason = f"{_alert_text(new[now])} is told when {now} instead of when {was}"
        yield Found(Impact.RISKY, f"alert on {_subject(now)}", was, now, reason, at)
        del old[was], new[now]
    for condition in dict.fromkeys((*old, *new)):
        texts = (_alert_text(old.get(condition)), _alert_text(new.get(condition)))
        if texts[0] == texts[1]:
            continue
        if texts[1] is None:
            reason = f"nobody is told any more when {condition}"
        else:
            reason = f"{texts[1]} is told when {condition}" + (f", instead of {texts[0]}" if texts[0] else "")
        impact = Impact.SAFE if texts[0] is None else Impact.RISKY
        yield Found(impact, f"alert: {condition}", *texts, reason, at)


@rule("metric", risky="one is gone", safe="one is added", spec=("monitoring.metrics",))
def metric(pair: Pair) -> Iterator[Found]:
    """What is measured."""
    old, new = (_words(side.spec, "monitoring", "metrics") for side in (pair.old, pair.new))
    lost, won = [each for each in old if each not in new], [each for each in new if each not in old]
    if lost or won:
        told = [f"{listed(lost)} is no longer measured"] if lost else []
        told += [f"{listed(won)} is measured"] if won else []
        at = pair.at("monitoring", "metrics")
        texts = (shown(old) if old else None, shown(new) if new else None)
        yield Found(Impact.RISKY if lost else Impact.SAFE, "monitoring.metrics", *texts, " and ".join(told), at)


@rule("service-level", risky="always: reports and alerts judge by it", spec=("sla",))
def service_level(pair: Pair) -> Iterator[Found]:
    """The service levels that were agreed on."""
    for name in ("availability", "response_time", "error_rate", "support_hours"):
        old, new = (getattr(side.spec.sla, name, None) for side in (pair.old, pair.new))
        texts = (old.value if old else None, new.value if new else None)
        if texts[0] != texts[1]:
            reason = f"reports and burn-rate alerts judge by {texts[1] or 'nothing'} instead of {texts[0] or 'nothing'}"
            yield Found(Impact.RISKY, f"sla.{name}", *texts, reason, pair.at("sla", name))


@rule("case", risky="one is gone: what it proved is no longer proved", safe="one is added", spec=("cases",))
def case(pair: Pair) -> Iterator[Found]:
    """The validation cases."""
    old, new = (
        {each.path.value: each.description.value if each.description else "" for each in side.spec.cases if each.path}
        for side in (pair.old, pair.new)
    )
    for path in dict.fromkeys((*old, *new)):
        texts = (old.get(path), new.get(path))
        if texts[0] == texts[1]:
            continue
        reason = (
            f"{path} no longer belongs to the spec" if texts[1] is None else f"{path} proves: {texts[1] or 'no word'}"
        )
        impact = Impact.RISKY if texts[1] is None else Impact.SAFE
        yield Found(impact, f"case {path}", *texts, reason, pair.at("cases"))


@rule("uncertainty", risky="one is open that was not", safe="one is settled", spec=("uncertainties",))
def uncertainty(pair: Pair) -> Iterator[Found]:
    """The open questions."""
    old, new = ({each.value: each for each in side.spec.uncertainties} for side in (pair.old, pair.new))
    for question in dict.fromkeys((*old, *new)):
        if (question in old) != (question in new):
            opened = question in new
            texts = (None, "open") if opened else ("open", None)
            reason = f"it is not known yet: {question}" if opened else f"it is settled: {question}"
            impact = Impact.RISKY if opened else Impact.SAFE
            yield Found(impact, f"uncertainty: {shown(question)}", texts[0], texts[1], reason, pair.at("uncertainties"))


@rule(
    "surroundings",
    safe="always: no call is made otherwise",
    spec=("documentation", "dependencies", "implementation", "front_matter.related", "front_matter.name"),
)
def surroundings(pair: Pair) -> Iterator[Found]:
    """Links, dependencies, related specs and the places that generated files go to."""
    old, new = (dict(_surroundings(side.spec)) for side in (pair.old, pair.new))
    for subject in dict.fromkeys((*old, *new)):
        before, after = old.get(subject, (None, ())), new.get(subject, (None, ()))
        if before[0] != after[0]:
            path = (new.get(subject) or old[subject])[1]
            yield Found(
                Impact.SAFE, subject, before[0], after[0], "people and generators look elsewhere", pair.at(*path)
            )


def _surroundings(spec: Spec) -> Iterator[tuple[str, tuple[str | None, tuple[str, ...]]]]:
    for section, names in (
        ("documentation", ("api_docs", "client_library", "support_contact")),
        ("dependencies", ("internal_services", "libraries", "infrastructure")),
    ):
        for name in names:
            located = getattr(getattr(spec, section), name, None)
            if located is not None:
                yield f"{section}.{name}", (located.value, (section, name))
    for line in spec.implementation:
        if line.what is not None:
            where = line.where.value if line.where else None
            yield f"implementation: {line.what.value}", (where, ("implementation",))
    related = _words(spec, "front_matter", "related")
    if related:
        yield "related", (", ".join(related), ("front_matter", "related"))
    shown_as = spec.front_matter.name if spec.front_matter else None
    if shown_as is not None:
        yield "name", (shown_as.value, ("front_matter", "name"))


def _alerts(spec: Spec) -> dict[str, Alert]:
    alerts = spec.monitoring.alerts if spec.monitoring else ()
    return {each.condition.value: each for each in alerts if each.condition is not None}


def _moved_bounds(old: dict[str, Alert], new: dict[str, Alert]) -> list[tuple[str, str]]:
    """Return the conditions that differ in their bound alone: one left on each side over the same measure."""
    lost = [condition for condition in old if condition not in new]
    won = [condition for condition in new if condition not in old]
    pairs = []
    for was in lost:
        same = [now for now in won if _subject(now) == _subject(was)]
        if len(same) == 1 and [_subject(each) for each in lost].count(_subject(was)) == 1:
            pairs.append((was, same[0]))
    return pairs


def _subject(condition: str) -> str:
    comparison = parse_comparison(condition)
    return comparison.subject if comparison and comparison.subject else condition


def _alert_text(alert: Alert | None) -> str | None:
    if alert is None:
        return None
    channel = alert.channel.value if alert.channel else "the log"
    return f"{channel} ({alert.severity.value})" if alert.severity else channel


def _words(spec: Spec, section: str, name: str) -> tuple[str, ...]:
    return tuple(each.value for each in getattr(getattr(spec, section), name, ()))


RULES = (protocol, alert, metric, service_level, case, uncertainty, surroundings)
