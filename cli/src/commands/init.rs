//! `belay init`: a vault, its words written down and asked back.

use crate::failure::{Done, Trouble};
use crate::host::{Host, read_secret};
use crate::prompt;
use belay::command::{Command, RelationshipCommand};
use belay::companion::{Companion, NewVault};
use belay::crypto::kdf::{PassphraseCost, check_passphrase};
use belay::crypto::words::{RecoveryWords, WordCount};
use belay::error::{Code, Failure};
use belay::library::Arg;
use belay::secret::{Entropy, SecretText, SystemEntropy};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// How many words are asked back.
const ASKED_BACK: usize = 3;
/// How often a new passphrase is asked for.
const PASSPHRASE_TRIES: usize = 5;
/// Words on a line of the list.
const WORDS_A_LINE: usize = 4;

/// Make your vault.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  belay init\n  belay init --name Mara\n  belay init --words 12")]
pub struct Init {
    /// What you want to be called.
    #[arg(long)]
    name: Option<String>,
    /// How many words: 12 or 24.
    #[arg(long, value_name = "N", default_value = "24", value_parser = ["12", "24"], hide_possible_values = true)]
    words: String,
    /// For a computer with little memory: guessing the passphrase costs less there.
    #[arg(long)]
    low_memory: bool,
}

/// What a passphrase costs.
pub fn cost(low_memory: bool) -> PassphraseCost {
    if low_memory { PassphraseCost::FLOOR } else { PassphraseCost::DEFAULT }
}

/// A new passphrase: from the file, from what came without typing, or typed twice.
pub fn new_passphrase(host: &Host, file: Option<&PathBuf>, given: Option<SecretText>) -> Done<SecretText> {
    if let Some(file) = file {
        return read_secret(host, file);
    }
    if let Some(given) = given {
        return Ok(given);
    }
    for _ in 0..PASSPHRASE_TRIES {
        let first = prompt::secret(host, "term-passphrase-new")?;
        if let Err(unfit) = check_passphrase(first.expose()) {
            let told = host.phrases.failure(Failure::from(unfit).detail(), &host.now());
            host.page.line(&format!("{} {}", told.label, told.next));
        } else if first == prompt::secret(host, "term-passphrase-again")? {
            return Ok(first);
        } else {
            host.page.line(&host.say("term-passphrase-differs", &[]));
        }
    }
    Err(host.told("WeakSecret", "term-passphrase-later", 3))
}

impl Init {
    /// Does it.
    pub fn run(self, host: &Host) -> Done {
        let count = if self.words == "12" { WordCount::Twelve } else { WordCount::TwentyFour };
        let companion = host.closed(cost(self.low_memory))?;
        if companion.state() != belay::companion::VaultState::Closed(belay::vault::VaultFacts::Absent) {
            return Err(host.told_with("Duplicate", "term-vault-there", &[], "belay init --vault DIR", 11));
        }
        let name = match self.name {
            None if prompt::is_typed() => prompt::ask(host, "term-name-ask", &[])?,
            given => given,
        };
        let passphrase = new_passphrase(host, None, host.given_passphrase()?)?;
        // Before anything is made: what does not fit leaves no folder behind.
        check_passphrase(passphrase.expose())?;
        let made = companion.create(&NewVault { passphrase, words: count }, &host.now())?;
        host.page.line(&host.say("term-vault-made", &[]));
        host.page.gap();
        show(host, &made.words);
        prompt::understood(host, &companion)?;
        if let Some(name) = name.filter(|name| !name.trim().is_empty()) {
            let command = RelationshipCommand::MyName { space: None, name: name.into() };
            companion.apply(&[Command::Relationship(command)], None, &host.now())?;
        }
        ask_back(host, &companion, made.words.list().len())?;
        host.page.line(&host.say("term-words-checked", &[]));
        companion.lock()?;
        Ok(())
    }
}

fn show(host: &Host, words: &RecoveryWords) {
    let list = words.list();
    host.page.line(&host.say("term-words-first", &[("count", Arg::Text(&list.len().to_string()))]));
    host.page.gap();
    let cells: Vec<String> = list.iter().enumerate().map(|(at, word)| format!("{:2} {word:<8}", at + 1)).collect();
    // Four columns of twelve signs fit the narrowest terminal when they are two by two.
    let a_line = if host.page.width() < 60 { WORDS_A_LINE / 2 } else { WORDS_A_LINE };
    for row in cells.chunks(a_line) {
        host.page.inside(crate::output::Edge::Bare, 2, &row.join("   "));
    }
    host.page.gap();
    host.page.line(&host.say("term-words-second", &[]));
    host.page.line(&host.say("term-words-third", &[]));
    host.page.gap();
}

/// Different places, in their order.
fn places(of: usize) -> Vec<usize> {
    let mut entropy = SystemEntropy::default();
    let mut places = BTreeSet::new();
    while places.len() < ASKED_BACK.min(of) {
        let [byte] = (&mut entropy as &mut dyn Entropy).bytes::<1>();
        // 12 and 24 do not divide 256 by a rest that matters for a question.
        places.insert(usize::from(byte) % of);
    }
    places.into_iter().collect()
}

fn ask_back(host: &Host, companion: &Companion, of: usize) -> Done {
    loop {
        let mut typed = Vec::new();
        for place in places(of) {
            let answer = prompt::ask_or_stop(host, "term-words-ask", &[("number", Arg::Number(place as u64 + 1))])?;
            typed.push((place, answer.ok().flatten().ok_or_else(|| untested(host))?));
        }
        match companion.test_words(&typed, &host.now()) {
            Ok(()) => return Ok(()),
            Err(failure) if failure.code() == Code::WrongSecret && prompt::is_typed() => {
                host.page.line(&host.say("term-words-differ", &[]));
            }
            Err(failure) if failure.code() == Code::WrongSecret => return Err(untested(host)),
            Err(failure) => return Err(failure.into()),
        }
    }
}

/// The vault is there; its words were not typed back as they are.
fn untested(host: &Host) -> Trouble {
    host.told_with("WrongSecret", "term-words-untested", &[], "belay words test", 5)
}
