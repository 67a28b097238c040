//! Two people, one of them with an app that asks nobody for permission.

use super::*;
use crate::batch::{BatchKind, Birth, Body, Chunk, Claimed, HeaderDraft, sign_batch};
use crate::command::{Decision, Desk, PlanCommand, TalkCommand, Target};
use crate::crypto::words::WordCount;
use crate::document::lane::{self, IdeaState};
use crate::document::plan::{Choice, DecisionState, EntryState, PartOwner, PartState, steps};
use crate::document::{Kind, note, spaces};
use crate::exchange::Scope;
use crate::exchange::flow::Step as PairStep;
use crate::exchange::pairing::InviteTerms;
use crate::ids::{BatchId, DocId, ElementId, MemberId};
use crate::projection::lines;
use crate::secret::SecretText;
use crate::space::Role;
use crate::store::batches::{self, BatchRecord, Stage};
use crate::view::{Answer, Ask};

mod anew;
mod frozen;
mod limits;
mod lots;

struct Seeded(u64);
impl Entropy for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = self.0.to_be_bytes()[2];
        }
    }
}

fn at(seconds: i64) -> Moment {
    Moment { unix_ms: 1_760_000_000_000 + seconds * 1_000, zone: "Europe/Lisbon".into(), boot_ms: 0, boot_id: 1 }
}

fn someone(folder: &Path, seed: u64) -> Companion {
    let config = HostConfig { folder: folder.to_owned(), languages: vec!["en".into()], cost: PassphraseCost::FLOOR };
    let companion = Companion::open(config, Box::new(Seeded(seed)));
    let passphrase = SecretText::new("a long enough passphrase".into());
    companion.create(&NewVault { passphrase, words: WordCount::Twelve }, &at(0)).unwrap();
    companion.acknowledge_recovery(&at(0)).unwrap();
    companion
}

/// Mara is the person, Theo the supporter; `space` is theirs.
struct World {
    mara: Companion,
    theo: Companion,
    space: SpaceId,
    _folders: [tempfile::TempDir; 2],
}

impl World {
    fn new() -> Self {
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let mara = someone(&folders[0].path().join("vault"), 1);
        let theo = someone(&folders[1].path().join("vault"), 2);
        let terms = InviteTerms::relationship(Role::Person);
        let sent = |step: PairStep| step.send.unwrap();
        let invitation = sent(mara.pair_invite(terms, "Theo", &at(1)).unwrap());
        let reply = sent(theo.pair_join(&invitation, None, "Mara", &at(2)).unwrap());
        let hers = mara.pair_take(&reply, &at(3)).unwrap();
        let his = theo.pair_take(hers.send.as_ref().unwrap(), &at(4)).unwrap();
        mara.pair_digits(&hers.id, his.digits.as_ref().unwrap(), &at(5)).unwrap();
        theo.pair_digits(&his.id, hers.digits.as_ref().unwrap(), &at(6)).unwrap();
        World { mara, theo, space: hers.space.unwrap(), _folders: folders }
    }

    fn carry(&self, from: &Companion, to: &Companion) -> BundleReport {
        let sent = from.bundle_out(&self.space, Scope::SinceLast, &at(50)).unwrap();
        to.bundle_in(&mut sent.bytes.as_slice(), &at(51)).unwrap()
    }

    fn maras_plan(&self) -> DocId {
        let create = PlanCommand::Create { space: Some(self.space), template: "wellness".into(), title: "".into() };
        done(&self.mara, create).made.unwrap()
    }

    fn members(&self) -> (MemberId, MemberId) {
        (desk(&self.mara, |desk| desk.member(&self.space)), desk(&self.theo, |desk| desk.member(&self.space)))
    }
}

fn done(who: &Companion, command: PlanCommand) -> Outcome {
    who.apply(&[Command::Plan(command)], None, &at(20)).unwrap().outcomes.remove(0)
}

/// What an app does that asks no permission.
fn desk<T>(who: &Companion, work: impl FnOnce(&mut Desk<'_>) -> Result<T>) -> T {
    who.with_session(|session, entropy| Ok(session.write(entropy, &at(30), work)?.value)).unwrap()
}

/// What every question about hashes begins with: each document that changed is loaded.
fn hash_all(who: &Companion) {
    who.with_session(|session, entropy| session.refresh_hashes(entropy, &at(40))).unwrap();
}

fn born(space: SpaceId, kind: Kind, writer: Option<MemberId>, about: Option<DocId>, key: Option<&str>) -> Birth {
    Birth { space, kind: kind.number(), writer, about, key: key.map(str::to_owned), nonce: [0; 32] }
}

fn first_part(who: &Companion, plan: &DocId, owner: PartOwner) -> String {
    let parts = desk(who, |desk| lines::parts(desk.db, plan));
    parts.into_iter().find(|part| part.owner == owner).unwrap().key
}

fn entry(part: &str, text: &str) -> EntryState {
    EntryState { part: part.into(), text: text.into(), order: "V".into(), ..EntryState::default() }
}

fn idea(part: &str, text: &str) -> IdeaState {
    IdeaState { part: part.into(), alternatives: vec![text.into()], at_ms: 1, ..IdeaState::default() }
}

/// Signs a batch as this device and keeps it as if it were sound.
fn forge(
    desk: &mut Desk<'_>,
    space: SpaceId,
    doc: DocId,
    change: impl FnOnce(&mut HeaderDraft),
    body: &Body,
) -> BatchId {
    let heads = batches::heads(desk.db, &space, &desk.me.device).unwrap();
    let mut draft = HeaderDraft {
        space,
        seq: heads.iter().map(|(seq, _)| *seq).max().unwrap_or(0) + 1,
        prev: heads.iter().map(|(_, id)| *id).collect(),
        doc,
        kind: BatchKind::Changes,
        actor_nonce: [0; 16],
        min_reader: 1,
        adopts: Vec::new(),
        again_of: None,
        claimed: Claimed { unix_ms: 1, zone: "UTC".into() },
    };
    change(&mut draft);
    let (seq, prev) = (draft.seq, draft.prev.clone());
    let batch = sign_batch(draft, body.encode(&[0; 16]).unwrap(), &desk.me.signing).unwrap();
    let record = BatchRecord {
        id: batch.id(),
        space,
        device: desk.me.device,
        seq,
        doc,
        header: batch.header_bytes.clone(),
        signature: batch.signature.to_vec(),
        payload: batch.payload.clone(),
        stage: Stage::HeldBack,
        reason: 0,
        facts: Vec::new(),
    };
    batches::put(desk.db, &record, &prev).unwrap();
    batch.id()
}

#[test]
fn a_batch_for_a_newer_app_by_one_who_may_not_write_does_not_freeze_the_plan() {
    let world = World::new();
    let plan = world.maras_plan();
    let part = first_part(&world.mara, &plan, PartOwner::Person);
    world.carry(&world.mara, &world.theo);
    desk(&world.theo, |desk| {
        forge(desk, world.space, plan, |draft| draft.min_reader = 2, &Body::default());
        Ok(())
    });
    world.carry(&world.theo, &world.mara);
    done(&world.mara, PlanCommand::AddEntry { plan, part, text: "a walk".into(), after: None });
}

#[test]
fn an_idea_with_the_id_of_a_line_takes_nothing_from_it() {
    let world = World::new();
    let plan = world.maras_plan();
    let part = first_part(&world.mara, &plan, PartOwner::Person);
    let add = PlanCommand::AddEntry { plan, part: part.clone(), text: "my own words".into(), after: None };
    let line = done(&world.mara, add).element.unwrap();
    world.carry(&world.mara, &world.theo);
    let (_, theo) = world.members();
    desk(&world.theo, |desk| {
        let lane = born(world.space, Kind::Lane, Some(theo), Some(plan), None);
        desk.write_in(lane, &lane::give_idea(line, &idea(&part, "his words")))
    });
    world.carry(&world.theo, &world.mara);
    let decide = |decision| Command::Talk(TalkCommand::Decide { idea: line, decision, seen: None });
    let added = world.mara.apply(&[decide(Decision::Add(0))], None, &at(60));
    assert_eq!(added.unwrap_err().code(), Code::Duplicate);
    world.mara.apply(&[decide(Decision::Decline)], None, &at(61)).unwrap();
    let lines = desk(&world.mara, |desk| lines::entries(desk.db, &plan, &part));
    assert_eq!(lines.iter().map(|line| (line.text.as_str(), line.gone)).collect::<Vec<_>>(), [("my own words", false)]);
}

#[test]
fn one_who_gave_an_idea_cannot_decide_it_in_a_document_of_their_own() {
    for (kind, everyone) in [(Kind::Column, false), (Kind::Joint, true)] {
        let world = World::new();
        let plan = world.maras_plan();
        let part = first_part(&world.mara, &plan, PartOwner::Person);
        world.carry(&world.mara, &world.theo);
        let (_, theo) = world.members();
        let id = ElementId([7; 16]);
        desk(&world.theo, |desk| {
            let lane = born(world.space, Kind::Lane, Some(theo), Some(plan), None);
            desk.write_in(lane, &lane::give_idea(id, &idea(&part, "his words")))?;
            let writer = (!everyone).then_some(theo);
            let decided = DecisionState {
                choice: Choice::Added,
                text: "his words".into(),
                by: theo,
                batch: None,
                at_ms: 1,
                into: Some(id),
            };
            let own = born(world.space, kind, writer, Some(plan), Some(&part));
            desk.write_in(own, &[steps::decide(id, &decided)])
        });
        world.carry(&world.theo, &world.mara);
        assert_eq!(desk(&world.mara, |desk| lines::decisions(desk.db, &plan, &id)), []);
        let add = TalkCommand::Decide { idea: id, decision: Decision::Decline, seen: None };
        world.mara.apply(&[Command::Talk(add)], None, &at(60)).unwrap();
        assert_eq!(desk(&world.mara, |desk| lines::decisions(desk.db, &plan, &id)).len(), 1);
    }
}

#[test]
fn a_shared_space_holds_no_notes_and_names_nobody_anew() {
    let world = World::new();
    let (_, theo) = world.members();
    desk(&world.theo, |desk| {
        let list = born(world.space, Kind::Spaces, Some(theo), None, None);
        desk.write_in(list, &spaces::add(world.space, "Your sister"))?;
        let note = born(world.space, Kind::Note, Some(theo), None, None);
        desk.write_in(note, &note::steps::begin("", "you wrote this", &[]))
    });
    world.carry(&world.theo, &world.mara);
    desk(&world.mara, |desk| {
        let people = desk.people(&world.space)?;
        assert_eq!(people.name(&theo), "Theo");
        let notes: i64 = desk.db.query_row("SELECT count(*) FROM note", [], |row| row.get(0))?;
        assert_eq!(notes, 0);
        Ok(())
    });
}

#[test]
fn a_part_whose_key_no_birth_can_carry_is_no_part() {
    let world = World::new();
    let (_, theo) = world.members();
    let key = "k".repeat(65);
    let plan = desk(&world.theo, |desk| {
        let birth = Birth { nonce: [9; 32], ..born(world.space, Kind::Plan, Some(theo), None, None) };
        let mut frame = steps::begin("wellness", 1, "");
        let part = PartState { owner: PartOwner::Both, order: "V".into(), ..PartState::default() };
        frame.extend(steps::add_part(&key, &part));
        desk.write_in(birth, &frame)
    });
    world.carry(&world.theo, &world.mara);
    let add = PlanCommand::AddEntry { plan, part: key, text: "a walk".into(), after: None };
    let refused = world.mara.apply(&[Command::Plan(add)], None, &at(60));
    assert_eq!(refused.unwrap_err().code(), Code::NotFound);
    hash_all(&world.mara);
    world.mara.lock().unwrap();
    let passphrase = SecretText::new("a long enough passphrase".into());
    world.mara.unlock(&UnlockWith::Passphrase(passphrase), &at(62)).unwrap();
    hash_all(&world.mara);
}

#[test]
fn a_line_of_mine_is_mine_to_edit_whatever_ids_others_use() {
    let world = World::new();
    let plan = world.maras_plan();
    let part = first_part(&world.mara, &plan, PartOwner::Person);
    let add = PlanCommand::AddEntry { plan, part: part.clone(), text: "my own words".into(), after: None };
    let line = done(&world.mara, add).element.unwrap();
    let title = PlanCommand::AddPart { plan, title: "each".into(), owner: PartOwner::Each };
    let each = done(&world.mara, title).element.unwrap().to_string();
    let title = PlanCommand::AddPart { plan, title: "both".into(), owner: PartOwner::Both };
    let both = done(&world.mara, title).element.unwrap().to_string();
    world.carry(&world.mara, &world.theo);
    let (_, theo) = world.members();
    desk(&world.theo, |desk| {
        let column = born(world.space, Kind::Column, Some(theo), Some(plan), Some(&each));
        desk.write_in(column, &steps::add_entry(line, &entry(&each, "his")))?;
        let joint = born(world.space, Kind::Joint, None, Some(plan), Some(&both));
        desk.write_in(joint, &steps::add_entry(line, &entry(&both, "his")))
    });
    world.carry(&world.theo, &world.mara);
    done(&world.mara, PlanCommand::TakeEntry { plan, entry: line });
    let lines = desk(&world.mara, |desk| lines::entries(desk.db, &plan, &part));
    assert!(lines.iter().all(|line| line.gone));
}

#[test]
fn two_ideas_with_one_id_are_no_idea() {
    let world = World::new();
    let plan = world.maras_plan();
    let other = world.maras_plan();
    let part = first_part(&world.mara, &plan, PartOwner::Person);
    world.carry(&world.mara, &world.theo);
    let (_, theo) = world.members();
    let id = ElementId([7; 16]);
    desk(&world.theo, |desk| {
        for (about, text) in [(plan, "what she sees"), (other, "what she gets")] {
            let lane = born(world.space, Kind::Lane, Some(theo), Some(about), None);
            desk.write_in(lane, &lane::give_idea(id, &idea(&part, text)))?;
        }
        Ok(())
    });
    world.carry(&world.theo, &world.mara);
    let add = TalkCommand::Decide { idea: id, decision: Decision::Add(0), seen: None };
    assert_eq!(world.mara.apply(&[Command::Talk(add)], None, &at(60)).unwrap_err().code(), Code::NotFound);
}

/// One device writes two changes with one number in two batches. Whoever holds both says the same, whichever came
/// first, on disk and in memory.
#[test]
fn twins_end_the_same_whichever_came_first() {
    let mut ends = Vec::new();
    for order in [[0, 1], [1, 0]] {
        // Seeded alike, so the same people, the same space and the same plan.
        let world = World::new();
        let (_, theo) = world.members();
        let plan = world.maras_plan();
        world.carry(&world.mara, &world.theo);
        let lane = born(world.space, Kind::Lane, Some(theo), Some(plan), None);
        let device = desk(&world.theo, |desk| Ok(desk.me.device));
        let actor = crate::batch::derive_actor(&device, &lane.doc(), &[5; 16]);
        for branch in order {
            let mut doc = crate::document::Doc::born(lane.clone()).unwrap();
            let mut made = doc.perform(actor, &lane::give_idea(ElementId([1; 16]), &idea("", "both"))).unwrap();
            let (id, text) = [(ElementId([2; 16]), "one"), (ElementId([3; 16]), "other")][branch];
            made.extend(doc.perform(actor, &lane::give_idea(id, &idea("", text))).unwrap());
            let changes = made.into_iter().map(|chunk| Chunk::read(chunk).unwrap()).collect();
            let body = Body { birth: Some(lane.clone()), changes };
            desk(&world.theo, |desk| {
                forge(desk, world.space, lane.doc(), |draft| draft.actor_nonce = [5; 16], &body);
                Ok(())
            });
            world.carry(&world.theo, &world.mara);
        }
        let told = |who: &Companion| {
            desk(who, |desk| {
                let ideas: Vec<ElementId> = lines::ideas(desk.db, &plan)?.iter().map(|idea| idea.id).collect();
                let mut query = desk.db.prepare("SELECT DISTINCT element FROM history WHERE doc = ?1 ORDER BY 1")?;
                let rows = query.query_map([lane.doc()], |row| row.get(0))?;
                let history = rows.collect::<rusqlite::Result<Vec<ElementId>>>()?;
                Ok((ideas, history, desk.load(&lane.doc())?.doc.hash()))
            })
        };
        let end = told(&world.mara);
        assert_eq!(end.0.len(), 2, "the idea both begin with, and the one that stays");
        assert_eq!(end.1, end.0, "history says what is shown");
        world.mara.pause(&at(70)).unwrap();
        world.mara.resume(&at(71)).unwrap();
        assert_eq!(told(&world.mara), end, "memory and disk say the same");
        ends.push(end);
    }
    assert_eq!(ends[0], ends[1]);
}
