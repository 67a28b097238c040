-- Step 1: the first store. Sentences about each table live in ../schema.sql's header and in its record module.

-- Facts about the store itself: 'vault' (the id its header must name), 'commit' (the local commit number, 8 bytes
-- big endian), and whatever else exists once.
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
