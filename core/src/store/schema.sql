-- The schema of a Belay store at step 1. Made from migrations/ by
--   BELAY_WRITE_SCHEMA=1 cargo test -p belay --lib store::migrate
-- and compared with them by that same test. What a table means is told beside the step that made it.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
