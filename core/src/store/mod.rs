//! SQLCipher: one writer, read-only readers, migrations, records.

pub mod batches;
pub mod documents;
pub mod exchanges;
pub mod singles;
pub mod spaces;
