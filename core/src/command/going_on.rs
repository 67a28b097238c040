//! Going on alone: what was shared with someone reads on after an ending, and nobody writes there any more
//! (protocol.md §3, "Leave is final"). Whoever owns a plan or goal goes on in a new one of their own space.

use super::place::homes;
use super::{Desk, Outcome};
use crate::batch::Birth;
use crate::document::plan::{EntryState, steps};
use crate::document::{self, Kind, State, Step, Tree};
use crate::error::{Code, Result};
use crate::ids::{DocId, ElementId};
use crate::projection::{People, lines, owner_of};
use crate::space::may_write_content;
use crate::store::documents::{self, DocumentRecord};
use crate::store::forgetting;
use std::collections::BTreeSet;

/// Copies what a goal or plan says into a new one in my own space. Of a plan the parts that I wrote in go along, those
/// that all wrote too; what another wrote in a part of their own stays in the older one, to be read.
///
/// The new one is born with a random nonce, not with a derived one: two phones that go on apart would make the same maps
/// twice, and what was written in one of them would be shown nowhere. So there are two then, and both are shown; each says
/// what it goes on from, so from then on every phone knows that it went on.
pub(super) fn perform(desk: &mut Desk<'_>, doc: &DocId) -> Result<Outcome> {
    let (record, people) = ended(desk, doc)?;
    let own = desk.me.own;
    let me = desk.member(&own)?;
    if let Some(made) = lines::went_on(desk.db, doc, &own, &me)? {
        return Err(Code::Duplicate.detail().current(desk.load(&made)?.doc.rev()).into());
    }
    let writer = Some(me);
    let (kind, nonce) = (record.kind, desk.entropy.bytes());
    let birth = Birth { space: own, kind, writer, about: None, key: None, nonce };
    let said = match Kind::from_number(kind) {
        Some(Kind::Plan) => plan(desk, &record, &people)?,
        _ => {
            let tree: Tree = desk.load(doc)?.doc.now().tree();
            document::copy(&tree, &birth)?
        }
    };
    let made = desk.write_in(birth, &document::going_on_from(doc, said))?;
    Ok(Outcome { made: Some(made), touched: vec![made], element: None })
}

/// A goal or plan of mine in a space where nothing is written any more.
fn ended(desk: &Desk<'_>, doc: &DocId) -> Result<(DocumentRecord, People)> {
    let record = documents::get(desk.db, doc)?.ok_or(Code::NotFound)?;
    if forgetting::is_hidden(desk.db, doc)? {
        return Code::NotFound.err();
    }
    match Kind::from_number(record.kind) {
        Some(Kind::Goal | Kind::Plan) => {}
        Some(_) => return Code::NotFound.err(),
        None => return Code::NewerSchema.err(),
    }
    let people = desk.people(&record.space)?;
    match may_write_content(people.state()).map_err(|error| error.code()) {
        Err(Code::RelationshipEnded | Code::Revoked) if !people.is_own() => {}
        // It goes on where it is.
        Ok(()) => return Code::AlreadyYours.err(),
        Err(other) => return other.err(),
    }
    if owner_of(&people, record.writer) != Some(people.me()) {
        return Code::NotOwner.err();
    }
    Ok((record, people))
}

/// A plan as its parts are shown now, in one document: alone there is nobody to write apart from. Ids of lines are chosen
/// by whoever writes, and in one document a second line of one id takes the place of the first: what only I can write keeps
/// its ids, and where another could have written an id again the line goes along under a new one.
fn plan(desk: &mut Desk<'_>, record: &DocumentRecord, people: &People) -> Result<Vec<Step>> {
    let State::Plan(frame) = desk.load(&record.id)?.state.clone() else { return Code::NotFound.err() };
    let mut said = steps::begin(&frame.template, frame.template_version, &frame.title);
    let mut lines = Vec::new();
    for line in lines::parts(desk.db, &record.id)? {
        let Some(part) = frame.parts.get(&line.key) else { continue };
        said.extend(steps::add_part(&line.key, part));
        if part.skipped {
            said.push(steps::skip_part(&line.key, true));
        }
        for home in homes(people, record, &line).into_iter().filter(|home| home.mine) {
            let shown = lines_of(desk, &home.doc(), &line.key)?;
            lines.extend(shown.into_iter().map(|(id, entry)| (home.birth.writer.is_none(), id, entry)));
        }
    }
    lines.sort_by_key(|(is_of_all, ..)| *is_of_all);
    let mut used = BTreeSet::new();
    for (_, id, entry) in lines {
        let id = if used.contains(&id) { desk.make_element() } else { id };
        used.insert(id);
        said.extend(steps::add_entry(id, &entry));
    }
    Ok(said)
}

/// The lines that a part shows out of one document.
fn lines_of(desk: &mut Desk<'_>, doc: &DocId, part: &str) -> Result<Vec<(ElementId, EntryState)>> {
    if documents::get(desk.db, doc)?.is_none() {
        return Ok(Vec::new());
    }
    let State::Plan(state) = &desk.load(doc)?.state else { return Ok(Vec::new()) };
    Ok(state.shown(part).into_iter().map(|(id, entry)| (id, entry.clone())).collect())
}
