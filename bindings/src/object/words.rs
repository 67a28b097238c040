//! Read and write.

use super::BelayCore;
use crate::command::undone::DoneLately;
use crate::guard::{Answered, guarded};
use belay::clock::Moment;
use belay::command::{Applied, Command, Confirmation, Preview};
use belay::projection::Changes;
use belay::view::{Ask, Reading};

#[uniffi::export]
impl BelayCore {
    /// Answers several asks from one snapshot. Runs beside a write. `op` names it for `interrupt`: its upper half is a
    /// family, such as one search field, the lower its turn, and within a family the newest turn wins; 0 is no name.
    ///
    /// # Errors
    /// `Locked`; `TooMany` asks; `OutOfRange` for a page or a cursor that is none; `Interrupted`.
    pub fn read(&self, asks: &[Ask], op: u64, at: &Moment) -> Answered<Reading> {
        guarded(|| self.companion.read_as(op, asks, at))
    }

    /// What a command would do, without doing it: who would read it, the exact words that would leave this phone, what to
    /// know of it, and a hash that stands for exactly this.
    ///
    /// # Errors
    /// `Locked`; `NeedsAcknowledgement`; what `apply` would refuse it with.
    pub fn preview(&self, command: &Command, at: &Moment) -> Answered<Preview> {
        guarded(|| self.companion.preview(command, at))
    }

    /// Does all the commands in one transaction, or none.
    ///
    /// # Errors
    /// `Locked`; `NeedsAcknowledgement`; the refusal of the first command that is refused, its place in `command`.
    pub fn apply(&self, commands: &[Command], confirmation: &Option<Confirmation>, at: &Moment) -> Answered<Applied> {
        guarded(|| self.companion.apply(commands, confirmation.as_ref(), at))
    }

    /// What was done here lately and what an undo would be about, for who holds no token any more. No ask, since no change
    /// tells of it: what wrote nothing new is the last that was done all the same.
    ///
    /// # Errors
    /// `Locked`.
    pub fn done_lately(&self) -> Answered<DoneLately> {
        guarded(|| self.companion.done_lately().map(|(last, way_back)| DoneLately { last, way_back }))
    }

    /// What was touched after a commit.
    ///
    /// # Errors
    /// `Locked`.
    pub fn changes_since(&self, commit: u64) -> Answered<Changes> {
        guarded(|| self.companion.changes_since(commit))
    }

    /// Stops the reads and the step of a job with this name, and one that is still to come; a write that has begun is
    /// finished. Each answers `Interrupted`.
    ///
    /// # Errors
    /// None but `Internal`.
    pub fn interrupt(&self, op: u64) -> Answered<()> {
        guarded(|| {
            self.companion.interrupt(op);
            Ok(())
        })
    }
}
