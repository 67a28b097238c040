//! `belay completions`: what a shell needs to complete commands.

use crate::failure::Done;
use crate::host::Host;
use clap_complete::Shell;

/// Write what lets your shell complete commands.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  belay completions bash > belay.bash")]
pub struct Completions {
    /// Which shell.
    shell: Shell,
}

impl Completions {
    /// Does it, for the whole of the command line.
    pub fn run(self, host: &Host, all: &mut clap::Command) -> Done {
        let mut text = Vec::new();
        clap_complete::generate(self.shell, all, "belay", &mut text);
        host.page.raw(&String::from_utf8_lossy(&text));
        Ok(())
    }
}
