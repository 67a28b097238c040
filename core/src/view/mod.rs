//! What a screen shows: immutable records, paged, read from rows.
