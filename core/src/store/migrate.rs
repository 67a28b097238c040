//! Steps of the schema: one file each in `migrations/`, its number taken from its name. A store's step is SQLite's
//! `user_version`. A released step is never edited; `schema.sql` says what they add up to.

use crate::error::{Code, Error, Field, Result};
use rusqlite::{Connection, Transaction, TransactionBehavior};

struct Step {
    file: &'static str,
    sql: &'static str,
    shape: u32,
}

macro_rules! step {
    ($file:literal) => {
        Step {
            file: $file,
            sql: include_str!(concat!("migrations/", $file)),
            shape: const { shape_of(include_bytes!(concat!("migrations/", $file))) },
        }
    };
}

/// Stands for the text of a step (FNV-1a). A step that is not released yet is edited and keeps its number; a store made
/// with its earlier text is told by this, in `application_id`.
const fn shape_of(mut sql: &[u8]) -> u32 {
    let mut shape = 0x811c_9dc5_u32;
    while let [byte, rest @ ..] = sql {
        shape = (shape ^ *byte as u32).wrapping_mul(0x0100_0193);
        sql = rest;
    }
    shape
}

/// The shape of a store at a step, as SQLite keeps it: a number with a sign.
fn shape_at(at: u32) -> i32 {
    let steps = STEPS.iter().filter(|step| step.number() <= at);
    steps.fold(0_u32, |shape, step| shape.rotate_left(5) ^ step.shape).cast_signed()
}

/// In order. A test compares this list with the folder.
const STEPS: &[Step] = &[step!("0001_first.sql")];

impl Step {
    fn number(&self) -> u32 {
        self.file.split('_').next().and_then(|digits| digits.parse().ok()).expect("a test reads every name")
    }
}

/// One step more than the released ones, for a build in which a test says so.
#[cfg(feature = "failpoints")]
static TRIAL: Step = Step {
    file: "0002_trial.sql",
    // What steps do: a new table, rows made of what is there, a column, an index.
    sql:
        "CREATE TABLE trial (doc BLOB PRIMARY KEY, batches INTEGER NOT NULL, bytes BLOB NOT NULL) STRICT, WITHOUT ROWID;
          INSERT INTO trial (doc, batches, bytes) SELECT doc, count(*), zeroblob(9000) FROM batch GROUP BY doc;
          ALTER TABLE note ADD COLUMN trial INTEGER NOT NULL DEFAULT 0;
          UPDATE note SET trial = 1;
          CREATE INDEX trial_of_note ON note (trial);",
    shape: 0,
};

/// The step that this build writes.
pub(super) fn newest() -> u32 {
    #[cfg(feature = "failpoints")]
    fail::fail_point!(crate::fault::TRIAL_POINT, |_| TRIAL.number());
    STEPS.last().map_or(0, Step::number)
}

/// The step a store is at.
///
/// # Errors
/// `Corrupt{Store}` for one that no build of ours has made, `NewerSchema{Store, max: have, actual: need}`, without numbers
/// for one made by a build between releases, of which nobody knows whether it is older or newer.
pub(super) fn check(conn: &Connection) -> Result<u32> {
    let at: i64 = conn.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let shape: i32 = conn.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    match u32::try_from(at) {
        Ok(0) | Err(_) => Err(Code::Corrupt.of(Field::Store).into()),
        Ok(need) if need > newest() => {
            Err(Code::NewerSchema.of(Field::Store).max(newest() as usize).actual(need as usize).into())
        }
        Ok(at) if shape != shape_at(at) => Err(Code::NewerSchema.of(Field::Store).into()),
        Ok(at) => Ok(at),
    }
}

/// Says in a store at which step it is, and with which text of the steps it was made.
pub(super) fn mark(conn: &Connection, at: u32) -> Result<()> {
    conn.pragma_update(None, "user_version", at)?;
    Ok(conn.pragma_update(None, "application_id", shape_at(at))?)
}

/// Takes every step after `from`, all or none.
pub(super) fn upgrade(conn: &Connection, from: u32, after: impl FnOnce(&Connection) -> Result<()>) -> Result<()> {
    upgrade_to(conn, from, newest(), after)
}

fn upgrade_to(conn: &Connection, from: u32, to: u32, after: impl FnOnce(&Connection) -> Result<()>) -> Result<()> {
    let tx = Transaction::new_unchecked(conn, TransactionBehavior::Immediate)?;
    let steps = STEPS.iter();
    #[cfg(feature = "failpoints")]
    let steps = steps.chain(std::iter::once(&TRIAL));
    for step in steps.filter(|step| (from + 1..=to).contains(&step.number())) {
        tx.execute_batch(step.sql)?;
        write_point!("migration-stepped");
    }
    mark(&tx, to)?;
    let broken = tx.prepare("PRAGMA foreign_key_check")?.exists([])?;
    if broken {
        return Err(Error::Broken("a migration left a row that points at nothing"));
    }
    after(&tx)?;
    write_point!("migration-committing");
    Ok(tx.commit()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::path::Path;

    /// Every table, index, view and trigger, its SQL with blanks and comments folded.
    fn schema(conn: &Connection) -> Vec<(String, String)> {
        let mut statement = conn
            .prepare("SELECT type || ' ' || name, coalesce(sql, '') FROM sqlite_schema ORDER BY type, name")
            .unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.map(|row| row.map(|(name, sql): (String, String)| (name, folded(&sql))).unwrap()).collect()
    }

    fn folded(sql: &str) -> String {
        let lines = sql.lines().map(|line| line.split("--").next().unwrap());
        lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
    }

    fn fresh() -> Connection {
        let conn = Connection::open_in_memory().unwrap();
        upgrade(&conn, 0, |_| Ok(())).unwrap();
        conn
    }

    /// The schema document as it should be: the statements that made the tables of a fresh store, by name.
    fn document(conn: &Connection) -> String {
        let mut text = format!(
            "-- The schema of a Belay store at step {}. Made from migrations/ by\n\
             --   BELAY_WRITE_SCHEMA=1 cargo test -p belay --lib store::migrate\n\
             -- and compared with them by that same test. What a table means is told beside the step that made it.\n",
            newest()
        );
        // What an FTS table makes for itself comes with it.
        let mut statement = conn
            .prepare(
                "SELECT sql FROM sqlite_schema AS s WHERE sql IS NOT NULL AND NOT EXISTS (
                   SELECT 1 FROM sqlite_schema AS v WHERE v.sql LIKE 'CREATE VIRTUAL TABLE%'
                     AND s.name IN (v.name || '_data', v.name || '_idx', v.name || '_content',
                                    v.name || '_docsize', v.name || '_config'))
                 ORDER BY CASE type WHEN 'table' THEN 0 WHEN 'view' THEN 1 WHEN 'index' THEN 2 ELSE 3 END, rootpage",
            )
            .unwrap();
        for sql in statement.query_map([], |row| row.get::<_, String>(0)).unwrap() {
            text.push('\n');
            text.push_str(&sql.unwrap());
            text.push_str(";\n");
        }
        text
    }

    #[test]
    fn the_list_is_the_folder_and_the_numbers_have_no_gap() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/migrations");
        let files: BTreeSet<String> =
            std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        assert_eq!(files.into_iter().collect::<Vec<_>>(), STEPS.iter().map(|step| step.file).collect::<Vec<_>>());
        for (number, step) in (1..).zip(STEPS) {
            assert_eq!(step.number(), number);
            assert_eq!(step.file.find('_'), Some(4), "{}", step.file);
        }
    }

    #[test]
    fn upgraded_is_fresh_is_the_document() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/schema.sql");
        let fresh = fresh();
        if std::env::var_os("BELAY_WRITE_SCHEMA").is_some() {
            std::fs::write(&path, document(&fresh)).unwrap();
        }
        let written = Connection::open_in_memory().unwrap();
        written.execute_batch(&std::fs::read_to_string(&path).unwrap()).unwrap();
        assert_eq!(schema(&written), schema(&fresh), "schema.sql is behind; see its first lines");
        for begun in 1..newest() {
            let conn = Connection::open_in_memory().unwrap();
            upgrade_to(&conn, 0, begun, |_| Ok(())).unwrap();
            upgrade(&conn, begun, |_| Ok(())).unwrap();
            assert_eq!(schema(&conn), schema(&fresh), "from step {begun}");
        }
        assert!(!schema(&fresh).is_empty());
    }

    #[test]
    fn every_table_is_strict() {
        let fresh = fresh();
        let mut statement = fresh
            .prepare(
                "SELECT name FROM pragma_table_list WHERE type = 'table' AND NOT strict AND name NOT LIKE 'sqlite%'",
            )
            .unwrap();
        let loose: Vec<String> = statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        assert_eq!(loose, Vec::<String>::new());
    }

    #[test]
    fn a_step_that_fails_leaves_the_store_where_it_was() {
        let conn = Connection::open_in_memory().unwrap();
        assert!(upgrade(&conn, 0, |_| Code::StorageFull.err()).is_err());
        assert!(schema(&conn).is_empty());
        assert_eq!(check(&conn).unwrap_err().code(), Code::Corrupt);
    }
}
