"""What fields do when calls are made, for those whose declaration is only a name to a reader who is new to them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

EXPLAINED: Mapping[str, str] = MappingProxyType(
    {
        "status": "Nothing is refused in `draft`, `review` or `approved`; a call of a `retired` spec is.",
        "service": "Short name in lower case, such as `stripe`; secrets are looked up under it where none is named.",
        "related": "Each must be in the workspace; `$ref` may point into them.",
        "service.base_url": "Scheme, host and an optional path; each operation's path is put behind it.",
        "service.environments": (
            "`development`, `staging`, `production` or names of your own. The caller or the configuration chooses "
            "one; without a choice `development` is called, else `base_url`."
        ),
        "service.version": "Also sent with each call where `versioning` says how.",
        "authentication.config.scheme": (
            "With `Bearer` the header reads `Authorization: Bearer <key>`; without it the key stands alone."
        ),
        "authentication.config.key_location": "Prefer `header`: what stands in a query ends up in logs.",
        "authentication.config.token_refresh": (
            "After a 401, the secret is resolved again; where it is another one, that call is made once more. A token "
            "is renewed shortly before it ends, too, and fetched once however many callers wait."
        ),
        "authentication.config.expires_in": (
            "A key or password is resolved again shortly before. Of a token, used where its endpoint does not say; of "
            "a JWT that we sign, its lifetime."
        ),
        "authentication.config.audience": "The service that the token is meant for, as its provider names it.",
        "authentication.config.scopes": "The permissions that the token is asked for.",
        "authentication.config.client_authentication": (
            "`client_secret_basic` sends id and secret in a header, `client_secret_post` in the body."
        ),
        "authentication.config.key_id": "Sent as `kid`, so that the service knows which public key to check with.",
        "timeouts.connect": "For one attempt; it is cut short by what is left of `total`.",
        "timeouts.read": (
            "For one attempt; when it is over the attempt has failed with a timeout, and may be tried again."
        ),
        "timeouts.write": "For one attempt; it matters with large bodies.",
        "timeouts.total": (
            "All attempts, the waits between them and the wait for a turn are inside it. What does not fit is not "
            "tried."
        ),
        "rate_limits.requests_per_second": (
            "Callers beyond it wait for their turn, first come first served, or are refused when they can't be served "
            "within `total`. Each attempt counts, retries too."
        ),
        "rate_limits.burst_size": "After a quiet time so many may leave together, before the rate holds again.",
        "rate_limits.concurrent_requests": "Further calls wait until one is answered.",
        "throttling.strategy": (
            "`token_bucket` refills steadily and lets a burst through; `fixed_window` counts within each second or "
            "minute of the clock; `sliding_window` holds for every span of that length."
        ),
        "throttling.retry_after": "All callers pause for so long, not only the one that was told.",
        "throttling.backoff_multiplier": "With 2, three refusals in a row pause for 1, 2 and 4 times `retry_after`.",
        "throttling.on_limit": (
            "`wait` waits within `total` and `max_wait`; `reject` fails at once with the time to wait."
        ),
        "throttling.margin": (
            "The service counts when requests arrive, and they may arrive closer together than they left. `20ms` keeps "
            "a window of 1 s for 1.02 s."
        ),
        "retry.max_attempts": "With 4, a call that keeps failing is sent 4 times; with 1 it is never repeated.",
        "retry.initial_delay": "Between the first attempt and the second; `backoff` says how it goes on.",
        "retry.max_delay": "No wait between two attempts grows beyond it, unless the service itself asks for more.",
        "retry.backoff": "From 200 ms, `exponential` waits 200, 400, 800; `linear` 200, 400, 600; `fixed` always 200.",
        "retry.jitter": (
            "Each wait is drawn between 0 and its full length, so that callers who failed together do not come back "
            "together."
        ),
        "retry.retry_on": (
            "A `POST` is repeated after 500, 502 or 504 only with an idempotency key or `idempotent: true`, for the "
            "first try may have worked. 429 is repeated in any case."
        ),
        "retry.retry_conditions": (
            "`network_error` is a broken connection, `timeout` one of ours, `service_unavailable` status 503."
        ),
        "retry.retry_budget": (
            "In an outage no more than this share of calls is repeated, so that we do not add to it; 10 retries in 10 "
            "s are always allowed."
        ),
        "circuit_breaker.failure_threshold": (
            "After so many failures in a row calls fail at once instead of being sent. Network errors, timeouts and "
            "5xx count; 4xx and 429 do not."
        ),
        "circuit_breaker.success_threshold": (
            "While it is half-open, so many probes must succeed in a row; one failure opens it again."
        ),
        "circuit_breaker.timeout": (
            "Then it is half-open: a few probes are let through to see whether the service is back."
        ),
        "circuit_breaker.half_open_requests": "While it is half-open, calls beyond so many at a time are refused.",
        "circuit_breaker.window": "Only for a threshold that is a share: it is taken of the last so many calls.",
        "circuit_breaker.minimum_calls": "Only for a threshold that is a share: with fewer calls it stays closed.",
        "circuit_breaker.scope": "With `endpoint`, one that fails does not keep the others from being called.",
        "fallback_behavior.strategy": (
            "`cache` answers with the last good answer (reads), `default` with `default_response`, `queue` keeps the "
            "call and sends it later (writes), `circuit_break` fails at once."
        ),
        "fallback_behavior.cache_ttl": "Older answers are not given; those that are given are marked as stale.",
        "fallback_behavior.idempotency_ttl": (
            "A queued call older than this is set aside for a person, since sending it again could do it twice."
        ),
        "validation.responses": (
            "`warn` logs what breaks the schema and gives it to the caller, `strict` fails the call, `off` does not "
            "look."
        ),
        "costs.tiers.limit": "Counted from the first of the month; the last tier has none.",
        "costs.budget.monthly_limit": "With `hard_stop` a call that would pass it is refused before it is sent.",
        "costs.budget.hard_stop": "`true` refuses calls once the month's money is spent; `false` only tells.",
        "costs.budget.alert_at": "From this share of the month's money on, results, log, status and cost report warn.",
        "idempotent": "Say `true` only if sending it twice does no more than sending it once.",
        "performance.p50": (
            "Half of the calls are meant to be faster. The mock answers so, alerts and the report judge by it."
        ),
        "performance.p95": "Of 100 calls 5 may be slower. The mock answers so, alerts and the report judge by it.",
        "performance.p99": "Of 100 calls one may be slower. The mock answers so, alerts and the report judge by it.",
        "pagination.style": (
            "`cursor` goes on from a mark in the answer, `page` counts pages, `offset` counts items, `link` follows "
            "the `Link` header."
        ),
        "request.headers.value": (
            "Always sent unless the caller gives another; `{uuid}` is one value for all attempts of a call."
        ),
        "inbound.transform": (
            "For instance `minor_units_to_decimal(currency)`; completion lists them, a hover on one explains it."
        ),
        "outbound.transform": (
            "For instance `decimal_to_minor_units(currency)`; completion lists them, a hover on one explains it."
        ),
        "error_mapping.external_code": (
            "A status (`402`), a class (`5xx`) or what the body says (`card_declined`); the most exact row counts."
        ),
        "error_mapping.internal_code": "What callers of ours compare with, whatever the service calls it.",
        "error_mapping.action": (
            "`fail` gives the error to the caller, `retry` tries again within the retry policy, `fallback` answers as "
            "`fallback_behavior` says."
        ),
    }
)
"""Field -> sentences that follow what its declaration says."""
