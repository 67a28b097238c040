//! Doing commands, seeing first what they would do, and the way back.

use super::confirming::Proof;
use super::session::{ACKNOWLEDGED, Session};
use super::{Answered, COMMANDS_MAX, Companion, hold};
use crate::clock::Moment;
use crate::command::{
    Applied, Command, Confirmation, ConsentCommand, Desk, DoneHere, DoneKind, DoneThen, DraftCommand, ForgetCommand,
    Outcome, Preview, Purpose, UndoToken, Warning, confirmation_for, done_besides, done_in_turn, done_lately,
    newest_undo, perform, preview, preview_gift, rehearsed, remember, warnings_of,
};
use crate::error::{Code, Error, Field, Result};
use crate::exchange::settle_marked;
use crate::ids::DocId;
use crate::store::singles;
use rusqlite::Connection;
use std::collections::BTreeSet;

impl Companion {
    /// Does all the commands in one transaction, or none.
    ///
    /// # Errors
    /// `Locked`; `TooMany{Commands}` for none or more than [`COMMANDS_MAX`]; `NeedsAcknowledgement` before the recovery
    /// notice was understood; `NeedsConfirmation` where a preview says that one is needed; the refusal of the first command
    /// that is refused, with its place in `command`.
    pub fn apply(&self, commands: &[Command], confirmation: Option<&Confirmation>, at: &Moment) -> Answered<Applied> {
        self.with_session(|session, entropy| {
            if commands.is_empty() || commands.len() > COMMANDS_MAX {
                let detail = Code::TooMany.of(Field::Commands);
                return Err(detail.max(COMMANDS_MAX).actual(commands.len()).into());
            }
            let proofs = confirm(session, commands, confirmation, at)?;
            let confirmed = proofs.first().map(Proof::purpose);
            let forgotten = forgotten(commands);
            // Words typed for it go where it goes: into its successor, or with it.
            hold(&self.typing).keep_for(session, &forgotten);
            let done = session.write(entropy, at, |desk| {
                desk.marks.confirmed = confirmed;
                do_all(desk, commands)
            });
            if done.is_err() {
                session.hosted.proofs.give_back(proofs);
            }
            let done = done?;
            hold(&self.typing).let_go(&forgotten);
            let changes = session.changes_of(done.commit)?;
            let Done { outcomes, undo, warnings } = done.value;
            Ok(Applied { commit: done.commit, outcomes, changes, undo, warnings })
        })
    }

    /// What a command would do, by doing it in a transaction that is taken back: it is accepted exactly where [`apply`]
    /// would accept it now, and nothing changes. A confirmation is not asked for here, only named; the hash that giving a
    /// copy takes is not asked for either: it comes from here.
    ///
    /// [`apply`]: Companion::apply
    ///
    /// # Errors
    /// Those of [`apply`], without a place in `command`.
    pub fn preview(&self, command: &Command, at: &Moment) -> Answered<Preview> {
        self.with_session(|session, _| {
            session.rehearse(at, |desk| {
                desk.marks.confirmed = confirmation_for(desk.db, command)?;
                let (command, gift) = &rehearsed(desk.db, command)?;
                let done = do_all(desk, std::slice::from_ref(command)).map_err(without_place)?;
                if let Some(gift) = gift {
                    return preview_gift(desk, command, gift.clone());
                }
                let outcome = done.outcomes.first().ok_or(Error::Broken("acting: one outcome a command"))?;
                preview(desk, command, outcome, done.undo.is_some())
            })
        })
    }

    /// The token that takes back what this vault's last call of `apply` did here; `None` where there was none, or where
    /// that is not taken back. For a host that keeps no token of its own.
    ///
    /// # Errors
    /// `Locked`.
    pub fn last_undo(&self) -> Answered<Option<UndoToken>> {
        self.with_session(|session, _| session.store.read(newest_undo))
    }

    /// What was done last here, and the newest that can be taken back: the same, or one that came before it. For a host
    /// that says what an undo is about, and never takes back something else than it says.
    ///
    /// # Errors
    /// `Locked`.
    pub fn done_lately(&self) -> Answered<(Option<DoneHere>, Option<DoneHere>)> {
        self.with_session(|session, _| session.store.read(done_lately))
    }

    /// What was done last here and before it, the newest first, down to the newest that can be taken back: for a host that
    /// says all that stands before it.
    ///
    /// # Errors
    /// `Locked`.
    pub fn done_in_turn(&self) -> Answered<Vec<DoneThen>> {
        self.with_session(|session, _| session.store.read(done_in_turn))
    }

    /// Says that something was done here which no token takes back and which is no command, or was tried in vain: what
    /// came before it is not the last any more. Tokens that a host holds stay as good as they were.
    ///
    /// # Errors
    /// `Locked`; those of the database.
    pub fn done_besides(&self, what: DoneKind, at: &Moment) -> Answered<()> {
        self.with_session(|session, entropy| session.write(entropy, at, |desk| done_besides(desk.db, what)).map(|_| ()))
    }
}

struct Done {
    outcomes: Vec<Outcome>,
    undo: Option<UndoToken>,
    warnings: Vec<Warning>,
}

fn do_all(desk: &mut Desk<'_>, commands: &[Command]) -> Result<Done> {
    // What somebody has typed already is not let go of because of it.
    let is_draft = |command: &Command| matches!(command, Command::Draft(DraftCommand::Keep { .. }));
    if singles::counter(desk.db, ACKNOWLEDGED)? == 0 && !commands.iter().all(is_draft) {
        return Code::NeedsAcknowledgement.err();
    }
    let mut outcomes = Vec::new();
    for (index, command) in commands.iter().enumerate() {
        outcomes.push(perform(desk, command).map_err(|error| at_command(error, index))?);
        // The next command sees what this one made count.
        settle_marked(desk)?;
    }
    let undo = remember(desk, commands)?;
    let mut warnings = BTreeSet::new();
    for command in commands {
        warnings.extend(warnings_of(desk, command, undo.is_some())?);
    }
    Ok(Done { outcomes, undo, warnings: warnings.into_iter().collect() })
}

fn at_command(error: Error, index: usize) -> Error {
    match error {
        Error::Refused(mut detail) => {
            detail.command = u32::try_from(index).ok();
            Error::Refused(detail)
        }
        other => other,
    }
}

fn without_place(error: Error) -> Error {
    match error {
        Error::Refused(mut detail) => {
            detail.command = None;
            Error::Refused(detail)
        }
        other => other,
    }
}

/// What these commands forget.
fn forgotten(commands: &[Command]) -> Vec<DocId> {
    let forgets = |command: &Command| match command {
        Command::Forget(ForgetCommand::Everything { doc } | ForgetCommand::Past { doc }) => Some(*doc),
        Command::Consent(ConsentCommand::TakeBack { copy }) => Some(*copy),
        _ => None,
    };
    commands.iter().filter_map(forgets).collect()
}

/// What the commands need is confirmed before anything is written; one confirmation is for one purpose.
fn confirm(
    session: &mut Session,
    commands: &[Command],
    confirmation: Option<&Confirmation>,
    at: &Moment,
) -> Result<Vec<Proof>> {
    // Only giving a copy needs any: the others are spared a snapshot.
    if !commands.iter().any(|command| matches!(command, Command::Consent(_))) {
        return Ok(Vec::new());
    }
    let needed = |db: &Connection| commands.iter().map(|command| confirmation_for(db, command)).collect::<Result<_>>();
    let needed: BTreeSet<Option<Purpose>> = session.store.read(needed)?;
    let mut proofs = Vec::new();
    for purpose in needed.into_iter().flatten() {
        match session.take_proof(purpose, confirmation, at) {
            Ok(proof) => proofs.push(proof),
            Err(error) => {
                session.hosted.proofs.give_back(proofs);
                return Err(error);
            }
        }
    }
    Ok(proofs)
}
