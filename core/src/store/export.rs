//! A whole copy of a store under another key, checked against the original before anyone relies on it.
//!
//! `sqlcipher_export` writes every table anew, so nothing of the old key, of deleted rows or of free pages goes along. It
//! believes what it reads, and a damaged page may read as zeros (see [`vouch`]): the cipher is asked afterwards, and
//! both sides are read again, row by row.

use super::pragmas::{
    Access, about_store, attach, connect, connect_to_fill, connect_unread, fold_on_close, twice, vouch, vouch_for,
};
use super::{Store, beside, journal_bytes, make_private};
use crate::crypto::hash::sha256;
use crate::error::{Code, Error, Field, Result};
use crate::secret::Secret32;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension};
use std::collections::BTreeMap;
use std::path::Path;

/// The name of the original inside the connection that fills the copy.
const ORIGINAL: &str = "original";

/// What a table holds: how many rows, and the sum of their hashes, in which order ever.
#[derive(Debug, PartialEq, Eq)]
struct Sum {
    rows: u64,
    hashes: [u64; 4],
}

impl Store {
    /// Writes a whole copy under another key into a new file, closed and checked: every page of it whole, the same
    /// schema, the same rows. It carries the same vault id. Runs beside this store's own connections; what is committed
    /// meanwhile is not in it, so the caller lets nobody write.
    ///
    /// # Errors
    /// `Duplicate{Store}` where a file is; `Corrupt{Store}` where a page of this store is damaged or the copy is not the
    /// same; `StorageFull{Store}`, `Unwritable{Store}`: about the copy, since this store need not be writable. Nothing
    /// is left behind.
    pub fn export(&self, path: &Path, key: &Secret32) -> Result<()> {
        make_private(path)?;
        write_point!("export-made");
        self.fill_copy(path, key).and_then(|()| self.compare_copy(path, key)).map_err(|error| {
            for leftover in ["", "-journal", "-wal", "-shm"] {
                let _ = std::fs::remove_file(beside(path, leftover));
            }
            self.or_refused(about_store(error))
        })
    }

    /// What a copy that was told damage of really met: where every page and row of this store reads, the disk refused to give
    /// something back, and nobody is sent to mend what is whole.
    fn or_refused(&self, error: Error) -> Error {
        let is_damaged = || match self.integrity() {
            Ok(pages) if pages.is_empty() => self.read(sums).is_err_and(|error| error.code() == Code::Corrupt),
            Ok(_) => true,
            Err(error) => error.code() == Code::Corrupt,
        };
        match error.code() {
            Code::Corrupt if !is_damaged() => Code::Unwritable.of(Field::Store).into(),
            _ => error,
        }
    }

    fn fill_copy(&self, path: &Path, key: &Secret32) -> Result<()> {
        // A connection of its own: it ends with the copy, and what it may have read wrong ends with it.
        let conn = connect_to_fill(path, key)?;
        attach(&conn, ORIGINAL, &self.path, &self.key, self.frozen.is_some() && journal_bytes(&self.path) == 0)?;
        let step: i64 = conn.query_row("PRAGMA original.user_version", [], |row| row.get(0))?;
        let shape: i64 = conn.query_row("PRAGMA original.application_id", [], |row| row.get(0))?;
        let exported = conn.query_row("SELECT sqlcipher_export('main', 'original')", [], |_| Ok(()));
        // Zeros in place of a damaged page can make it fail in any way: damage is what is told.
        vouch_for(&conn, ORIGINAL)?;
        exported.map_err(cause_of)?;
        write_point!("export-filled");
        vouch(&conn)?;
        conn.pragma_update(None, "user_version", step)?;
        conn.pragma_update(None, "application_id", shape)?;
        conn.execute_batch("DETACH DATABASE original")?;
        conn.close().map_err(|(_, cause)| Error::from(cause))
    }

    fn compare_copy(&self, path: &Path, key: &Secret32) -> Result<()> {
        twice(path, || self.compare_with(path, key)).map_err(about_store)
    }

    fn compare_with(&self, path: &Path, key: &Secret32) -> Result<()> {
        let differs = || Error::from(Code::Corrupt.of(Field::Store));
        if !Store::examine(path, key)?.is_empty() {
            return Err(differs());
        }
        let ours = self.read(sums)?;
        let copy = connect(path, key, Access::Read)?;
        fold_on_close(&copy, true)?;
        let sound: Option<String> = copy.query_row("PRAGMA integrity_check", [], |row| row.get(0)).optional()?;
        let theirs = sums(&copy)?;
        vouch(&copy)?;
        if sound.as_deref() != Some("ok") || ours != theirs {
            return Err(differs());
        }
        copy.close().map_err(|(_, cause)| Error::from(cause))?;
        write_point!("export-compared");
        std::fs::File::open(path)?.sync_all()?;
        Ok(())
    }

    /// [`Store::integrity`] of a file that may not open at all; nobody else may have it open. Under a wrong key every
    /// page is named.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn examine(path: &Path, key: &Secret32) -> Result<Vec<u32>> {
        let conn = connect_unread(path, key, Access::Frozen).map_err(about_store)?;
        let mut statement = conn.prepare("PRAGMA cipher_integrity_check")?;
        let findings = statement.query_map([], |row| row.get::<_, String>(0))?;
        findings.map(|finding| Ok(page_named(&finding?))).collect()
    }

    /// Looks into a store that nobody has open. The file is untouched.
    ///
    /// # Errors
    /// Those of `look`; `Corrupt{Store}` where a page that was read is damaged; what SQLite says.
    pub fn look_into<T>(path: &Path, key: &Secret32, look: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let look = || {
            let conn = connect(path, key, Access::Frozen)?;
            let found = look(&conn);
            vouch(&conn)?;
            found
        };
        look().map_err(about_store)
    }

    /// Reads all of a store that nobody has open: every page whole, every row readable, SQLite content with its shape.
    ///
    /// # Errors
    /// `Corrupt{Store}` where something is damaged; what SQLite says. The file is untouched.
    pub fn check(path: &Path, key: &Secret32) -> Result<()> {
        let damaged = || Error::from(Code::Corrupt.of(Field::Store));
        let check = || {
            if !Store::examine(path, key)?.is_empty() {
                return Err(damaged());
            }
            let conn = connect(path, key, Access::Frozen)?;
            let sound: Option<String> = conn.query_row("PRAGMA integrity_check", [], |row| row.get(0)).optional()?;
            sums(&conn)?;
            vouch(&conn)?;
            if sound.as_deref() == Some("ok") { Ok(()) } else { Err(damaged()) }
        };
        twice(path, check).map_err(about_store)
    }
}

fn page_named(finding: &str) -> u32 {
    let digits = finding.split("page ").nth(1).unwrap_or_default();
    digits.split(|c: char| !c.is_ascii_digit()).next().and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

/// `sqlcipher_export` runs statements of its own and passes on what went wrong in words alone: SQLite's own, which have not
/// changed in twenty years. Without this a full disk would be told as a fault of ours.
fn cause_of(told: rusqlite::Error) -> Error {
    let words = match &told {
        rusqlite::Error::SqliteFailure(_, Some(words)) => words.as_str(),
        _ => return told.into(),
    };
    match words {
        "database or disk is full" => Code::StorageFull.of(Field::Store).into(),
        "disk I/O error" | "unable to open database file" | "attempt to write a readonly database" => {
            Code::Unwritable.of(Field::Store).into()
        }
        _ => told.into(),
    }
}

/// Every table with what it holds, under the SQL that made it; indexes, views and triggers by their SQL alone.
fn sums(conn: &Connection) -> Result<BTreeMap<String, Option<Sum>>> {
    let step: i64 = conn.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let mut query = conn.prepare("SELECT type, name, rootpage > 0, coalesce(sql, '') FROM sqlite_schema")?;
    let listed = query.query_map([], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, bool>(2)?, row.get::<_, String>(3)?))
    })?;
    let mut sums = BTreeMap::from([(format!("step {step}"), None)]);
    for object in listed.collect::<rusqlite::Result<Vec<_>>>()? {
        let (kind, name, has_rows, sql) = object;
        let sum = if kind == "table" && has_rows { Some(sum_of(conn, &name)?) } else { None };
        sums.insert(format!("{kind} {name} {sql}"), sum);
    }
    Ok(sums)
}

fn sum_of(conn: &Connection, table: &str) -> Result<Sum> {
    let mut query = conn.prepare(&format!("SELECT * FROM \"{}\"", table.replace('"', "\"\"")))?;
    let columns = query.column_count();
    let mut rows = query.query([])?;
    let mut sum = Sum { rows: 0, hashes: [0; 4] };
    while let Some(row) = rows.next()? {
        let values = (0..columns).map(|column| row.get_ref(column)).collect::<rusqlite::Result<Vec<_>>>()?;
        let heads: Vec<Vec<u8>> = values.iter().map(head).collect();
        // Hashed where SQLite holds them: a copy would be one more place with words and keys.
        let parts: Vec<&[u8]> = heads.iter().zip(&values).flat_map(|(head, value)| [head, body(value)]).collect();
        let hash = sha256(&parts);
        for (total, part) in sum.hashes.iter_mut().zip(hash.chunks_exact(8)) {
            *total = total.wrapping_add(u64::from_be_bytes(part.try_into().expect("chunks of eight")));
        }
        sum.rows += 1;
    }
    Ok(sum)
}

/// A value's type and length, so that no two rows read alike; a number's is the whole of it.
fn head(value: &ValueRef<'_>) -> Vec<u8> {
    let (kind, number) = match value {
        ValueRef::Null => (0, Vec::new()),
        ValueRef::Integer(number) => (1, number.to_be_bytes().to_vec()),
        ValueRef::Real(number) => (2, number.to_be_bytes().to_vec()),
        ValueRef::Text(_) => (3, Vec::new()),
        ValueRef::Blob(_) => (4, Vec::new()),
    };
    let length = if number.is_empty() { body(value).len() } else { number.len() };
    [&[kind][..], &(length as u64).to_be_bytes(), &number].concat()
}

fn body<'v>(value: &ValueRef<'v>) -> &'v [u8] {
    match value {
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes,
        ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::super::meta;
    use super::*;
    use crate::ids::VaultId;

    const VAULT: VaultId = VaultId([3; 16]);

    fn filled(path: &Path, key: &Secret32) -> Store {
        let mut store = Store::create(path, key, VAULT).unwrap();
        let long = vec![7; 100_000];
        store.write(|tx| meta::set(tx, "long", &long)).unwrap();
        store.write(|tx| meta::set(tx, "zz", b"last")).unwrap();
        store
    }

    #[test]
    fn a_copy_is_the_same_under_another_key_and_leaves_the_original() {
        let folder = tempfile::tempdir().unwrap();
        let (path, to) = (folder.path().join("store-1.db"), folder.path().join("it's \"two\".db"));
        let (old, new) = (Secret32::new([1; 32]), Secret32::new([2; 32]));
        let mut store = filled(&path, &old);
        store.export(&to, &new).unwrap();
        let names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
        assert!(names.iter().all(|name| !name.to_str().unwrap().contains("two\".db-")), "{names:?}");
        assert_eq!(store.export(&to, &new).unwrap_err().code(), Code::Duplicate);
        store.write(|tx| meta::set(tx, "later", b"x")).unwrap();
        store.close().unwrap();

        assert_eq!(Store::open(&to, &old, VAULT).unwrap_err().code(), Code::Corrupt);
        Store::check(&to, &new).unwrap();
        let copy = Store::open(&to, &new, VAULT).unwrap();
        assert_eq!(copy.read(|conn| meta::get(conn, "long")).unwrap().unwrap(), vec![7; 100_000]);
        assert_eq!(copy.read(|conn| meta::get(conn, "later")).unwrap(), None);
        assert_eq!(copy.read(meta::commit_number).unwrap(), 2);
        assert_eq!(copy.integrity().unwrap(), Vec::<u32>::new());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&to).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_damaged_page_is_never_copied_as_zeros() {
        let folder = tempfile::tempdir().unwrap();
        let (path, to) = (folder.path().join("store-1.db"), folder.path().join("two.db"));
        let (old, new) = (Secret32::new([1; 32]), Secret32::new([2; 32]));
        let store = filled(&path, &old);
        let rows = store.read(sums).unwrap();
        store.close().unwrap();
        let whole = std::fs::read(&path).unwrap();
        // Pages that opening does not read: the overflow pages of the long value among them.
        let mut told = 0;
        for page in (3..whole.len() / 4096).step_by(6) {
            let mut bytes = whole.clone();
            bytes[page * 4096 + 1000] ^= 1;
            std::fs::write(&path, &bytes).unwrap();
            let Ok(store) = Store::open(&path, &old, VAULT) else { continue };
            match store.export(&to, &new).map_err(|error| error.code()) {
                Err(code) => {
                    assert_eq!(code, Code::Corrupt, "page {page}");
                    assert!(!to.exists());
                    told += 1;
                }
                // A page that a copy does not need: of an index, which is made anew.
                Ok(()) => {
                    let copy = Store::open(&to, &new, VAULT).unwrap();
                    assert_eq!(copy.read(sums).unwrap(), rows, "page {page}");
                    drop(copy);
                    ["", "-wal", "-shm"].iter().for_each(|tail| std::fs::remove_file(beside(&to, tail)).unwrap());
                }
            }
            drop(store);
            let _ = std::fs::remove_file(beside(&path, "-wal"));
            let _ = std::fs::remove_file(beside(&path, "-shm"));
            assert_eq!(Store::check(&path, &old).unwrap_err().code(), Code::Corrupt, "page {page}");
        }
        assert!(told >= 4, "pages of the long value at least: {told}");
    }

    #[test]
    fn rows_that_differ_give_other_sums() {
        let conn = Connection::open_in_memory().unwrap();
        conn.execute_batch("CREATE TABLE t (a, b); INSERT INTO t VALUES ('ab', 'c')").unwrap();
        let first = sums(&conn).unwrap();
        for change in ["UPDATE t SET a = 'a', b = 'bc'", "UPDATE t SET a = x'6162'", "INSERT INTO t VALUES ('ab', 'c')"]
        {
            conn.execute_batch(change).unwrap();
            assert_ne!(sums(&conn).unwrap(), first, "{change}");
        }
        conn.execute_batch("DELETE FROM t; INSERT INTO t VALUES ('ab', 'c')").unwrap();
        assert_eq!(sums(&conn).unwrap(), first);
        conn.execute_batch("PRAGMA user_version = 3").unwrap();
        assert_ne!(sums(&conn).unwrap(), first);
    }
}
