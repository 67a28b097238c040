//! What was done last on this device: for whoever asks what an undo would take back, and says so before it does.

use super::super::RelationshipCommand::{GoOnAlone, MyName};
use super::super::forgetting::may_go_on;
use super::super::{Command, ConsentCommand, PlanCommand, TalkCommand, UndoToken};
use crate::error::Result;
use crate::ids::DocId;
use crate::projection::People;
use crate::space::may_write_content;
use crate::store::undo::{self, Kept};
use crate::store::{documents, spaces};
use rusqlite::Connection;
use serde::Serialize;

/// What was done, in a word. The numbers are kept in the vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DoneKind {
    /// Something that can be taken back, and was not taken back before.
    Written = 1,
    /// Something was taken back.
    TakenBack = 2,
    /// Something that was taken back was put back.
    PutBack = 3,
    /// A plan or a part of one was begun.
    PlanBegun = 10,
    /// An idea was decided on, or a comment made: another was told.
    Said = 11,
    /// A change that was kept out was taken over.
    Adopted = 12,
    /// Something was let go.
    LetGo = 13,
    /// A copy was given.
    Given = 14,
    /// A copy was taken back.
    CopyTakenBack = 15,
    /// What was shared with someone who is gone goes on for me alone.
    WentOn = 16,
    /// I was called something for the first time.
    Named = 17,
    /// Some other command without a way back.
    Lasting = 18,
    /// No command: something about other people, their phones or mine.
    People = 30,
    /// No command: changes were carried to or fro.
    Carried = 31,
    /// No command: something about the vault itself.
    Vault = 32,
    /// Something was asked for and not done.
    NotDone = 33,
}

impl DoneKind {
    /// All of them.
    pub const ALL: [DoneKind; 16] = {
        use DoneKind::*;
        [
            Written,
            TakenBack,
            PutBack,
            PlanBegun,
            Said,
            Adopted,
            LetGo,
            Given,
            CopyTakenBack,
            WentOn,
            Named,
            Lasting,
            People,
            Carried,
            Vault,
            NotDone,
        ]
    };

    fn from_number(number: i64) -> Self {
        Self::ALL.into_iter().find(|kind| *kind as i64 == number).unwrap_or(DoneKind::Lasting)
    }
}

/// One of the last things done here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoneHere {
    /// What it was.
    pub what: DoneKind,
    /// What takes it back, where something does.
    pub undo: Option<UndoToken>,
    /// The notes, goals, plans and copies it was about; none of what is no command.
    pub docs: Vec<DocId>,
}

/// One of the last things done here, with what it began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoneThen {
    /// It.
    pub done: DoneHere,
    /// Whether a document of its own was begun by it: taking it back lays that aside.
    pub made: bool,
}

/// What a call with these commands was; `undid`: what was taken back by it.
pub(super) fn kind_of(commands: &[Command], has_way_back: bool, undid: Option<DoneKind>) -> DoneKind {
    match undid {
        Some(DoneKind::TakenBack) => return DoneKind::PutBack,
        Some(_) => return DoneKind::TakenBack,
        None if has_way_back => return DoneKind::Written,
        None => {}
    }
    let lasting = |command: &Command| match command {
        Command::Plan(PlanCommand::Create { .. } | PlanCommand::AddPart { .. }) => Some(DoneKind::PlanBegun),
        Command::Talk(TalkCommand::Decide { .. } | TalkCommand::Comment { .. }) => Some(DoneKind::Said),
        Command::KeptOut(_) => Some(DoneKind::Adopted),
        Command::Forget(_) => Some(DoneKind::LetGo),
        Command::Consent(ConsentCommand::Give { .. }) => Some(DoneKind::Given),
        Command::Consent(_) => Some(DoneKind::CopyTakenBack),
        Command::Relationship(GoOnAlone { .. }) => Some(DoneKind::WentOn),
        Command::Relationship(MyName { .. }) => Some(DoneKind::Named),
        _ => None,
    };
    commands.iter().find_map(lasting).unwrap_or(DoneKind::Lasting)
}

fn told(db: &Connection, kept: &Kept) -> Result<DoneHere> {
    let (mut docs, mut is_open) = (Vec::new(), false);
    for deed in &kept.deeds {
        is_open |= can_go_back(db, &deed.doc)?;
    }
    for doc in kept.deeds.iter().map(|deed| &deed.doc).chain(&kept.about) {
        let about = documents::get(db, doc)?.and_then(|record| record.about).unwrap_or(*doc);
        if !docs.contains(&about) {
            docs.push(about);
        }
    }
    let undo = is_open.then(|| UndoToken(kept.token.to_string()));
    Ok(DoneHere { what: DoneKind::from_number(kept.what), undo, docs })
}

/// Whether anything is written there still: not in what was let go since, nor in what has ended.
fn can_go_back(db: &Connection, doc: &DocId) -> Result<bool> {
    let Some(record) = documents::get(db, doc)? else { return Ok(false) };
    let Some(space) = spaces::get_space(db, &record.space)? else { return Ok(false) };
    Ok(may_go_on(db, doc).is_ok() && may_write_content(People::state_of(&space)).is_ok())
}

/// What was done last on this device, and what came before it, the newest first, down to the newest that can be taken back,
/// or all that is known where nothing can.
///
/// # Errors
/// Those of the database.
pub fn done_in_turn(db: &Connection) -> Result<Vec<DoneThen>> {
    let besides = undo::besides(db)?.map(DoneKind::from_number);
    let no_command = |what| DoneThen { done: DoneHere { what, undo: None, docs: Vec::new() }, made: false };
    let mut turn: Vec<DoneThen> = besides.into_iter().map(no_command).collect();
    for kept in undo::all(db)? {
        let done = told(db, &kept)?;
        let is_end = done.undo.is_some();
        turn.push(DoneThen { done, made: kept.deeds.iter().any(|deed| deed.made) });
        if is_end {
            break;
        }
    }
    Ok(turn)
}

/// What was done last on this device, and the newest that can be taken back: the same, or one that came before it.
/// Nothing where nothing was done, or nothing can be.
///
/// # Errors
/// Those of the database.
pub fn done_lately(db: &Connection) -> Result<(Option<DoneHere>, Option<DoneHere>)> {
    let turn = done_in_turn(db)?;
    let last = turn.first().map(|then| then.done.clone());
    Ok((last, turn.into_iter().map(|then| then.done).find(|done| done.undo.is_some())))
}

/// The token of what was done last on this device, `None` where that is not taken back.
///
/// # Errors
/// Those of the database.
pub fn newest_undo(db: &Connection) -> Result<Option<UndoToken>> {
    Ok(done_lately(db)?.0.and_then(|last| last.undo))
}

/// Says that something was done that is no command, and that no token takes back. Tokens stay good as long as they were.
///
/// # Errors
/// Those of the database.
pub fn done_besides(db: &Connection, what: DoneKind) -> Result<()> {
    undo::put_besides(db, what as i64)
}

pub(super) fn kind_behind(kept: &Kept) -> DoneKind {
    DoneKind::from_number(kept.what)
}
