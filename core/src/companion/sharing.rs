//! Copies that were given, as leaving sees them.

use super::{Answered, Companion};
use crate::ids::{DocId, SpaceId};
use crate::view::not_carried;

impl Companion {
    /// Copies that I gave in a space and that nobody there is known to have yet: before leaving they can still be taken
    /// back, and afterwards not.
    ///
    /// # Errors
    /// `Locked`; `NotFound` for a space this device is not in.
    pub fn not_carried(&self, space: &SpaceId) -> Answered<Vec<DocId>> {
        self.with_session(|session, _| session.store.read(|db| not_carried(db, space)))
    }
}
