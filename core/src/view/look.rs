//! What the rooms of one answer share: the eye, and the people of each space looked up once.

use super::Eye;
use super::watch::{Needs, Watch};
use crate::clock::{Clocks, Stamp};
use crate::document::Kind;
use crate::error::{Code, Result};
use crate::ids::{ChangeId, DocId, ObjectId, Rev, SpaceId};
use crate::library::{Arg, Day, Phrases};
use crate::projection::{Matter, People};
use crate::space::may_read_content;
use crate::store::documents::{self, DocumentRecord};
use crate::store::forgetting;
use rusqlite::Connection;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Spaces whose content may be shown, as a condition on a table `space`: those whose digits were compared
/// ([`crate::space::may_read_content`]).
pub(super) const READABLE: &str = "space.stage BETWEEN 2 AND 4";

/// An eye at work on one answer.
pub(super) struct Look<'a> {
    eye: &'a Eye<'a>,
    known: RefCell<BTreeMap<SpaceId, Rc<People>>>,
    needs: RefCell<Needs>,
    days: RefCell<BTreeMap<String, Rc<Day>>>,
    /// The zone that was asked last: mostly all that is shown was written in one.
    clocks: RefCell<Option<(String, Clocks)>>,
}

impl<'a> Look<'a> {
    pub fn new(eye: &'a Eye<'a>) -> Self {
        let (known, needs, days) = (RefCell::default(), RefCell::default(), RefCell::default());
        Look { eye, known, needs, days, clocks: RefCell::default() }
    }
    pub fn db(&self) -> &'a Connection {
        self.eye.db
    }
    pub fn phrases(&self) -> &'a Phrases {
        self.eye.phrases
    }
    pub fn at(&self) -> &'a crate::clock::Moment {
        self.eye.at
    }
    pub fn say(&self, id: &str, args: &[(&str, Arg<'_>)]) -> String {
        self.eye.phrases.say(id, args)
    }

    /// The answer depends on everything of these kinds.
    pub fn needs(&self, kinds: &[Matter]) {
        self.needs.borrow_mut().kinds.extend(kinds);
    }

    /// The answer depends on this, and on what belongs to it.
    pub fn stands_on(&self, object: impl Into<ObjectId>) {
        self.needs.borrow_mut().objects.insert(object.into());
    }

    /// Time alone changes the answer at this moment, if nothing does before.
    pub fn until(&self, unix_ms: Option<i64>) {
        let until = &mut self.needs.borrow_mut().until_ms;
        *until = [*until, unix_ms].into_iter().flatten().min();
    }

    /// What the answer was found to depend on so far.
    pub fn watch(&self) -> Watch {
        self.needs.borrow().watch()
    }

    /// A claimed time in its zone.
    pub fn stamp(&self, unix_ms: i64, zone: &str) -> Stamp {
        let mut last = self.clocks.borrow_mut();
        if let Some((_, clocks)) = last.as_ref().filter(|(known, _)| known == zone) {
            return clocks.stamp(unix_ms);
        }
        let (_, clocks) = last.insert((zone.to_owned(), Clocks::of(zone)));
        clocks.stamp(unix_ms)
    }

    /// The words for the times of a stamp's day, made once an answer; `None` where its clock was far ahead.
    pub fn day_of(&self, stamp: &Stamp) -> Option<Rc<Day>> {
        // Of one day some times may lie far ahead and some not, by a clock that is wrong: those are asked each.
        let is_behind = stamp.unix_ms <= self.at().unix_ms;
        if let Some(day) = self.days.borrow().get(&stamp.local_date).filter(|_| is_behind) {
            return Some(Rc::clone(day));
        }
        let day = Rc::new(self.phrases().day(stamp, self.at())?);
        self.days.borrow_mut().insert(stamp.local_date.clone(), Rc::clone(&day));
        Some(day)
    }

    /// The people of a space; evaluating its statements takes a while, so it is done once an answer.
    pub fn people(&self, space: &SpaceId) -> Result<Rc<People>> {
        self.stands_on(*space);
        if let Some(people) = self.known.borrow().get(space) {
            return Ok(Rc::clone(people));
        }
        let people = Rc::new(People::of(self.db(), space)?);
        if !people.is_own() {
            // My own names for people.
            self.needs(&[Matter::Spaces]);
        }
        self.known.borrow_mut().insert(*space, Rc::clone(&people));
        Ok(people)
    }

    /// A document of one of these kinds in a space whose content may be shown.
    ///
    /// # Errors
    /// `NotFound`, `NewerSchema` for a kind this build does not know, `NotInForce`.
    pub fn open(&self, id: &DocId, kinds: &[Kind]) -> Result<(DocumentRecord, Rc<People>)> {
        self.stands_on(*id);
        if forgetting::is_hidden(self.db(), id)? {
            return Code::NotFound.err();
        }
        self.open_any(id, kinds)
    }

    /// [`Look::open`], of what was forgotten too: the facts of its history stay (invariant I5).
    pub fn open_any(&self, id: &DocId, kinds: &[Kind]) -> Result<(DocumentRecord, Rc<People>)> {
        self.stands_on(*id);
        let record = documents::get(self.db(), id)?.ok_or(Code::NotFound)?;
        let kind = Kind::from_number(record.kind).ok_or(Code::NewerSchema)?;
        if !kinds.contains(&kind) {
            return Code::NotFound.err();
        }
        let people = self.people(&record.space)?;
        may_read_content(people.state())?;
        Ok((record, people))
    }

    /// The newest revision of a document; `None` where it is not born.
    pub fn rev(&self, doc: &DocId) -> Result<Option<Rev>> {
        let bytes = documents::heads(self.db(), doc)?;
        let heads: Vec<ChangeId> = bytes.chunks(32).filter_map(ChangeId::from_slice).collect();
        Ok((!heads.is_empty()).then(|| Rev::of(&heads)))
    }
}

/// A name of the code as a name that is shown to machines: `not-a-writer` for `NotAWriter`.
pub(super) fn kebab(name: &str) -> String {
    let mut text = String::new();
    for sign in name.chars() {
        if sign.is_uppercase() && !text.is_empty() {
            text.push('-');
        }
        text.extend(sign.to_lowercase());
    }
    text
}
