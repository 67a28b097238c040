//! Pages by keyset: a cursor holds the sort key of a row, so that rows that come or go elsewhere move nothing, and a row
//! that is gone still marks its place.

use super::look::Look;
use super::records::{Anchor, At, Cursor, Page};
use crate::cbor;
use crate::crypto::hash::sha256;
use crate::error::{Code, Field, Result};
use crate::ids::{from_base32, to_base32};
use crate::store::spaces;
use minicbor::{Decode, Encode};
use rusqlite::types::Value;

/// Most rows of a page.
pub(super) const ROWS_MAX: u32 = 200;

/// Where a row stands in its list: numbers and an id, never words. Numbers fall along the list, ids of equal ones rise.
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
    /// Whether the page before the key is meant.
    #[n(2)]
    back: bool,
}

/// Which way a list is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// As it is shown.
    On,
    /// From its end.
    Back,
}

/// A stretch of a list that is to be read, the row nearest to where it begins first.
pub(super) struct Leg<'k> {
    pub way: Way,
    /// Where it begins; `None`: at the end that the way comes from.
    pub from: Option<&'k Key>,
    /// Whether a row that stands there itself belongs to it.
    pub with: bool,
    pub limit: usize,
}

/// Values for the places in a statement, in their order.
#[derive(Default)]
pub(super) struct Args(pub Vec<Value>);

impl Args {
    /// Takes a value and gives its place.
    pub fn put(&mut self, value: impl Into<Value>) -> String {
        self.0.push(value.into());
        format!("?{}", self.0.len())
    }
}

impl Leg<'_> {
    /// What makes a statement read this stretch of rows ordered by these columns, and by `id` where numbers are equal: its
    /// last conditions (there must be one before), its order and its limit.
    pub fn tail(&self, numbers: &[&str], id: Option<&str>, args: &mut Args) -> String {
        let mut tail = self.from.map_or_else(String::new, |key| self.condition(key, numbers, id, args));
        let (falls, rises) = if self.way == Way::On { ("DESC", "ASC") } else { ("ASC", "DESC") };
        let order = numbers.iter().map(|number| format!("{number} {falls}"));
        let order: Vec<String> = order.chain(id.map(|id| format!("{id} {rises}"))).collect();
        let limit = args.put(i64::try_from(self.limit).unwrap_or(i64::MAX));
        tail.push_str(&format!(" ORDER BY {} LIMIT {limit}", order.join(", ")));
        tail
    }

    fn condition(&self, key: &Key, numbers: &[&str], id: Option<&str>, args: &mut Args) -> String {
        let columns = numbers.join(", ");
        let places: Vec<String> = (0..numbers.len()).map(|at| args.put(key.number(at))).collect();
        let places = places.join(", ");
        let (falls, rises) = if self.way == Way::On { ("<", ">") } else { (">", "<") };
        let same = if self.with { "=" } else { "" };
        match id {
            None => format!(" AND ({columns}) {falls}{same} ({places})"),
            Some(id) => {
                let place = args.put(key.id.clone());
                format!(
                    " AND ({columns}) {falls}= ({places}) AND (({columns}) {falls} ({places}) OR {id} {rises}{same} {place})"
                )
            }
        }
    }

    /// The same stretch of a list that is at hand, in its order.
    pub fn of_list<L: Clone>(&self, all: &[(Key, L)]) -> Vec<(Key, L)> {
        let is_in = |key: &Key| {
            self.from.is_none_or(|from| match self.way {
                _ if key == from => self.with,
                Way::On => key.is_behind(from),
                Way::Back => from.is_behind(key),
            })
        };
        let fits = all.iter().filter(|(key, _)| is_in(key));
        match self.way {
            Way::On => fits.take(self.limit).cloned().collect(),
            Way::Back => fits.rev().take(self.limit).cloned().collect(),
        }
    }
}

enum Place {
    Start,
    After(Key),
    Before(Key),
    Around(Key),
}

/// One list as it is asked for.
pub(super) struct Wanted {
    list: [u8; 4],
    place: Place,
    /// How many rows.
    pub limit: usize,
    /// Whether all of the list is to be counted.
    pub total: bool,
}

/// A stretch of a list that makes a page.
pub(super) struct Stretch<L> {
    pub rows: Vec<(Key, L)>,
    previous: Option<Key>,
    next: Option<Key>,
}

impl Wanted {
    /// The page asked for of the list with this name and filter, whose keys have so many numbers. `place_of` finds the
    /// place of what a page is to be around, also where that is gone; with `None` the list begins at its start.
    ///
    /// # Errors
    /// `OutOfRange{Limit}` outside 1–200, `OutOfRange{After}` for a cursor of another list or filter, and for both a cursor
    /// and something to be around.
    pub fn read(
        look: &Look<'_>,
        (name, filter): (&str, &str),
        numbers: usize,
        at: &At,
        place_of: impl FnOnce(&Anchor) -> Result<Option<Key>>,
    ) -> Result<Self> {
        if at.limit == 0 || at.limit > ROWS_MAX {
            return Err(Code::OutOfRange.of(Field::Limit).max(ROWS_MAX as usize).actual(at.limit as usize).into());
        }
        let list = mark(look, name, filter)?;
        let place = match (&at.after, &at.around) {
            (None, None) => Place::Start,
            (None, Some(anchor)) => {
                if let Anchor::Object { id } = anchor {
                    // Its place may come from its own history, also where it is of another kind or gone.
                    look.stands_on(*id);
                }
                place_of(anchor)?.map_or(Place::Start, Place::Around)
            }
            (Some(_), Some(_)) => return Err(Code::OutOfRange.of(Field::After).into()),
            (Some(cursor), None) => {
                let marked: Option<Marked> = from_base32(&cursor.0).and_then(|bytes| cbor::decode(&bytes));
                let fits = |marked: &Marked| marked.list == list && marked.key.numbers.len() == numbers;
                let marked = marked.filter(fits).ok_or_else(|| Code::OutOfRange.of(Field::After))?;
                if marked.back { Place::Before(marked.key) } else { Place::After(marked.key) }
            }
        };
        Ok(Wanted { list, place, limit: at.limit as usize, total: at.total })
    }

    /// Behind which key to go on, in a list that is only read onwards.
    ///
    /// # Errors
    /// `OutOfRange{After}` for a place before a key.
    pub fn only_on(&self) -> Result<Option<&Key>> {
        match &self.place {
            Place::Start => Ok(None),
            Place::After(key) => Ok(Some(key)),
            Place::Before(_) | Place::Around(_) => Err(Code::OutOfRange.of(Field::After).into()),
        }
    }

    /// Reads what the page shows by legs of the list.
    pub fn gather<L>(&self, mut leg: impl FnMut(&Leg<'_>) -> Result<Vec<(Key, L)>>) -> Result<Stretch<L>> {
        let (limit, more) = (self.limit, self.limit + 1);
        let mut is_any = |way, from: Option<&Key>, with| match from {
            Some(_) => Ok(!leg(&Leg { way, from, with, limit: 1 })?.is_empty()),
            None => Ok::<bool, crate::error::Error>(false),
        };
        let is_before = match &self.place {
            Place::After(key) => is_any(Way::Back, Some(key), true)?,
            _ => false,
        };
        let is_after = match &self.place {
            Place::Before(key) => is_any(Way::On, Some(key), true)?,
            _ => false,
        };
        match &self.place {
            Place::Start => {
                let rows = leg(&Leg { way: Way::On, from: None, with: false, limit: more })?;
                Ok(stretch(Vec::new(), rows, (0, limit), (false, false)))
            }
            Place::After(key) => {
                let rows = leg(&Leg { way: Way::On, from: Some(key), with: false, limit: more })?;
                Ok(stretch(Vec::new(), rows, (0, limit), (is_before, false)).or_behind(key, is_before))
            }
            Place::Before(key) => {
                let back = leg(&Leg { way: Way::Back, from: Some(key), with: false, limit: more })?;
                Ok(stretch(back, Vec::new(), (limit, 0), (false, is_after)).or_before(key, is_after))
            }
            Place::Around(key) => {
                let back = leg(&Leg { way: Way::Back, from: Some(key), with: false, limit: more })?;
                let on = leg(&Leg { way: Way::On, from: Some(key), with: true, limit: more })?;
                // What one side lacks, the other has room for.
                let before = back.len().min((limit / 2).max(limit.saturating_sub(on.len())));
                let after = limit - before;
                Ok(stretch(back, on, (before, after), (false, false)))
            }
        }
    }

    /// The page that these rows make.
    pub fn page<L, T>(&self, of: Stretch<L>, rows: Vec<T>, count: impl FnOnce() -> Result<u64>) -> Result<Page<T>> {
        let is_whole = of.previous.is_none() && of.next.is_none() && matches!(self.place, Place::Start);
        let total = match (is_whole, self.total) {
            (true, _) => Some(rows.len() as u64),
            (false, true) => Some(count()?),
            (false, false) => None,
        };
        let cursor = |key: Option<Key>, back| key.map(|key| self.cursor(key, back));
        Ok(Page { rows, next: cursor(of.next, false), previous: cursor(of.previous, true), total })
    }

    /// The place of a row as a host keeps it.
    pub fn cursor(&self, key: Key, back: bool) -> Cursor {
        Cursor(to_base32(&cbor::encode(&Marked { list: self.list, key, back })))
    }
}

/// So many rows read back and so many read on, as they are shown; whether there is more besides is seen by those beyond.
fn stretch<L>(
    mut back: Vec<(Key, L)>,
    mut on: Vec<(Key, L)>,
    (before, after): (usize, usize),
    (is_before, is_after): (bool, bool),
) -> Stretch<L> {
    let goes_back = is_before || back.len() > before;
    let goes_on = is_after || on.len() > after;
    back.truncate(before);
    on.truncate(after);
    let rows: Vec<(Key, L)> = back.into_iter().rev().chain(on).collect();
    let key = |row: Option<&(Key, L)>, wanted: bool| row.filter(|_| wanted).map(|(key, _)| key.clone());
    Stretch { previous: key(rows.first(), goes_back), next: key(rows.last(), goes_on), rows }
}

impl<L> Stretch<L> {
    /// The rows apart from their places, so that what is shown can take them over.
    pub fn apart(self) -> (Stretch<()>, Vec<L>) {
        let (keys, rows) = self.rows.into_iter().map(|(key, row)| ((key, ()), row)).unzip();
        (Stretch { rows: keys, previous: self.previous, next: self.next }, rows)
    }

    /// An empty page still says where it stands.
    fn or_behind(mut self, key: &Key, is_before: bool) -> Self {
        if self.rows.is_empty() && is_before {
            // The row at the key itself is the last one before.
            let mut past = key.clone();
            if past.id.is_empty() {
                past.numbers.last_mut().into_iter().for_each(|last| *last = last.saturating_sub(1));
            } else {
                past.id.push(0);
            }
            self.previous = Some(past);
        }
        self
    }

    fn or_before(mut self, key: &Key, is_after: bool) -> Self {
        if self.rows.is_empty() && is_after {
            let mut before = key.clone();
            if let Some(last) = before.numbers.last_mut() {
                *last = last.saturating_add(1);
            }
            self.next = Some(before);
        }
        self
    }
}

impl Key {
    /// A number of the key.
    pub fn number(&self, at: usize) -> i64 {
        self.numbers.get(at).copied().unwrap_or_default()
    }

    fn is_behind(&self, other: &Key) -> bool {
        (&other.numbers, &self.id) > (&self.numbers, &other.id)
    }
}

/// Says which list a cursor is of. A filter may hold a person's word, so the mark is salted with a name that never
/// leaves this vault: nobody who finds a cursor can try words on it.
fn mark(look: &Look<'_>, name: &str, filter: &str) -> Result<[u8; 4]> {
    let own = spaces::own(look.db())?.map_or([0; 32], |own| own.0);
    let [a, b, c, d, ..] = sha256(&[&own, name.as_bytes(), &[0], filter.as_bytes()]);
    Ok([a, b, c, d])
}
