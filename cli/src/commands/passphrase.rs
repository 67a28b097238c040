//! `belay passphrase`: a new one.

use super::init::{cost, new_passphrase};
use crate::failure::{Done, Trouble};
use crate::host::Host;
use belay::companion::UnlockWith;
use std::path::PathBuf;

/// Choose a new passphrase.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  belay passphrase\n  belay passphrase --with-words\n  belay passphrase --new-passphrase-file FILE"
)]
pub struct Passphrase {
    /// A file with the new passphrase. Without it you are asked.
    #[arg(long, value_name = "FILE")]
    new_passphrase_file: Option<PathBuf>,
    /// For a computer with little memory: guessing the passphrase costs less there.
    #[arg(long)]
    low_memory: bool,
}

impl Passphrase {
    /// Does it.
    pub fn run(self, host: &Host) -> Done {
        let with = host.ask_how()?;
        let companion = host.open_as(cost(self.low_memory), with.clone())?;
        let new =
            new_passphrase(host, self.new_passphrase_file.as_ref(), None).map_err(|trouble| nowhere(host, trouble))?;
        if matches!(&with, UnlockWith::Passphrase(now) if *now == new) {
            let told = host.told_with("Duplicate", "term-passphrase-same", &[], "belay passphrase", 11);
            return Err(told.as_it_is());
        }
        companion.set_passphrase(&with, &new, &host.now())?;
        host.page.line(&host.say("term-passphrase-changed", &[]));
        Ok(())
    }
}

/// Nobody is there to type the new one: another file is meant than that of the old one.
fn nowhere(host: &Host, trouble: Trouble) -> Trouble {
    match trouble {
        Trouble::Told(told) if told.code == "Locked" => {
            let command = "belay passphrase --new-passphrase-file FILE";
            host.told_with("Locked", "term-passphrase-new-nowhere", &[], command, 5)
        }
        other => other,
    }
}
