"""The keys of case files, each with what it is for: what the reader knows and what the editor offers."""

from __future__ import annotations

from collections.abc import Mapping

from intertie.spec.cases.names import KIND_OF_TYPE, CaseKind

COMMON: Mapping[str, str] = {
    "id": "`TC-`, `SC-` or `PC-` and digits.",
    "name": "In kebab or snake case.",
    "type": "What it is.",
    "status": "Where it stands in its life.",
    "hash_timestamp": "When its text last changed: `YYYY-MM-DDTHH:MM:SSZ`.",
    "content_hash": "Of the oldest generation: `sha256:…` over the text.",
    "spec": "The id of the spec that it is for.",
    "related": "Specs and cases it has to do with.",
    "purpose": "What it shows, in one sentence.",
    "tags": "Words to select it by.",
    "notes": "For people.",
}
_OF_KIND: Mapping[CaseKind, Mapping[str, str]] = {
    CaseKind.TEST: {
        "preconditions": "Cases that make what it needs.",
        "inputs": "Values that steps use as `{{ name }}`.",
        "steps": "What is done, in order.",
        "validations": "Assertions on the whole of it.",
        "expected_outputs": "What comes out.",
        "environment": "Where it may run.",
        "pass_criteria": "When it has passed, for people.",
        "teardown": "What is always done at the end.",
    },
    CaseKind.SCENARIO: {
        "phases": "What is done, part by part.",
        "phase_execution": "In which order, and what a failure stops.",
        "test_cases": "Of the oldest generation: its test cases, without phases.",
        "preconditions": "Cases that make what it needs.",
        "nested_scenarios": "Scenarios that run within it.",
        "timeout": "Seconds that it may take.",
        "retry_on_failure": "Whether a failed test case is run again.",
        "max_retries": "How often.",
        "cache_strategy": "How long what a precondition provided is used again.",
        "expected_outcomes": "What is true at the end, for people.",
        "success_criteria": "When it has passed.",
    },
    CaseKind.PRECONDITION: {
        "setup_steps": "What makes it so.",
        "context_provided": "Names that later steps may use.",
        "validation_checks": "How one sees that it is so.",
        "teardown_procedures": "What takes it away again, in reverse order.",
        "teardown_steps": "What takes it away again, in reverse order.",
        "cache_strategy": "How long what it provided is used again.",
        "compatibility": "Where it works.",
        "resources_touched": "What two cases may not touch at the same time.",
    },
}
STEP: Mapping[str, str] = {
    "step": "Its number.",
    "action": "What is done, for people.",
    "call": "The operation that is called.",
    "submit": "The operation that is submitted.",
    "input": "The call's input, in internal names.",
    "with": "Environment, version, time limit.",
    "capture": "Values of the answer for later steps: `{name: path}`.",
    "expect": "Assertions on the answer and on what the guards did.",
    "expected": "What is seen, for people.",
    "wait_for": "A receipt to wait for.",
    "advance": "Virtual time that passes, such as `2h`.",
    "fault": "What the mock answers instead.",
    "repeat": "So many calls, one after the other.",
    "concurrently": "So many calls at once.",
    "sleep": "Real time that passes.",
    "spec": "Another spec than the case's.",
}
PHASE: Mapping[str, str] = {
    "phase_id": "What other phases call it.",
    "phase_name": "What people call it.",
    "description": "What happens in it.",
    "preconditions": "Cases that make what it needs.",
    "test_cases": "What it runs.",
}
PHASE_EXECUTION: Mapping[str, str] = {
    "mode": "One after the other, all at once, or by their dependencies.",
    "continue_on_failure": "Whether the next phase runs after a failure.",
    "phase_timeout": "Seconds that one phase may take.",
    "phase_dependencies": "`{phase: [phases before it]}`.",
}
WITH: Mapping[str, str] = {
    "environment": "Of the spec's environments.",
    "version": "Of the spec's versions.",
    "time_limit": "How long the call may take.",
    "timeout": "How long the call may take.",
}
FAULT_PROFILES = (
    "healthy", "flaky", "down", "outage", "slow", "hanging", "throttling", "throttling_disguised", "disconnects",
    "cut_off", "malformed", "trickling", "expired_credential",
)  # fmt: skip
"""The mock's own profiles; `fault` may also name the file of one."""
FAULT: Mapping[str, str] = {
    "name": "One of the mock's profiles.",
    "responses": "Statuses, or `{status, body, headers, delay_ms, code, fault}`, one a request.",
    "error_share": "The share of requests that fail.",
    "error_status": "With which statuses.",
    "outage": "`{from_s, to_s}`.",
    "latency_factor": "On the latencies of the spec.",
    "disconnect": "Where the connection breaks.",
    "malformed_body": "The share of bodies that break off.",
    "slow_body": "Bytes a second.",
    "hang": "The share of requests that are never answered.",
    "throttle": "`true`, or `disguised`.",
    "credential": "The one that the mock takes, by reference.",
    "operations": "Operation to a profile of its own.",
    "description": "For people.",
}
MACHINE_KEYS = ("call", "submit", "wait_for", "advance", "fault", "sleep")
"""Keys of a step that make a machine do something."""
CHOICES: Mapping[str, tuple[str, ...]] = {
    "type": tuple(KIND_OF_TYPE),
    "status": ("draft", "ready", "active", "deprecated"),
    "cache_strategy": ("none", "session", "persistent"),
    "mode": ("sequential", "parallel_phases", "custom"),
}
PEOPLE: frozenset[str] = frozenset(
    {"author", "category", "created", "created_at", "description", "estimated_duration", "labels", "links", "owner",
     "priority", "references", "reviewed_by", "severity", "title", "updated", "updated_at", "version"}
)  # fmt: skip
"""Keys that teams add for themselves; nothing reads them."""


def keys_of(kind: CaseKind) -> Mapping[str, str]:
    """Return the top-level keys of a kind of case with their meaning."""
    return {**COMMON, **_OF_KIND[kind]}


def own_keys(kind: CaseKind) -> Mapping[str, str]:
    """Return the top-level keys that a kind of case has beside those of all cases."""
    return _OF_KIND[kind]


def kinds_with(key: str) -> tuple[CaseKind, ...]:
    """Return the kinds of case that have a key of their own kind."""
    return tuple(kind for kind, keys in _OF_KIND.items() if key in keys)
