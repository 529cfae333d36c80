-- Whose options hold: a row for each owner that lives, of all plans it runs. The strictest of them hold for all.
-- kind is limiter, breaker or ledger; scope is an operation, or empty where one breaker counts for all.
CREATE TABLE plan (
    kind         TEXT NOT NULL,
    integration  TEXT NOT NULL,
    environment  TEXT NOT NULL,
    origin       TEXT NOT NULL,
    tenant       TEXT NOT NULL,
    scope        TEXT NOT NULL,
    owner        TEXT NOT NULL,
    options      TEXT NOT NULL,
    PRIMARY KEY (kind, integration, environment, origin, tenant, scope, owner)
) STRICT, WITHOUT ROWID;

-- A limit's state is kept under all plans that held when it was written, not under one.
UPDATE limiter SET options = '[' || options || ']';
