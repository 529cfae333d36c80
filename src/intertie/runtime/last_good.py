"""Last good answers: kept when a read succeeds, found when the service can't answer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from threading import Lock

from intertie.core.forking import renew_after_fork
from intertie.runtime.call import Call
from intertie.runtime.http import Request, Response
from intertie.runtime.plain import decode_plain, encode_plain
from intertie.runtime.plan import OperationPlan, Plan
from intertie.runtime.state import CachedAnswer, CacheHandle


class LastGood:
    """The answers of one integration and environment, each under a digest of what was asked, by whom.

    A key is made of operation, version, credential and canonical request (environment and origin are the handle's own
    key), so no request data is kept in it. Headers that differ on every call (`{uuid}`, `{timestamp}`) are no part of
    it.
    """

    def __init__(self, plan: Plan, handle: CacheHandle, identity: Callable[[], str | None], *, ttl_s: float) -> None:
        self._handle = handle
        self._identity = identity
        self._ttl_s = ttl_s
        self._current_version = plan.version.current if plan.version is not None else ""
        self._volatile: dict[str, frozenset[str]] = {}
        self.after_fork_in_child()
        renew_after_fork(self)
        self._kept = self._served = self._missed = 0
        self._refused: set[str] = set()  # operations whose answers the service forbids keeping; at most all of them

    def after_fork_in_child(self) -> None:
        """Make a free lock, in a forked child."""
        self._lock = Lock()

    @staticmethod
    def may_keep(operation: OperationPlan, response: Response) -> bool:
        """Return whether such an answer may be kept, before anybody looks at its data."""
        return operation.is_read and not forbids_storing(response)

    @staticmethod
    def is_refused(operation: OperationPlan, response: Response) -> bool:
        """Return whether the service forbids keeping an answer that would be kept otherwise."""
        return operation.is_read and forbids_storing(response)

    def refused_first_time(self, operation: OperationPlan) -> bool:
        """Note that the service forbids keeping an operation's answers; False where that is noted already."""
        with self._lock:
            is_first = operation.id not in self._refused
            self._refused.add(operation.id)
        return is_first

    def keep(
        self, operation: OperationPlan, version: str | None, request: Request, response: Response, data: object
    ) -> bool:
        """Keep a mapped answer that satisfies its schema and `may_keep`; False where it can't be kept."""
        key = self._key(operation, version, request)
        if key is None:
            return False
        try:
            kept = encode_plain(data)
        except TypeError:
            return False  # a transform of the application made something that can't be stored
        self._handle.keep(key, kept, response.status, ttl_s=self._ttl_s)
        with self._lock:
            self._kept += 1
        return True

    async def find(self, call: Call) -> tuple[object, CachedAnswer] | None:
        """Return the data and its entry where one is young enough."""
        key = None if call.request is None else self._key(call.operation, call.version, call.request)
        found = None
        if key is not None:
            found = await self._handle.find(key, ttl_s=self._ttl_s, deadline_s=call.deadline_s)
        with self._lock:
            if found is None:
                self._missed += 1
            else:
                self._served += 1
        return None if found is None else (decode_plain(found.data), found)

    def statistics(self) -> dict[str, int]:
        """Return how many answers were kept, served and looked for in vain by this process."""
        with self._lock:
            return {"kept": self._kept, "served": self._served, "missed": self._missed}

    def _key(self, operation: OperationPlan, version: str | None, request: Request) -> str | None:
        credential = self._identity()
        if credential is None:
            return None  # whose answer it would be is unknown
        digest = hashlib.sha256()
        volatile = self._volatile.get(operation.id)
        if volatile is None:
            volatile = self._volatile[operation.id] = operation.wire.volatile_headers
        headers = sorted((n.lower(), v) for n, v in request.headers if n.lower() not in volatile)
        parts = [
            operation.id,
            version or self._current_version,
            credential,
            request.method,
            request.target,
            repr(headers),
        ]
        for part in parts:
            text = part.encode()
            digest.update(len(text).to_bytes(8, "big") + text)
        digest.update(request.static_head)
        if isinstance(request.body, bytes):
            digest.update(b"\0" + request.body)
        elif request.body is not None:
            return None  # a streamed body can't be told from another without reading it
        return digest.hexdigest()


def forbids_storing(response: Response) -> bool:
    """Return whether `Cache-Control: no-store` stands on the answer (RFC 9111 section 5.2.2.5)."""
    for value in response.headers.all("cache-control"):
        if any(part.strip().lower() == "no-store" for part in value.split(",")):
            return True
    return False
