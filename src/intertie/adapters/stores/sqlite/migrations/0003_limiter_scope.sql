-- A limit may be one operation's own: `scope` is its id, and empty for the limit of all operations.
CREATE TABLE new_limiter (
    integration  TEXT NOT NULL,
    environment  TEXT NOT NULL,
    origin       TEXT NOT NULL,
    tenant       TEXT NOT NULL,
    scope        TEXT NOT NULL,
    at_s         REAL NOT NULL,
    options      TEXT NOT NULL,
    state        BLOB NOT NULL,
    PRIMARY KEY (integration, environment, origin, tenant, scope)
) STRICT, WITHOUT ROWID;
INSERT INTO new_limiter
SELECT integration, environment, origin, tenant, '', at_s, options, state
FROM limiter;
DROP TABLE limiter;
ALTER TABLE new_limiter RENAME TO limiter;
