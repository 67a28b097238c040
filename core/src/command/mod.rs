//! What may be asked and done. Everything that is written goes through here: one enum a kind of document, one
//! permission function ([`may`]) that screens and commands share, one way into the log ([`Desk`]).

mod adoptable;
mod adopting;
mod again;
mod ask;
mod consent;
mod desk;
mod draft;
mod forgetting;
mod goal;
mod going_on;
mod newer;
mod note;
mod permission;
mod place;
mod plan;
mod preview;
mod relationship;
mod talk;
mod text;
mod typing;
#[cfg(test)]
mod typing_tests;
mod undo;

pub use adoptable::adoptable;
pub use again::Grounds;
pub use again::{make_again, make_again_in};
pub use ask::{
    Applied, Command, Confirmation, Decision, GoalCommand, GoalDraft, KeptOutCommand, NoteCommand, NoteDraft,
    NoteField, Outcome, PlanCommand, Preview, Purpose, RelationshipCommand, StepDraft, TalkCommand, Target, TextEdit,
    UndoToken, Warning,
};
pub use consent::{ConsentCommand, GIVE_WORDING, GiftDraft, TextRange, WithTitle, give_wording};
pub use desk::{Desk, Marks, Me};
pub use draft::{
    DraftCommand, ForgottenBy, RecoveredDraft, forget_drafts, keep_draft, let_draft_go, recovered_draft, take_words,
    typed_since,
};
pub use forgetting::{ForgetCommand, purge};
pub use permission::{Act, Answer, Deed, May, Subject, allowed, may};
pub use place::{Home, home, homes};
pub use preview::{Rehearsal, confirmation_for, preview, preview_gift, rehearsed, warnings_of};
pub use typing::{IdeaText, StoredText, TextTarget};
pub use undo::{DoneHere, DoneKind, DoneThen, done_besides, done_in_turn, done_lately, newest_undo, remember};

pub(crate) use forgetting::{Along, freeze, put_along, put_asked, request_facts, take_along};
pub(crate) use note::create_note;
pub(crate) use relationship::write_spaces;

use crate::error::Result;

/// Does one command inside the desk's transaction.
///
/// # Errors
/// A typed refusal; the caller rolls the transaction back, so nothing changes.
pub fn perform(desk: &mut Desk<'_>, command: &Command) -> Result<Outcome> {
    match command {
        Command::Note(command) => note::perform(desk, command),
        Command::Draft(command) => draft::perform(desk, command),
        Command::Goal(command) => goal::perform(desk, command),
        Command::Plan(command) => plan::perform(desk, command),
        Command::Talk(command) => {
            let done = talk::perform(desk, command)?;
            draft::drop_sent(desk, command)?;
            Ok(done)
        }
        Command::Relationship(command) => relationship::perform(desk, command),
        Command::KeptOut(command) => adopting::perform(desk, command),
        Command::Forget(command) => forgetting::perform(desk, command),
        Command::Consent(command) => consent::perform(desk, command),
        Command::Undo { token } => undo::perform(desk, token),
    }
}
