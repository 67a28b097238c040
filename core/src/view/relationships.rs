//! The people I share spaces with, and how far what we hold agrees.

use super::look::Look;
use super::records::{self, Person};
use crate::batch::{Ask, Birth, Entry, Holdings, LogHead, LogView, SignedHoldings, covers, to_send};
use crate::clock::Stamp;
use crate::document::Kind;
use crate::document::act::ActKind;
use crate::error::Result;
use crate::ids::{BatchId, DeviceId, DocId, MemberId, SpaceId};
use crate::projection::copies::all_in;
use crate::projection::{HeldLog, Matter, People, touch_space};
use crate::space::{SpaceKind, SpaceState};
use crate::store::batches::{self, Stage};
use crate::store::{documents, forgetting, singles, spaces};
use crate::text::PersonText;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use std::collections::BTreeSet;

/// Someone I share a space with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "the names are the fields")]
pub struct RelationshipRow {
    pub space: SpaceId,
    pub name: PersonText,
    pub people: Vec<Person>,
    pub my_role_label: String,
    /// Their devices that are active.
    pub phones: u32,
    pub stage: records::Stage,
    /// Changes of mine that their newest holdings do not confirm.
    pub waiting: u64,
    /// Whether both said that they hold the same; `None` before they said anything. Where I left: whether they are known to
    /// have heard of it.
    pub equal: Option<bool>,
    /// Who of `people` left by their own word, me among them. Where `phones` is 0 and nobody of the others is named here, all
    /// of their phones were taken out: they may come back.
    pub left: Vec<MemberId>,
}

pub(super) fn list(look: &Look<'_>) -> Result<Vec<RelationshipRow>> {
    // A change of mine that nobody confirmed yet may begin in any document of a shared space.
    use Matter::{Column, Copy, Goal, Joint, Lane, Log, Plan, Profile, Space};
    look.needs(&[Space, Log, Goal, Plan, Joint, Column, Lane, Profile, Copy]);
    let spaces = spaces::all_spaces(look.db())?.into_iter();
    spaces.filter(|space| space.kind == SpaceKind::Relationship.code()).map(|space| row(look, &space.id)).collect()
}

fn row(look: &Look<'_>, space: &SpaceId) -> Result<RelationshipRow> {
    let people = look.people(space)?;
    let others = people.others();
    let names: Vec<String> = others.iter().map(|member| look.name(&people, member)).collect();
    let phones: usize = others.iter().map(|member| people.membership.active_devices_of(member).len()).sum();
    let log = HeldLog { db: look.db(), space: *space };
    let told = told(look.db(), &people)?;
    // To where nobody listens nothing goes, and from a phone that was removed nothing new does.
    let goes = !told.is_empty() && people.state() != SpaceState::PutOut;
    let has_heard = people.state() == SpaceState::Ended && has_heard(look.db(), space)?;
    let open = batches::all_open(look.db(), Some(space))?.len() as u64;
    let my_role = people.membership.role_of(&people.me());
    let members: Vec<MemberId> = std::iter::once(people.me()).chain(others).collect();
    let has_left = |member: &&MemberId| people.membership.members.get(member).is_some_and(|member| member.left);
    Ok(RelationshipRow {
        space: *space,
        name: names.join(", ").into(),
        people: members.iter().map(|member| look.person(&people, member)).collect(),
        my_role_label: my_role.map(|role| look.role(role)).unwrap_or_default(),
        phones: u32::try_from(phones).unwrap_or(u32::MAX),
        stage: stage(look, people.state()),
        waiting: if goes { missing(&log, &people, &told).len() as u64 + open } else { 0 },
        equal: has_heard.then_some(true).or_else(|| goes.then(|| equal(&log, &people, &told, open))?),
        left: members.iter().filter(has_left).copied().collect(),
    })
}

pub(super) fn stage(look: &Look<'_>, state: SpaceState) -> records::Stage {
    look.stage(
        "member",
        match state {
            SpaceState::Introduced => "not-checked",
            SpaceState::Checked => "checked",
            SpaceState::Ended => "left",
            SpaceState::PutOut => "put-out",
        },
    )
}

/// What each active device of the others said that it holds; `None` for one that said nothing yet.
fn told(db: &Connection, people: &People) -> Result<Vec<Option<Holdings>>> {
    let others = people.others();
    let devices = others.iter().flat_map(|member| people.membership.active_devices_of(member));
    devices
        .map(|device| {
            let signed = spaces::holdings(db, &people.record.id, &device)?;
            Ok(signed.and_then(|bytes| Some(SignedHoldings::parse(&bytes)?.1)))
        })
        .collect()
}

/// Keeps that the others of a space know that I left it. A phone that is out is told of no holdings any more.
///
/// # Errors
/// Those of the database.
pub fn keep_heard(db: &Connection, space: &SpaceId) -> Result<()> {
    if has_heard(db, space)? {
        return Ok(());
    }
    singles::set_counter(db, &heard(space), 1)?;
    touch_space(db, space)
}

fn has_heard(db: &Connection, space: &SpaceId) -> Result<bool> {
    Ok(singles::counter(db, &heard(space))? > 0)
}

fn heard(space: &SpaceId) -> String {
    format!("heard/{space}")
}

/// When a space was named first in my own list: when I paired there, by whichever of my phones did. `None` where nobody
/// has named it.
///
/// # Errors
/// Those of the database.
pub fn paired_when(db: &Connection, own: &SpaceId, space: &SpaceId) -> Result<Option<Stamp>> {
    let (kind, writer) = (Kind::Spaces.number(), Some(People::of(db, own)?.me()));
    let list = Birth { space: *own, kind, writer, about: None, key: None, nonce: [0; 32] }.doc();
    let first = db
        .prepare_cached(
            "SELECT claimed_ms, zone FROM told WHERE subject = ?1 AND act = ?2 AND field = ?3 ORDER BY claimed_ms, id",
        )?
        .query_row(params![list, ActKind::SpaceNamed as u8, space.to_string()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(first.map(|(claimed_ms, zone): (i64, String)| Stamp::at(claimed_ms, &zone)))
}

/// My batches that nobody else confirmed.
fn missing(log: &HeldLog<'_>, people: &People, told: &[Option<Holdings>]) -> BTreeSet<BatchId> {
    let mine = Mine { log, people };
    let missing = told.iter().map(|theirs| to_send(theirs.as_ref(), &mine).into_iter().collect());
    missing.reduce(|a: BTreeSet<BatchId>, b| &a & &b).unwrap_or_default()
}

/// Copies that I gave in a space and that no phone of the others is known to have whole: what lies in a file on its way
/// counts among them, since nobody here can know of it.
///
/// # Errors
/// `NotFound` for a space this device is not in; those of the database.
pub fn not_carried(db: &Connection, space: &SpaceId) -> Result<Vec<DocId>> {
    let people = People::of(db, space)?;
    let missing = missing(&HeldLog { db, space: *space }, &people, &told(db, &people)?);
    let open = batches::all_open(db, Some(space))?;
    let mut found = Vec::new();
    for copy in all_in(db, space)? {
        let mine = documents::get(db, &copy)?.is_some_and(|record| record.writer == Some(people.me()));
        if !mine || forgetting::is_hidden(db, &copy)? {
            continue;
        }
        let held = batches::of_document(db, &copy, Stage::Received, Stage::Aside)?;
        if open.iter().any(|batch| batch.doc == copy) || held.iter().any(|batch| missing.contains(&batch.id)) {
            found.push(copy);
        }
    }
    Ok(found)
}

/// Whether what one of their devices told covers all that is here, and what is here covers all that they told.
fn equal(log: &HeldLog<'_>, people: &People, told: &[Option<Holdings>], open: u64) -> Option<bool> {
    let told: Vec<&Holdings> = told.iter().flatten().collect();
    let first = told.first()?;
    let heads = |device: DeviceId| {
        let seq = |id: &BatchId| log.entry(id).map_or(0, |entry| entry.seq);
        log.heads(&device).into_iter().map(move |id| LogHead { device, seq: seq(&id), id }).collect::<Vec<_>>()
    };
    let mine = Holdings {
        statements: people.membership.heads.iter().copied().collect(),
        logs: log.devices().into_iter().flat_map(heads).collect(),
        asks: Vec::new(),
        ..(*first).clone()
    };
    let covered = told.iter().all(|theirs| mine.tells_same_statements(theirs) && covers(&mine, theirs, log));
    Some(open == 0 && covered && told.iter().any(|theirs| covers(theirs, &mine, log)))
}

/// The logs of my own devices alone.
struct Mine<'a> {
    log: &'a HeldLog<'a>,
    people: &'a People,
}

impl LogView for Mine<'_> {
    fn entry(&self, id: &BatchId) -> Option<Entry> {
        self.log.entry(id)
    }
    fn devices(&self) -> Vec<DeviceId> {
        let me = Some(self.people.me());
        self.log.devices().into_iter().filter(|device| self.people.membership.member_of(device) == me).collect()
    }
    fn heads(&self, device: &DeviceId) -> Vec<BatchId> {
        self.log.heads(device)
    }
    fn since(&self, device: &DeviceId, seq: u64) -> Vec<BatchId> {
        self.log.since(device, seq)
    }
    fn holding(&self, ask: &Ask) -> Option<BatchId> {
        self.log.holding(ask)
    }
}
