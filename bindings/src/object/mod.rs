//! The one object: a companion behind exports. One file a group of verbs.

mod lifetime;
mod words;

use crate::guard::{Answered, guarded};
use belay::companion::{Companion, HostConfig, VaultState};
use belay::secret::SystemEntropy;
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
        guarded(|| {
            let companion = Companion::open(config, Box::new(SystemEntropy::default()));
            Ok(Arc::new(BelayCore { companion }))
        })
    }

    /// Where it stands.
    ///
    /// # Errors
    /// None but `Internal`.
    pub fn state(&self) -> Answered<VaultState> {
        guarded(|| Ok(self.companion.state()))
    }
}
