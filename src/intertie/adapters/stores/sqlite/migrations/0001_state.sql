-- One timeline for all processes of one boot: store time = monotonic time + offset_s, which never steps as UTC may.
-- It was utc_ahead_s behind UTC when the file was made, so that the next boot goes on where the last one ended.
CREATE TABLE timeline (
    boot         TEXT PRIMARY KEY,
    offset_s     REAL NOT NULL,
    utc_ahead_s  REAL NOT NULL
) STRICT;

-- Written whole by each transaction; at_s is the store time of the last one.
CREATE TABLE limiter (
    key       TEXT PRIMARY KEY,
    at_s      REAL NOT NULL,
    options   TEXT NOT NULL,
    state     BLOB NOT NULL
) STRICT;

CREATE TABLE breaker (
    key       TEXT PRIMARY KEY,
    version   INTEGER NOT NULL,
    state     BLOB NOT NULL
) STRICT;

CREATE TABLE answer (
    cache     TEXT NOT NULL,
    key       TEXT NOT NULL,
    data      BLOB NOT NULL,
    status    INTEGER NOT NULL,
    kept_s    REAL NOT NULL,
    ends_s    REAL NOT NULL,
    PRIMARY KEY (cache, key)
) STRICT;
CREATE INDEX answer_by_age ON answer (cache, kept_s);

-- Quantities and money are decimals written as text.
CREATE TABLE month (
    key            TEXT NOT NULL,
    month          TEXT NOT NULL,
    currency       TEXT NOT NULL,
    calls          INTEGER NOT NULL,
    quantity       TEXT NOT NULL,
    pricing        BLOB NOT NULL,
    PRIMARY KEY (key, month)
) STRICT;

-- What an owner may still spend or has not accounted for: all of it counts as spent until settled, returned or
-- reconciled.
CREATE TABLE share (
    key       TEXT NOT NULL,
    month     TEXT NOT NULL,
    owner     TEXT NOT NULL,
    calls     INTEGER NOT NULL,
    quantity  TEXT NOT NULL,
    unspent   TEXT NOT NULL,
    recalled  INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (key, month, owner)
) STRICT;

CREATE TABLE call (
    number    INTEGER PRIMARY KEY AUTOINCREMENT,
    key       TEXT NOT NULL,
    at_s      REAL NOT NULL,
    entry     BLOB NOT NULL
) STRICT;
CREATE INDEX call_by_key ON call (key, number);

CREATE TABLE queued (
    number           INTEGER PRIMARY KEY AUTOINCREMENT,
    receipt          TEXT NOT NULL UNIQUE,
    key              TEXT NOT NULL,
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
CREATE INDEX queued_by_state ON queued (state, key, enqueued_s, number);
