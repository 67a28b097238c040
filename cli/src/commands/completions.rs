//! `belay completions`: what a shell needs to complete commands.

use crate::args::Cli;
use crate::failure::Done;
use crate::host::Host;
use clap::CommandFactory;
use clap_complete::Shell;

/// Write what lets your shell complete commands.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  belay completions bash > belay.bash")]
pub struct Completions {
    /// Which shell.
    shell: Shell,
}

impl Completions {
    /// Does it.
    pub fn run(self, host: &Host) -> Done {
        let mut text = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "belay", &mut text);
        host.page.raw(&String::from_utf8_lossy(&text));
        Ok(())
    }
}
