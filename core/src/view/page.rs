//! Pages by keyset: a cursor holds the sort key of the last row shown, so that rows that come or go elsewhere move
//! nothing, and a row that is gone still marks its place.

use super::look::Look;
use super::records::{At, Cursor, Page};
use crate::cbor;
use crate::crypto::hash::sha256;
use crate::error::{Code, Field, Result};
use crate::ids::{from_base32, to_base32};
use crate::space::SpaceKind;
use crate::store::spaces;
use minicbor::{Decode, Encode};

/// Most rows of a page.
pub(super) const ROWS_MAX: u32 = 200;

/// Where a row stands in its list: numbers and an id, never words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(super) struct Key {
    #[n(0)]
    pub numbers: Vec<i64>,
    #[cbor(n(1), with = "minicbor::bytes")]
    pub id: Vec<u8>,
}

#[derive(Encode, Decode)]
#[cbor(array)]
struct Marked {
    #[cbor(n(0), with = "minicbor::bytes")]
    list: [u8; 4],
    #[n(1)]
    key: Key,
}

/// One list as it is asked for.
pub(super) struct Wanted {
    list: [u8; 4],
    /// How many rows.
    pub limit: usize,
    /// Behind this key.
    pub after: Option<Key>,
}

impl Wanted {
    /// The page asked for of the list with this name and filter, whose keys have so many numbers.
    ///
    /// # Errors
    /// `OutOfRange{Limit}` outside 1–200, `OutOfRange{After}` for a cursor of another list or filter.
    pub fn read(look: &Look<'_>, (name, filter): (&str, &str), numbers: usize, at: &At) -> Result<Self> {
        if at.limit == 0 || at.limit > ROWS_MAX {
            return Err(Code::OutOfRange.of(Field::Limit).max(ROWS_MAX as usize).actual(at.limit as usize).into());
        }
        let list = mark(look, name, filter)?;
        let after = match &at.after {
            None => None,
            Some(cursor) => {
                let marked: Option<Marked> = from_base32(&cursor.0).and_then(|bytes| cbor::decode(&bytes));
                let fits = |marked: &Marked| marked.list == list && marked.key.numbers.len() == numbers;
                let marked = marked.filter(fits).ok_or_else(|| Code::OutOfRange.of(Field::After))?;
                Some(marked.key)
            }
        };
        Ok(Wanted { list, limit: at.limit as usize, after })
    }

    /// The page of these rows, which are one more than wanted where the list goes on.
    pub fn page<T>(&self, mut rows: Vec<(Key, T)>, total: u64) -> Page<T> {
        let goes_on = rows.len() > self.limit;
        rows.truncate(self.limit);
        let last = rows.last().filter(|_| goes_on).map(|(key, _)| key.clone());
        let next = last.map(|key| Cursor(to_base32(&cbor::encode(&Marked { list: self.list, key }))));
        Page { rows: rows.into_iter().map(|(_, row)| row).collect(), next, total }
    }

    /// The page out of all rows in their order, which is that of their keys.
    pub fn of_all<T>(&self, all: Vec<(Key, T)>, is_behind: impl Fn(&Key, &Key) -> bool) -> Page<T> {
        let total = all.len() as u64;
        let behind = |(key, _): &(Key, T)| self.after.as_ref().is_none_or(|after| is_behind(key, after));
        let rows = all.into_iter().filter(behind).take(self.limit + 1).collect();
        self.page(rows, total)
    }
}

impl Key {
    /// A number of the key.
    pub fn number(&self, at: usize) -> i64 {
        self.numbers.get(at).copied().unwrap_or_default()
    }
}

/// Says which list a cursor is of. A filter may hold a person's word, so the mark is salted with a name that never
/// leaves this vault: nobody who finds a cursor can try words on it.
fn mark(look: &Look<'_>, name: &str, filter: &str) -> Result<[u8; 4]> {
    let spaces = spaces::all_spaces(look.db())?;
    let own = spaces.iter().find(|space| space.kind == SpaceKind::Own.code()).map_or([0; 32], |space| space.id.0);
    let [a, b, c, d, ..] = sha256(&[&own, name.as_bytes(), &[0], filter.as_bytes()]);
    Ok([a, b, c, d])
}
