//! `belay words`: the recovery words, typed again to be sure of the paper.

use crate::failure::{Done, Trouble};
use crate::host::Host;
use crate::prompt;
use belay::crypto::words::RecoveryWords;
use belay::error::Code;

/// Test the words on your paper.
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
        let words = typed_words(host)?;
        companion.test_all_words(&words, &host.now()).map_err(|failure| match failure.code() {
            Code::WrongSecret => differ(host),
            _ => failure.into(),
        })?;
        host.page.line(&host.say("term-words-checked", &[]));
        Ok(())
    }
}

/// The words as they are typed, or come line by line where nobody types.
pub fn typed_words(host: &Host) -> Done<RecoveryWords> {
    let typed = if prompt::is_typed() {
        prompt::secret(host, "term-words-recovery-ask")?
    } else {
        let line = prompt::line()?.ok_or_else(|| host.told("Locked", "term-words-nowhere", 5))?;
        belay::secret::SecretText::new(line)
    };
    // Read to be compared, and gone after it.
    RecoveryWords::parse(typed.expose()).map_err(|_| differ(host))
}

/// Other words than those of this vault, or one typed in another way.
fn differ(host: &Host) -> Trouble {
    host.told_with("WrongSecret", "term-words-other", &[], "belay words test", 5)
}
