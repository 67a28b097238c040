//! stub
use crate::failure::Done;
use crate::host::Host;
/// Watch the story of two people, with two real vaults.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  belay demo")]
pub struct Demo {}
impl Demo {
    /// Does it.
    pub fn run(self, _: &Host) -> Done {
        Ok(())
    }
}
