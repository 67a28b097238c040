//! Ways in, added as an app adds them: with a proof, and a key that the host keeps before it counts.

use belay::Companion;
use belay::clock::Moment;
use belay::command::Purpose;
use belay::companion::{NewSlot, UnlockWith};
use belay::error::Failure;
use belay::vault::SlotKey;

/// Proves it with a typed secret and begins a way in; it waits for `slot_add`.
///
/// # Errors
/// Those of [`Companion::confirm`] and [`Companion::slot_new`].
pub fn begin_way_in(who: &Companion, with: &UnlockWith, new: NewSlot, at: &Moment) -> Result<SlotKey, Failure> {
    let proof = who.confirm(with, Purpose::Slots, at)?;
    who.slot_new(new, &proof, at)
}

/// [`begin_way_in`], and adds it.
///
/// # Errors
/// As there, and those of [`Companion::slot_add`].
pub fn add_way_in(who: &Companion, with: &UnlockWith, new: NewSlot, at: &Moment) -> Result<SlotKey, Failure> {
    let key = begin_way_in(who, with, new, at)?;
    who.slot_add(key.slot, b"wrapped by nobody".to_vec(), at)?;
    Ok(key)
}
