//! What people must hear of their keys: someone else may hold them. Nothing here is undone by being told.

use super::look::Look;
use super::records::Person;
use crate::error::Result;
use crate::ids::{DeviceId, SpaceId};
use crate::library::Arg;
use crate::projection::{Matter, People};
use crate::store::{batches, singles, spaces};
use rusqlite::Connection;
use serde::Serialize;
use std::collections::BTreeSet;

/// Keeps that a card came which this device's key signed and this device did not (protocol.md §3).
///
/// # Errors
/// Those of the database.
pub fn keep_foreign_card(db: &Connection, space: &SpaceId, device: &DeviceId) -> Result<()> {
    singles::put_secret(db, &foreign_card(space), &device.0)
}

fn foreign_card(space: &SpaceId) -> String {
    format!("foreign_card {space}")
}

/// What is to be said about keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoticeKind {
    /// A card came in the name of this very device: someone else signs with its key.
    CardNotMine,
    /// One device is named with two sets of keys: someone with an admin key meddled.
    Contested,
    /// Two went on from one place in a device's log: it was copied, or put back from a copy. Told until it wrote on
    /// from both.
    Fork,
}

/// Something about keys that people must hear, and what helps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// What it is.
    pub kind: NoticeKind,
    /// Where.
    pub space: SpaceId,
    /// Which device.
    pub device: DeviceId,
    /// Whose.
    pub of: Person,
    /// In words, with the next step.
    pub label: String,
}

/// All there are, by space and device.
pub(super) fn list(look: &Look<'_>) -> Result<Vec<Notice>> {
    look.needs(&[Matter::Vault, Matter::Space, Matter::Log, Matter::OwnLog]);
    let mut found = Vec::new();
    for space in spaces::all_spaces(look.db())? {
        let people = look.people(&space.id)?;
        for (device, kind) in of_space(look, &people)? {
            found.push(notice(look, &people, device, kind));
        }
    }
    Ok(found)
}

fn of_space(look: &Look<'_>, people: &People) -> Result<BTreeSet<(DeviceId, NoticeKind)>> {
    let space = &people.record.id;
    let mut found = BTreeSet::new();
    let card = singles::secret(look.db(), &foreign_card(space))?;
    for held in people.membership.members.values() {
        for (device, standing) in held.devices.iter().filter(|(_, standing)| standing.active) {
            if standing.contested {
                found.insert((*device, NoticeKind::Contested));
            }
            if batches::heads(look.db(), space, device)?.len() > 1 {
                found.insert((*device, NoticeKind::Fork));
            }
            if card.as_ref().is_some_and(|card| card.expose() == device.0) {
                found.insert((*device, NoticeKind::CardNotMine));
            }
        }
    }
    Ok(found)
}

fn notice(look: &Look<'_>, people: &People, device: DeviceId, kind: NoticeKind) -> Notice {
    let member = people.membership.member_of(&device).unwrap_or_else(|| people.me());
    let of = look.person(people, &member);
    let phrase = match (kind, of.is_me) {
        (NoticeKind::CardNotMine, _) => "notice-card-not-mine",
        (NoticeKind::Contested, true) => "notice-contested-mine",
        (NoticeKind::Contested, false) => "notice-contested",
        (NoticeKind::Fork, true) => "notice-fork-mine",
        (NoticeKind::Fork, false) => "notice-fork",
    };
    let label = look.say(phrase, &[("name", Arg::Text(&look.name(people, &member)))]);
    Notice { kind, space: people.record.id, device, of, label }
}
