//! `belay erase`: the vault goes from this computer. Its name is the yes.

use crate::failure::Done;
use crate::host::Host;
use belay::crypto::kdf::PassphraseCost;

/// Take your vault away from this computer.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  belay erase belay    (the name of your vault's folder)")]
pub struct Erase {
    /// The name of the folder your vault lies in, so that nothing goes by accident.
    folder: String,
}

impl Erase {
    /// Does it. Needs no passphrase: it works when that is lost.
    pub fn run(self, host: &Host) -> Done {
        let folder = host.folder()?;
        let whole = std::path::absolute(&folder).unwrap_or(folder);
        let is_named = whole.file_name().is_some_and(|name| name.to_string_lossy() == self.folder);
        let companion = host.closed(PassphraseCost::DEFAULT)?;
        if companion.state() == belay::companion::VaultState::Closed(belay::vault::VaultFacts::Absent) {
            return Err(host.no_vault());
        }
        if !is_named {
            return Err(host.told_with("NeedsConfirmation", "term-erase-name", &[], "belay erase NAME", 7));
        }
        companion.erase()?;
        host.page.line(&host.say("term-erased", &[]));
        Ok(())
    }
}
