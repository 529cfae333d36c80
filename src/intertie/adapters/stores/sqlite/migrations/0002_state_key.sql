-- Whose a row is stands in four columns: integration, environment, origin (empty for the spec's own URL) and tenant.
-- It was one text before, `id@environment`, or `id@environment/operation` for the breaker of an operation. Where its
-- calls went was not written down: those rows are taken for calls to the spec's own URL. A text is divided at its first
-- `@`, and what follows at its first `/`.
CREATE TABLE new_limiter (
    integration  TEXT NOT NULL,
    environment  TEXT NOT NULL,
    origin       TEXT NOT NULL,
    tenant       TEXT NOT NULL,
    at_s         REAL NOT NULL,
    options      TEXT NOT NULL,
    state        BLOB NOT NULL,
    PRIMARY KEY (integration, environment, origin, tenant)
) STRICT;
INSERT INTO new_limiter
SELECT substr(key, 1, instr(key || '@', '@') - 1), substr(key, instr(key || '@', '@') + 1), '', '', at_s, options, state
FROM limiter;
DROP TABLE limiter;
ALTER TABLE new_limiter RENAME TO limiter;

-- scope is an operation, or empty where one breaker counts for all.
CREATE TABLE new_breaker (
    integration  TEXT NOT NULL,
    environment  TEXT NOT NULL,
    origin       TEXT NOT NULL,
    tenant       TEXT NOT NULL,
    scope        TEXT NOT NULL,
    version      INTEGER NOT NULL,
    state        BLOB NOT NULL,
    PRIMARY KEY (integration, environment, origin, tenant, scope)
) STRICT;
INSERT INTO new_breaker
SELECT integration, substr(rest, 1, instr(rest || '/', '/') - 1), '', '', substr(rest, instr(rest || '/', '/') + 1),
    version, state
FROM (
    SELECT substr(key, 1, instr(key || '@', '@') - 1) AS integration, substr(key, instr(key || '@', '@') + 1) AS rest,
        version, state
    FROM breaker
);
DROP TABLE breaker;
ALTER TABLE new_breaker RENAME TO breaker;

-- A cached answer that may be a mock's is worth nothing.
DROP TABLE answer;
CREATE TABLE answer (
    integration  TEXT NOT NULL,
    environment  TEXT NOT NULL,
    origin       TEXT NOT NULL,
    tenant       TEXT NOT NULL,
    digest       TEXT NOT NULL,
    data         BLOB NOT NULL,
    status       INTEGER NOT NULL,
    kept_s       REAL NOT NULL,
    ends_s       REAL NOT NULL,
    PRIMARY KEY (integration, environment, origin, tenant, digest)
) STRICT;
CREATE INDEX answer_by_age ON answer (integration, environment, origin, tenant, kept_s);

CREATE TABLE new_month (
    integration  TEXT NOT NULL,
    environment  TEXT NOT NULL,
    origin       TEXT NOT NULL,
    tenant       TEXT NOT NULL,
    month        TEXT NOT NULL,
    currency     TEXT NOT NULL,
    calls        INTEGER NOT NULL,
    quantity     TEXT NOT NULL,
    pricing      BLOB NOT NULL,
    PRIMARY KEY (integration, environment, origin, tenant, month)
) STRICT;
INSERT INTO new_month
SELECT substr(key, 1, instr(key || '@', '@') - 1), substr(key, instr(key || '@', '@') + 1), '', '',
    month, currency, calls, quantity, pricing
FROM month;
DROP TABLE month;
ALTER TABLE new_month RENAME TO month;

CREATE TABLE new_share (
    integration  TEXT NOT NULL,
    environment  TEXT NOT NULL,
    origin       TEXT NOT NULL,
    tenant       TEXT NOT NULL,
    month        TEXT NOT NULL,
    owner        TEXT NOT NULL,
    calls        INTEGER NOT NULL,
    quantity     TEXT NOT NULL,
    unspent      TEXT NOT NULL,
    recalled     INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (integration, environment, origin, tenant, month, owner)
) STRICT;
INSERT INTO new_share
SELECT substr(key, 1, instr(key || '@', '@') - 1), substr(key, instr(key || '@', '@') + 1), '', '',
    month, owner, calls, quantity, unspent, recalled
FROM share;
DROP TABLE share;
ALTER TABLE new_share RENAME TO share;

CREATE TABLE new_call (
    number       INTEGER PRIMARY KEY AUTOINCREMENT,
    integration  TEXT NOT NULL,
    environment  TEXT NOT NULL,
    origin       TEXT NOT NULL,
    tenant       TEXT NOT NULL,
    at_s         REAL NOT NULL,
    entry        BLOB NOT NULL
) STRICT;
INSERT INTO new_call
SELECT number, substr(key, 1, instr(key || '@', '@') - 1), substr(key, instr(key || '@', '@') + 1), '', '', at_s, entry
FROM call ORDER BY number;
DROP TABLE call;
ALTER TABLE new_call RENAME TO call;
CREATE INDEX call_by_integration ON call (integration, number);

CREATE TABLE new_queued (
    number           INTEGER PRIMARY KEY AUTOINCREMENT,
    receipt          TEXT NOT NULL UNIQUE,
    integration      TEXT NOT NULL,
    environment      TEXT NOT NULL,
    origin           TEXT NOT NULL,
    tenant           TEXT NOT NULL,
    operation        TEXT NOT NULL,
    payload          BLOB NOT NULL,
    idempotency_key  TEXT,
    version          TEXT,
    caller           TEXT NOT NULL,
    enqueued_s       REAL NOT NULL,
    not_after_s      REAL,
    state            TEXT NOT NULL,
    attempts         INTEGER NOT NULL,
    reason           TEXT,
    owner            TEXT
) STRICT;
INSERT INTO new_queued
SELECT number, receipt, substr(key, 1, instr(key || '@', '@') - 1), substr(key, instr(key || '@', '@') + 1), '', '',
    operation, payload, idempotency_key, version, caller, enqueued_s, not_after_s, state, attempts, reason, owner
FROM queued ORDER BY number;
DROP TABLE queued;
ALTER TABLE new_queued RENAME TO queued;
CREATE INDEX queued_by_state ON queued (state, integration, environment, origin, tenant, enqueued_s, number);
