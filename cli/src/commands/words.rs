//! `belay words`: the recovery words, typed again to be sure of the paper.

use crate::failure::{Done, Told, Trouble};
use crate::host::Host;
use crate::prompt;
use belay::crypto::words::RecoveryWords;
use belay::error::Code;
use belay::library::Arg;
use belay::secret::SecretText;

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
        let words = typed_words(host, || differ(host))?;
        companion.test_all_words(&words, &host.now()).map_err(|failure| match failure.code() {
            Code::WrongSecret => differ(host),
            _ => failure.into(),
        })?;
        host.page.line(&host.say("term-words-checked", &[]));
        Ok(())
    }
}

/// How often words are asked for that are not those of any paper.
const TRIES: usize = 5;

/// The words as they are typed, or come line by line where nobody types; `other` is what is said where they do not fit.
pub fn typed_words(host: &Host, other: impl Fn() -> Trouble) -> Done<RecoveryWords> {
    if prompt::is_typed() {
        return asked_words(host, other);
    }
    let line = prompt::line()?.ok_or_else(|| host.told("Locked", "term-words-nowhere", 5))?;
    let typed = SecretText::new(line);
    // Read to be compared, and gone after it.
    RecoveryWords::parse(typed.expose()).map_err(|_| match (slip(host, &typed), other()) {
        (Some(label), Trouble::Told(told)) => Told { label, ..*told }.into(),
        (_, trouble) => trouble,
    })
}

/// The words, asked for at a terminal. What can be seen of a slip is said at once, and they are asked for again.
pub fn asked_words(host: &Host, other: impl Fn() -> Trouble) -> Done<RecoveryWords> {
    for _ in 0..TRIES {
        let typed = prompt::secret(host, "term-words-recovery-ask")?;
        // Read for what it opens, and gone after it.
        match RecoveryWords::parse(typed.expose()) {
            Ok(words) => return Ok(words),
            Err(_) => host.beside(&slip(host, &typed).unwrap_or_else(|| host.say("term-words-slip-together", &[]))),
        }
    }
    Err(other())
}

/// How many there are, or the places of those that are in no list: never a word.
fn slip(host: &Host, typed: &SecretText) -> Option<String> {
    let slip = RecoveryWords::slip_in(typed.expose());
    if !slip.unknown.is_empty() {
        let places = slip.unknown.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
        let args = [("count", Arg::Number(slip.unknown.len() as u64)), ("places", Arg::Text(&places))];
        return Some(host.say("term-words-slip-place", &args));
    }
    let is_paper = matches!(slip.count, 12 | 24);
    (!is_paper).then(|| host.say("term-words-slip-count", &[("count", Arg::Number(slip.count as u64))]))
}

/// Other words than those of this vault, or one typed in another way.
pub fn differ(host: &Host) -> Trouble {
    host.told_with("WrongSecret", "term-words-other", &[], "belay words test", 5)
}
