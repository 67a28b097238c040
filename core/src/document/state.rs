//! The state of a document of any kind.

use super::act::Act;
use super::consent::{self, ConsentState};
use super::copy::{self, CopyState};
use super::goal::{self, GoalState};
use super::lane::{self, LaneState};
use super::note::{self, NoteState};
use super::plan::{self, PlanState};
use super::profile::{self, ProfileState};
use super::spaces::{self, SpacesState};
use super::{Kind, View};

/// What a document says, as plain data.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "one a kind; the three kinds of a plan's documents share a shape")]
pub enum State {
    Note(NoteState),
    Goal(GoalState),
    Plan(PlanState),
    Lane(LaneState),
    Profile(ProfileState),
    Spaces(SpacesState),
    Copy(CopyState),
    Consent(ConsentState),
}

impl State {
    /// Reads a document of this kind.
    pub fn read(kind: Kind, view: View<'_>) -> Self {
        match kind {
            Kind::Note => State::Note(NoteState::read(view)),
            Kind::Goal => State::Goal(GoalState::read(view)),
            Kind::Plan | Kind::Joint | Kind::Column => State::Plan(PlanState::read(view)),
            Kind::Lane => State::Lane(LaneState::read(view)),
            Kind::Profile => State::Profile(ProfileState::read(view)),
            Kind::Spaces => State::Spaces(SpacesState::read(view)),
            Kind::Copy => State::Copy(CopyState::read(view)),
            Kind::Consent => State::Consent(ConsentState::read(view)),
        }
    }

    /// What changed from `before` to this.
    pub fn acts_since(&self, before: Option<&State>) -> Vec<Act> {
        macro_rules! same {
            ($variant:ident, $after:expr, $room:ident) => {
                $room::acts(
                    before.and_then(|state| match state {
                        State::$variant(before) => Some(before),
                        _ => None,
                    }),
                    $after,
                )
            };
        }
        match self {
            State::Note(after) => same!(Note, after, note),
            State::Goal(after) => same!(Goal, after, goal),
            State::Plan(after) => same!(Plan, after, plan),
            State::Lane(after) => same!(Lane, after, lane),
            State::Profile(after) => same!(Profile, after, profile),
            State::Spaces(after) => same!(Spaces, after, spaces),
            State::Copy(after) => same!(Copy, after, copy),
            State::Consent(after) => same!(Consent, after, consent),
        }
    }
}
