//! What a child does, in which order.

/// One call of the companion; a number makes its words its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the calls")]
pub enum Deed {
    Create,
    Acknowledge,
    Unlock,
    /// Two notes in one call: both are there, or neither.
    Save(usize),
    /// The whole body of the note that was there before.
    Edit(usize),
    /// A line in the plan that is shared.
    Line(usize),
    Pause,
    Resume,
    /// Takes a bundle in; the last is of several envelopes.
    Take(usize),
    BundleOut,
    Lock,
    Rekey,
    Backup,
    /// Makes a store with a damaged page whole again.
    Mend,
    AddSlot,
    RemoveSlot,
    SetPassphrase,
    SetPin,
    /// A wrong passphrase.
    Wrong,
    /// Something shared with the vault from outside, as while it is locked.
    Drop(usize),
    Erase,
}

/// A short day with a vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names are what is cut short")]
pub enum Scenario {
    Create,
    Save,
    Pause,
    Ingest,
    Snapshot,
    /// Opened by a build that knows one step of the schema more.
    Migration,
    Rekey,
    Bundle,
    Erase,
    /// Without unlocking it.
    EraseLocked,
    Backup,
    Slots,
    Attempts,
    /// Unlocks what an earlier death left: a store without its name, one header copy, leftovers.
    Finish,
    /// A page is damaged that holds nothing but what batches tell as well.
    Mend,
    /// Things are given to the vault while it is locked.
    Drop,
}

impl Scenario {
    /// Every one.
    pub const ALL: [Scenario; 16] = [
        Scenario::Create,
        Scenario::Save,
        Scenario::Pause,
        Scenario::Ingest,
        Scenario::Snapshot,
        Scenario::Migration,
        Scenario::Rekey,
        Scenario::Bundle,
        Scenario::Erase,
        Scenario::EraseLocked,
        Scenario::Backup,
        Scenario::Slots,
        Scenario::Attempts,
        Scenario::Finish,
        Scenario::Mend,
        Scenario::Drop,
    ];

    /// Its name on a command line.
    pub fn name(self) -> String {
        format!("{self:?}").to_lowercase()
    }

    /// The one of this name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scenario| scenario.name() == name)
    }

    /// What is done, in order.
    pub fn deeds(self) -> &'static [Deed] {
        use Deed::*;
        match self {
            Scenario::Create => &[Create, Acknowledge, Save(0), Lock],
            Scenario::Save => &[Unlock, Save(0), Edit(1), Save(2), Edit(3), Save(4), Lock],
            Scenario::Pause => &[Unlock, Save(0), Pause, Resume, Edit(1), Pause, Resume, Save(2), Pause, Resume, Lock],
            Scenario::Ingest => &[Unlock, Save(0), Take(0), Take(1), Edit(2), Take(2), Lock],
            Scenario::Snapshot => {
                &[Unlock, Edit(0), Pause, Resume, Edit(1), Pause, Resume, Edit(2), Pause, Resume, Lock]
            }
            Scenario::Migration | Scenario::Finish => &[Unlock, Save(0), Lock],
            Scenario::Mend => &[Mend, Unlock, Save(0), Lock],
            Scenario::Rekey => &[Unlock, Save(0), Rekey, Save(1), Lock],
            Scenario::Bundle => &[Unlock, Line(0), BundleOut, Line(1), BundleOut, Lock],
            Scenario::Erase => &[Unlock, Save(0), Erase],
            Scenario::EraseLocked => &[Erase],
            Scenario::Backup => &[Unlock, Save(0), Backup, Save(1), Lock],
            Scenario::Slots => &[Unlock, AddSlot, SetPassphrase, SetPin, RemoveSlot, Save(0), Lock],
            Scenario::Drop => &[Drop(0), Drop(1), Unlock, Save(0), Lock, Drop(2), Unlock, Drop(3), Lock],
            Scenario::Attempts => &[Wrong, Wrong, Wrong, Unlock, Lock, Wrong, Wrong, Wrong, Wrong, Wrong, Wrong],
        }
    }
}

impl Deed {
    /// Whether it is done on an open vault.
    pub fn needs_open(self) -> bool {
        !matches!(
            self,
            Deed::Create
                | Deed::Unlock
                | Deed::Resume
                | Deed::Wrong
                | Deed::Lock
                | Deed::Erase
                | Deed::Mend
                | Deed::Drop(_)
        )
    }
}
