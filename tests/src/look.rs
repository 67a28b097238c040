//! Looking into a device's opened store, behind the companion's back: what lies there, row by row.

use crate::Device;
use belay::batch::Body;
use belay::document::ActKind;
use belay::error::Result;
use belay::ids::{DeviceId, DocId, ElementId, MemberId, SpaceId};
use belay::projection::People;
use belay::store::Store;
use belay::store::batches::{self, BatchRecord};
use belay::store::documents;
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use std::collections::{BTreeMap, BTreeSet};

/// Every row of every table, as text.
pub type Dump = BTreeMap<String, Vec<String>>;

/// That nothing changed between two dumps; else it prints the rows that did.
#[track_caller]
pub fn unchanged(before: &Dump, after: &Dump) {
    let mut told = Vec::new();
    for table in before.keys().chain(after.keys()).collect::<BTreeSet<_>>() {
        let rows = |dump: &Dump| dump.get(table).cloned().unwrap_or_default().into_iter().collect::<BTreeSet<_>>();
        let (was, is) = (rows(before), rows(after));
        told.extend(was.difference(&is).map(|row| format!("{table} - {row}")));
        told.extend(is.difference(&was).map(|row| format!("{table} + {row}")));
    }
    assert!(told.is_empty(), "something changed:\n{}", told.join("\n"));
}

/// A line of history as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "columns of the table history")]
pub struct HistoryLine {
    pub act: ActKind,
    pub element: Option<ElementId>,
    pub before: Option<String>,
    pub after: Option<String>,
    pub member: MemberId,
    pub device: DeviceId,
    pub claimed_ms: i64,
}

impl Device {
    /// Reads the opened store. The companion may be open, paused or dead meanwhile.
    pub fn look<T>(&self, what: impl FnOnce(&Connection) -> Result<T>) -> T {
        let opened = self.opened();
        let store = Store::open(opened.store_file(), &opened.db_key(), opened.vault()).expect("the store opens");
        store.read(what).expect("the store reads")
    }

    /// Writes into the opened store; the companion rests meanwhile.
    pub fn meddle<T>(&self, what: impl FnOnce(&Connection) -> Result<T>) -> T {
        let opened = self.opened();
        self.companion.pause(&self.at()).expect("pausing");
        let mut store = Store::open(opened.store_file(), &opened.db_key(), opened.vault()).expect("the store opens");
        let done = store.write(|tx| what(tx)).expect("the store writes").value;
        store.close().expect("the store closes");
        self.companion.resume(&self.at()).expect("resuming");
        done
    }

    /// Marks a document as one whose snapshot does not load back.
    pub fn freeze(&self, doc: &DocId) {
        self.meddle(|db| belay::store::forgetting::freeze(db, doc, 0));
    }

    /// Every row of every table.
    pub fn dump(&self) -> Dump {
        self.look(|db| tables(db)?.into_iter().map(|name| Ok((name.clone(), rows(db, &name)?))).collect())
    }

    /// Everything but counters that count calls: what a refused act must leave as it was.
    pub fn content(&self) -> Dump {
        let mut dump = self.dump();
        for table in ["meta", "counter"] {
            dump.remove(table);
        }
        dump
    }

    /// Whether these words lie anywhere in the opened store: in any cell of any row, or in any change once inflated.
    pub fn holds(&self, words: &str) -> bool {
        let said = |bytes: &Vec<u8>| contains(bytes, words.as_bytes());
        self.look(cells).iter().any(said) || self.changes().iter().any(said)
    }

    /// Which of these words lie nowhere in the opened store, as [`Device::holds`] looks for them.
    pub fn lacks(&self, words: &[String]) -> Vec<String> {
        let (cells, changes) = (self.look(cells), self.changes());
        let lies = |word: &String| cells.iter().chain(&changes).any(|bytes| contains(bytes, word.as_bytes()));
        words.iter().filter(|word| !lies(word)).cloned().collect()
    }

    /// Whether these words lie in the closed files, as they are on the disk.
    pub fn files_hold(&self, words: &str) -> bool {
        let files = std::fs::read_dir(self.folder()).expect("the vault's folder");
        files
            .filter_map(Result::ok)
            .any(|file| std::fs::read(file.path()).is_ok_and(|bytes| contains(&bytes, words.as_bytes())))
    }

    /// Every held change, inflated.
    fn changes(&self) -> Vec<Vec<u8>> {
        let payloads: Vec<Vec<u8>> = self.look(|db| {
            let mut query = db.prepare("SELECT bytes FROM payload")?;
            let rows = query.query_map([], |row| row.get(0))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        });
        let bodies = payloads.iter().filter_map(|payload| Body::decode(payload).ok());
        bodies.flat_map(|body| body.changes).map(|chunk| chunk.bytes().to_vec()).collect()
    }

    /// The history of a plan, goal or other object, oldest first.
    pub fn history(&self, of: &DocId) -> Vec<HistoryLine> {
        self.look(|db| {
            let mut query = db.prepare(
                "SELECT act, element, before, after, member, device, claimed_ms FROM history WHERE subject = ?1 ORDER BY id",
            )?;
            let rows = query.query_map([of], |row| {
                let act = ActKind::from_number(row.get(0)?).expect("a known act");
                Ok(HistoryLine {
                    act,
                    element: row.get(1)?,
                    before: row.get(2)?,
                    after: row.get(3)?,
                    member: row.get(4)?,
                    device: row.get(5)?,
                    claimed_ms: row.get(6)?,
                })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Who I am in a space.
    pub fn member(&self, space: &SpaceId) -> MemberId {
        self.people(space).me()
    }

    /// The people of a space.
    pub fn people(&self, space: &SpaceId) -> People {
        self.look(|db| People::of(db, space))
    }

    /// What was kept out of a space.
    pub fn kept_out(&self, space: &SpaceId) -> Vec<BatchRecord> {
        self.look(|db| batches::kept_out(db, space, 1_000))
    }

    /// Documents of a space, by id, with the hash of what is accepted in each.
    pub fn document_hashes(&self, space: &SpaceId) -> BTreeMap<DocId, Option<[u8; 32]>> {
        self.look(|db| {
            let records = documents::of_space(db, space)?;
            records.into_iter().map(|record| Ok((record.id, documents::hash(db, &record.id)?))).collect()
        })
    }
}

/// Whether these bytes lie in those.
pub(crate) fn contains(bytes: &[u8], words: &[u8]) -> bool {
    bytes.windows(words.len().max(1)).any(|window| window == words)
}

fn tables(db: &Connection) -> Result<Vec<String>> {
    let mut query = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")?;
    let names = query.query_map([], |row| row.get(0))?;
    Ok(names.collect::<rusqlite::Result<_>>()?)
}

fn rows(db: &Connection, table: &str) -> Result<Vec<String>> {
    let mut query = db.prepare(&format!("SELECT * FROM {table}"))?;
    let columns = query.column_count();
    let rows = query.query_map([], |row| {
        let cells = (0..columns).map(|at| row.get_ref(at).map(printed)).collect::<rusqlite::Result<Vec<_>>>()?;
        Ok(cells.join(" | "))
    })?;
    let mut rows = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    rows.sort();
    Ok(rows)
}

fn printed(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "–".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
        ValueRef::Blob(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

fn cells(db: &Connection) -> Result<Vec<Vec<u8>>> {
    let mut found = Vec::new();
    for table in tables(db)? {
        let mut query = db.prepare(&format!("SELECT * FROM {table}"))?;
        let columns = query.column_count();
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            for at in 0..columns {
                if let ValueRef::Text(bytes) | ValueRef::Blob(bytes) = row.get_ref(at)? {
                    found.push(bytes.to_vec());
                }
            }
        }
    }
    Ok(found)
}
