use super::{Answered, Companion};
use crate::batch::{Batch, Body};
use crate::document::{Scalar, Tree};
use crate::error::{Code, Result};
use crate::projection::{Documents, bodies};
use crate::store::{Readout, documents, read_out, spaces};
use rusqlite::Connection;

impl Companion {
    /// Shows `see` everything an unlocked vault can give away: every text and blob of every table, every change inside
    /// a batch as the merge engine takes it, and every word of every document. Changes nothing.
    ///
    /// # Errors
    /// `Locked`; those of the database.
    pub fn everything_readable(&self, see: &mut dyn FnMut(&[u8])) -> Answered<Readout> {
        self.with_session(|session, _| {
            session.store.read(|db| {
                let mut packed = Vec::new();
                let out = read_out(db, &mut |table, column, bytes| {
                    see(bytes);
                    match (table, column) {
                        ("batch", "payload") => packed.push(bytes.to_vec()),
                        ("waiting", "bytes") => {
                            packed.extend(Batch::parse(bytes).ok().and_then(|(batch, _)| batch.payload));
                        }
                        _ => {}
                    }
                })?;
                for payload in packed {
                    // What does not decode was seen as it lies in its table.
                    if let Ok(body) = Body::decode(&payload) {
                        body.changes.iter().for_each(|change| see(change.bytes()));
                    }
                }
                bodies(db, &mut |body| see(body.as_bytes()))?;
                see_documents(db, see)?;
                Ok(out)
            })
        })
    }
}

fn see_documents(db: &Connection, see: &mut dyn FnMut(&[u8])) -> Result<()> {
    // Documents of its own: what is in memory for commands stays as it is.
    let mut loaded = Documents::default();
    for space in spaces::all_spaces(db)? {
        for record in documents::of_space(db, &space.id)? {
            match loaded.load(db, &record.id) {
                Ok(document) => see_tree(&document.doc.now().tree(), see),
                // A kind of a newer app was seen as bytes.
                Err(error) if error.code() == Code::NewerSchema => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(())
}

fn see_tree(tree: &Tree, see: &mut dyn FnMut(&[u8])) {
    match tree {
        Tree::Text(text) | Tree::Scalar(Scalar::Str(text)) => see(text.as_bytes()),
        Tree::Scalar(Scalar::Bytes(bytes)) => see(bytes),
        Tree::Scalar(_) => {}
        Tree::Map(map) => {
            for (key, below) in map {
                see(key.as_bytes());
                see_tree(below, see);
            }
        }
    }
}
