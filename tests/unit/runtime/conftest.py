"""Every behaviour of a call is shown both on an event loop and stepped by hand."""

import pytest

from intertie.runtime.course import Course
from intertie.runtime.event_catalogue import kind_of
from support.plans import DRIVES, Drive

SOMETIMES = {
    ("circuit_breaker", "reject"): {"forced"},
    ("classify", "classified"): {"effect_unknown", "error", "kind", "reached", "status"},
    ("fallback", "fallback"): {"age_s", "receipt"},
    ("last_good", "not_kept"): {"path", "rule"},
}
"""Events that do not have all of their details every time; the others do."""


@pytest.fixture(params=sorted(DRIVES))
def drive(request) -> Drive:
    """Run a coroutine to its end in virtual time."""
    return DRIVES[request.param]


@pytest.fixture(autouse=True)
def every_event_has_its_details(monkeypatch):
    """Whatever a test is about, each event comes with what the catalogue says that it holds, and with nothing else."""
    emit = Course.emit

    def checked(course: Course, stage: str, event: str, **detail: object) -> None:
        kind = kind_of(stage, event)
        assert kind is not None, (stage, event)
        assert set(detail) <= set(kind.detail), (stage, event, detail)
        assert set(kind.detail) - set(detail) <= SOMETIMES.get((str(stage), event), set()), (stage, event, detail)
        emit(course, stage, event, **detail)

    monkeypatch.setattr(Course, "emit", checked)
