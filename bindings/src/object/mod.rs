//! The one object: a companion behind exports. One file a group of verbs.

mod jobs;
mod lifetime;
mod meeting;
mod proving;
mod typing;
mod words;

use crate::guard::{Answered, guarded};
use crate::hosting::{HostConfig, companion};
use belay::companion::{Companion, VaultState};
use std::sync::Arc;

/// The companion of one vault. Every call blocks and may come from any thread; `lock` and `interrupt` wait for nobody.
#[derive(Debug, uniffi::Object)]
pub struct BelayCore {
    companion: Companion,
}

#[uniffi::export]
impl BelayCore {
    /// Takes a vault's folder; opens no file of it.
    ///
    /// # Errors
    /// None but `Internal`.
    #[uniffi::constructor]
    pub fn open(config: HostConfig) -> Answered<Arc<Self>> {
        guarded(|| Ok(Arc::new(BelayCore { companion: companion(config) })))
    }

    /// Where it stands.
    ///
    /// # Errors
    /// None but `Internal`.
    pub fn state(&self) -> Answered<VaultState> {
        guarded(|| Ok(self.companion.state()))
    }
}
