use crate::batch::Birth;
use crate::document::Kind;
use crate::document::plan::PartOwner;
use crate::error::{Code, Result};
use crate::ids::{DocId, ElementId, MemberId, SpaceId};
use crate::projection::lines::{self, EntryLine, PartLine};
use crate::projection::{People, birth_of};
use crate::store::documents::DocumentRecord;
use rusqlite::Connection;

/// A document in which a part of a plan lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    /// How it is born, if it is not there yet.
    pub birth: Birth,
    /// Whether I may write it.
    pub mine: bool,
}

impl Home {
    /// Its id.
    pub fn doc(&self) -> DocId {
        self.birth.doc()
    }
}

/// The birth of a document of which only one can exist: its nonce is zero (protocol.md §4).
pub(super) fn only(
    space: SpaceId,
    kind: Kind,
    writer: Option<MemberId>,
    about: Option<DocId>,
    key: Option<&str>,
) -> Birth {
    Birth { space, kind: kind.number(), writer, about, key: key.map(str::to_owned), nonce: [0; 32] }
}

/// The documents a part is shown from: one, or one a member where each has a column.
pub fn homes(people: &People, plan: &DocumentRecord, part: &PartLine) -> Vec<Home> {
    let me = people.me();
    let frame = || Home { birth: birth_of(plan), mine: plan.writer == Some(me) };
    let column = |member: MemberId| Home {
        birth: only(plan.space, Kind::Column, Some(member), Some(plan.id), Some(&part.key)),
        mine: member == me,
    };
    if people.membership.members.len() < 2 {
        return vec![frame()];
    }
    match part.owner {
        PartOwner::Person => vec![frame()],
        PartOwner::Both => {
            vec![Home { birth: only(plan.space, Kind::Joint, None, Some(plan.id), Some(&part.key)), mine: true }]
        }
        PartOwner::Supporter => {
            let other = people.membership.members.keys().find(|member| Some(**member) != plan.writer);
            other.map(|member| column(*member)).into_iter().collect()
        }
        PartOwner::Each => people.membership.members.keys().map(|member| column(*member)).collect(),
    }
}

/// The document of a part that I may write.
///
/// # Errors
/// `SuggestOnly` where the part is another member's.
pub fn home(people: &People, plan: &DocumentRecord, part: &PartLine) -> Result<Home> {
    homes(people, plan, part).into_iter().find(|home| home.mine).ok_or_else(|| Code::SuggestOnly.into())
}

/// A part of a plan by its key.
///
/// # Errors
/// `NotFound`.
pub(super) fn part(db: &Connection, plan: &DocId, key: &str) -> Result<PartLine> {
    let found = lines::parts(db, plan)?.into_iter().find(|part| part.key == key);
    found.ok_or_else(|| Code::NotFound.of(crate::error::Field::Part).into())
}

/// A line as it is shown: in a document its part is shown from now. Ids are chosen by whoever writes, so of several
/// lines with one id it is the one only I can write, then the one in the plan itself, then any.
///
/// # Errors
/// `NotFound` for a line that is nowhere, or only where its part is not shown from any more.
pub(super) fn shown_entry(
    db: &Connection,
    people: &People,
    plan: &DocumentRecord,
    entry: &ElementId,
) -> Result<(EntryLine, PartLine, Home)> {
    let mut shown = Vec::new();
    for line in lines::copies_of(db, &plan.id, entry)? {
        let Ok(part) = part(db, &plan.id, &line.part) else { continue };
        if let Some(home) = homes(people, plan, &part).into_iter().find(|home| home.doc() == line.doc) {
            shown.push((line, part, home));
        }
    }
    let rank = |(line, _, home): &(EntryLine, PartLine, Home)| {
        (home.birth.writer != Some(people.me()), line.doc != plan.id, line.doc)
    };
    shown.into_iter().min_by_key(rank).ok_or_else(|| Code::NotFound.into())
}

/// A line that lies elsewhere with words the shown one never took up, and the document I would put them in.
///
/// # Errors
/// `NotFound` where there is none; `SuggestOnly` where the part is another member's now.
pub(super) fn left_over(
    db: &Connection,
    people: &People,
    plan: &DocumentRecord,
    entry: &ElementId,
) -> Result<(EntryLine, Home)> {
    for part in lines::parts(db, &plan.id)? {
        let shown: Vec<DocId> = homes(people, plan, &part).iter().map(Home::doc).collect();
        let found = lines::left_over(db, &plan.id, &part.key, &shown)?.into_iter().find(|line| line.id == *entry);
        if let Some(line) = found {
            return Ok((line, home(people, plan, &part)?));
        }
    }
    Code::NotFound.err()
}
