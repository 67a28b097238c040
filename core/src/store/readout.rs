//! Everything a store holds, for a search that is honest: every value of every table.

use crate::error::Result;
use rusqlite::Connection;
use rusqlite::types::ValueRef;

/// How much was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Readout {
    /// Rows of all tables together.
    pub rows: u64,
    /// Bytes of the texts and blobs in them.
    pub bytes: u64,
}

/// Shows `see` the bytes of every text and blob of every table with the names of table and column, also of those a
/// newer app made.
///
/// # Errors
/// Those of the database.
pub fn read_out(db: &Connection, see: &mut dyn FnMut(&str, &str, &[u8])) -> Result<Readout> {
    let mut names = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")?;
    let names: Vec<String> = names.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let mut out = Readout::default();
    for name in names {
        let mut table = db.prepare(&format!("SELECT * FROM \"{}\"", name.replace('"', "\"\"")))?;
        let columns: Vec<String> = table.column_names().map(str::to_owned).collect();
        let mut rows = table.query([])?;
        while let Some(row) = rows.next()? {
            out.rows += 1;
            for (at, column) in columns.iter().enumerate() {
                if let ValueRef::Text(bytes) | ValueRef::Blob(bytes) = row.get_ref(at)? {
                    out.bytes += bytes.len() as u64;
                    see(&name, column, bytes);
                }
            }
        }
    }
    Ok(out)
}
