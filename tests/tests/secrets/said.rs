//! What is said: failures as text, debug text and JSON, and the debug text of everything that carries words or keys.

use crate::day::{BODY, Day, FIRST, PIN, SECOND, TITLE, WRONG};
use crate::scan::Needles;
use crate::{now, passphrase, secret};
use belay::command::{Command, GoalCommand, GoalDraft, NoteCommand, NoteDraft, PlanCommand, TextEdit};
use belay::companion::NewVault;
use belay::crypto::seal::OpeningKey;
use belay::crypto::sign::SigningKey;
use belay::crypto::words::{RecoveryWords, WordCount};
use belay::error::{Code, Failure};
use belay::ids::DocId;
use belay::secret::{Secret32, SecretBytes};
use belay::text::PersonText;
use belay::vault::UnlockWith;
use belay_tests::{SeededEntropy, World, text};

fn told(failure: &Failure) -> String {
    let detail = failure.detail();
    let json = serde_json::json!({
        "code": failure.code(), "class": failure.code().class(), "field": detail.field,
        "max": detail.max, "actual": detail.actual, "until": detail.until_ms, "command": detail.command,
    });
    format!("{failure}\n{failure:?}\n{failure:#?}\n{json}\n{}", std::error::Error::source(failure).is_none())
}

#[test]
fn no_failure_repeats_what_was_typed() {
    let (world, mut needles) = (World::new("said"), Needles::default());
    let device = world.person("Mara");
    let long = format!("{BODY} ").repeat(2_000);
    needles.text("body", BODY);
    needles.text("title", TITLE);
    needles.text("wrong", WRONG);
    let draft = |title: &str, body: &str| NoteDraft { title: text(title), body: text(body), tags: Vec::new() };
    let tags = vec![text(BODY); 31];
    let goal = |title: &str| GoalDraft { title: text(title), towards: text(BODY), ..GoalDraft::default() };
    let no_doc = DocId([7; 32]);
    let base = belay::ids::Rev::of(&[]);
    let commands: Vec<(Command, Code)> = vec![
        (Command::Note(NoteCommand::Create { draft: draft(&long, "") }), Code::TooLong),
        (Command::Note(NoteCommand::Create { draft: draft(TITLE, &long) }), Code::TooLong),
        (Command::Note(NoteCommand::Create { draft: NoteDraft { tags, ..draft(TITLE, "") } }), Code::TooMany),
        (Command::Note(NoteCommand::Create { draft: draft(&format!("{TITLE}\u{0}"), "") }), Code::InvalidText),
        (Command::Note(NoteCommand::AddTag { note: no_doc, tag: text(TITLE) }), Code::NotFound),
        (
            Command::Note(NoteCommand::Edit {
                note: no_doc,
                field: belay::command::NoteField::Body,
                base,
                text: TextEdit::Whole(text(BODY)),
            }),
            Code::NotFound,
        ),
        (Command::Goal(GoalCommand::Create { space: None, draft: goal(&long) }), Code::TooLong),
        (
            Command::Plan(PlanCommand::Create { space: None, template: TITLE.to_owned(), title: text(BODY) }),
            Code::NotFound,
        ),
    ];
    for (command, code) in commands {
        let shown = format!("{command:?}");
        let failure = device.companion.apply(&[command], None, &now()).expect_err("a refusal");
        assert_eq!(failure.code(), code);
        assert_eq!(needles.within(told(&failure).as_bytes()), None, "{}", told(&failure));
        assert_eq!(needles.within(shown.as_bytes()).filter(|_| !shown.contains("template")), None, "{shown}");
    }
    for with in [passphrase(WRONG), passphrase(&long)] {
        let failure = device.companion.set_passphrase(&with, &secret(SECOND), &now()).expect_err("another secret");
        assert_eq!(needles.within(told(&failure).as_bytes()), None);
    }
    let failure = device.companion.set_passphrase(&device.secret(), &secret(&long), &now()).expect_err("too long");
    assert_eq!((failure.code(), needles.within(told(&failure).as_bytes())), (Code::WeakSecret, None));
    let words = RecoveryWords::parse(&format!("{WRONG} {WRONG} {WRONG}")).expect_err("no words of the list");
    assert_eq!(needles.within(format!("{words:?}").as_bytes()), None);
    // The control: the look finds them in a message that repeats them.
    assert!(needles.within(format!("cannot save {BODY:?}").as_bytes()).is_some());
}

#[test]
fn nothing_that_carries_a_secret_prints_it() {
    let entropy = &mut SeededEntropy::new("printed");
    let words = RecoveryWords::make(WordCount::TwentyFour, entropy);
    let key32 = Secret32::make(entropy);
    let (signing, opening) = (SigningKey::make(entropy), OpeningKey::make(entropy));
    let mut needles = Needles::default();
    for (name, key) in [("key", &key32), ("signing", signing.seed()), ("opening", opening.bytes())] {
        needles.key(name, key.expose());
        let listed = format!("{:?}", key.expose());
        needles.bytes(name, &listed.as_bytes()[1..24]);
    }
    needles.text("passphrase", FIRST);
    needles.bytes("PIN", PIN.as_bytes());
    words.list().windows(3).for_each(|three| needles.bytes("words", three.join(" ").as_bytes()));
    let slot = belay::ids::SlotId([1; 16]);
    let pin = secret(PIN);
    let printed = [
        format!("{words:?} {words:#?}"),
        format!("{key32:?} {signing:?} {opening:?} {:?}", SecretBytes::new(key32.expose().to_vec())),
        format!("{:?}", NewVault { passphrase: secret(FIRST), words: WordCount::Twelve }),
        format!("{:?} {:?}", passphrase(FIRST), UnlockWith::RecoveryWords(words.clone())),
        format!("{:?}", UnlockWith::Keystore { slot, key32: key32.clone(), vault_counter: Some(1) }),
        format!("{:#?}", UnlockWith::KeystoreAndPin { slot, key32: key32.clone(), pin, vault_counter: None }),
        format!("{:?} {:?}", secret(FIRST), PersonText::from(FIRST)),
    ];
    for text in &printed {
        assert_eq!(needles.within(text.as_bytes()), None, "{text}");
    }
    assert!(needles.within(format!("{:?}", key32.expose()).as_bytes()).is_some(), "the control");
}

#[test]
fn a_whole_day_says_nothing_on_its_streams() {
    let mut day = Day::begin();
    day.whole();
    day.locks();
    let errors = day.keeper.errors();
    assert!(errors.is_empty(), "a core says nothing at all: {}", String::from_utf8_lossy(&errors));
    assert!(day.keeper.said.len() > 300, "several failures were told");
    assert_eq!(day.secrets.within(&day.keeper.said).or(day.texts.within(&day.keeper.said)), None);
}
