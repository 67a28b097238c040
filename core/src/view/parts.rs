//! The parts of a plan with their lines, each shown from the documents that [`homes`] names.

use super::look::Look;
use super::paragraphs::direction;
use super::records::{EntryDetail, IdeaDetail, Ownership, PartDetail, Person};
use crate::batch::BatchFacts;
use crate::cbor;
use crate::command::{Deed, Home, May, Subject, allowed, homes};
use crate::document::act::ActKind;
use crate::document::plan::PartOwner;
use crate::error::{Code, Result};
use crate::ids::{BatchId, DeviceId, DocId, ElementId, MemberId};
use crate::library::{self, Arg};
use crate::projection::People;
use crate::projection::lines::{self, EntryLine, PartLine};
use crate::store::batches;
use crate::store::documents::{self, DocumentRecord};
use crate::text::PersonText;
use rusqlite::{OptionalExtension, params};
use std::collections::{BTreeMap, BTreeSet};

/// A plan as its parts are shown.
pub(super) struct Frame<'a> {
    pub look: &'a Look<'a>,
    pub record: &'a DocumentRecord,
    pub people: &'a People,
    /// The key of its template; a newer app may have others.
    pub template: String,
}

impl<'a> Frame<'a> {
    /// # Errors
    /// `NotFound` for a plan whose frame has not come.
    pub fn of(look: &'a Look<'a>, record: &'a DocumentRecord, people: &'a People) -> Result<Self> {
        let template = look
            .db()
            .prepare_cached("SELECT template FROM plan WHERE doc = ?1")?
            .query_row([record.id], |row| row.get(0))
            .optional()?;
        Ok(Frame { look, record, people, template: template.ok_or(Code::NotFound)? })
    }

    /// What a part is called, whether it is still there or not.
    pub fn title_of(&self, key: &str) -> Result<PersonText> {
        let own: Option<Option<String>> = self
            .look
            .db()
            .prepare_cached("SELECT title FROM part WHERE doc = ?1 AND key = ?2")?
            .query_row(params![self.record.id, key], |row| row.get(0))
            .optional()?;
        Ok(self.title(key, own.flatten().as_deref()))
    }

    fn title(&self, key: &str, own: Option<&str>) -> PersonText {
        if let Some(title) = own.filter(|title| !title.is_empty()) {
            return title.into();
        }
        let template = library::template(&self.template);
        let known = template.and_then(|template| Some(template.part_title_id(template.part(key)?)));
        self.look.say(known.as_deref().unwrap_or("kind-part"), &[]).into()
    }

    fn prompt(&self, key: &str) -> String {
        let template = library::template(&self.template);
        let known = template.and_then(|template| Some(template.part_prompt_id(template.part(key)?)));
        self.look.say(known.as_deref().unwrap_or("plan-own-part-prompt"), &[])
    }

    /// The documents a part is shown from, mine first.
    pub fn homes(&self, part: &PartLine) -> Vec<Home> {
        let mut homes = homes(self.people, self.record, part);
        homes.sort_by_key(|home| !home.mine);
        homes
    }

    /// A line where it is shown now, with the part and the document; nothing where it is not shown any more.
    pub fn shown(&self, element: &ElementId) -> Result<Option<(EntryLine, Home)>> {
        let parts = lines::parts(self.look.db(), &self.record.id)?;
        for line in lines::copies_of(self.look.db(), &self.record.id, element)? {
            let Some(part) = parts.iter().find(|part| part.key == line.part) else { continue };
            if let Some(home) = self.homes(part).into_iter().find(|home| home.doc() == line.doc) {
                return Ok(Some((line, home)));
            }
        }
        Ok(None)
    }

    /// All parts, each with the open ideas for it.
    pub fn parts(&self, mut ideas: BTreeMap<String, Vec<IdeaDetail>>) -> Result<Vec<PartDetail>> {
        let parts = lines::parts(self.look.db(), &self.record.id)?;
        parts.iter().map(|part| self.part(part, ideas.remove(&part.key).unwrap_or_default())).collect()
    }

    fn part(&self, part: &PartLine, ideas: Vec<IdeaDetail>) -> Result<PartDetail> {
        let homes = self.homes(part);
        let (mut entries, mut meant) = (Vec::new(), BTreeSet::new());
        for home in &homes {
            let column = home.birth.writer.filter(|_| part.owner == PartOwner::Each && homes.len() > 1);
            entries.extend(self.entries(part, home, column, &mut meant)?);
        }
        let alone: &[Deed] = &[Deed::Add, Deed::Skip, Deed::SetOwner];
        let shared: &[Deed] = &[Deed::Add, Deed::Suggest, Deed::Comment, Deed::Skip, Deed::SetOwner];
        let deeds = if self.people.others().is_empty() { alone } else { shared };
        Ok(PartDetail {
            key: part.key.clone(),
            title: self.title(&part.key, part.title.as_deref()),
            prompt: self.prompt(&part.key),
            ownership: self.ownership(&homes),
            skipped: part.skipped,
            entries,
            ideas,
            left_over: self.left_over(part, &homes)?,
            may: allowed(self.look.db(), Subject::Part { plan: &self.record.id, part: &part.key }, deeds)?,
        })
    }

    /// Words that someone wrote on where the part is not shown from any more.
    fn left_over(&self, part: &PartLine, homes: &[Home]) -> Result<Vec<EntryDetail>> {
        let shown: Vec<DocId> = homes.iter().map(Home::doc).collect();
        let mut found = Vec::new();
        for line in lines::left_over(self.look.db(), &self.record.id, &part.key, &shown)? {
            let Some(rev) = self.look.rev(&line.doc)? else { continue };
            let writer = documents::get(self.look.db(), &line.doc)?.and_then(|record| record.writer);
            let subject = Subject::Entry { plan: &self.record.id, entry: &line.id };
            let may = allowed(self.look.db(), subject, &[Deed::TakeOver])?;
            found.push(self.entry(line, writer, &rev, None, may)?);
        }
        Ok(found)
    }

    /// Read off the writers of the documents, never off the word for the part's owner.
    fn ownership(&self, homes: &[Home]) -> Ownership {
        match homes {
            [home] => self.look.owned_by(self.people, home.birth.writer),
            [] => self.look.owned_by(self.people, self.record.writer),
            _ => self.look.each_writes(),
        }
    }

    /// The lines of one document. `meant`: the ids that commands take for a line of a document before this one, since a part
    /// that was handed over may leave a copy in each column; nothing is offered for the copy.
    fn entries(
        &self,
        part: &PartLine,
        home: &Home,
        column: Option<MemberId>,
        meant: &mut BTreeSet<ElementId>,
    ) -> Result<Vec<EntryDetail>> {
        let doc = home.doc();
        let Some(rev) = self.look.rev(&doc)? else { return Ok(Vec::new()) };
        let column = column.map(|member| self.look.person(self.people, &member));
        let alone: &[Deed] = &[Deed::Edit, Deed::Take];
        let shared: &[Deed] = &[Deed::Edit, Deed::Take, Deed::Suggest, Deed::Comment];
        let deeds = if self.people.others().is_empty() { alone } else { shared };
        // Live lines of one document differ in nothing that the answers depend on.
        let mut may: Option<May> = None;
        let mut entries = Vec::new();
        for line in lines::entries(self.look.db(), &doc, &part.key)? {
            let is_copy = !meant.insert(line.id);
            if line.gone {
                continue;
            }
            let may = match &may {
                _ if is_copy => May::default(),
                Some(may) => may.clone(),
                None => {
                    let subject = Subject::Entry { plan: &self.record.id, entry: &line.id };
                    may.insert(allowed(self.look.db(), subject, deeds)?).clone()
                }
            };
            entries.push(self.entry(line, home.birth.writer, &rev, column.clone(), may)?);
        }
        Ok(entries)
    }

    fn entry(
        &self,
        line: EntryLine,
        writer: Option<MemberId>,
        rev: &crate::ids::Rev,
        column: Option<Person>,
        may: May,
    ) -> Result<EntryDetail> {
        let wrote = self.wrote(&line)?;
        let mut by: Vec<MemberId> = wrote.members.clone();
        if by.is_empty() {
            by.extend(writer);
        }
        by.sort_by_key(|member| (*member != self.people.me(), *member));
        let (claimed_ms, zone) = match wrote.last {
            Some(last) => last,
            None => self.made()?,
        };
        Ok(EntryDetail {
            id: line.id,
            rev: rev.clone(),
            dir: direction(&line.text),
            text: line.text.into(),
            by: by.iter().map(|member| self.look.person(self.people, member)).collect(),
            by_label: self.by_label(&by, &self.look.when_inside(claimed_ms, &zone)),
            when: self.look.when(claimed_ms, &zone),
            column,
            may,
        })
    }

    /// Who wrote in a line, from its history in the document where it lies; where it was brought over from another
    /// document of the plan, from theirs too. A line that came of an idea was written by whoever took it up. Words that came and
    /// went in one sitting are told nowhere else, so nowhere.
    fn wrote(&self, line: &EntryLine) -> Result<Wrote> {
        let mut query = self.look.db().prepare_cached(
            "SELECT member, claimed_ms, zone, after, device, batch, doc FROM history
             WHERE element = ?1 AND subject = ?2 AND space = ?3 AND act IN (?4, ?5) AND (doc = ?6 OR ?7)
             AND (act = ?4 OR before IS NULL OR before IS NOT after) ORDER BY id",
        )?;
        let rows = query.query_map(
            params![
                line.id,
                self.record.id,
                self.record.space,
                ActKind::EntryAdded as u8,
                ActKind::EntryText as u8,
                line.doc,
                line.copied.is_some()
            ],
            |row| {
                let when = (row.get::<_, i64>(1)?, row.get::<_, String>(2)?);
                let sat = Sitting { device: row.get(4)?, batch: row.get(5)?, doc: row.get(6)?, when };
                Ok((row.get::<_, MemberId>(0)?, sat, row.get::<_, Option<String>>(3)?))
            },
        )?;
        let rows = rows.collect::<rusqlite::Result<Vec<_>>>()?;
        // Whose words are all gone from it is not named as who wrote those that stand there.
        let stands = |member: &MemberId| {
            rows.iter().filter(|(by, ..)| by == member).any(|(.., after)| {
                after.as_ref().is_none_or(|after| *after == line.text || shares_words(&line.text, after))
            })
        };
        let mut wrote = Wrote::default();
        for (member, ..) in &rows {
            if !wrote.members.contains(member) {
                wrote.members.push(*member);
            }
        }
        wrote.last = self.last_of(rows.iter().map(|(_, sat, _)| sat))?;
        if wrote.members.len() > 1 && wrote.members.iter().any(stands) {
            wrote.members.retain(stands);
        }
        Ok(wrote)
    }

    /// When a line was written in last: as of notes, the newer of two batches is the one that begins behind more operations.
    /// History lies in the order in which batches came, which differs from phone to phone but for those of one device.
    fn last_of<'s>(&self, all: impl Iterator<Item = &'s Sitting>) -> Result<Option<(i64, String)>> {
        let last: BTreeMap<DeviceId, &Sitting> = all.map(|sat| (sat.device, sat)).collect();
        if let (1, Some(only)) = (last.len(), last.values().next()) {
            return Ok(Some(only.when.clone()));
        }
        let is_one = last.values().map(|sat| sat.doc).collect::<BTreeSet<_>>().len() == 1;
        let mut newest = None;
        for sat in last.into_values() {
            // Operations of two documents say nothing of one another. What is being written stands behind all that is here.
            let from_op = match sat.batch.filter(|_| is_one) {
                Some(batch) => self.begins_with(&batch)?,
                None => u64::MAX,
            };
            newest = newest.max(Some((from_op, sat.when.clone())));
        }
        Ok(newest.map(|(_, when)| when))
    }

    /// The counter of a batch's first operation.
    fn begins_with(&self, batch: &BatchId) -> Result<u64> {
        let Some(record) = batches::get(self.look.db(), batch)? else { return Ok(0) };
        Ok(cbor::decode_own::<BatchFacts>(&record.facts).map_or(0, |facts| facts.start_op))
    }

    fn made(&self) -> Result<(i64, String)> {
        Ok(self
            .look
            .db()
            .prepare_cached("SELECT made_ms, zone FROM plan WHERE doc = ?1")?
            .query_row([self.record.id], |row| Ok((row.get(0)?, row.get(1)?)))?)
    }

    /// `you, 3 May`; me first.
    fn by_label(&self, by: &[MemberId], when: &str) -> String {
        let me = self.people.me();
        let name = |member: &MemberId| self.look.name(self.people, member);
        let when = ("when", Arg::Text(when));
        match by {
            [] => self.look.say("by-name", &[("name", Arg::Text(&self.look.say("someone", &[]))), when]),
            [one] if *one == me => self.look.say("by-you", &[when]),
            [one] => self.look.say("by-name", &[("name", Arg::Text(&name(one))), when]),
            [one, other] if *one == me => self.look.say("by-both", &[("name", Arg::Text(&name(other))), when]),
            [one, rest @ ..] if *one == me => self.look.say("by-you-more", &[("count", rest.len().into()), when]),
            [one, rest @ ..] => {
                let count = ("count", rest.len().into());
                self.look.say("by-name-more", &[("name", Arg::Text(&name(one))), count, when])
            }
        }
    }

    /// The document where something about this part and element would be written, and how the line reads now.
    pub fn target(&self, part: &str, element: Option<&ElementId>) -> Result<Option<(DocId, String)>> {
        if let Some(element) = element {
            let shown = self.shown(element)?.filter(|(line, _)| !line.gone);
            return Ok(shown.map(|(line, home)| (home.doc(), line.text)));
        }
        let parts = lines::parts(self.look.db(), &self.record.id)?;
        let home = parts.iter().find(|known| known.key == part).and_then(|part| self.homes(part).into_iter().next());
        Ok(home.map(|home| (home.doc(), String::new())))
    }
}

/// Whether a piece of a word of one stands in the other. It is rather said to be so than not: what looks like another's
/// words may be theirs, spelled anew; and where writing has no blanks, a sign is a word.
fn shares_words(one: &str, other: &str) -> bool {
    one.split(|sign: char| !sign.is_alphanumeric()).filter(|word| !word.is_empty()).any(|word| {
        let signs: Vec<char> = word.chars().collect();
        let width = if word.is_ascii() { signs.len().min(PIECE) } else { 1 };
        signs.windows(width).any(|piece| other.contains(&piece.iter().collect::<String>()))
    })
}

/// Letters that two words have in common by more than chance.
const PIECE: usize = 4;

/// Everyone who wrote in a line, and when the last did.
#[derive(Default)]
struct Wrote {
    members: Vec<MemberId>,
    last: Option<(i64, String)>,
}

/// One sitting of a device at a line; no batch while it lasts.
struct Sitting {
    device: DeviceId,
    batch: Option<BatchId>,
    doc: DocId,
    when: (i64, String),
}
