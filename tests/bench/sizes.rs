//! What lies on the disk: bytes a table and index, of a vault that nobody has open.

use crate::vault::{self, Trouble};
use belay::companion::UnlockWith;
use belay::error::Error;
use belay::secret::SecretText;
use belay::store::Store;
use belay::vault::FolderLock;
use std::path::Path;

/// A table or index: its name, its bytes, and how many of them hold nothing.
pub struct Piece {
    /// As the schema calls it.
    pub name: String,
    /// All its pages.
    pub bytes: u64,
    /// What is free in them.
    pub free: u64,
}

/// Every piece, the largest first.
pub fn pieces(folder: &Path) -> Result<Vec<Piece>, Trouble> {
    let told = |error: Error| format!("looking at {}: {error:?}", folder.display());
    let lock = FolderLock::take(folder).map_err(told)?;
    let with = UnlockWith::Passphrase(SecretText::new(vault::PASSPHRASE.to_owned()));
    let (opened, _) = belay::vault::unlock(&lock, &with, &vault::now()).map_err(told)?;
    let store = Store::open(opened.store_file(), &opened.db_key(), opened.vault()).map_err(told)?;
    let pieces = store.read(|db| {
        let mut query =
            db.prepare("SELECT name, sum(pgsize), sum(unused) FROM dbstat GROUP BY name ORDER BY 2 DESC, 1")?;
        let number = |row: &rusqlite::Row<'_>, at| Ok::<_, rusqlite::Error>(row.get::<_, i64>(at)?.unsigned_abs());
        let rows = query
            .query_map([], |row| Ok(Piece { name: row.get(0)?, bytes: number(row, 1)?, free: number(row, 2)? }))?;
        Ok(rows.collect::<rusqlite::Result<Vec<_>>>()?)
    });
    let pieces = pieces.map_err(told)?;
    store.close().map_err(told)?;
    Ok(pieces)
}

/// Prints them.
#[allow(clippy::print_stdout, reason = "this is what it is for")]
pub fn print(folder: &Path) -> Result<(), Trouble> {
    for piece in pieces(folder)? {
        println!("{:>12} {:>12} {}", piece.bytes, piece.free, piece.name);
    }
    Ok(())
}
