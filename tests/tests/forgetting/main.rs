//! Forgetting, purging, and going on where a document is frozen (protocol.md §5), on whole companions.

#![allow(clippy::indexing_slicing, reason = "a test that reads past the end fails, as it should")]

mod asked;
mod going_on;
mod late;
mod prefixes;

use belay::batch::Batch;
use belay::command::{ForgetCommand, NoteCommand, NoteDraft, PlanCommand, TalkCommand};
use belay::companion::UnlockWith;
use belay::error::Code;
use belay::ids::DocId;
use belay::secret::SecretText;
use belay::space::SignedStatement;
use belay::store::documents;
use belay::view::{Answer, Ask, At};
use belay_tests::{Circle, Device, Plan, World, plans, statements_of, text, until_quiet, wires_of};

const OWN: &str = "toolbox";
const US: &str = "looking-after-us";
const DAY_MS: i64 = 86_400_000;
/// Words that are looked for; no catalogue and no template has them.
const CANARY: &str = "Quarrelsome heron";
const THEIRS: &str = "Obstinate kestrel";

fn everything(doc: DocId) -> ForgetCommand {
    ForgetCommand::Everything { doc }
}
fn past(doc: DocId) -> ForgetCommand {
    ForgetCommand::Past { doc }
}

/// A note with the canary in title, body and tag.
fn note(on: &Device) -> DocId {
    let draft = NoteDraft { title: text(CANARY), body: text("Tea at four"), tags: vec![text(CANARY)] };
    on.apply(NoteCommand::Create { draft }).made.expect("a note")
}

fn purged(by: &Device, docs: &[DocId]) {
    by.companion.purge(docs, &by.secret(), &by.at()).expect("the right secret");
}

/// Mara's two phones and Theo's one, with a plan in which both wrote.
struct Shared {
    circle: Circle,
    plan: Plan,
}

impl Shared {
    fn new(world: &World, of_supporter: usize) -> Self {
        let circle = Circle::new(world, 2, of_supporter);
        let plan = Plan::made_by(&circle.devices[0], Some(circle.space), "wellness");
        circle.devices[0].apply(plan.add(OWN, CANARY));
        circle.tell_everything();
        circle.devices[1].apply(plan.add(OWN, "Tea"));
        circle.devices[2].apply(plan.add(US, "Call before eight"));
        let quote = TalkCommand::Comment { on: plan.target(OWN, None), text: text(THEIRS), quote: text("") };
        circle.devices[2].apply(quote);
        circle.tell_everything();
        Shared { circle, plan }
    }
    fn device(&self, at: usize) -> &Device {
        &self.circle.devices[at]
    }
    fn tell(&self, to: usize, statements: &[SignedStatement], wires: Vec<Vec<u8>>) {
        let bundle = self.circle.carry(to, &self.circle.space, statements.to_vec(), wires);
        self.device(to).take(&bundle).expect("a good bundle");
    }
    fn agree(&self, who: &[usize]) {
        let first = self.device(who[0]).hash(&self.circle.space);
        for at in &who[1..] {
            assert_eq!(self.device(*at).hash(&self.circle.space), first, "{}", self.device(*at).name);
        }
    }
}

#[test]
fn a_forgotten_note_is_shown_nowhere_and_its_history_keeps_the_facts_alone() {
    let world = World::new("note");
    let mara = world.person("Mara");
    let own = mara.companion.own_space().expect("open");
    let (kept, gone) = (note(&mara), note(&mara));
    mara.apply(NoteCommand::TakeTag { note: gone, tag: text(CANARY) });
    let facts = mara.history(&gone).len();
    assert!(facts >= 2);
    let before = mara.hash(&own);
    mara.apply(everything(gone));
    assert_eq!(mara.ask(Ask::Note { id: gone }), Answer::No(Code::NotFound));
    assert!(matches!(mara.ask(Ask::Note { id: kept }), Answer::Note(_)));
    let told = mara.history(&gone);
    assert_eq!(told.len(), facts, "the facts stay");
    assert!(told.iter().all(|line| line.before.is_none() && line.after.is_none()));
    let Answer::History(page) = mara.ask(Ask::History { of: gone, at: At { limit: 50, ..At::default() } }) else {
        panic!("the facts can be read")
    };
    assert!(page.rows.iter().all(|row| !row.label.contains(CANARY)), "{:?}", page.rows);
    assert_ne!(mara.hash(&own), before);
    assert_eq!(mara.refused(NoteCommand::Pin { note: gone }), Code::NotFound);
    assert_eq!(mara.refused(everything(gone)), Code::NotFound);
    let hash = mara.hash(&own);
    mara.lock_and_unlock();
    assert_eq!(mara.hash(&own), hash);
    assert_eq!(mara.ask(Ask::Note { id: gone }), Answer::No(Code::NotFound));
}

#[test]
fn after_forget_and_purge_none_of_the_words_is_in_either_opened_store() {
    let world = World::new("purge");
    let (mara, theo, space) = world.mara_and_theo();
    let plan = Plan::made_by(&mara, Some(space), "wellness");
    mara.apply(plan.add(OWN, CANARY));
    let line = plan.line(&mara, OWN, CANARY);
    mara.rest();
    mara.apply(plan.rewrite(&line, "Quarrelsome heron at dawn"));
    until_quiet(&mara, &theo, &space);
    // The control: it is found first.
    for device in [&mara, &theo] {
        assert!(device.holds(CANARY), "{}", device.name);
        assert!(found(device, CANARY), "{}", device.name);
    }
    mara.apply(everything(plan.id));
    assert!(plans(&mara).is_empty());
    until_quiet(&mara, &theo, &space);
    assert!(plans(&theo).is_empty(), "hidden at once");
    assert!(theo.holds(CANARY), "and still held, until a purge comes or the time is over");
    purged(&mara, &[plan.id]);
    assert_eq!(journal_bytes(&mara), 0, "nothing waits in the journal");
    assert!(!mara.holds(CANARY) && !found(&mara, CANARY));
    until_quiet(&mara, &theo, &space);
    assert!(!theo.holds(CANARY) && !found(&theo, CANARY));
    // Pages are overwritten as they are freed, so that no free page holds a word either.
    for device in [&mara, &theo] {
        let secure: i64 = device.look(|db| Ok(db.query_row("PRAGMA secure_delete", [], |row| row.get(0))?));
        assert_eq!(secure, 1);
    }
    assert_eq!(mara.hash(&space), theo.hash(&space));
    // Logs are whole: a phone that never had the words takes the headers in, and misses nothing.
    for device in [&mara, &theo] {
        let report = device.take(&other(device, &mara, &theo).bundle(&space)).expect("a good bundle");
        assert_eq!((report.waiting, report.kept_out, report.new), (0, 0, 0));
        device.lock_and_unlock();
        assert!(!device.holds(CANARY));
    }
    assert_eq!(mara.hash(&space), theo.hash(&space));
}

/// Bytes in the store's journal.
fn journal_bytes(device: &Device) -> u64 {
    let files = std::fs::read_dir(device.folder()).expect("the vault's folder").filter_map(Result::ok);
    let journals = files.filter(|file| file.file_name().to_string_lossy().ends_with("-wal"));
    journals.map(|file| file.metadata().map_or(0, |facts| facts.len())).sum()
}

fn other<'a>(of: &Device, a: &'a Device, b: &'a Device) -> &'a Device {
    if of.id() == a.id() { b } else { a }
}

/// Whether the words are among everything the companion itself can read out, inflated and as documents say it.
fn found(device: &Device, words: &str) -> bool {
    let mut found = false;
    let see = &mut |bytes: &[u8]| found |= bytes.windows(words.len()).any(|window| window == words.as_bytes());
    device.companion.everything_readable(see).expect("an open vault");
    found
}

#[test]
fn a_purge_takes_the_secret_typed_on_the_phone_that_signs() {
    let world = World::new("secret");
    let (mara, theo, space) = world.mara_and_theo();
    let (mine, theirs) = (Plan::made_by(&mara, Some(space), "wellness"), Plan::made_by(&theo, Some(space), "wellness"));
    mara.apply(mine.add(OWN, CANARY));
    until_quiet(&mara, &theo, &space);
    let refused = |by: &Device, doc: DocId, with: &UnlockWith| {
        by.companion.purge(&[doc], with, &by.at()).expect_err("refused").code()
    };
    assert_eq!(refused(&mara, mine.id, &mara.secret()), Code::NotFound, "forgotten first");
    assert_eq!(theo.refused(everything(mine.id)), Code::NotOwner);
    assert_eq!(theo.refused(past(mine.id)), Code::NotOwner);
    mara.apply(everything(mine.id));
    let wrong = UnlockWith::Passphrase(SecretText::new("not this one".to_owned()));
    assert_eq!(refused(&mara, mine.id, &wrong), Code::WrongSecret);
    until_quiet(&mara, &theo, &space);
    assert_eq!(refused(&theo, mine.id, &theo.secret()), Code::NotOwner);
    assert_eq!(mara.companion.purge(&[], &mara.secret(), &mara.at()).expect_err("none").code(), Code::Empty);
    theo.apply(everything(theirs.id));
    until_quiet(&mara, &theo, &space);
    assert!(plans(&mara).is_empty() && plans(&theo).is_empty());
    assert!(mara.holds(CANARY));
}

#[test]
fn words_are_dropped_thirty_days_after_a_forget_by_the_phones_own_clock() {
    let world = World::new("thirty days");
    let (mara, theo, space) = world.mara_and_theo();
    let plan = Plan::made_by(&mara, Some(space), "wellness");
    mara.apply(plan.add(OWN, CANARY));
    until_quiet(&mara, &theo, &space);
    mara.apply(everything(plan.id));
    until_quiet(&mara, &theo, &space);
    theo.wait(29 * DAY_MS);
    theo.lock_and_unlock();
    assert!(theo.holds(CANARY));
    theo.wait(DAY_MS);
    theo.lock_and_unlock();
    assert!(!theo.holds(CANARY), "at the next unlock");
    assert!(mara.holds(CANARY), "each by its own clock");
    assert_eq!(mara.hash(&space), theo.hash(&space), "dropping is no part of what is accepted");
    mara.wait(31 * DAY_MS);
    assert!(mara.companion.drop_forgotten(&mara.at()).expect("open") > 0);
    assert!(!mara.holds(CANARY));
    until_quiet(&mara, &theo, &space);
    assert_eq!(mara.hash(&space), theo.hash(&space));
}

#[test]
fn what_a_plan_says_now_goes_on_in_another_and_its_past_is_gone() {
    let world = World::new("past");
    let shared = Shared::new(&world, 1);
    let (mara, theo, space) = (shared.device(0), shared.device(2), shared.circle.space);
    let line = shared.plan.line(mara, OWN, CANARY);
    mara.apply(shared.plan.rewrite(&line, "Walk"));
    let words = |on: &Device, plan: &Plan| (plan.words(on, OWN), plan.words(on, US));
    let before = words(mara, &shared.plan);
    let into = Plan { id: mara.apply(past(shared.plan.id)).made.expect("a successor") };
    purged(mara, &[shared.plan.id]);
    shared.circle.tell_everything();
    shared.agree(&[0, 1, 2]);
    for at in 0..3 {
        assert_eq!(plans(shared.device(at)).iter().map(|plan| plan.id).collect::<Vec<_>>(), [into.id]);
        assert_eq!(words(shared.device(at), &into), before, "{at}");
    }
    for at in 0..2 {
        assert!(!shared.device(at).holds(CANARY), "{at}");
    }
    // What Theo wrote about it himself is his, and stays on his phone until he lets go of it.
    assert!(theo.holds(THEIRS) && !mara.holds(THEIRS));
    theo.apply(ForgetCommand::LetGo { doc: shared.plan.id });
    assert!(!theo.holds(THEIRS) && !theo.holds(CANARY));
    theo.apply(into.add(US, "And after nine"));
    shared.circle.tell_everything();
    shared.agree(&[0, 1, 2]);
    assert_eq!(into.words(mara, US).len(), 2);
    assert_eq!(mara.hash(&space), theo.hash(&space));
}

#[test]
fn a_forget_by_a_thief_and_then_the_removal_bring_the_document_back_whole() {
    let world = World::new("thief");
    let shared = Shared::new(&world, 2);
    let (mara, thief, space) = (shared.device(0), shared.device(1), shared.circle.space);
    let told = |at: usize| {
        let lines = shared.device(at).history(&shared.plan.id).into_iter();
        let mut lines: Vec<_> = lines.map(|line| (line.act, line.element, line.after, line.device)).collect();
        lines.sort_by_key(|line| format!("{line:?}"));
        lines
    };
    let (hash, history) = (mara.hash(&space), told(2));
    let known = wires_of(thief, &space);
    thief.apply(everything(shared.plan.id));
    let late: Vec<_> = wires_of(thief, &space).into_iter().filter(|wire| !known.contains(wire)).collect();
    assert_eq!(late.len(), 1);
    // Theo hears of the Forget first; Mara's other phone of the removal first.
    shared.tell(2, &[], late.clone());
    assert!(plans(shared.device(2)).is_empty(), "until one knows of the removal it counts");
    mara.companion.remove_device(&space, &thief.id(), &mara.secret(), &mara.at()).expect("her own phone");
    let removal = statements_of(mara, &space);
    shared.tell(2, &removal, Vec::new());
    shared.tell(3, &removal, Vec::new());
    shared.tell(3, &[], late.clone());
    shared.tell(0, &[], late);
    shared.agree(&[0, 2, 3]);
    assert_eq!(mara.hash(&space), hash, "as if it had never come");
    for at in [0, 2, 3] {
        let device = shared.device(at);
        assert_eq!(shared.plan.words(device, OWN), [CANARY, "Tea"], "{at}");
        assert_eq!(shared.plan.words(device, US), ["Call before eight"], "{at}");
        assert_eq!(told(at), history, "{at}");
        assert_eq!(device.kept_out(&space).len(), 1, "listed");
    }
    // And it goes on.
    mara.apply(shared.plan.add(OWN, "Bread"));
    shared.tell(2, &[], wires_of(mara, &space));
    assert_eq!(shared.plan.words(shared.device(2), OWN), [CANARY, "Tea", "Bread"]);
    shared.agree(&[0, 2]);
}

#[test]
fn what_a_thief_with_the_secret_purged_comes_back_from_who_still_has_it() {
    let world = World::new("thief with the secret");
    let shared = Shared::new(&world, 1);
    let (mara, thief, theo, space) = (shared.device(0), shared.device(1), shared.device(2), shared.circle.space);
    let hash = mara.hash(&space);
    thief.apply(everything(shared.plan.id));
    purged(thief, &[shared.plan.id]);
    shared.tell(2, &[], wires_of(thief, &space));
    assert!(plans(theo).is_empty() && !theo.holds(CANARY));
    mara.companion.remove_device(&space, &thief.id(), &mara.secret(), &mara.at()).expect("her own phone");
    shared.tell(2, &statements_of(mara, &space), Vec::new());
    assert!(plans(theo).is_empty(), "the words are not here");
    // He asks for them, and she has them.
    for _ in 0..3 {
        mara.take(&theo.bundle(&space)).expect("a good bundle");
        theo.take(&mara.bundle(&space)).expect("a good bundle");
    }
    assert_eq!(shared.plan.words(theo, OWN), [CANARY, "Tea"]);
    assert_eq!(shared.plan.words(theo, US), ["Call before eight"]);
    assert_eq!((mara.hash(&space), theo.hash(&space)), (hash, hash));
}

#[test]
fn a_batch_that_comes_without_its_words_keeps_no_honest_one_out() {
    let world = World::new("withheld");
    let shared = Shared::new(&world, 2);
    let (mara, space) = (shared.device(0), shared.circle.space);
    let known = wires_of(mara, &space);
    mara.apply(shared.plan.add(OWN, "Bread"));
    mara.rest();
    mara.apply(shared.plan.add(OWN, "Butter"));
    let late: Vec<_> = wires_of(mara, &space).into_iter().filter(|wire| !known.contains(wire)).collect();
    let bare = |wire: &Vec<u8>| {
        let (batch, _) = Batch::parse(wire).expect("a batch");
        Batch { payload: None, ..batch }.encode()
    };
    // Someone carries the headers alone; the log has its place for them, and nothing counts as damaged.
    let report = shared.circle.carry(2, &space, Vec::new(), late.iter().map(bare).collect());
    let report = shared.device(2).take(&report).expect("a good bundle");
    assert_eq!((report.new, report.kept_out, report.waiting), (2, 0, 0));
    assert_eq!(shared.plan.words(shared.device(2), OWN), [CANARY, "Tea"]);
    let report = mara.take(&shared.device(2).bundle(&space)).expect("a good bundle");
    assert_eq!(report.new, 0);
    shared.device(2).take(&mara.bundle(&space)).expect("what was asked for");
    assert_eq!(shared.plan.words(shared.device(2), OWN), [CANARY, "Tea", "Bread", "Butter"]);
    shared.agree(&[0, 2]);
}

#[test]
fn own_words_that_nobody_copied_stay_until_they_are_let_go() {
    let world = World::new("not copied");
    let circle = Circle::new(&world, 2, 1);
    let (here, there) = (&circle.devices[0], &circle.devices[1]);
    let own = here.companion.own_space().expect("open");
    let gone = note(here);
    circle.tell_everything();
    // Apart: one phone writes on, the other one forgets and purges.
    there.apply(NoteCommand::AddTag { note: gone, tag: text("Late lark") });
    here.apply(everything(gone));
    purged(here, &[gone]);
    circle.tell_everything();
    circle.tell_everything();
    assert_eq!(here.hash(&own), there.hash(&own));
    assert!(!there.holds(CANARY));
    assert!(there.holds("Late lark"), "nobody copied it");
    there.apply(ForgetCommand::LetGo { doc: gone });
    assert!(!there.holds("Late lark"));
    assert_eq!(here.hash(&own), there.hash(&own));
}

#[test]
fn the_lists_a_phone_finds_its_way_by_are_not_forgotten() {
    let world = World::new("lists");
    let (mara, _theo, _space) = world.mara_and_theo();
    let own = mara.companion.own_space().expect("open");
    let lists = mara.look(|db| documents::of_space(db, &own));
    assert!(!lists.is_empty());
    for list in lists {
        assert_eq!(mara.refused(everything(list.id)), Code::NotFound);
    }
    let plan = PlanCommand::Create { space: None, template: "wellness".to_owned(), title: text("") };
    let made = mara.apply(plan).made.expect("a plan");
    mara.apply(everything(made));
}
