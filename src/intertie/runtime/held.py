"""What one attempt holds on its way to the wire."""

from __future__ import annotations

import msgspec

from intertie.core.errors import CallError
from intertie.runtime.http import Connection, Response
from intertie.runtime.state import Admission, Permit, Reservation


class Exchanged(msgspec.Struct, frozen=True):
    """An exchange that has already taken place: its answer, or the error that ended it, and when (monotonic)."""

    result: Response | CallError
    sent_s: float
    ended_s: float


class Held(msgspec.Struct, frozen=True):
    """Taken so far, each by its stage; a stage that finds its own already here does not take it again.

    The fused path fills these and hands the attempt over at any point, so that nothing is done twice.
    """

    admission: Admission | None = None
    reservation: Reservation | None = None
    connection: Connection | None = None
    permit: Permit | None = None
    exchanged: Exchanged | None = None


NOTHING_HELD = Held()
