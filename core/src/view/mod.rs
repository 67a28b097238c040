//! What a screen shows: immutable records, paged, read from rows in one snapshot. No Automerge is loaded here and
//! nothing is written; what may be done comes from the function that commands ask.

mod asks;
mod comments;
mod drafts;
mod forgotten;
mod goals;
mod history;
mod home;
mod ideas;
mod kept_out;
mod look;
mod notes;
mod notices;
mod page;
mod paragraphs;
mod parts;
mod people;
mod plans;
mod records;
mod relationships;
mod search;
mod sentences;
mod shares;
mod stale;
mod status;
#[cfg(test)]
mod tests;
mod watch;
mod when;

pub use crate::projection::Findable;
pub use asks::{Answer, Ask, NoteFilter, Reading};
pub use drafts::{DraftDetail, DraftRow};
pub use forgotten::{ForgottenRow, Receipt, RepairRow};
pub use home::{HOME_ROWS_MAX, HomeDetail, HomePerson, PairingRow};
pub use kept_out::KeptOutRow;
pub use notices::{Notice, NoticeKind, keep_foreign_card};
pub use records::*;
pub use relationships::{RelationshipRow, keep_heard, not_carried, paired_when};
pub use search::{
    SEARCH_SCALARS_MAX, SNIPPET_GRAPHEMES_MAX, SearchIn, SearchOrder, SearchPage, SearchQuery, SearchRow, SearchTotal,
    Span,
};
pub use shares::{CopyDetail, ShareFilter, ShareRow, ShareSide};
pub use status::{ACKNOWLEDGED, StateRow, StatesDetail, StatusDetail, WORDS_TESTED, state_hash};
pub use watch::Watch;

use crate::clock::Moment;
use crate::error::{Code, Error, Result};
use crate::library::Phrases;
use look::Look;
use rusqlite::Connection;

/// What views are made with.
pub struct Eye<'a> {
    /// One snapshot of the store.
    pub db: &'a Connection,
    /// The catalogues of this person.
    pub phrases: &'a Phrases,
    /// Now, as the host says.
    pub at: &'a Moment,
}

/// Answers one ask, and says what the answer depends on.
///
/// # Errors
/// Those of the database; `OutOfRange` for a page outside 1–200 rows or a cursor of another list. What is not there or
/// may not be shown is [`Answer::No`].
pub fn answer(eye: &Eye<'_>, ask: &Ask) -> Result<(Answer, Watch)> {
    let look = Look::new(eye);
    let answer = match shown(&look, ask) {
        Err(Error::Refused(detail)) if is_no(detail.code) => Answer::No(detail.code),
        other => other?,
    };
    Ok((answer, look.watch()))
}

/// The codes of what is not there or may not be shown.
fn is_no(code: Code) -> bool {
    matches!(code, Code::NotFound | Code::NewerSchema | Code::NotInForce | Code::RelationshipEnded)
}

fn shown(look: &Look<'_>, ask: &Ask) -> Result<Answer> {
    Ok(match ask {
        Ask::Home => Answer::Home(Box::new(home::detail(look)?)),
        Ask::Notes { filter, at } => Answer::Notes(notes::list(look, filter, at)?),
        Ask::Note { id } => Answer::Note(Box::new(notes::detail(look, id)?)),
        Ask::Drafts { at } => Answer::Drafts(drafts::list(look, at)?),
        Ask::Draft { target } => Answer::Draft(Box::new(drafts::detail(look, target)?)),
        Ask::Goals { at } => Answer::Goals(goals::list(look, at)?),
        Ask::Goal { id } => Answer::Goal(Box::new(goals::detail(look, id)?)),
        Ask::Plans { at } => Answer::Plans(plans::list(look, at)?),
        Ask::Plan { id } => Answer::Plan(Box::new(plans::detail(look, id)?)),
        Ask::Idea { id } => Answer::Idea(Box::new(ideas::detail(look, id)?)),
        Ask::Waiting { at } => Answer::Waiting(ideas::waiting(look, at)?),
        Ask::Search { query, at } => Answer::Search(search::list(look, query, at)?),
        Ask::History { of, at } => Answer::History(history::list(look, of, at)?),
        Ask::KeptOut { at } => Answer::KeptOut(kept_out::list(look, at)?),
        Ask::Audience { of } => Answer::Audience(Box::new(people::audience_of(look, of)?)),
        Ask::Shares { filter, at } => Answer::Shares(shares::list(look, filter, at)?),
        Ask::Copy { id } => Answer::Copy(Box::new(shares::detail(look, id)?)),
        Ask::Relationships => Answer::Relationships(relationships::list(look)?),
        Ask::Forgotten => Answer::Forgotten(forgotten::list(look)?),
        Ask::Repairs => Answer::Repairs(forgotten::repairs(look)?),
        Ask::Status => Answer::Status(Box::new(status::detail(look)?)),
        Ask::States => Answer::States(status::states(look)?),
    })
}
