//! `belay words`: the recovery words, typed again to be sure of the paper.

use crate::failure::Done;
use crate::host::Host;
use crate::prompt;
use belay::crypto::words::RecoveryWords;

/// Look at your 24 words again.
#[derive(Debug, clap::Subcommand)]
#[command(after_help = "Example:\n  belay words test")]
pub enum Words {
    /// Type all your words and see that they open your vault.
    #[command(after_help = "Example:\n  belay words test")]
    Test,
}

impl Words {
    /// Does it.
    pub fn run(self, host: &Host) -> Done {
        let Words::Test = self;
        let companion = host.open()?;
        let typed = if prompt::is_typed() {
            prompt::secret(host, "term-words-recovery-ask")?
        } else {
            belay::secret::SecretText::new(prompt::line()?.unwrap_or_default())
        };
        // Read to be compared, and gone after it.
        companion.test_all_words(&RecoveryWords::parse(typed.expose())?, &host.now())?;
        host.page.line(&host.say("term-words-checked", &[]));
        Ok(())
    }
}
