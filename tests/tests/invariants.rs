//! Invariants of domain.md §3.6 that hold whatever anyone does.

#![allow(clippy::indexing_slicing, reason = "a test that reads past the end fails, as it should")]

use belay::command::{Command, GoalCommand, GoalDraft, NoteCommand, NoteDraft, StepDraft};
use belay::document::ActKind;
use belay::document::goal::{StepStage, Who};
use belay::document::plan::{EntryState, PartOwner, steps};
use belay::error::Code;
use belay::ids::{DocId, ElementId, SpaceId};
use belay::view::{Answer, Ask, At, NoteFilter};
use belay_tests::{Act, Chance, Device, Forge, Plan, World, next_act, pair, text, unchanged, until_quiet};

const US: &str = "looking-after-us";
const TOOLBOX: &str = "toolbox";

fn note(body: &str) -> NoteCommand {
    NoteCommand::Create { draft: NoteDraft { body: text(body), ..NoteDraft::default() } }
}

fn goal(space: Option<SpaceId>, title: &str) -> GoalCommand {
    let draft = GoalDraft { title: text(title), towards: text("rest"), ..GoalDraft::default() };
    GoalCommand::Create { space, draft }
}

fn space_of(device: &Device, doc: DocId) -> SpaceId {
    device.look(|db| belay::store::documents::get(db, &doc)).expect("a document").space
}

/// I30: exactly those who are able to decrypt: the members whose devices a bundle is sealed for, and me.
fn audience(device: &Device, of: DocId) -> Vec<belay::ids::MemberId> {
    let Answer::Audience(audience) = device.ask(Ask::Audience { of }) else { panic!("an audience") };
    let mut members: Vec<_> = audience.people.iter().map(|person| person.member).collect();
    members.sort();
    members
}

#[test]
fn i1_what_is_new_is_private_unless_a_space_is_named() {
    let world = World::new("I1");
    let (mara, theo, space) = world.mara_and_theo();
    let own = mara.companion.own_space().expect("open");
    let private = [
        mara.apply(note("Bad night")).made,
        mara.apply(goal(None, "Sleep")).made,
        Some(Plan::made_by(&mara, None, "wellness").id),
    ];
    for made in private {
        let made = made.expect("made");
        assert_eq!(space_of(&mara, made), own);
        assert_eq!(audience(&mara, made), [mara.member(&own)], "I30");
    }
    let shared = [
        mara.apply(goal(Some(space), "Walk together")).made.expect("made"),
        Plan::made_by(&mara, Some(space), "wellness").id,
    ];
    let mut both = vec![mara.member(&space), theo.member(&space)];
    both.sort();
    for made in shared {
        assert_eq!(space_of(&mara, made), space);
        assert_eq!(audience(&mara, made), both, "I30");
    }
    until_quiet(&mara, &theo, &space);
    let held = theo.look(|db| belay::store::documents::of_space(db, &own));
    assert!(held.is_empty(), "I2: nothing of her own space is anywhere else");
    for made in private.into_iter().flatten() {
        assert!(theo.look(|db| belay::store::documents::get(db, &made)).is_none(), "I2");
    }
}

#[test]
fn i2_no_bundle_ever_carries_what_is_private() {
    let world = World::new("I2");
    let (mara, theo) = (world.person("Mara"), world.person("Theo"));
    let ife = world.person("Ife");
    let with_theo = pair(&mara, &theo);
    let with_ife = pair(&mara, &ife);
    let own = mara.companion.own_space().expect("open");
    let none = mara.companion.bundle_out(&own, belay::exchange::Scope::Everything, &mara.at());
    assert_eq!(none.expect_err("nobody else is in it").code(), Code::NotFound);
    mara.apply(note("Canary private"));
    mara.apply(goal(Some(with_theo), "Canary for Theo"));
    mara.apply(goal(Some(with_ife), "Canary for Ife"));
    until_quiet(&mara, &theo, &with_theo);
    until_quiet(&mara, &ife, &with_ife);
    let found =
        |device: &Device| ["Canary private", "Canary for Theo", "Canary for Ife"].map(|words| device.holds(words));
    assert_eq!(found(&mara), [true, true, true]);
    assert_eq!(found(&theo), [false, true, false]);
    assert_eq!(found(&ife), [false, false, true], "I26: the two know nothing of each other");
}

#[test]
fn i3_what_the_owner_did_not_sign_counts_on_no_phone() {
    let world = World::new("I3");
    let (mara, theo, space) = world.mara_and_theo();
    let plan = Plan::made_by(&mara, Some(space), "wellness");
    let walk = mara.apply(goal(Some(space), "Walk")).made.expect("a goal");
    let entry = mara.apply(plan.add(TOOLBOX, "Tea")).element.expect("a line");
    until_quiet(&mara, &theo, &space);
    let forge = Forge::with_keys_of(&theo, &space);
    let stages = |stage: &str| belay::document::Step::Set(vec!["stage".to_owned()], stage.into());
    let line = EntryState {
        part: TOOLBOX.to_owned(),
        text: "Coffee".to_owned(),
        order: "V".to_owned(),
        ..EntryState::default()
    };
    let tries = [
        (plan.id, steps::add_entry(ElementId([5; 16]), &line)),
        (plan.id, vec![steps::take_entry(entry, true)]),
        (plan.id, vec![steps::set_owner(TOOLBOX, PartOwner::Both)]),
        (plan.id, vec![steps::new_text(entry, "Coffee")]),
        (walk, vec![stages("set-aside")]),
    ];
    let hash = mara.hash(&space);
    let mut listed = 0;
    for (doc, steps) in tries {
        let birth = Forge::birth_of(&theo, &doc);
        let batch = forge.batch(&birth, Forge::doc_of(&theo, &birth), &steps, |_| ());
        for device in [&mara, &theo] {
            device.take(&forge.bundle_for(device, std::slice::from_ref(&batch))).expect("an envelope");
        }
        listed += 1;
        for device in [&mara, &theo] {
            assert_eq!(device.hash(&space), hash, "{}", device.name);
            assert_eq!(device.kept_out(&space).len(), listed, "{}", device.name);
            let Answer::KeptOut(page) = device.ask(Ask::KeptOut { at: At::default() }) else { panic!("a page") };
            assert_eq!(page.rows.len(), listed);
            let by = page.rows[0].by.as_ref().expect("whose key signed it");
            assert_eq!((by.member, page.rows[0].reason.as_str()), (theo.member(&space), "not-a-writer"));
        }
    }
    // The control: what he may write, written the same way, counts.
    let birth = belay::batch::Birth {
        writer: None,
        about: Some(plan.id),
        key: Some(US.to_owned()),
        kind: 4,
        nonce: [0; 32],
        space,
    };
    let doc = belay::document::Doc::born(birth.clone()).expect("a joint part");
    let line = EntryState { part: US.to_owned(), ..line };
    let batch = forge.batch(&birth, doc, &steps::add_entry(ElementId([6; 16]), &line), |_| ());
    mara.take(&forge.bundle_for(&mara, &[batch])).expect("an envelope");
    assert_eq!(plan.words(&mara, US), ["Coffee"]);
}

#[test]
fn i3_a_named_member_marks_a_step_and_nobody_else_does() {
    let world = World::new("I3 steps");
    let (mara, theo, space) = world.mara_and_theo();
    let walk = mara.apply(goal(Some(space), "Walk")).made.expect("a goal");
    let add = |who| {
        let draft = StepDraft { text: text("Shoes"), who, ..StepDraft::default() };
        mara.apply(GoalCommand::AddStep { goal: walk, draft, after: None }).element.expect("a step")
    };
    let (mine, yours, together) = (add(Who::Me), add(Who::You), add(Who::Together));
    until_quiet(&mara, &theo, &space);
    let mark = |step| GoalCommand::MarkStep { goal: walk, step, stage: StepStage::Done };
    assert_eq!(theo.refused(mark(mine)), Code::NotOwner);
    theo.apply(mark(yours));
    theo.apply(mark(together));
    until_quiet(&mara, &theo, &space);
    for device in [&mara, &theo] {
        let Answer::Goal(shown) = device.ask(Ask::Goal { id: walk }) else { panic!("a goal") };
        let stage = |id| shown.steps.iter().find(|step| step.id == id).expect("a step").stage.code.clone();
        assert_eq!([stage(mine), stage(yours), stage(together)], ["planned", "done", "done"], "{}", device.name);
    }
}

#[test]
fn i5_history_only_grows() {
    let world = World::new("I5");
    let (mara, theo, space) = world.mara_and_theo();
    let plan = Plan::made_by(&mara, Some(space), "wellness");
    until_quiet(&mara, &theo, &space);
    let mut chance = Chance::new(5);
    let rows = |device: &Device| device.dump().remove("told").expect("the table");
    // An open batch's line may still take words in; once the batch is closed it never changes.
    let closed = |device: &Device| {
        device.rest();
        rows(device)
    };
    let mut kept = (closed(&mara), closed(&theo));
    for round in 0..40 {
        let device = if chance.percent(50) { &mara } else { &theo };
        if let Some(command) = next_act(device, &space, &format!("[{round}]"), &mut chance) {
            let _ = device.attempt(command);
        }
        if round % 5 == 4 {
            until_quiet(&mara, &theo, &space);
        }
        if round % 8 == 7 {
            for (device, kept) in [(&mara, &mut kept.0), (&theo, &mut kept.1)] {
                let now = closed(device);
                for line in kept.iter() {
                    assert!(now.contains(line), "{}: a line of history is gone or changed: {line}", device.name);
                }
                assert!(now.len() >= kept.len());
                *kept = now;
            }
        }
    }
    let tea = mara.apply(plan.add(TOOLBOX, "Tea")).element.expect("a line");
    mara.apply(plan.take(tea));
    until_quiet(&mara, &theo, &space);
    for device in [&mara, &theo] {
        assert!(!plan.words(device, TOOLBOX).contains(&"Tea".to_owned()));
        let history = device.history(&plan.id);
        let said = |act| history.iter().any(|line| line.act == act && line.element == Some(tea));
        assert!(said(ActKind::EntryAdded), "{}: the story of a line that was taken out stays", device.name);
    }
}

#[test]
fn i24_no_crate_of_the_core_opens_a_socket() {
    let lock = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.lock")).expect("the lock file");
    let mut needs = std::collections::BTreeMap::new();
    for package in lock.split("[[package]]").skip(1) {
        let value = |line: &str| line.split('"').nth(1).unwrap_or_default().to_owned();
        let name = package.lines().find(|line| line.starts_with("name = ")).map(value).expect("a name");
        let list = package.split("dependencies = [").nth(1).unwrap_or_default();
        let list = list.split(']').next().unwrap_or_default().lines().map(value);
        let all: Vec<String> = list.map(|entry| entry.split(' ').next().unwrap_or_default().to_owned()).collect();
        needs.entry(name).or_insert_with(Vec::new).extend(all);
    }
    let mut reached = std::collections::BTreeSet::new();
    let mut open = vec!["belay".to_owned()];
    while let Some(name) = open.pop() {
        if reached.insert(name.clone()) {
            open.extend(needs.get(&name).cloned().unwrap_or_default());
        }
    }
    assert!(reached.contains("automerge") && reached.contains("ring"), "the control: the tree is read");
    for socket in
        ["tokio", "mio", "hyper", "reqwest", "socket2", "async-std", "smol", "curl", "ureq", "quinn", "rustls"]
    {
        assert!(!reached.contains(socket), "{socket} is in the core's tree");
    }
    // And the core names none of the standard library's.
    let core = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/src");
    let mut folders = vec![core];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else {
                let code = std::fs::read_to_string(&entry).expect("a file");
                for name in ["std::net", "TcpStream", "UdpSocket", "UnixStream"] {
                    assert!(!code.contains(name), "{}: {name}", entry.display());
                }
            }
        }
    }
}

/// The same story under other clocks: hashes and order are the same.
#[test]
fn i28_clocks_decide_nothing() {
    type Clock = fn(usize) -> i64;
    let clocks: [Clock; 4] = [
        |act| 1_795_334_400_000 + i64::try_from(act).unwrap_or(0) * 60_000,
        |_| 0,
        |_| 7_258_032_000_000,
        |act| if act % 2 == 0 { 7_258_032_000_000 - i64::try_from(act).unwrap_or(0) } else { -5_000 },
    ];
    let mut told = Vec::new();
    for clock in clocks {
        // One seed for all: ids and order keys are the same, only the clock differs.
        let world = World::new("I28");
        let (mara, theo, space) = world.mara_and_theo();
        let plan = Plan::made_by(&mara, Some(space), "wellness");
        mara.apply(plan.add(US, "We write"));
        until_quiet(&mara, &theo, &space);
        for act in 0..16 {
            let device = if act % 3 == 0 { &theo } else { &mara };
            device.set_clock(clock(act));
            let part = if act % 2 == 0 { US } else { ["toolbox", "what-i-bring"][usize::from(act % 3 == 0)] };
            device.apply(plan.add(part, &format!("line {act}")));
            if act % 4 == 1 {
                let first = plan.shown(device, US).remove(0);
                device.apply(plan.rewrite(&first, &format!("{} {act}", first.text)));
            }
            if act % 5 == 4 {
                until_quiet(&mara, &theo, &space);
            }
        }
        until_quiet(&mara, &theo, &space);
        assert_eq!(mara.hash(&space), theo.hash(&space));
        let words: Vec<_> = [US, TOOLBOX, "what-i-bring"].iter().map(|part| plan.words(&mara, part)).collect();
        assert_eq!(words, [US, TOOLBOX, "what-i-bring"].map(|part| plan.words(&theo, part)));
        told.push((mara.hash(&space), words));
    }
    for other in &told[1..] {
        assert_eq!(other, &told[0]);
    }
}

#[test]
fn i15_locked_means_nothing_is_told() {
    let world = World::new("I15");
    let (mara, _theo, space) = world.mara_and_theo();
    mara.apply(note("Bad night"));
    mara.companion.lock().expect("locking");
    let asks = [
        Ask::Status,
        Ask::Relationships,
        Ask::Notes { filter: NoteFilter::default(), at: At::default() },
        Ask::Plans { at: At::default() },
    ];
    for ask in asks {
        assert_eq!(mara.companion.read(&[ask], &mara.at()).expect_err("locked").code(), Code::Locked);
    }
    assert_eq!(mara.refused(note("x")), Code::Locked);
    assert_eq!(mara.companion.state_hash(&space, &mara.at()).expect_err("locked").code(), Code::Locked);
    assert_eq!(mara.take(b"belay bundle\x01").expect_err("locked").code(), Code::Locked);
    assert_eq!(mara.companion.own_space().expect_err("locked").code(), Code::Locked);
    assert_eq!(mara.companion.changes_since(0).expect_err("locked").code(), Code::Locked);
    assert_eq!(mara.companion.pairings(&mara.at()).expect_err("locked").code(), Code::Locked);
    mara.companion.lock().expect("locking twice is locking");
}

#[test]
fn a_list_of_commands_is_done_whole_or_not_at_all() {
    let world = World::new("whole");
    let mara = world.person("Mara");
    let plan = Plan::made_by(&mara, None, "wellness");
    let before = mara.dump();
    let commands: Vec<Command> =
        vec![note("One").command(), plan.add(TOOLBOX, "Tea").command(), plan.add("no-such-part", "Tea").command()];
    let refused = mara.companion.apply(&commands, None, &mara.at()).expect_err("the third");
    assert_eq!((refused.code(), refused.detail().command), (Code::NotFound, Some(2)));
    unchanged(&before, &mara.dump());
    assert_eq!(mara.companion.apply(&[], None, &mara.at()).expect_err("none").code(), Code::TooMany);
    let many = vec![note("x").command(); 1_001];
    assert_eq!(mara.companion.apply(&many, None, &mara.at()).expect_err("1,001").code(), Code::TooMany);
    unchanged(&before, &mara.dump());
    let done = mara.companion.apply(&commands[..2], None, &mara.at()).expect("two");
    assert_eq!(done.outcomes.len(), 2);
    assert_eq!(plan.words(&mara, TOOLBOX), ["Tea"]);
}

#[test]
fn a_space_nobody_is_in_is_not_found() {
    let world = World::new("no space");
    let mara = world.person("Mara");
    let nowhere = SpaceId([9; 32]);
    assert_eq!(mara.refused(goal(Some(nowhere), "Walk")), Code::NotFound);
    assert_eq!(mara.companion.state_hash(&nowhere, &mara.at()).expect_err("nowhere").code(), Code::NotFound);
    let out = mara.companion.bundle_out(&nowhere, belay::exchange::Scope::Everything, &mara.at());
    assert_eq!(out.expect_err("nowhere").code(), Code::NotFound);
}
