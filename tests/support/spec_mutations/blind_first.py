"""Defects written from the format and the template alone, before anybody looked at the rules: first batch."""

from __future__ import annotations

from support.spec_mutations.mutation import of

_MSG, _GEO, _PAY = "messaging", "geocoding", "payments"


FRONT_MATTER = (
    *of(
        _MSG,
        ("id of another spec", "id: INT-210", "id: INT-220"),
        ("type of another kind of spec", "type: Integration", "type: Data"),
        ("related spec does not exist", "[DATA-021]", "[DATA-012]"),
        ("related to itself", "[DATA-021]", "[DATA-021, INT-210]"),
        ("related is given twice", "[DATA-021]", "[DATA-021, DATA-021]"),
    ),
    *of(
        _GEO,
        ("status nobody knows", "status: approved", "status: live"),
        ("name contradicts the title", "name: Atlas Geocoding", "name: Atlas Routing"),
        ("id is missing", "id: INT-220\n", ""),
        ("id without digits", "id: INT-220", "id: INT-GEO"),
        (
            "service is another one's slug",
            "service: atlas-geocoding",
            "service: atlas-routing",
            "",
            "Service Configuration",
        ),
    ),
)

TYPE = (
    *of(
        _MSG,
        ("authentication of another kind than the block", "**Authentication**: OAuth", "**Authentication**: Basic", "",
         "Service Configuration"),
        ("XML where every body is JSON", "**Data Format**: JSON", "**Data Format**: XML", "", "Send Message"),
        ("communication nobody knows", "**Communication**: Synchronous", "**Communication**: Sometimes"),
    ),
    *of(
        _GEO,
        ("GraphQL without a document", "**Protocol**: REST", "**Protocol**: GraphQL", "", "Geocode"),
        ("protocol nobody knows", "**Protocol**: REST", "**Protocol**: SOAP"),
        ("no authentication, but a key", "**Authentication**: API Key", "**Authentication**: None", "",
         "Service Configuration"),
    ),
)  # fmt: skip

SERVICE = (
    *of(
        _MSG,
        ("base URL without scheme", "base_url: https://api", "base_url: api"),
        ("production over plain http", "production: https", "production: http"),
        ("base URL and production differ in a letter", "base_url: https://api.courier-messaging", "base_url: https://api.courier-mesaging"),
        ("staging is production", "staging: https://staging.courier", "staging: https://api.courier"),
        ("version that is not supported", 'version: "2025-11-01"', 'version: "2025-10-01"', "", "Migration & Versioning"),
        ("token endpoint over plain http", "token_url: https", "token_url: http"),
        ("no token endpoint", "    token_url: https://login.courier-messaging.example/oauth2/token\n", ""),
        ("client secret in the file", "vault:messaging/courier#client_secret\n    client_a", "s3cr3t-Xk29-qq71-courier\n    client_a"),
        ("client credentials without proof", "client_secret_basic", "none"),
        ("grant that is not supported", "grant_type: client_credentials", "grant_type: password"),
        ("authorization code without its URL", "grant_type: client_credentials", "grant_type: authorization_code"),
        ("refresh grant without refresh token", "grant_type: client_credentials", "grant_type: refresh_token"),
        ("token ends before a call may", "expires_in: 3600", "expires_in: 10"),
        ("token life in milliseconds", "expires_in: 3600", "expires_in: 3600000"),
        ("token that is never refreshed", "token_refresh: true", "token_refresh: false"),
        ("no scopes in the list", "[messages.write, messages.read, senders.read]", "[]"),
        ("a scope twice", "[messages.write, messages.read, senders.read]", "[messages.write, messages.write]"),
        ("id and secret are one reference", "client_id: env:COURIER_CLIENT_ID", "client_id: vault:messaging/courier#client_secret"),
        ("OAuth settings of a key", "type: oauth\n", "type: api_key\n", "", "Integration Type"),
        ("total is 12 ms", "total: 12s", "total: 12"),
        ("read is 3 ms", "read: 3s", "read: 3ms", "", "Send Message"),
        ("connect is 800 s", "connect: 800ms", "connect: 800s"),
        ("nothing bounds the call", "  total: 12s\n", ""),
    ),
    *of(
        _GEO,
        ("key in the base URL", "base_url: https://api.atlas.example", "base_url: https://api.atlas.example?key=ak_19fj2"),
        ("password in the base URL", "base_url: https://api", "base_url: https://shop:hunter2@api"),
        ("version is the old one", "version: v3\n", "version: v2\n", "", "Migration & Versioning"),
        ("key name with spaces", "key_name: X-Atlas-Key", "key_name: X Atlas Key"),
        ("key in a cookie", "key_location: header", "key_location: cookie"),
        ("key in the query", "key_location: header", "key_location: query"),
        ("key in the file", "secret: file:/run/secrets/atlas_key", "secret: ak_live_84hfk2Qd91lsPz"),
        ("kind of secret nobody knows", "secret: file:/run/secrets/atlas_key", "secret: aws:atlas_key"),
        ("key in a header that is taken", "key_name: X-Atlas-Key", "key_name: Content-Type"),
        ("key in the host header", "key_name: X-Atlas-Key", "key_name: Host"),
        ("token endpoint of a key", "key_location: header", "token_url: https://login.atlas.example/token\n    key_location: header"),
        ("connect longer than the call", "connect: 400", "connect: 40000"),
        ("total shorter than one read", "total: 5000", "total: 1000"),
        ("read below the 99th percentile", "read: 1500", "read: 400", "", "Geocode", "Reverse Geocode", "List Depots"),
        ("negative timeout", "write: 500", "write: -500"),
        ("development is production", "development: http://127.0.0.1:8460", "development: https://api.atlas.example"),
        ("environment is no URL", "staging: https://staging.atlas.example", "staging: true"),
    ),
)  # fmt: skip

LIMITS = (
    *of(
        _MSG,
        ("a second lets more through than a minute", "requests_per_second: 10", "requests_per_second: 1000"),
        ("a minute lets less through than a second", "requests_per_minute: 300", "requests_per_minute: 5"),
        ("hour's limit is out of reach", "requests_per_hour: 6000", "requests_per_hour: 60000"),
        ("a day lets less through than an hour", "requests_per_day: 50000", "requests_per_day: 5000"),
        ("day's limit is out of reach", "requests_per_day: 50000", "requests_per_day: 50000000"),
        ("burst is four seconds' worth", "burst_size: 4", "burst_size: 40"),
        ("no call in flight", "concurrent_requests: 8", "concurrent_requests: 0"),
        ("wait for a turn beyond the call", "max_wait: 3s", "max_wait: 30s", "", "Service Configuration"),
        ("longest wait of a limiter that never waits", "on_limit: wait", "on_limit: reject"),
        ("limit's conduct nobody knows", "on_limit: wait", "on_limit: queue"),
        ("limit in the throttling block", "  strategy: sliding_window", "  requests_per_second: 10\n  strategy: sliding_window"),
        ("pause in milliseconds", "retry_after: 2\n", "retry_after: 2000\n", "", "Service Configuration"),
    ),
    *of(
        _GEO,
        ("strategy nobody knows", "token_bucket", "leaky_bucket"),
        ("pause after a 429 longer than a call", "retry_after: 1s", "retry_after: 1000", "", "Service Configuration"),
        ("pauses that shrink", "backoff_multiplier: 1.5", "backoff_multiplier: 0.5"),
        ("nothing goes through", "requests_per_second: 20", "requests_per_second: 0"),
        ("half a request", "requests_per_second: 20", "requests_per_second: 0.5"),
        ("burst larger than the minute", "burst_size: 15", "burst_size: 2000"),
        ("the same window twice", "requests_per_minute: 900", "requests_per_second: 15"),
    ),
    *of(
        _PAY,
        ("minute's limit is gone after 2.4 s", "requests_per_minute: 1000", "requests_per_minute: 60"),
        ("throttling that is switched off keeps settings", "  retry_after: 1\n", "  enabled: of\n  retry_after: 1\n"),
    ),
)  # fmt: skip

RETRY = (
    *of(
        _MSG,
        ("thirty attempts in twelve seconds", "max_attempts: 3", "max_attempts: 30", "", "Service Configuration"),
        ("retries that never happen", "max_attempts: 3", "max_attempts: 1"),
        ("first wait beyond the longest", "initial_delay: 250", "initial_delay: 2500"),
        ("longest wait below the first", "max_delay: 1500", "max_delay: 15"),
        ("longest wait beyond the call", "max_delay: 1500", "max_delay: 15000", "", "Service Configuration"),
        ("growth of a fixed wait", "backoff: exponential", "backoff: fixed"),
        ("caller's mistake is retried", "retry_on: [500,", "retry_on: [400, 500,"),
        ("success is retried", "retry_on: [500,", "retry_on: [200, 500,"),
        ("every caller's mistake is retried", "retry_on: [500,", "retry_on: [4xx, 500,"),
        ("status that does not exist", "[500, 502, 503, 504]", "[500, 502, 503, 604]"),
        ("declined payment is retried", "retry_on: [500,", "retry_on: [402, 500,", "", "Error Handling"),
        ("retry budget beyond all calls", "retry_budget: 15%", "retry_budget: 150%"),
        ("no retry fits the budget", "retry_budget: 15%", "retry_budget: 0%"),
        ("condition nobody knows", "service_unavailable]", "service_down]"),
        ("attempts and retries disagree", "max_attempts: 3", "max_attempts: 3\n  max_retries: 5"),
        ("growth below one", "multiplier: 3", "multiplier: 0.3"),
    ),
    *of(
        _GEO,
        ("a status and its class", "[5xx]", "[5xx, 503]"),
        ("first wait in seconds", "initial_delay: 100", "initial_delay: 100s", "", "Service Configuration"),
        ("refused key is retried", "[5xx]", "[401, 5xx]"),
        ("not found is retried", "[5xx]", "[404, 5xx]", "", "Error Handling"),
        ("zero attempts", "max_attempts: 3", "max_attempts: 0"),
        ("not implemented is retried", "[5xx]", "[501, 502]"),
        ("nothing to retry on", "  retry_on: [5xx]\n  retry_conditions: [network_error, timeout]\n", "  retry_on: []\n  retry_conditions: []\n"),
    ),
)  # fmt: skip

BREAKER = (
    *of(
        _MSG,
        ("one failure opens it", "failure_threshold: 6", "failure_threshold: 1"),
        ("more successes than probes", "success_threshold: 2", "success_threshold: 5"),
        ("open for hours", "timeout: 20", "timeout: 20000"),
        ("window of a count", "failure_threshold: 6", "failure_threshold: 6\n  window: 20"),
        ("scope nobody knows", "scope: endpoint", "scope: service"),
        ("negative threshold", "failure_threshold: 6", "failure_threshold: -6"),
        ("threshold that is never reached", "failure_threshold: 6", "failure_threshold: 600000"),
    ),
    *of(
        _GEO,
        ("more calls needed than the window holds", "window: 50", "window: 10"),
        ("share above all", "failure_threshold: 40%", "failure_threshold: 400%"),
        ("share of nothing", "failure_threshold: 40%", "failure_threshold: 0%"),
        ("share without its sign", "failure_threshold: 40%", "failure_threshold: 0.4"),
        ("one call decides", "minimum_calls: 20", "minimum_calls: 1"),
        ("no probe", "half_open_requests: 3", "half_open_requests: 0"),
        ("outcome nobody knows", "half_open_requests: 3", "half_open_requests: 3\n  failure_on: [sevice_fault]"),
        ("not found opens it", "half_open_requests: 3", "half_open_requests: 3\n  failure_on: [404]"),
        ("open for no time", "timeout: 30", "timeout: 0"),
        ("every failure needed", "failure_threshold: 40%", "failure_threshold: 100%"),
    ),
    *of(_PAY, ("one call opens it", "failure_threshold: 5", "failure_threshold: 3")),
)  # fmt: skip

BATCH = (*FRONT_MATTER, *TYPE, *SERVICE, *LIMITS, *RETRY, *BREAKER)
