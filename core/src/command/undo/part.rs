//! Handing a part back: only while nobody else wrote there since.

use super::super::{Desk, place};
use super::text_at;
use crate::document::plan::PartOwner;
use crate::error::{Code, Result};
use crate::ids::{DocId, MemberId};
use crate::projection::lines;
use crate::store::documents;
use crate::store::undo::Deeds;

/// A part that was handed over, and whose it was before.
pub(super) struct HandedOver {
    pub plan: DocId,
    pub key: String,
    pub owner: PartOwner,
}

/// Whether lines stand in the part now that came or changed since it was handed over, and that someone else wrote than
/// whoever would write there alone again: nobody's words go over to another by an undo.
pub(super) fn is_another_in_it(desk: &mut Desk<'_>, deeds: &[Deeds], handed: &HandedOver) -> Result<bool> {
    let record = documents::get(desk.db, &handed.plan)?.ok_or(Code::NotFound)?;
    let people = desk.people(&record.space)?;
    let mut others = people.membership.members.keys().filter(|member| Some(**member) != record.writer);
    let alone: Option<MemberId> = match handed.owner {
        PartOwner::Person => record.writer,
        PartOwner::Supporter => others.next().copied(),
        // Into a column of one's own goes all that is shown, what others wrote before as well.
        PartOwner::Each => Some(people.me()),
        PartOwner::Both => None,
    };
    let Some(alone) = alone else { return Ok(false) };
    let part = place::part(desk.db, &handed.plan, &handed.key)?;
    for home in place::homes(&people, &record, &part) {
        let doc = home.doc();
        let then = match deeds.iter().find(|deed| deed.doc == doc) {
            Some(deed) => Some(desk.load(&doc)?.doc.at(&deed.after, |view| view.tree())?),
            // Nothing was brought there.
            None => None,
        };
        for line in lines::entries(desk.db, &doc, &handed.key)?.iter().filter(|line| !line.gone) {
            let path = ["entries".to_owned(), line.id.to_string(), "text".to_owned()].to_vec();
            let was = then.as_ref().and_then(|then| text_at(then, &path));
            let is_since = handed.owner == PartOwner::Each || was.as_deref() != Some(line.text.as_str());
            if is_since && lines::is_from_another(desk.db, &handed.plan, &line.id, &alone)? {
                return Ok(true);
            }
        }
    }
    Ok(false)
}
