-- The oldest calls are deleted as the history ages; what a strict audit wrote is not. Where one was kept before, which an
-- entry of a call that began (outcome `started`) says, all that is there is taken for it.
ALTER TABLE call ADD COLUMN audit INTEGER NOT NULL DEFAULT 0;
UPDATE call SET audit = 1
WHERE EXISTS (SELECT 1 FROM call WHERE instr(entry, x'A76F7574636F6D65A773746172746564'));
CREATE INDEX call_by_age ON call (at_s) WHERE audit = 0;
