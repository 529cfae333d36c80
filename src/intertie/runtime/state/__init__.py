"""What the pipeline asks of shared state: two small contracts, `Coordination` and `Journal`, with verbs of the domain.

A call never waits for a store on its event loop. Each verb is one of these, and its docstring says which:

| kind | form | what it does |
|---|---|---|
| memory | `*_nowait`, or plain | touches memory only; `*_nowait` returns None where the store itself must be asked |
| awaited | `async`, with a deadline | asks the store off the loop; at the deadline the caller leaves |
| told later | `*_later`, or plain | changes memory at once and queues what the store must know |
| blocking | "Blocks." | for opening, closing and an operator's hand; never for a call |

The backends (`memory://`, `sqlite://`) pass one contract test suite. All methods may be called from any thread; each
handle owns its locks.

Whoever opens a limiter, breaker or ledger gets a handle of its own with options of its own. All handles of one key
share what has happened. While handles with different options are open, in this process or in others, the strictest
options hold.
"""

from __future__ import annotations

from intertie.runtime.state.breakers import (
    Admission,
    BreakerHandle,
    BreakerSnapshot,
    BreakerVerbs,
    CircuitRefusal,
    Verdict,
)
from intertie.runtime.state.coordination import (
    CachedAnswer,
    CacheHandle,
    Coordination,
)
from intertie.runtime.state.journal import (
    CallRecord,
    Journal,
    QueueItem,
)
from intertie.runtime.state.ledgers import (
    BudgetRefusal,
    LedgerHandle,
    LedgerMonth,
    LedgerVerbs,
    Reservation,
)
from intertie.runtime.state.limits import (
    Departures,
    LimiterHandle,
    LimiterSnapshot,
    LimiterVerbs,
    LimitRefusal,
    Permit,
    PermitLapsed,
    ServerHint,
    WindowState,
)
from intertie.runtime.state.offload import (
    Bell,
    Offload,
)

__all__ = [
    "Admission",
    "Bell",
    "BreakerHandle",
    "BreakerSnapshot",
    "BreakerVerbs",
    "BudgetRefusal",
    "CacheHandle",
    "CachedAnswer",
    "CallRecord",
    "CircuitRefusal",
    "Coordination",
    "Departures",
    "Journal",
    "LedgerHandle",
    "LedgerMonth",
    "LedgerVerbs",
    "LimitRefusal",
    "LimiterHandle",
    "LimiterSnapshot",
    "LimiterVerbs",
    "Offload",
    "Permit",
    "PermitLapsed",
    "QueueItem",
    "Reservation",
    "ServerHint",
    "Verdict",
    "WindowState",
]
