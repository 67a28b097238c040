//! `belay mend`: a vault with damaged pages, made whole again.

use crate::failure::{Done, Trouble};
use crate::host::Host;
use crate::output::json;
use belay::companion::VaultState;
use belay::crypto::kdf::PassphraseCost;
use belay::error::{Code, Failure};
use belay::library::Arg;
use belay::vault::VaultFacts;
use serde::Serialize;

/// Read your whole vault, and mend what is damaged.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  belay mend\n  belay mend --with-words\n\nIt takes about as much room again as your vault has."
)]
pub struct Mend {}

#[derive(Serialize)]
struct Row {
    whole: bool,
    pages: Vec<u32>,
}

impl Mend {
    /// Does it. The vault is opened by mending itself: a damaged one may not open otherwise.
    pub fn run(self, host: &Host) -> Done {
        let companion = host.closed(PassphraseCost::DEFAULT)?;
        if companion.state() == VaultState::Closed(VaultFacts::Absent) {
            return Err(host.no_vault());
        }
        let with = host.ask_how()?;
        let mended = companion.mend(&with, &host.now()).map_err(|failure| beyond(host, failure))?;
        if host.flags.json {
            let row = Row { whole: mended.pages.is_empty(), pages: mended.pages };
            host.page.line_of_data(&json::one("mended", &row, &str::to_owned));
            return Ok(());
        }
        let said = match mended.pages.len() {
            0 => host.say("term-check-good", &[]),
            pages => host.say("term-mended", &[("count", Arg::Number(pages as u64))]),
        };
        host.page.line(&said);
        Ok(())
    }
}

/// More is damaged than can be made again: a copy is the way.
fn beyond(host: &Host, failure: Failure) -> Trouble {
    match failure.code() {
        Code::Corrupt if host.store_is_gone() => host.no_store(),
        Code::Corrupt => host.told_with("Corrupt", "term-check-bad", &[], "belay restore FOLDER --vault DIR", 8),
        _ => host.still_closed(failure),
    }
}
