//! The first screen, for a person and for someone with many people: what waits, what was written last, what one moves
//! towards, and whom one knows. Nothing is scored and nobody is ranked (invariant I14): people stand by their names.
//!
//! It is read at every unlock, so that each of its questions is answered by an index; none costs more because more notes
//! were written.

use super::look::Look;
use super::notices::Notice;
use super::records::{GoalRow, IdeaDetail, NoteRow, Stage};
use super::relationships::stage;
use super::status::{ACKNOWLEDGED, WORDS_TESTED};
use super::{goals, ideas, kept_out, notes, notices};
use crate::error::Result;
use crate::ids::{ExchangeId, SpaceId};
use crate::projection::Matter;
use crate::space::{SpaceKind, SpaceState};
use crate::store::{exchanges, forgetting, singles, spaces};
use crate::text::{PersonText, fold};
use serde::Serialize;
use std::collections::BTreeMap;
use unicode_segmentation::UnicodeSegmentation;

/// Most ideas, notes and goals that the first screen shows (experience.md §1); their own lists show the rest.
pub const HOME_ROWS_MAX: usize = 3;

/// The first screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "the names are the fields")]
pub struct HomeDetail {
    /// Someone else may hold keys: to be said before anything else.
    pub notices: Vec<Notice>,
    pub acknowledged: bool,
    pub words_tested: bool,
    /// What waits for me without hurry, the newest first.
    pub ideas: Vec<IdeaDetail>,
    /// How many ideas wait for me in all.
    pub ideas_waiting: u32,
    /// Pairings that are under way, the newest first.
    pub pairings: Vec<PairingRow>,
    /// Active goals of mine, those changed last.
    pub goals: Vec<GoalRow>,
    /// What I wrote last.
    pub notes: Vec<NoteRow>,
    /// Everyone I share a space with that has not ended, by name.
    pub people: Vec<HomePerson>,
    /// Whether changes were kept out; [`super::Ask::KeptOut`] says which.
    pub has_kept_out: bool,
    /// Whether something needs repair; [`super::Ask::Repairs`] says what.
    pub needs_repair: bool,
}

/// Someone I share a space with, as the first screen names them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "the names are the fields")]
pub struct HomePerson {
    pub space: SpaceId,
    pub name: PersonText,
    /// The first letter of the name, for a badge.
    pub initial: PersonText,
    pub my_role_label: String,
    pub stage: Stage,
    /// Ideas there that wait for me.
    pub ideas_waiting: u32,
}

/// A pairing that is under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "the names are the fields")]
pub struct PairingRow {
    pub id: ExchangeId,
    /// My name for the other.
    pub name: PersonText,
    /// Whether the digits of each side wait to be typed into the other.
    pub waits_for_digits: bool,
    /// Until when the invitation works, by this device's clock.
    pub until_ms: i64,
    /// The same in words.
    pub until_label: String,
}

pub(super) fn detail(look: &Look<'_>) -> Result<HomeDetail> {
    look.needs(&[Matter::Vault, Matter::Repair]);
    let mine = ideas::mine_to_decide(look)?;
    let mut by_space: BTreeMap<SpaceId, u32> = BTreeMap::new();
    for (_, space) in &mine {
        *by_space.entry(*space).or_default() += 1;
    }
    let ideas_waiting = u32::try_from(mine.len()).unwrap_or(u32::MAX);
    let first = mine.into_iter().take(HOME_ROWS_MAX);
    Ok(HomeDetail {
        notices: notices::list(look)?,
        acknowledged: singles::counter(look.db(), ACKNOWLEDGED)? != 0,
        words_tested: singles::counter(look.db(), WORDS_TESTED)? != 0,
        ideas: first.map(|(line, _)| ideas::one(look, line)).collect::<Result<_>>()?,
        ideas_waiting,
        pairings: pairings(look)?,
        goals: goals::mine(look, HOME_ROWS_MAX)?,
        notes: notes::newest(look, HOME_ROWS_MAX)?,
        people: people(look, &by_space)?,
        has_kept_out: kept_out::is_any(look)?,
        needs_repair: forgetting::is_any_frozen(look.db())?,
    })
}

fn people(look: &Look<'_>, waiting: &BTreeMap<SpaceId, u32>) -> Result<Vec<HomePerson>> {
    look.needs(&[Matter::Space]);
    let mut rows = Vec::new();
    for space in spaces::all_spaces(look.db())? {
        if space.kind != SpaceKind::Relationship.code() {
            continue;
        }
        let people = look.people(&space.id)?;
        if !matches!(people.state(), SpaceState::Introduced | SpaceState::Checked) {
            continue;
        }
        let names: Vec<String> = people.others().iter().map(|member| look.name(&people, member)).collect();
        let name = names.join(", ");
        let initial = name.graphemes(true).next().map(str::to_uppercase).unwrap_or_default();
        let role = people.membership.role_of(&people.me());
        rows.push(HomePerson {
            space: space.id,
            name: name.into(),
            initial: initial.into(),
            my_role_label: role.map(|role| look.role(role)).unwrap_or_default(),
            stage: stage(look, people.state()),
            ideas_waiting: waiting.get(&space.id).copied().unwrap_or_default(),
        });
    }
    rows.sort_by_cached_key(|row| (fold(row.name.as_str()), row.space));
    Ok(rows)
}

/// An invitation works until its time; what was answered waits for its digits as long as it likes.
fn pairings(look: &Look<'_>) -> Result<Vec<PairingRow>> {
    look.needs(&[Matter::Pairing]);
    let mut rows = Vec::new();
    for record in exchanges::under_way(look.db())? {
        let waits_for_digits = record.stage == exchanges::WAITS_FOR_DIGITS;
        if !waits_for_digits && record.expires_ms <= look.at().unix_ms {
            continue;
        }
        let ends = (!waits_for_digits).then_some(record.expires_ms);
        look.until(ends);
        look.until(look.at().day_ends());
        rows.push(PairingRow {
            id: record.id,
            name: record.nickname.into(),
            waits_for_digits,
            until_ms: record.expires_ms,
            until_label: look.phrases().until_label(record.expires_ms, look.at()),
        });
    }
    Ok(rows)
}
