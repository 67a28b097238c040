//! What holds when something breaks in the middle, comes backwards or never ends.

use super::*;

/// A panic in the middle of a write leaves nothing in memory that is not on disk.
#[test]
fn a_write_that_panics_leaves_no_words_in_memory() {
    let world = World::new();
    let plan = world.maras_plan();
    let part = first_part(&world.mara, &plan, PartOwner::Person);
    let words = |text: &str| PlanCommand::AddEntry { plan, part: part.clone(), text: text.into(), after: None };
    done(&world.mara, words("first"));
    let broken = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        desk(&world.mara, |desk| -> Result<()> {
            desk.write(&plan, &steps::add_entry(ElementId([3; 16]), &entry(&part, "never said")))?;
            panic!("in the middle");
        });
    }));
    assert!(broken.is_err());
    done(&world.mara, words("second"));
    world.mara.pause(&at(70)).unwrap();
    world.mara.resume(&at(71)).unwrap();
    let texts: Vec<String> = desk(&world.mara, |desk| match &desk.load(&plan)?.state {
        crate::document::State::Plan(plan) => Ok(plan.entries.values().map(|entry| entry.text.clone()).collect()),
        _ => panic!("a plan"),
    });
    assert_eq!(texts.len(), 2);
    assert!(texts.iter().all(|text| text != "never said"));
}

/// A log that comes backwards, and in pieces with holes, ends as if it had come in order.
#[test]
fn a_log_that_comes_backwards_is_taken_in_whole() {
    use crate::batch::Batch;
    use crate::envelope::{EnvelopeContent, seal};
    let world = World::new();
    let plan = world.maras_plan();
    world.carry(&world.mara, &world.theo);
    let (mara, theo) = world.members();
    let lane = born(world.space, Kind::Lane, Some(theo), Some(plan), None);
    let sealed: Vec<Vec<u8>> = desk(&world.theo, |desk| {
        for count in 0..40_u8 {
            desk.write_in(lane.clone(), &lane::give_idea(ElementId([count + 1; 16]), &idea("", "words")))?;
            desk.close_all(None)?;
        }
        let people = desk.people(&world.space)?;
        let cards = crate::store::spaces::cards(desk.db, &world.space)?;
        let is_hers = |device: &crate::ids::DeviceId| people.membership.member_of(device) == Some(mara);
        let (device, _, wire) = cards.into_iter().find(|(device, ..)| is_hers(device)).unwrap();
        let standing = people.membership.device(&device).unwrap();
        let pk = crate::identity::SignedCard::parse(&wire)?.verify(&standing.entry.signing)?.sealing_pk;
        let mut log = Vec::new();
        for id in batches::since(desk.db, &world.space, &desk.me.device, 1)?.into_iter().rev() {
            let record = batches::get(desk.db, &id)?.unwrap();
            let signature = record.signature.as_slice().try_into().unwrap();
            log.push(Batch { header_bytes: record.header, signature, payload: record.payload }.encode());
        }
        assert_eq!(log.len(), 40);
        let pieces = [0, 1, 2].map(|piece| log.iter().skip(piece).step_by(3).cloned().collect());
        let content = |batches| EnvelopeContent { batches, ..EnvelopeContent::new(world.space) };
        pieces.into_iter().map(|batches| seal(&content(batches), &pk, desk.entropy)).collect()
    });
    let mut waiting = Vec::new();
    for envelope in sealed {
        let mut file = Vec::new();
        crate::exchange::write_bundle(&mut file, &[envelope]).unwrap();
        waiting.push(world.mara.bundle_in(&mut file.as_slice(), &at(51)).unwrap().waiting);
    }
    assert!(waiting[0] > 0 && waiting[2] == 0, "{waiting:?}");
    assert_eq!(desk(&world.mara, |desk| lines::ideas(desk.db, &plan)).len(), 40);
}

/// What was declined by a clock that runs years ahead may be said again.
#[test]
fn a_clock_far_ahead_keeps_no_words_away_for_ever() {
    let world = World::new();
    let plan = world.maras_plan();
    let part = first_part(&world.mara, &plan, PartOwner::Person);
    world.carry(&world.mara, &world.theo);
    let suggest = TalkCommand::Suggest {
        on: Target { doc: plan, part: Some(part), element: None },
        kind: lane::IdeaKind::Add,
        alternatives: vec!["a walk".into()],
        why: "".into(),
        after: None,
    };
    let give = |seconds| world.theo.apply(&[Command::Talk(suggest.clone())], None, &at(seconds));
    let decline = |idea, seconds| {
        world.carry(&world.theo, &world.mara);
        let decide = TalkCommand::Decide { idea, decision: Decision::Decline, seen: None };
        world.mara.apply(&[Command::Talk(decide)], None, &at(seconds)).unwrap();
        world.carry(&world.mara, &world.theo);
    };
    let years = 10 * 365 * 86_400;
    decline(give(60).unwrap().outcomes[0].element.unwrap(), years);
    decline(give(70).unwrap().outcomes[0].element.unwrap(), 71);
    assert_eq!(give(72).unwrap_err().code(), Code::AlreadyDeclined);
    assert!(give(72 + 31 * 86_400).is_ok());
}

/// Whatever an author's app let through, only words within the bounds come into the plan.
#[test]
fn an_idea_out_of_bounds_is_not_taken_up() {
    let world = World::new();
    let plan = world.maras_plan();
    let part = first_part(&world.mara, &plan, PartOwner::Person);
    world.carry(&world.mara, &world.theo);
    let (_, theo) = world.members();
    let id = ElementId([7; 16]);
    desk(&world.theo, |desk| {
        let lane = born(world.space, Kind::Lane, Some(theo), Some(plan), None);
        desk.write_in(lane, &lane::give_idea(id, &idea(&part, &"long ".repeat(10_000))))
    });
    world.carry(&world.theo, &world.mara);
    let add = TalkCommand::Decide { idea: id, decision: Decision::Add(0), seen: None };
    assert_eq!(world.mara.apply(&[Command::Talk(add)], None, &at(60)).unwrap_err().code(), Code::TooLong);
}

/// Locking waits for one envelope, not for the file.
#[test]
fn a_lock_in_the_middle_of_a_bundle_ends_it() {
    struct Locking<'a>(&'a [u8], &'a Companion, usize);
    impl std::io::Read for Locking<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            self.2 += 1;
            if self.2 == 3 {
                // As `lock` does from another thread before it waits for the session.
                self.1.ask_to_leave();
            }
            std::io::Read::read(&mut self.0, buffer)
        }
    }
    let world = World::new();
    world.maras_plan();
    let sent = world.mara.bundle_out(&world.space, Scope::Everything, &at(50)).unwrap();
    let broken = world.theo.bundle_in(&mut Locking(&sent.bytes, &world.theo, 0), &at(51));
    assert_eq!(broken.unwrap_err().code(), Code::Interrupted);
    world.theo.bundle_in(&mut sent.bytes.as_slice(), &at(52)).unwrap();
}

/// Whatever is printed of a document in memory or its rows, no word of a person is.
#[test]
fn records_of_words_print_none_of_them() {
    let canary = "canary-7f3a";
    let world = World::new();
    let plan = world.maras_plan();
    let part = first_part(&world.mara, &plan, PartOwner::Person);
    done(&world.mara, PlanCommand::AddEntry { plan, part: part.clone(), text: canary.into(), after: None });
    let printed = desk(&world.mara, |desk| {
        desk.close_all(None)?;
        let records = batches::of_document(desk.db, &plan, Stage::Received, Stage::Refused)?;
        let rows = lines::entries(desk.db, &plan, &part)?;
        assert_eq!(rows[0].text, canary);
        let loaded = format!("{:?}", desk.load(&plan)?);
        Ok(format!("{loaded} {rows:?} {records:?} {:?} {:?}", idea("", canary), desk.people(&world.space)?))
    });
    assert!(!printed.contains(canary) && !printed.contains("Theo"), "{printed}");
    let raw: Vec<String> = canary.bytes().map(|byte| byte.to_string()).collect();
    assert!(!printed.contains(&raw.join(", ")));
}
