//! Giving a folder a new store and a new header at once. One rename decides: until `header.a` is in its place the folder
//! is what it was, and from then on it is the new vault, which the next unlock finishes where this was cut short.
//!
//! | cut short | what lies there | what it counts as |
//! |---|---|---|
//! | before `header.a` | the old vault or nothing, `store-N.new`, staged headers | the old one; the rest is taken away |
//! | before the rename | `header.a`, `store-N.new`, the old `header.b` and store | the new one; unlock gives the store its name |
//! | before `header.b` | `header.a`, `store-N.db`, the old `header.b` and store | the new one; unlock writes the second copy |
//! | after it | both headers, `store-N.db`, the old store | the new one; the old store is taken away when the new one has opened |

use super::files::{
    ERASING, HEADERS, draft_name, is_draft, is_store, names, replace, settle, stage, store_name, store_number, sync,
    unstage,
};
use super::header::{self, Both};
use super::lock::FolderLock;
use super::opened::{HeaderState, Opened};
use crate::error::{Error, Result};
use std::path::Path;

/// The points at which placing can be cut short, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Placing {
    /// Both headers lie beside their places.
    Staged,
    /// `header.a` is in its place: from here on it is the new vault.
    FirstHeader,
    /// The store has its name.
    StoreNamed,
    /// Done.
    BothHeaders,
}

/// Places `store-N.new` and this header, which names it.
///
/// # Errors
/// `StorageFull`, `Unwritable`: the folder is what it was before. `Internal` where the store was not made or not closed.
pub(super) fn place(folder: &Path, number: u32, header: &[u8], step: &mut dyn FnMut(Placing)) -> Result<HeaderState> {
    let (draft, store) = (folder.join(draft_name(number)), folder.join(store_name(number)));
    let journal = folder.join(format!("{}-wal", draft_name(number)));
    if !draft.is_file() || std::fs::metadata(journal).is_ok_and(|facts| facts.len() > 0) {
        return Err(Error::Broken("the new store is missing or still open"));
    }
    let before = std::fs::read(folder.join(HEADERS[0])).ok();
    let unstage_both = || HEADERS.iter().for_each(|name| unstage(folder, name));
    HEADERS.iter().try_for_each(|name| stage(folder, name, header)).inspect_err(|_| unstage_both())?;
    write_point!("place-staged");
    step(Placing::Staged);
    let placed = settle(folder, HEADERS[0]).and_then(|()| {
        write_point!("place-first");
        step(Placing::FirstHeader);
        Ok(std::fs::rename(&draft, &store)?)
    });
    if let Err(error) = placed {
        // Nobody has been told of the new vault yet: it is taken back.
        let _ = match before {
            Some(before) => replace(folder, HEADERS[0], &before),
            None => std::fs::remove_file(folder.join(HEADERS[0])).map_err(Error::from),
        };
        unstage_both();
        return Err(error);
    }
    write_point!("place-named");
    step(Placing::StoreNamed);
    let settled = sync(folder).and_then(|()| settle(folder, HEADERS[1]));
    write_point!("place-both");
    step(Placing::BothHeaders);
    Ok(if settled.is_ok() { HeaderState::Whole } else { HeaderState::OneCopy })
}

/// Takes away what no header has ever named: leftovers of a creation, a re-key or a backup that was cut short.
pub(super) fn clear_drafts(folder: &Path) {
    // The mark of an erasure that was cut short before it counted is a leftover too.
    HEADERS.iter().chain(&[ERASING]).for_each(|name| unstage(folder, name));
    let named: Vec<u32> = match header::read(folder) {
        Both::Good(copies) => copies.iter().map(|copy| copy.header.store).collect(),
        Both::Missing => Vec::new(),
        // What cannot be read may name any of them.
        Both::Unreadable | Both::Damaged | Both::Newer(_) => return,
    };
    for name in names(folder).unwrap_or_default().iter().filter(|name| is_draft(name)) {
        if store_number(name).is_some_and(|number| !named.contains(&number)) {
            write_point!("draft-sweeping");
            let _ = std::fs::remove_file(folder.join(name));
        }
    }
}

/// Takes away what a re-key left behind: stores older than the one in use, once both headers name that one. To be called
/// when that store has opened, and by nobody else: a backup and a vault that hangs on one header copy are left alone.
pub fn sweep(lock: &FolderLock, opened: &Opened) {
    let folder = lock.folder();
    let Some(current) = opened.store_file().file_name().and_then(|name| name.to_str()).and_then(store_number) else {
        return;
    };
    let Both::Good(copies) = header::read(folder) else { return };
    let is_settled = copies.len() == 1 && copies.iter().all(|copy| copy.header.store == current);
    if opened.backup().is_some() || opened.header_state() == HeaderState::OneCopy || !is_settled {
        return;
    }
    clear_drafts(folder);
    for name in names(folder).unwrap_or_default().iter().filter(|name| is_store(name)) {
        if store_number(name).is_some_and(|number| number < current) {
            write_point!("store-sweeping");
            let _ = std::fs::remove_file(folder.join(name));
        }
    }
}
