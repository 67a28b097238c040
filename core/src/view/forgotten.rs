//! What was forgotten and what needs repair: that it was there, who let it go, and what each phone said of it. No word of
//! what it held, but my own that nobody copied.

use super::look::Look;
use super::records::{Person, Stage, When};
use crate::batch::{Header, Holdings, LogHead, Payloads, SignedHoldings, covers};
use crate::document::{Kind, typed_in};
use crate::error::Result;
use crate::identity::DeviceKeys;
use crate::ids::{BatchId, DeviceId, DocId, SpaceId};
use crate::projection::{HeldLog, HeldPayloads, KEPT_AFTER_FORGET_MS, Matter, People, kept, owner_of};
use crate::store::forgetting::{self, Asked, ForgottenRecord};
use crate::store::{batches, documents, singles, spaces};
use crate::text::PersonText;
use serde::Serialize;
use std::collections::BTreeMap;

/// What one phone said about something that was forgotten (invariant I23).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// Which phone.
    pub device: DeviceId,
    /// Whose.
    pub by: Person,
    /// `confirmed`: it said that it holds what was asked; `asked`: it has said something, and not yet that; `unknown`: it
    /// never said what it holds.
    pub stage: Stage,
}

/// A note, goal, plan or copy that its owner let go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "the names are the fields")]
pub struct ForgottenRow {
    pub doc: DocId,
    pub space: SpaceId,
    /// `note`, `goal`, `plan`, `copy`; `other` for anything else.
    pub kind: String,
    /// What kind of thing it was, in words.
    pub label: String,
    /// Who let it go.
    pub by: Option<Person>,
    pub when: When,
    /// Where what it said went on.
    pub into: Option<DocId>,
    /// `hidden`: its words are still held here, out of sight; `gone`: they are held here no more.
    pub stage: Stage,
    /// While it is hidden: days until its words go from this phone.
    pub days: Option<u32>,
    /// Whether its owner asked every phone to drop the words at once.
    pub purged: bool,
    /// Changes of mine that nobody copied: they stay on this phone until I let go of them.
    pub kept: u64,
    /// The words in those changes, as far as one change tells them, at most 100.
    pub words: Vec<PersonText>,
    /// What every other phone said, as far as this one heard.
    pub receipts: Vec<Receipt>,
}

/// Something that needs repair, itself or a part of it: readable, and written on only in a new one that its owner makes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "the names are the fields")]
pub struct RepairRow {
    pub doc: DocId,
    pub space: SpaceId,
    /// What it is: `note`, `goal`, `plan`, `other`.
    pub kind: String,
    /// `needs-repair`, with what it means for a reader.
    pub stage: Stage,
    pub hint: String,
    /// Whether it is mine to let go on in a new one.
    pub mine: bool,
}

fn kind(kind: u32) -> &'static str {
    match Kind::from_number(kind) {
        Some(Kind::Note) => "note",
        Some(Kind::Goal) => "goal",
        Some(Kind::Plan) => "plan",
        Some(Kind::Copy) => "copy",
        _ => "other",
    }
}

/// Most rows of what one member of a space other than me let go, the newest; what holds words of mine is listed beyond.
const OTHERS_MAX: usize = 100;

/// Newest first.
pub(super) fn list(look: &Look<'_>) -> Result<Vec<ForgottenRow>> {
    look.needs(&[Matter::Forgotten, Matter::Log, Matter::OwnLog, Matter::Space]);
    let (mut rows, mut told) = (Vec::new(), BTreeMap::new());
    for forgotten in forgetting::all(look.db())? {
        let people = look.people(&forgotten.space)?;
        let record = documents::get(look.db(), &forgotten.doc)?;
        let owner = record.and_then(|record| owner_of(&people, record.writer));
        let count: &mut usize = told.entry((forgotten.space, owner)).or_default();
        *count += 1;
        let is_told = owner == Some(people.me()) || *count <= OTHERS_MAX;
        if is_told || !kept(look.db(), &people, &forgotten)?.is_empty() {
            rows.push(row(look, &forgotten)?);
        }
    }
    Ok(rows)
}

fn row(look: &Look<'_>, forgotten: &ForgottenRecord) -> Result<ForgottenRow> {
    let people = look.people(&forgotten.space)?;
    let record = documents::get(look.db(), &forgotten.doc)?;
    let kind = record.as_ref().map_or("other", |record| kind(record.kind));
    let purges = forgetting::standing(look.db(), &forgotten.doc, Asked::Purge)?;
    let (by, when) = match asked(look, &forgotten.doc)? {
        Some((device, when)) => {
            let member = people.membership.member_of(&device);
            (member.map(|member| look.person(&people, &member)), when)
        }
        None => (None, look.when(forgotten.since_ms, "UTC")),
    };
    let left = forgotten.since_ms.saturating_add(KEPT_AFTER_FORGET_MS).saturating_sub(look.at().unix_ms);
    // A day that has begun counts.
    let days = u32::try_from(left.max(0).saturating_add(DAY_MS - 1) / DAY_MS).unwrap_or(u32::MAX);
    if forgotten.dropped_ms.is_none() && left > 0 {
        // One day fewer is left once this many whole ones are.
        let whole = i64::from(days).saturating_sub(1).saturating_mul(DAY_MS);
        look.until(Some(look.at().unix_ms.saturating_add(left.saturating_sub(whole))));
    }
    look.stands_on(forgotten.doc);
    let kept = kept(look.db(), &people, forgotten)?;
    Ok(ForgottenRow {
        words: words(look, kept.iter().map(|(_, batch)| batch)),
        kept: kept.len() as u64,
        doc: forgotten.doc,
        space: forgotten.space,
        label: look.say(&format!("forgotten-{kind}"), &[]),
        kind: kind.to_owned(),
        by,
        when,
        into: forgotten.into,
        stage: look.stage("forgotten", if forgotten.dropped_ms.is_some() { "gone" } else { "hidden" }),
        days: forgotten.dropped_ms.is_none().then_some(days),
        purged: !purges.is_empty(),
        receipts: receipts_of(look, &people, &forgotten.doc)?,
    })
}

const DAY_MS: i64 = 86_400_000;
/// Most pieces of own words that a row lists.
const WORDS_MAX: usize = 100;

fn words<'b>(look: &Look<'_>, batches: impl Iterator<Item = &'b BatchId>) -> Vec<PersonText> {
    let payloads = HeldPayloads(look.db());
    let bodies = batches.filter_map(|batch| payloads.body(batch));
    let typed = bodies.flat_map(|body| body.changes).flat_map(|chunk| typed_in(chunk.bytes()));
    typed.take(WORDS_MAX).map(PersonText::new).collect()
}

fn signed(look: &Look<'_>, batch: Option<BatchId>) -> Result<Option<(DeviceId, Header)>> {
    let Some(record) = batch.map(|batch| batches::get(look.db(), &batch)).transpose()?.flatten() else {
        return Ok(None);
    };
    Ok(Header::parse(&record.header).ok().map(|header| (record.device, header)))
}

/// The device that asked to forget a document, and when as claimed.
pub(super) fn asked(look: &Look<'_>, doc: &DocId) -> Result<Option<(DeviceId, When)>> {
    let first = forgetting::standing(look.db(), doc, Asked::Forget)?.iter().map(|request| request.batch).next();
    let when = |header: &Header| look.when(header.claimed.unix_ms, &header.claimed.zone);
    Ok(signed(look, first)?.map(|(device, header)| (device, when(&header))))
}

/// What every other phone said of what its owner asks: of the purge, where there is one.
pub(super) fn receipts_of(look: &Look<'_>, people: &People, doc: &DocId) -> Result<Vec<Receipt>> {
    let purges = forgetting::standing(look.db(), doc, Asked::Purge)?;
    let forgets = forgetting::standing(look.db(), doc, Asked::Forget)?;
    receipts(look, people, purges.iter().chain(&forgets).map(|request| request.batch).next())
}

/// Read off what the phones said to hold: one that holds the batch that asks has carried it out, since taking it in and
/// carrying it out are one transaction.
fn receipts(look: &Look<'_>, people: &People, asked: Option<BatchId>) -> Result<Vec<Receipt>> {
    let Some((device, header)) = signed(look, asked)? else { return Ok(Vec::new()) };
    let Some(id) = asked else { return Ok(Vec::new()) };
    let head = LogHead { device, seq: header.seq, id };
    let space = people.record.id;
    let log = HeldLog { db: look.db(), space };
    let this = this_device(look)?;
    let mut receipts = Vec::new();
    for member in people.membership.members.keys() {
        for other in people.membership.active_devices_of(member) {
            // The row itself says how it stands here; the one that signed it carried it out when it did.
            if Some(other) == this {
                continue;
            }
            let signed = spaces::holdings(look.db(), &space, &other)?;
            let told: Option<Holdings> = signed.and_then(|bytes| Some(SignedHoldings::parse(&bytes)?.1));
            let code = match &told {
                _ if other == device => "confirmed",
                None => "unknown",
                Some(told) => {
                    let wanted = Holdings { logs: vec![head], ..told.clone() };
                    if covers(told, &wanted, &log) { "confirmed" } else { "asked" }
                }
            };
            receipts.push(Receipt {
                device: other,
                by: look.person(people, member),
                stage: look.stage("receipt", code),
            });
        }
    }
    Ok(receipts)
}

/// This device, which tells itself nothing.
fn this_device(look: &Look<'_>) -> Result<Option<DeviceId>> {
    let stored = singles::secret(look.db(), singles::DEVICE_KEYS)?;
    // Its own keys name it, and nothing else in the store does; the copy is wiped at once.
    Ok(stored.and_then(|stored| DeviceKeys::from_stored(stored.expose()).ok()).map(|keys| keys.device_id()))
}

/// What needs repair, the newest first.
pub(super) fn repairs(look: &Look<'_>) -> Result<Vec<RepairRow>> {
    look.needs(&[Matter::Repair, Matter::Space]);
    let mut rows = Vec::new();
    for doc in forgetting::frozen(look.db())? {
        look.stands_on(doc);
        let Some(record) = documents::get(look.db(), &doc)? else {
            rows.extend(not_shown(look, doc)?);
            continue;
        };
        let people = look.people(&record.space)?;
        let kind = kind(record.kind);
        let mine = kind != "other" && owner_of(&people, record.writer) == Some(people.me());
        rows.push(RepairRow {
            doc,
            space: record.space,
            kind: kind.to_owned(),
            stage: look.stage("document", "needs-repair"),
            hint: look.say(if mine { "repair-mine" } else { "repair-theirs" }, &[]),
            mine,
        });
    }
    Ok(rows)
}

/// Something that came and is shown nowhere, since what is kept of it is damaged: what it is cannot be told.
fn not_shown(look: &Look<'_>, doc: DocId) -> Result<Option<RepairRow>> {
    let space = batches::space_of(look.db(), &doc)?;
    Ok(space.map(|space| RepairRow {
        doc,
        space,
        kind: "other".to_owned(),
        stage: look.stage("document", "needs-repair"),
        hint: look.say("repair-not-shown", &[]),
        mine: false,
    }))
}

/// Whether a document, shown as it is, needs repair.
pub(super) fn repair(look: &Look<'_>, doc: &DocId) -> Result<Option<Stage>> {
    Ok(forgetting::needs_repair(look.db(), doc)?.then(|| look.stage("document", "needs-repair")))
}
