//! Read and write.

use super::BelayCore;
use crate::guard::{Answered, guarded};
use belay::clock::Moment;
use belay::command::{Applied, Command, Confirmation, Preview};
use belay::projection::Changes;
use belay::view::{Ask, Reading};

#[uniffi::export]
impl BelayCore {
    /// Answers several asks from one snapshot. Runs beside a write.
    ///
    /// # Errors
    /// `Locked`; `TooMany` asks; `OutOfRange` for a page or a cursor that is none.
    pub fn read(&self, asks: &[Ask], at: &Moment) -> Answered<Reading> {
        guarded(|| self.companion.read(asks, at))
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
    pub fn apply(&self, commands: &[Command], confirmation: Option<Confirmation>, at: &Moment) -> Answered<Applied> {
        guarded(|| self.companion.apply(commands, confirmation.as_ref(), at))
    }

    /// What was touched after a commit.
    ///
    /// # Errors
    /// `Locked`.
    pub fn changes_since(&self, commit: u64) -> Answered<Changes> {
        guarded(|| self.companion.changes_since(commit))
    }

    /// Stops reads that run; a write that has begun is finished.
    ///
    /// # Errors
    /// None but `Internal`.
    pub fn interrupt(&self) -> Answered<()> {
        guarded(|| {
            self.companion.interrupt();
            Ok(())
        })
    }
}
