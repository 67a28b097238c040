//! Whatever bytes come, the outcome has a name, and nothing that is shown changes.

#![allow(clippy::indexing_slicing, reason = "a test that reads past the end fails, as it should")]

use belay::batch::{Batch, Birth, Refusal, derive_actor};
use belay::command::{NoteCommand, NoteDraft};
use belay::crypto::sign::SigningKey;
use belay::document::plan::{EntryState, steps};
use belay::document::{Doc, Step};
use belay::error::{Code, Field};
use belay::exchange::Scope;
use belay::ids::{BatchId, DocId, ElementId, SpaceId};
use belay::secret::Secret32;
use belay::store::batches::Stage;
use belay_tests::{Chance, Device, Dump, Forge, Plan, World, bundle_of_wires, text, unchanged, until_quiet, wires_of};
use std::cell::Cell;
use std::io::{Read, repeat};

const TOOLBOX: &str = "toolbox";

/// A relationship with a plan of Mara's that both hold.
fn thread(seed: &str) -> (World, Device, Device, SpaceId, Plan) {
    let world = World::new(seed);
    let (mara, theo, space) = world.mara_and_theo();
    let plan = Plan::made_by(&mara, Some(space), "wellness");
    mara.apply(plan.add(TOOLBOX, "Tea"));
    until_quiet(&mara, &theo, &space);
    (world, mara, theo, space, plan)
}

#[test]
fn a_flipped_byte_anywhere_in_a_bundle_has_a_name_and_changes_nothing() {
    let (_world, mara, theo, space, plan) = thread("flip");
    mara.apply(plan.add(TOOLBOX, "Radio"));
    let bundle = mara.bundle(&space);
    let (hash, before) = (theo.hash(&space), theo.content());
    for at in 0..bundle.len() {
        let mut flipped = bundle.clone();
        flipped[at] ^= 1 << (at % 8);
        let code = theo.take(&flipped).expect_err("one byte is another").code();
        let named = [Code::Corrupt, Code::NewerSchema, Code::Truncated, Code::NotForThisDevice];
        assert!(named.contains(&code), "byte {at}: {code:?}");
    }
    for cut in 0..bundle.len() {
        let code = theo.take(&bundle[..cut]).expect_err("cut short").code();
        let named = [Code::Corrupt, Code::Truncated, Code::NotForThisDevice];
        assert!(named.contains(&code), "cut at {cut}: {code:?}");
    }
    unchanged(&before, &theo.content());
    assert_eq!(theo.hash(&space), hash);
    assert_eq!(theo.take(&bundle).expect("the good one").new, 1);
}

/// Counts what is asked of the reader behind it.
struct Counting<'a, R>(R, &'a Cell<u64>);
impl<R: Read> Read for Counting<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let got = self.0.read(buffer)?;
        self.1.set(self.1.get() + got as u64);
        Ok(got)
    }
}

#[test]
fn a_gigabyte_of_nothing_costs_nothing() {
    let (_world, mara, theo, space, _) = thread("zeros");
    let read = Cell::new(0);
    let before = theo.dump();
    let mut zeros = Counting(repeat(0).take(1 << 30), &read);
    let refused = theo.companion.bundle_in(&mut zeros, &theo.at()).expect_err("no bundle");
    assert_eq!((refused.code(), refused.detail().field), (Code::Corrupt, Some(Field::Bundle)));
    assert!(read.get() < 1_000, "{} bytes were read", read.get());
    // Behind a good envelope too: what was whole is taken in, the rest is told.
    let good = std::io::Cursor::new(mara.bundle_of(&space, Scope::Everything));
    let mut longer = Counting(good.chain(repeat(0).take(1 << 30)), &read);
    let code = theo.companion.bundle_in(&mut longer, &theo.at()).expect_err("zeros after an envelope").code();
    assert_eq!(code, Code::Corrupt);
    assert!(read.get() < 1 << 20, "{} bytes were read", read.get());
    let without_holdings = |mut dump: Dump| {
        // What is told of them belongs to them.
        let told = ["meta", "counter", "holdings", "touched"];
        dump.retain(|table, _| !told.contains(&table.as_str()));
        dump
    };
    unchanged(&without_holdings(before), &without_holdings(theo.dump()));
}

#[test]
fn noise_is_never_more_than_noise() {
    let (_world, _, theo, _, _) = thread("noise");
    let before = theo.content();
    let mut chance = Chance::new(7);
    for _ in 0..300 {
        let mut bytes = b"belay bundle\x01".to_vec();
        bytes.truncate(chance.below(16));
        bytes.extend((0..chance.below(3_000)).map(|_| chance.roll().to_le_bytes()[0]));
        let _ = theo.take(&bytes).expect_err("noise").code();
    }
    unchanged(&before, &theo.content());
}

/// What becomes of a forged batch at Mara's: its stage and reason, and that nothing she shows changed by it.
struct Outcome {
    stage: Option<Stage>,
    reason: Option<Refusal>,
    kept_out: u64,
    waiting: u64,
}

fn taken_by(mara: &Device, space: &SpaceId, batch: &Batch, bundle: &[u8]) -> Outcome {
    let shown = ["note", "goal", "plan", "part", "entry", "step", "idea", "comment", "decision", "mark", "history"];
    let (hash, before) = (mara.hash(space), mara.content());
    let report = mara.take(bundle).expect("an envelope for Mara");
    let after = mara.content();
    for table in shown {
        assert_eq!(before.get(table), after.get(table), "{table}");
    }
    assert_eq!(mara.hash(space), hash);
    let id = batch.id();
    let record = mara.look(|db| belay::store::batches::get(db, &id));
    Outcome {
        stage: record.as_ref().map(|record| record.stage),
        reason: record.and_then(|record| Refusal::from_number(record.reason)),
        kept_out: report.kept_out,
        waiting: report.waiting,
    }
}

fn a_line(words: &str) -> Vec<Step> {
    let entry = EntryState {
        part: TOOLBOX.to_owned(),
        text: words.to_owned(),
        order: "V00".to_owned(),
        ..EntryState::default()
    };
    steps::add_entry(ElementId([0x77; 16]), &entry)
}

#[test]
fn a_hand_forged_change_to_her_plan_is_refused_on_every_phone_and_listed() {
    let (_world, mara, theo, space, plan) = thread("forged");
    let forge = Forge::with_keys_of(&theo, &space);
    let birth = Forge::birth_of(&theo, &plan.id);
    let batch = forge.batch(&birth, Forge::doc_of(&theo, &birth), &a_line("Coffee instead"), |_| ());
    for device in [&mara, &theo] {
        let outcome = taken_by(device, &space, &batch, &forge.bundle_for(device, std::slice::from_ref(&batch)));
        assert_eq!((outcome.stage, outcome.reason), (Some(Stage::Refused), Some(Refusal::NotAWriter)), "I3");
        assert_eq!(outcome.kept_out, 1);
        let listed = device.kept_out(&space);
        assert!(listed.iter().any(|record| record.id == batch.id() && record.payload.is_none()), "header only");
        assert!(!device.holds("Coffee instead"), "it is not readable");
        assert_eq!(plan.words(device, TOOLBOX), ["Tea"]);
        let again = device.take(&forge.bundle_for(device, std::slice::from_ref(&batch))).expect("again");
        assert_eq!((again.new, again.kept_out), (0, 0), "once is enough");
    }
}

#[test]
fn a_batch_signed_by_the_wrong_key_is_not_received() {
    let (_world, mara, theo, space, plan) = thread("wrong key");
    let mut forge = Forge::with_keys_of(&theo, &space);
    let birth = Forge::birth_of(&theo, &plan.id);
    let good = forge.batch(&birth, Forge::doc_of(&theo, &birth), &a_line("x"), |_| ());
    // Theo's name, another's signature.
    let mut bad = good.clone();
    bad.signature = [0x55; 64];
    let outcome = taken_by(&mara, &space, &bad, &forge.bundle_for(&mara, std::slice::from_ref(&bad)));
    assert_eq!((outcome.stage, outcome.kept_out), (None, 1));
    // Nobody's key.
    forge.signing = SigningKey::from_seed(Secret32::new([9; 32]));
    let unknown = forge.batch(&birth, Forge::doc_of(&theo, &birth), &a_line("x"), |_| ());
    let outcome = taken_by(&mara, &space, &unknown, &forge.bundle_for(&mara, std::slice::from_ref(&unknown)));
    assert_eq!((outcome.stage, outcome.kept_out), (None, 1));
    // A signature over other bytes of the same batch.
    let other = Forge::with_keys_of(&theo, &space).batch(&birth, Forge::doc_of(&theo, &birth), &a_line("y"), |_| ());
    let mixed = Batch { signature: other.signature, ..good };
    let outcome = taken_by(&mara, &space, &mixed, &bundle_of_wires(&mara, &space, vec![mixed.encode()]));
    assert_eq!((outcome.stage, outcome.kept_out), (None, 1));
}

#[test]
fn a_forged_actor_or_birth_is_refused() {
    let (_world, mara, theo, space, plan) = thread("actor");
    theo.apply(plan.add("what-i-bring", "Jokes"));
    until_quiet(&mara, &theo, &space);
    let forge = Forge::with_keys_of(&theo, &space);
    let column = plan.line(&theo, "what-i-bring", "Jokes").doc;
    let birth = Forge::birth_of(&theo, &column);
    let steps = || a_line("Coffee");
    // An actor of Mara's device in Theo's own document.
    let hers = Forge::with_keys_of(&mara, &space).device;
    let actor = derive_actor(&hers, &birth.doc(), &forge.nonce);
    let forged = forge.batch_by(actor, &birth, Some(&birth), Forge::doc_of(&theo, &birth), &steps(), |_| ());
    let outcome = taken_by(&mara, &space, &forged, &forge.bundle_for(&mara, std::slice::from_ref(&forged)));
    assert_eq!((outcome.stage, outcome.reason), (Some(Stage::Refused), Some(Refusal::WrongActor)));
    // The birth says another writer than the document's id.
    let opened: Birth = Birth { writer: None, ..birth.clone() };
    let actor = derive_actor(&forge.device, &birth.doc(), &forge.nonce);
    let forged = forge.batch_by(actor, &birth, Some(&opened), Forge::doc_of(&theo, &birth), &steps(), |_| ());
    let outcome = taken_by(&mara, &space, &forged, &forge.bundle_for(&mara, std::slice::from_ref(&forged)));
    assert_eq!((outcome.stage, outcome.reason), (Some(Stage::Refused), Some(Refusal::WrongBirth)));
}

#[test]
fn a_new_document_in_her_name_is_refused() {
    let (_world, mara, theo, space, plan) = thread("her name");
    let forge = Forge::with_keys_of(&theo, &space);
    let hers = Forge::birth_of(&theo, &plan.id);
    let birth = Birth { nonce: [3; 32], ..hers };
    let doc = Doc::born(birth.clone()).expect("a plan");
    let batch = forge.batch(&birth, doc, &a_line("Mara never wrote this"), |_| ());
    let outcome = taken_by(&mara, &space, &batch, &forge.bundle_for(&mara, std::slice::from_ref(&batch)));
    assert_eq!((outcome.stage, outcome.reason), (Some(Stage::Refused), Some(Refusal::NotAWriter)));
    assert!(!mara.holds("Mara never wrote this"));
}

#[test]
fn repeated_skipped_and_reordered_places_in_the_log() {
    let (_world, mara, theo, space, plan) = thread("seq");
    for words in ["One", "Two", "Three"] {
        theo.apply(plan.add("what-i-bring", words));
        theo.rest();
    }
    let wires = wires_of(&theo, &space);
    let mine: Vec<Vec<u8>> = wires.into_iter().filter(|wire| is_by(wire, &theo, &space)).collect();
    let count = mine.len();
    assert!(count >= 3);
    // The last two first: they wait for what they follow.
    let late: Vec<Vec<u8>> = mine[count - 2..].iter().rev().cloned().collect();
    let report = mara.take(&bundle_of_wires(&mara, &space, late)).expect("for Mara");
    assert_eq!((report.new, report.waiting, report.kept_out), (0, 2, 0), "{report:?}");
    assert!(plan.words(&mara, "what-i-bring").is_empty());
    // The one before them comes, twice; all find their place.
    let missing = vec![mine[count - 3].clone(), mine[count - 3].clone()];
    let report = mara.take(&bundle_of_wires(&mara, &space, missing)).expect("for Mara");
    assert_eq!((report.new, report.waiting, report.kept_out), (3, 0, 0), "{report:?}");
    assert_eq!(plan.words(&mara, "what-i-bring"), ["One", "Two", "Three"]);
    assert_eq!(mara.hash(&space), theo.hash(&space));

    // A place that does not follow what it names, and one that names nothing there is.
    let forge = Forge::with_keys_of(&theo, &space);
    let birth = Forge::birth_of(&theo, &plan.line(&theo, "what-i-bring", "One").doc);
    let skipped = forge.batch(&birth, Forge::doc_of(&theo, &birth), &a_line("Four"), |draft| draft.seq += 1);
    let outcome = taken_by(&mara, &space, &skipped, &forge.bundle_for(&mara, std::slice::from_ref(&skipped)));
    assert_eq!((outcome.stage, outcome.kept_out), (None, 1), "a broken chain");
    let adrift = forge.batch(&birth, Forge::doc_of(&theo, &birth), &a_line("Four"), |draft| {
        draft.prev = vec![BatchId([8; 32])];
    });
    let outcome = taken_by(&mara, &space, &adrift, &forge.bundle_for(&mara, std::slice::from_ref(&adrift)));
    assert_eq!((outcome.stage, outcome.kept_out, outcome.waiting), (None, 0, 1), "it waits");
    theo.apply(plan.add("what-i-bring", "Four"));
    until_quiet_but_waiting(&mara, &theo, &space);
    assert_eq!(plan.words(&mara, "what-i-bring"), ["One", "Two", "Three", "Four"]);
}

fn until_quiet_but_waiting(a: &Device, b: &Device, space: &SpaceId) {
    for _ in 0..3 {
        b.take(&a.bundle(space)).expect("an honest bundle");
        a.take(&b.bundle(space)).expect("an honest bundle");
    }
    assert_eq!(a.hash(space), b.hash(space));
}

fn is_by(wire: &[u8], device: &Device, space: &SpaceId) -> bool {
    let (_, header) = Batch::parse(wire).expect("a batch");
    let people = device.people(space);
    people.membership.member_of(&header.device) == Some(people.me())
}

#[test]
fn a_fork_keeps_both_branches() {
    let (_world, mara, theo, space, plan) = thread("fork");
    theo.apply(plan.add("what-i-bring", "Jokes"));
    until_quiet(&mara, &theo, &space);
    let forge = Forge::with_keys_of(&theo, &space);
    let birth = Forge::birth_of(&theo, &plan.line(&theo, "what-i-bring", "Jokes").doc);
    // A clone of Theo's phone writes at the same place of the log as Theo's phone does.
    let entry = EntryState {
        part: "what-i-bring".to_owned(),
        text: "From the clone".to_owned(),
        order: "z".to_owned(),
        ..EntryState::default()
    };
    let clone =
        forge.batch(&birth, Forge::doc_of(&theo, &birth), &steps::add_entry(ElementId([1; 16]), &entry), |_| ());
    theo.apply(plan.add("what-i-bring", "From the phone"));
    mara.take(&forge.bundle_for(&mara, &[clone])).expect("for Mara");
    until_quiet(&mara, &theo, &space);
    for device in [&mara, &theo] {
        assert_eq!(
            plan.words(device, "what-i-bring"),
            ["Jokes", "From the phone", "From the clone"],
            "{}",
            device.name
        );
    }
    assert_eq!(mara.hash(&space), theo.hash(&space));
}

#[test]
fn over_long_text_is_told_with_its_bound() {
    let world = World::new("long");
    let mara = world.person("Mara");
    let note = |title: &str, body: &str| NoteCommand::Create {
        draft: NoteDraft { title: text(title), body: text(body), tags: Vec::new() },
    };
    let refused = mara.attempt(note(&"a".repeat(201), "b")).expect_err("201 scalars");
    let detail = refused.detail();
    assert_eq!(
        (detail.code, detail.field, detail.max, detail.actual),
        (Code::TooLong, Some(Field::Title), Some(200), Some(201))
    );
    let refused = mara.attempt(note("", &"é".repeat(100_001))).expect_err("100,001 scalars");
    assert_eq!(
        (refused.code(), refused.detail().max, refused.detail().actual),
        (Code::TooLong, Some(100_000), Some(100_001))
    );
    let made = mara.apply(note("", &"é".repeat(100_000))).made.expect("100,000 fit");
    assert!(mara.lock_and_unlock().acknowledged);
    let belay::view::Answer::Note(shown) = mara.ask(belay::view::Ask::Note { id: made }) else { panic!("a note") };
    assert_eq!(shown.body.as_str().chars().count(), 100_000);
    let _: DocId = made;
}
