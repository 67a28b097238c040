//! What every connection is told before its first use, each with its reason, and read back to see that it took effect.

use crate::error::{Code, Error, Field, Result};
use crate::secret::Secret32;
use data_encoding::HEXLOWER;
use rusqlite::config::DbConfig;
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::sync::Once;
use std::time::Duration;
use zeroize::Zeroizing;

/// What a connection may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// Read and write.
    Write,
    /// Read only, beside a writer or in a folder where the journal's files already lie.
    Read,
    /// Read only in a place where nothing can be created: SQLite takes no lock and looks for no journal.
    Frozen,
}

struct Pragma {
    name: &'static str,
    /// As it is written in SQL.
    set: &'static str,
    /// As it reads afterwards.
    shows: &'static str,
}

const fn pragma(name: &'static str, set: &'static str, shows: &'static str) -> Pragma {
    Pragma { name, set, shows }
}

/// What proves a page. SQLCipher's own choice, SHA-512, is slow where it matters most: every phone's processor has had
/// instructions for SHA-256 for ten years, few have any for SHA-512. Nor does a page give 32 bytes more away.
const MAC: &str = "HMAC_SHA256";

/// Before the key: they are about the key's own handling.
const BEFORE_KEY: &[Pragma] = &[
    // SQLCipher writes causes to the error stream by default; nothing of a vault belongs in a log.
    pragma("cipher_log_level", "NONE", "NONE"),
    // Freed memory of SQLite is overwritten, so that a closed note and the statement with the key do not linger. Off by
    // default.
    pragma("cipher_memory_security", "ON", "1"),
    // What a store that is attached is taken for: its first page is read before anything can be said of it.
    pragma("cipher_default_hmac_algorithm", MAC, MAC),
];

/// For every connection.
const ALWAYS: &[Pragma] = &[
    // Sorting and temporary tables hold people's words: never in a file.
    pragma("temp_store", "MEMORY", "2"),
    // A crafted schema cannot call functions with side effects.
    pragma("trusted_schema", "OFF", "0"),
    // Rows never point at nothing.
    pragma("foreign_keys", "ON", "1"),
    // Deleted content is overwritten inside its page, so forgetting forgets.
    pragma("secure_delete", "ON", "1"),
    // A damaged page is refused when it is read, before its cells are believed.
    pragma("cell_size_check", "ON", "1"),
];

/// For the writer.
const WRITER: &[Pragma] = &[
    // Readers go on while one writes; small transactions are an order of magnitude faster (protocol-evidence.md §1.2).
    pragma("journal_mode", "WAL", "wal"),
    // A commit that returned survives the loss of power.
    pragma("synchronous", "FULL", "2"),
    // On Apple's systems only this flushes the drive's cache; elsewhere it changes nothing.
    pragma("fullfsync", "ON", "1"),
    pragma("checkpoint_fullfsync", "ON", "1"),
    // A long write does not leave a long journal lying about.
    pragma("journal_size_limit", "4194304", "4194304"),
];

/// For readers.
const READER: &[Pragma] = &[
    // A mistake in a reader cannot become a write.
    pragma("query_only", "ON", "1"),
];

/// Forbids writing over a connection that may, or allows it again. SQLite turns such a switch while it prepares the
/// statement (it says so of some pragmas); to run it as well would make every kept statement be planned anew.
pub(super) fn forbid_writing(conn: &Connection, forbid: bool) -> Result<()> {
    conn.prepare(if forbid { "PRAGMA query_only = ON" } else { "PRAGMA query_only = OFF" })?;
    Ok(())
}

/// How long a checkpoint waits for a reader: inside one process only, since the folder is locked.
const BUSY_WAIT: Duration = Duration::from_secs(1);
/// Prepared statements kept a connection; a screen uses about twenty, a write about as many.
const STATEMENTS_KEPT: usize = 128;

/// Opens a file that exists, under its raw key, with everything above in force. Only SQLite's own journal files are
/// created, and nothing is written into the store.
pub(super) fn connect(path: &Path, key: &Secret32, access: Access) -> Result<Connection> {
    ready(connect_unread(path, key, access)?, access)
}

/// [`connect`] for writing a file to which another is attached by [`attach`].
pub(super) fn connect_to_fill(path: &Path, key: &Secret32) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let conn = opened(|| Connection::open_with_flags(uri(path, "mode=rw"), flags))?;
    ready(keyed(conn, key)?, Access::Write)
}

/// Attaches a store under its raw key, to read from it. One that nobody writes and that has no journal is read where
/// nothing may be written, too.
pub(super) fn attach(
    conn: &Connection,
    name: &'static str,
    path: &Path,
    key: &Secret32,
    is_frozen: bool,
) -> Result<()> {
    let file = uri(path, if is_frozen { "immutable=1" } else { "mode=rw" });
    // SQLite wipes what it frees (`cipher_memory_security`); the text itself is wiped here.
    let spelled = expose_key(key);
    conn.execute(&format!("ATTACH DATABASE ?1 AS {name} KEY ?2"), (file, spelled.as_str()))?;
    Ok(conn.execute_batch(&shape(&format!("{name}.")))?)
}

fn ready(conn: Connection, access: Access) -> Result<Connection> {
    // The first read of a page: a wrong key or a damaged first page ends here.
    conn.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    force(&conn, ALWAYS)?;
    forbid_mapping(&conn)?;
    if access != Access::Write {
        force(&conn, READER)?;
    }
    Ok(conn)
}

/// SQLCipher begins once a process, and outside SQLite's own lock: a second connection that is quicker has its log level
/// set back while it looks at it. So the first one is made alone, and everyone else waits for it.
static CIPHER: Once = Once::new();

/// Opens as it is told to, the first one of the process before all others. One that cannot be opened begins it, too.
fn opened(open: impl Fn() -> rusqlite::Result<Connection>) -> Result<Connection> {
    let mut first = None;
    CIPHER.call_once(|| first = Some(open()));
    Ok(first.unwrap_or_else(open)?)
}

/// Opens under the key and reads no page yet.
pub(super) fn connect_unread(path: &Path, key: &Secret32, access: Access) -> Result<Connection> {
    let flags = match access {
        Access::Write => OpenFlags::SQLITE_OPEN_READ_WRITE,
        Access::Read | Access::Frozen => OpenFlags::SQLITE_OPEN_READ_ONLY,
    } | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = opened(|| match access {
        Access::Frozen => Connection::open_with_flags(uri(path, "immutable=1"), flags | OpenFlags::SQLITE_OPEN_URI),
        _ => Connection::open_with_flags(path, flags),
    })?;
    keyed(conn, key)
}

fn keyed(conn: Connection, key: &Secret32) -> Result<Connection> {
    conn.busy_timeout(BUSY_WAIT)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    harden(&conn)?;
    force(&conn, BEFORE_KEY)?;
    unlock(&conn, key)?;
    Ok(conn)
}

/// The settings that only a writer needs, once it is known that the store is ours and of our schema.
pub(super) fn make_writer(conn: &Connection) -> Result<()> {
    force(conn, WRITER)
}

/// Whether closing this connection, when it is the last, may fold the journal into the store. Off from the start, so
/// that a store which turns out to be damaged or newer is left as it was found.
pub(super) fn fold_on_close(conn: &Connection, may: bool) -> Result<()> {
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, !may)?;
    Ok(())
}

fn harden(conn: &Connection) -> Result<()> {
    fold_on_close(conn, false)?;
    // SQL that would corrupt the file is refused; a word in double quotes is never taken for a string.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    // A kept statement is not planned anew for each limit that is bound to it; the plans need no look at the values.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

/// The raw key as SQLCipher takes it: text only, `x'…'` for no key derivation of its own; ours is in the vault. The
/// buffers are sized first, so that no copy is left by growing.
fn expose_key(key: &Secret32) -> Zeroizing<String> {
    let mut digits = Zeroizing::new([0u8; 64]);
    // SQLCipher needs the key's bytes.
    HEXLOWER.encode_mut(key.expose(), digits.as_mut());
    let mut spelled = Zeroizing::new(String::with_capacity(67));
    spelled.push_str("x'");
    spelled.push_str(std::str::from_utf8(digits.as_ref()).expect("hex digits are ASCII"));
    spelled.push('\'');
    spelled
}

/// The shape of pages and their MAC, whatever a later SQLCipher takes for its default.
fn shape(of: &str) -> String {
    format!("PRAGMA {of}cipher_compatibility = 4; PRAGMA {of}cipher_hmac_algorithm = {MAC}")
}

/// Hands over the raw key.
fn unlock(conn: &Connection, key: &Secret32) -> Result<()> {
    let mut sql = Zeroizing::new(String::with_capacity(96));
    sql.push_str("PRAGMA key = \"");
    sql.push_str(&expose_key(key));
    sql.push('"');
    // The cause of a failure holds the statement, and so the key: it is dropped here.
    conn.execute_batch(&sql).map_err(|_| Error::Broken("the store's key was not taken"))?;
    conn.execute_batch(&shape("")).map_err(|_| Error::Broken("the cipher's version"))?;
    match show(conn, "cipher_status")?.as_deref() {
        Some("1") => Ok(()),
        _ => Err(Error::Broken("the store is not encrypted")),
    }
}

/// No page is mapped into memory: a read error of the medium would end the process instead of being told.
/// A build without mapping answers nothing at all.
fn forbid_mapping(conn: &Connection) -> Result<()> {
    conn.execute_batch("PRAGMA mmap_size = 0")?;
    match show(conn, "mmap_size")?.as_deref() {
        None | Some("0") => Ok(()),
        Some(_) => Err(Error::Broken("mmap_size")),
    }
}

fn force(conn: &Connection, pragmas: &[Pragma]) -> Result<()> {
    for pragma in pragmas {
        conn.execute_batch(&format!("PRAGMA {} = {}", pragma.name, pragma.set))?;
        if show(conn, pragma.name)?.as_deref() != Some(pragma.shows) {
            return Err(Error::Broken(pragma.name));
        }
    }
    Ok(())
}

fn show(conn: &Connection, name: &str) -> Result<Option<String>> {
    let mut statement = conn.prepare(&format!("PRAGMA {name}"))?;
    let mut rows = statement.query([])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(match row.get(0)? {
        Value::Integer(number) => Some(number.to_string()),
        Value::Text(text) => Some(text),
        _ => None,
    })
}

/// Whether every page that this connection has read passed its MAC.
///
/// SQLite does not tell for certain: SQLCipher 4.19 fills a page that fails with zeros, and from then on every page it
/// reads. Where the page continues a long value, SQLite takes the zeros for the person's words and reports success.
/// The cipher's own state stays bad, so it is asked after every read and before every commit.
///
/// # Errors
/// `Corrupt{Store}`: what was read is not to be believed, and this connection is of no more use.
pub(super) fn vouch(conn: &Connection) -> Result<()> {
    vouch_for(conn, "main")
}

/// [`vouch`] for a database that was attached.
///
/// # Errors
/// Those of [`vouch`].
pub(super) fn vouch_for(conn: &Connection, name: &str) -> Result<()> {
    // Never a cached statement: the answer is put in when the statement is prepared.
    match show(conn, &format!("{name}.cipher_status"))?.as_deref() {
        Some("1") => Ok(()),
        _ => Err(Code::Corrupt.of(Field::Store).into()),
    }
}

/// The path as SQLite's URI with a parameter: every byte that could mean something else is escaped.
fn uri(path: &Path, parameter: &str) -> String {
    let mut uri = String::from("file:");
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => uri.push(char::from(*byte)),
            other => uri.push_str(&format!("%{other:02x}")),
        }
    }
    uri.push('?');
    uri.push_str(parameter);
    uri
}

/// Where SQLite said that a store is damaged: damage, or a disk that refused a read, which SQLite tells alike (`EIO` is its
/// `SQLITE_IOERR_CORRUPTFS`, told as `SQLITE_CORRUPT`). Damage is there when it is looked at again; who is told of it goes
/// to mend a vault, and must not be told so of one that is whole. All of the file is read, so it takes as long as that does.
pub(super) fn is_damaged(path: &Path, key: &Secret32, access: Access) -> bool {
    // Read by the system alone first: what refuses here says nothing about what lies there.
    if read_through(path).is_err() {
        return false;
    }
    let look = || -> Result<bool> {
        let conn = connect(path, key, access)?;
        let mut checked = conn.prepare("PRAGMA cipher_integrity_check")?;
        let finds = checked.exists([])?;
        let sound: String = conn.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        Ok(finds || sound != "ok" || vouch(&conn).is_err())
    };
    look().unwrap_or_else(|error| error.code() == Code::Corrupt)
}

/// What reads a whole store and may tell damage, done again where it does: a disk that refused a read is told as damage,
/// too. Where the system cannot read what lies there, it is `Unwritable`.
pub(super) fn twice<T>(path: &Path, work: impl Fn() -> Result<T>) -> Result<T> {
    match work() {
        Err(error) if error.code() != Code::Corrupt => Err(error),
        Err(_) if read_through(path).is_err() => Code::Unwritable.err(),
        Err(_) => work(),
        done => done,
    }
}

fn read_through(path: &Path) -> std::io::Result<()> {
    let mut journal = path.as_os_str().to_owned();
    journal.push("-wal");
    std::io::copy(&mut std::fs::File::open(path)?, &mut std::io::sink())?;
    match std::fs::File::open(journal) {
        Ok(mut journal) => std::io::copy(&mut journal, &mut std::io::sink()).map(|_| ()),
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(cause) => Err(cause),
    }
}

/// Where a failure of the store is about the store, it says so.
pub(super) fn about_store(error: Error) -> Error {
    match error.code() {
        code @ (Code::Corrupt | Code::Unwritable | Code::StorageFull) => match error {
            refused @ Error::Refused(_) => refused,
            _ => code.of(Field::Store).into(),
        },
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_cannot_speak_as_a_uri() {
        assert_eq!(
            uri(Path::new("/a b/c?mode=rw#%.db"), "immutable=1"),
            "file:/a%20b/c%3fmode%3drw%23%25.db?immutable=1"
        );
    }

    #[test]
    fn every_setting_is_in_force_and_a_refused_one_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s.db");
        std::fs::write(&path, []).unwrap();
        let key = Secret32::new([7; 32]);
        let conn = connect(&path, &key, Access::Write).unwrap();
        make_writer(&conn).unwrap();
        for setting in BEFORE_KEY.iter().chain(ALWAYS).chain(WRITER) {
            assert_eq!(show(&conn, setting.name).unwrap().as_deref(), Some(setting.shows), "{}", setting.name);
        }
        assert_eq!(show(&conn, "cipher_page_size").unwrap().as_deref(), Some("4096"));
        assert_eq!(show(&conn, "cipher_hmac_algorithm").unwrap().as_deref(), Some(MAC));
        assert!(matches!(force(&conn, &[pragma("synchronous", "FULL", "9")]), Err(Error::Broken("synchronous"))));

        conn.execute_batch("CREATE TABLE t (a)").unwrap();
        forbid_writing(&conn, true).unwrap();
        assert_eq!(show(&conn, "query_only").unwrap().as_deref(), Some("1"));
        assert!(conn.execute_batch("INSERT INTO t VALUES (1)").is_err());
        forbid_writing(&conn, false).unwrap();
        conn.execute_batch("INSERT INTO t VALUES (1)").unwrap();
        let reader = connect(&path, &key, Access::Read).unwrap();
        assert!(reader.execute_batch("INSERT INTO t VALUES (1)").is_err());
        // Double quotes are names only.
        assert!(conn.execute_batch("INSERT INTO t VALUES (\"words\")").is_err());
    }
}
