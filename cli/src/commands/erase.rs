//! `belay erase`: the vault goes from this computer. It shows first what goes; the folder's name, typed, is the yes.

use crate::failure::Done;
use crate::host::Host;
use crate::seen::{self, Called, Yes};
use belay::companion::VaultState;
use belay::crypto::kdf::PassphraseCost;
use belay::library::Arg;
use belay::vault::VaultFacts;
use std::path::{Path, PathBuf};

/// Take your vault away from this computer.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  belay erase belay    (the name of your vault's folder: shows what goes, and asks)\n  belay erase belay --seen belay\n\nNothing brings it back but a copy made before (belay backup) and the words on your paper. No passphrase is asked for: it works when that is lost."
)]
pub struct Erase {
    /// The name of the folder your vault lies in.
    folder: String,
    /// You have read what goes: the name of the folder once more.
    #[arg(long, value_name = "NAME")]
    seen: Option<String>,
}

impl Erase {
    /// Does it. Needs no passphrase: it works when that is lost.
    pub fn run(self, host: &Host) -> Done {
        let whole = whole(host.folder()?);
        let companion = host.closed(PassphraseCost::DEFAULT)?;
        if companion.state() == VaultState::Closed(VaultFacts::Absent) {
            return Err(host.no_vault());
        }
        let name = whole.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if name.is_empty() || !Called::Name(&name).is(&self.folder) {
            let command = format!("belay erase{} {}", place(host, &whole), super::named(&name));
            return Err(host.told_with("NeedsConfirmation", "term-erase-name", &[], &command, 7));
        }
        self.confirm(host, &whole, &name)?;
        companion.erase()?;
        host.page.line(&host.say("term-erased", &[]));
        Ok(())
    }

    /// Shows what goes, and waits for the name: what was named once may have been named by a slip.
    fn confirm(&self, host: &Host, whole: &Path, name: &str) -> Done {
        let command = super::seen_again("belay erase", name, &place(host, whole));
        let yes = Yes {
            called: Called::Name(name),
            seen: self.seen.as_deref(),
            ask: "term-erase-ask",
            args: &[("name", Arg::Text(name))],
            not_yet: "term-erase-not-yet",
            command: &command,
        };
        seen::wait(host, &yes, || {
            let folder = whole.to_string_lossy();
            host.page.line(&host.say("term-erase-goes", &[("folder", Arg::Text(&folder))]));
            host.page.line(&host.say("term-erase-back", &[]));
            Ok(())
        })
    }
}

/// Without the place, the same words would take away another vault of that name.
fn place(host: &Host, whole: &Path) -> String {
    let place = host.flags.vault.as_ref().map(|_| format!(" --vault {}", super::quoted(&whole.to_string_lossy())));
    place.unwrap_or_default()
}

/// The commands that take this vault away and make another one in its place.
pub fn and_anew(host: &Host) -> Done<String> {
    let whole = whole(host.folder()?);
    let name = whole.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let place = place(host, &whole);
    Ok(format!("belay erase{place} {}\nbelay init{place}", super::named(&name)))
}

/// The full path, one that ends with a name where there is one.
fn whole(folder: PathBuf) -> PathBuf {
    let whole = std::path::absolute(&folder).unwrap_or(folder);
    if whole.file_name().is_some() { whole } else { whole.canonicalize().unwrap_or(whole) }
}
