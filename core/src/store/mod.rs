//! SQLCipher: one writer, read-only readers, migrations, records.
