//! Devices removed and members who left: what counts, what is kept out and listed, and what reaches whom
//! (protocol.md §3, §5), on whole companions.

#![allow(clippy::indexing_slicing, reason = "a test that reads past the end fails, as it should")]

use belay::batch::Batch;
use belay::command::{PlanCommand, TalkCommand};
use belay::companion::UnlockWith;
use belay::crypto::sign::SigningKey;
use belay::error::Code;
use belay::exchange::Scope;
use belay::identity::DeviceKeys;
use belay::ids::{BatchId, DeviceId, DocId};
use belay::secret::SecretText;
use belay::space::{self, Cut, DeviceRemove, Leave, SignedStatement, SpaceState, Statement};
use belay::view::{Answer, Ask, At};
use belay_tests::{
    Chance, Circle, Device, Forge, Plan, World, bundle_of_content, plans, statements_of, text, until_quiet, wires_of,
};
use std::collections::{BTreeMap, BTreeSet};

const OWN: &str = "toolbox";
const US: &str = "looking-after-us";

/// Mara's phone, the phone that will be stolen, and Theo's: all hold a plan with one line from each of Mara's phones.
struct Theft {
    circle: Circle,
    plan: Plan,
}

impl Theft {
    fn new(world: &World, of_supporter: usize) -> Self {
        let circle = Circle::new(world, 2, of_supporter);
        let plan = Plan::made_by(&circle.devices[0], Some(circle.space), "wellness");
        circle.devices[0].apply(plan.add(OWN, "Walk"));
        circle.tell_everything();
        circle.devices[1].apply(plan.add(OWN, "Tea"));
        circle.tell_everything();
        Theft { circle, plan }
    }

    fn mara(&self) -> &Device {
        &self.circle.devices[0]
    }
    fn stolen(&self) -> &Device {
        &self.circle.devices[1]
    }
    fn remove(&self) -> Vec<SignedStatement> {
        let mara = self.mara();
        let removed = mara.companion.remove_device(&self.circle.space, &self.stolen().id(), &mara.secret(), &mara.at());
        removed.expect("her own phone");
        statements_of(mara, &self.circle.space)
    }
    fn tell(&self, to: usize, statements: &[SignedStatement], wires: Vec<Vec<u8>>) {
        let bundle = self.circle.carry(to, &self.circle.space, statements.to_vec(), wires);
        self.circle.devices[to].take(&bundle).expect("a good bundle");
    }
    fn state(&self, of: usize) -> SpaceState {
        self.circle.devices[of].people(&self.circle.space).state()
    }
    fn agree(&self, who: &[usize]) {
        let facts = |at: usize| {
            let device = &self.circle.devices[at];
            (device.hash(&self.circle.space), rows(device), outside(device, &self.circle))
        };
        let first = facts(who[0]);
        for at in &who[1..] {
            let name = &self.circle.devices[*at].name;
            let (hash, rows, outside) = facts(*at);
            assert_eq!(rows, first.1, "{name}");
            assert_eq!(outside, first.2, "{name}");
            assert_eq!(hash, first.0, "{name}");
        }
    }
}

/// The rows that follow from what is accepted alone.
fn rows(device: &Device) -> BTreeMap<String, Vec<String>> {
    let mut dump = device.dump();
    let tables = ["entry", "part", "decision", "idea", "comment", "step", "mark", "document"];
    let mut rows: BTreeMap<_, _> =
        tables.iter().map(|table| ((*table).to_owned(), dump.remove(*table).unwrap_or_default())).collect();
    // Own spaces differ, and hashes are remembered at different times.
    rows.remove("document");
    rows.insert("plans".to_owned(), plans(device).iter().map(|plan| plan.id.to_string()).collect());
    rows
}

/// What was kept out, with its reason as people are told.
fn outside(device: &Device, circle: &Circle) -> BTreeMap<BatchId, String> {
    let Answer::KeptOut(page) = device.ask(Ask::KeptOut { at: At { limit: 200, ..At::default() } }) else {
        panic!("a list")
    };
    page.rows.into_iter().filter(|row| row.space == circle.space).map(|row| (row.id, row.reason)).collect()
}

fn ids(wires: &[Vec<u8>]) -> Vec<BatchId> {
    wires.iter().map(|wire| Batch::parse(wire).expect("a batch").0.id()).collect()
}

fn line(theft: &Theft, on: usize, part: &str, words: &str) -> bool {
    theft.plan.words(&theft.circle.devices[on], part).iter().any(|held| held == words)
}

#[test]
fn a_removed_phones_later_edits_are_kept_out_and_listed_in_every_order() {
    for seed in 0..3 {
        let world = World::new(format!("orders {seed}"));
        let theft = Theft::new(&world, 3);
        let before = wires_of(theft.stolen(), &theft.circle.space);
        let removal = theft.remove();
        for words in ["Mine now", "And this"] {
            theft.stolen().apply(theft.plan.add(OWN, words));
            theft.stolen().rest();
        }
        theft.stolen().apply(theft.plan.add(US, "Together"));
        let all = wires_of(theft.stolen(), &theft.circle.space);
        let late: Vec<BatchId> = ids(&all).into_iter().filter(|id| !ids(&before).contains(id)).collect();
        assert_eq!(late.len(), 3);
        // The statement first; the batches first; one by one in any order with the statement among them.
        theft.tell(2, &removal, Vec::new());
        theft.tell(2, &[], all.clone());
        theft.tell(3, &[], all.clone());
        assert!(line(&theft, 3, OWN, "Mine now"), "until one knows of the removal it counts");
        theft.tell(3, &removal, Vec::new());
        let mut chance = Chance::new(seed);
        let mut pieces: Vec<Option<Vec<u8>>> = all.iter().cloned().map(Some).chain([None]).collect();
        chance.shuffle(&mut pieces);
        for piece in pieces {
            match piece {
                Some(wire) => theft.tell(4, &[], vec![wire]),
                None => theft.tell(4, &removal, Vec::new()),
            }
        }
        theft.tell(0, &[], all.clone());
        theft.tell(1, &removal, Vec::new());
        theft.agree(&[0, 1, 2, 3, 4]);
        for at in 0..5 {
            assert_eq!(theft.plan.words(&theft.circle.devices[at], OWN), ["Walk", "Tea"]);
            assert!(!line(&theft, at, US, "Together"));
            let listed = outside(&theft.circle.devices[at], &theft.circle);
            for id in &late {
                assert_eq!(listed.get(id).map(String::as_str), Some("outside-cut"), "{at}");
            }
            assert_eq!(listed.len(), late.len());
            // Kept whole, so that it can be read and adopted.
            let held = theft.circle.devices[at].kept_out(&theft.circle.space);
            assert!(held.iter().all(|batch| batch.payload.is_some()));
        }
        assert_eq!((theft.state(0), theft.state(1)), (SpaceState::Checked, SpaceState::PutOut));
        assert_eq!(theft.stolen().refused(theft.plan.add(OWN, "Still?")), Code::Revoked);
    }
}

#[test]
fn a_cut_whose_head_comes_late_covers_every_document_then() {
    let world = World::new("late head");
    let circle = Circle::new(&world, 2, 2);
    let space = circle.space;
    let plan = Plan::made_by(&circle.devices[0], Some(space), "wellness");
    circle.tell_everything();
    let theft = Theft { circle, plan };
    // Two documents in one log; the head is in the second one.
    theft.stolen().apply(theft.plan.add(OWN, "Tea"));
    theft.stolen().rest();
    theft.stolen().apply(theft.plan.add(US, "Together"));
    theft.tell(0, &[], wires_of(theft.stolen(), &space));
    let removal = theft.remove();
    let known = ids(&wires_of(&theft.circle.devices[2], &space));
    let mut late = wires_of(theft.stolen(), &space);
    late.retain(|wire| !known.contains(&ids(std::slice::from_ref(wire))[0]));
    assert_eq!(late.len(), 2);
    theft.tell(2, &removal, Vec::new());
    for wire in late {
        assert!(!line(&theft, 2, OWN, "Tea"), "a head that is not held covers nothing");
        theft.tell(2, &[], vec![wire]);
    }
    assert!(line(&theft, 2, OWN, "Tea") && line(&theft, 2, US, "Together"));
    theft.agree(&[0, 2]);
}

#[test]
fn when_less_is_accepted_document_and_rows_are_those_of_a_fresh_replica() {
    let world = World::new("shrinking");
    let theft = Theft::new(&world, 2);
    let space = theft.circle.space;
    let early = theft.plan.line(theft.stolen(), OWN, "Tea");
    theft.stolen().apply(theft.plan.rewrite(&early, "Rum"));
    let talk = TalkCommand::Comment { on: theft.plan.target(OWN, None), text: text("Ha"), quote: text("") };
    theft.stolen().apply(talk);
    // A whole plan that only the thief wrote.
    Plan::made_by(theft.stolen(), Some(space), "moving-on");
    let late = wires_of(theft.stolen(), &space);
    // Theo's first phone accepts it all, then learns; the other one learns first.
    theft.tell(2, &[], late.clone());
    assert_eq!(plans(&theft.circle.devices[2]).len(), 2);
    assert!(line(&theft, 2, OWN, "Rum"));
    let removal = theft.remove();
    theft.tell(2, &removal, Vec::new());
    theft.tell(3, &removal, Vec::new());
    theft.tell(3, &[], late.clone());
    theft.tell(0, &[], late);
    theft.agree(&[0, 2, 3]);
    assert_eq!(theft.plan.words(&theft.circle.devices[2], OWN), ["Walk", "Tea"]);
    assert_eq!(plans(&theft.circle.devices[2]).len(), 1);
    let told = theft.circle.devices[2].history(&theft.plan.id);
    assert!(told.iter().all(|line| line.after.as_deref() != Some("Rum")), "history says what counts");
    let mut circle = theft;
    let hash = circle.circle.devices[2].hash(&space);
    circle.circle.devices[2].die_and_return();
    assert_eq!(circle.circle.devices[2].hash(&space), hash, "read anew from the disk it is the same");
    circle.agree(&[0, 2, 3]);
}

#[test]
fn what_others_built_on_stays() {
    let world = World::new("vouched");
    let theft = Theft::new(&world, 2);
    let space = theft.circle.space;
    theft.stolen().apply(theft.plan.add(US, "Call before eight"));
    let late = wires_of(theft.stolen(), &space);
    theft.tell(2, &[], late.clone());
    // Theo writes on it before anybody knows.
    let entry = theft.plan.line(&theft.circle.devices[2], US, "Call before eight");
    theft.circle.devices[2].apply(theft.plan.rewrite(&entry, "Call before nine"));
    let removal = theft.remove();
    for at in [0, 2, 3] {
        theft.tell(at, &removal, Vec::new());
    }
    let theirs = wires_of(&theft.circle.devices[2], &space);
    theft.tell(3, &[], theirs.clone());
    theft.tell(0, &[], theirs);
    theft.agree(&[0, 2, 3]);
    assert!(line(&theft, 0, US, "Call before nine"));
    assert!(outside(theft.mara(), &theft.circle).is_empty());
}

#[test]
fn a_removed_phone_is_given_the_removal_and_nothing_else() {
    let world = World::new("nothing after");
    let theft = Theft::new(&world, 1);
    let space = theft.circle.space;
    let removal = theft.remove();
    theft.tell(2, &removal, Vec::new());
    theft.mara().apply(theft.plan.add(OWN, "Secret after"));
    theft.tell(2, &[], wires_of(theft.mara(), &space));
    let theo = &theft.circle.devices[2];
    let comment = TalkCommand::Comment { on: theft.plan.target(OWN, None), text: text("Quiet word"), quote: text("") };
    theo.apply(comment);
    let held = theft.stolen().kept_out(&space).len();
    let cards = |device: &Device| device.look(|db| belay::store::spaces::cards(db, &space));
    let known = cards(theft.stolen());
    for from in [theft.mara(), theo] {
        for scope in [Scope::SinceLast, Scope::Everything] {
            let report = theft.stolen().take(&from.bundle_of(&space, scope)).expect("the removal is for it");
            assert_eq!((report.new, report.already, report.waiting), (0, 0, 0));
        }
    }
    assert_eq!(theft.state(1), SpaceState::PutOut);
    assert!(!theft.stolen().holds("Secret after") && !theft.stolen().holds("Quiet word"));
    assert_eq!((theft.stolen().kept_out(&space).len(), cards(theft.stolen())), (held, known));
    // What it holds stays readable there, and nothing of its late words was lost.
    assert_eq!(theft.plan.words(theft.stolen(), OWN), ["Walk", "Tea"]);
    let shown: Vec<bool> = theft.mara().companion.devices(&space).expect("hers").iter().map(|row| row.active).collect();
    assert_eq!(shown, [true, false, true]);
}

#[test]
fn a_phone_is_removed_from_every_space_that_has_it() {
    let world = World::new("every space");
    let theft = Theft::new(&world, 1);
    theft.remove();
    let own = theft.mara().companion.own_space().expect("open");
    for space in [own, theft.circle.space] {
        assert!(!theft.mara().people(&space).membership.is_active(&theft.stolen().id()));
    }
    let mara = theft.mara();
    let again = |device: &DeviceId, with: &UnlockWith| {
        let done = mara.companion.remove_device(&theft.circle.space, device, with, &mara.at());
        done.expect_err("refused").code()
    };
    assert_eq!(again(&theft.stolen().id(), &mara.secret()), Code::NotFound);
    assert_eq!(again(&mara.id(), &mara.secret()), Code::Duplicate);
    let before = mara.content();
    let wrong = UnlockWith::Passphrase(SecretText::new("not this one".to_owned()));
    assert_eq!(again(&theft.circle.devices[2].id(), &wrong), Code::WrongSecret);
    belay_tests::unchanged(&before, &mara.content());
}

#[test]
fn leaving_ends_it_for_both_and_what_was_shared_stays_readable() {
    let world = World::new("leaving");
    let (mara, theo, space) = world.mara_and_theo();
    let plan = Plan::made_by(&mara, Some(space), "wellness");
    mara.apply(plan.add(OWN, "Walk"));
    until_quiet(&mara, &theo, &space);
    theo.apply(plan.add(US, "Last words"));
    theo.companion.leave(&space, &theo.secret(), &theo.at()).expect("his own leave");
    assert_eq!(theo.people(&space).state(), SpaceState::Ended);
    let report = mara.take(&theo.bundle(&space)).expect("he tells her");
    assert_eq!(report.kept_out, 0);
    for device in [&mara, &theo] {
        assert_eq!(device.people(&space).state(), SpaceState::Ended, "{}", device.name);
        assert_eq!(plan.words(device, OWN), ["Walk"]);
        assert_eq!(plan.words(device, US), ["Last words"]);
        assert_eq!(plans(device).len(), 1);
        assert_eq!(device.refused(plan.add(US, "More")), Code::RelationshipEnded);
        let new = PlanCommand::Create { space: Some(space), template: "wellness".to_owned(), title: text("") };
        assert_eq!(device.refused(new), Code::RelationshipEnded);
        let left = device.companion.leave(&space, &device.secret(), &device.at());
        assert_eq!(left.expect_err("it is over").code(), Code::RelationshipEnded);
    }
    assert_eq!(mara.hash(&space), theo.hash(&space));
    // What he writes with an app of his own after he left is outside his cut.
    let (forge, doc) = late_line(&theo, &mara, &plan.id, &space);
    mara.take(&forge.bundle_for(&mara, &[doc])).expect("an envelope");
    assert_eq!(plan.words(&mara, US), ["Last words"]);
    assert_eq!(mara.kept_out(&space).len(), 1);
    mara.lock_and_unlock();
    assert_eq!(plan.words(&mara, US), ["Last words"]);
}

/// A line in the joint part, signed by a device whose owner wrote an app of their own.
fn late_line(by: &Device, on: &Device, plan: &DocId, space: &belay::ids::SpaceId) -> (Forge, Batch) {
    use belay::document::plan::{EntryState, steps};
    let forge = Forge::with_keys_of(by, space);
    let joint = on.look(|db| belay::store::documents::about(db, plan));
    let joint = joint.into_iter().find(|record| record.writer.is_none()).expect("a joint part").id;
    let birth = Forge::birth_of(on, &joint);
    let entry =
        EntryState { part: US.to_owned(), text: "Ghost".to_owned(), order: "m".to_owned(), ..EntryState::default() };
    let steps = steps::add_entry(belay::ids::ElementId([9; 16]), &entry);
    let batch = forge.batch(&birth, Forge::doc_of(on, &birth), &steps, |_| {});
    (forge, batch)
}

#[test]
fn a_supporter_removes_no_phone_of_the_persons_and_cannot_leave_for_her() {
    let world = World::new("supporter");
    let (mara, theo, space) = world.mara_and_theo();
    let plan = Plan::made_by(&mara, Some(space), "wellness");
    until_quiet(&mara, &theo, &space);
    let refused = theo.companion.remove_device(&space, &mara.id(), &theo.secret(), &theo.at());
    assert_eq!(refused.expect_err("not his").code(), Code::NotOwner);
    let admin = theo.admin_key();
    let parents: Vec<_> = theo.people(&space).membership.heads.iter().copied().collect();
    let cut: Vec<Cut> = Vec::new();
    let forged = [
        Statement::DeviceRemove(DeviceRemove {
            device: mara.id(),
            cut: cut.clone(),
            parents: parents.clone(),
            by: admin.public(),
        }),
        Statement::Leave(Leave { member: mara.member(&space), cut, parents, by: admin.public() }),
    ];
    let held = statements_of(&mara, &space);
    for statement in forged {
        let signed = SignedStatement::sign(&statement, &[&admin]);
        mara.take(&with_statement(&mara, &space, signed)).expect("an envelope");
    }
    assert_eq!(statements_of(&mara, &space), held, "what can never count is not kept");
    assert_eq!(mara.people(&space).state(), SpaceState::Checked);
    mara.apply(plan.add(OWN, "Walk"));
    // She removes his; he is told, and is out.
    mara.companion.remove_device(&space, &theo.id(), &mara.secret(), &mara.at()).expect("the person may");
    theo.take(&mara.bundle(&space)).expect("the removal is for him");
    assert_eq!(theo.people(&space).state(), SpaceState::PutOut);
    assert!(!theo.holds("Walk"));
}

/// A statement in a bundle for a device.
fn with_statement(to: &Device, space: &belay::ids::SpaceId, statement: SignedStatement) -> Vec<u8> {
    bundle_of_content(to, space, vec![statement], Vec::new())
}

#[test]
fn a_flood_of_strangers_statements_keeps_no_removal_out() {
    let world = World::new("flood");
    let theft = Theft::new(&world, 1);
    let space = theft.circle.space;
    let theo = &theft.circle.devices[2];
    let nobody = theo.admin_key();
    let flood: Vec<SignedStatement> = (0..700_u32)
        .map(|number| {
            let mut parent = [7; 32];
            parent[..4].copy_from_slice(&number.to_be_bytes());
            let parents = vec![belay::ids::StatementId(parent)];
            let leave = Leave { member: theo.member(&space), cut: Vec::new(), parents, by: nobody.public() };
            SignedStatement::sign(&Statement::Leave(leave), &[&nobody])
        })
        .collect();
    theft.tell(0, &flood, Vec::new());
    assert_eq!(statements_of(theft.mara(), &space).len(), 1 + 256, "what waits has its bound");
    let removal = theft.remove();
    theft.tell(2, &flood, Vec::new());
    theft.tell(2, &removal, Vec::new());
    assert!(!theft.circle.devices[2].people(&space).membership.is_active(&theft.stolen().id()));
    theft.stolen().apply(theft.plan.add(OWN, "Late"));
    theft.tell(2, &[], wires_of(theft.stolen(), &space));
    assert!(!line(&theft, 2, OWN, "Late"));
}

#[test]
fn a_flood_by_a_thief_is_slowed_and_what_answers_it_is_not() {
    let world = World::new("thiefs flood");
    let theft = Theft::new(&world, 1);
    let space = theft.circle.space;
    let (thief, theo) = (theft.stolen().admin_key(), &theft.circle.devices[2]);
    let genesis = theft.stolen().people(&space).membership;
    let mara = theft.mara().member(&space);
    let adds = |from: u32, to: u32| -> Vec<SignedStatement> {
        let add = |number: u32| {
            let entropy = &mut belay_tests::SeededEntropy::new(format!("fresh {number}"));
            let entry = DeviceKeys::make(entropy).entry(SigningKey::make(entropy).public());
            space::add_device(&genesis, &mara, &entry, &thief).expect("concurrent additions all stand")
        };
        (from..to).map(add).collect()
    };
    let flood = adds(0, 1_060);
    theft.tell(2, &flood, Vec::new());
    assert_eq!(statements_of(theo, &space).len(), 1 + 1_024, "one day has its bound");
    // Mara answers, on top of the last of them, which Theo put off.
    let last = &flood[1_059];
    let seen = space::evaluate(space, &[statements_of(theo, &space)[0].clone(), last.clone()]).expect("a good space");
    let heads = wires_of(theft.stolen(), &space);
    let heads = vec![*ids(&heads).last().expect("it wrote")];
    let removal = space::remove_device(&seen, &theft.stolen().id(), &heads, &theft.mara().admin_key()).expect("hers");
    theft.tell(2, &[last.clone(), removal.clone()], Vec::new());
    let held: Vec<_> = statements_of(theo, &space).iter().map(SignedStatement::id).collect();
    assert!(held.contains(&last.id()) && held.contains(&removal.id()), "an answer brings along what it stands on");
    let Ok(Statement::DeviceAdd(stands)) = last.statement() else { panic!("an addition") };
    let active = [theft.mara().id(), stands.device.device_id()].into_iter().collect::<BTreeSet<_>>();
    let counted = || theo.people(&space).membership.active_devices_of(&mara).into_iter().collect::<BTreeSet<_>>();
    assert_eq!(counted(), active);
    theo.wait(24 * 60 * 60 * 1_000);
    theft.tell(2, &flood, Vec::new());
    assert_eq!(statements_of(theo, &space).len(), 1 + 1_060 + 1, "nothing is put off for ever");
    assert_eq!(counted(), active);
}
