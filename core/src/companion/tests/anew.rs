//! What waits for a newer app, and one envelope that cannot be taken in among others that can.

use super::*;
use crate::exchange::{BundleReader, write_bundle};
use crate::store::forgetting::FROZEN_HASH;

/// A line of Theo's in the part that both write, for an app that reads up to this number.
fn line_for(world: &World, plan: DocId, part: &str, reader: u32) -> BatchId {
    let joint = born(world.space, Kind::Joint, None, Some(plan), Some(part));
    desk(&world.theo, |desk| {
        let actor = crate::batch::derive_actor(&desk.me.device, &joint.doc(), &[0; 16]);
        let mut doc = crate::document::Doc::born(joint.clone())?;
        let made = doc.perform(actor, &steps::add_entry(ElementId([5; 16]), &entry(part, "from later")))?;
        let changes = made.into_iter().map(|chunk| Chunk::read(chunk).unwrap()).collect();
        let body = Body { birth: Some(joint.clone()), changes };
        Ok(forge(desk, world.space, joint.doc(), |draft| draft.min_reader = reader, &body))
    })
}

fn stage_of(who: &Companion, id: &BatchId) -> Stage {
    desk(who, |desk| Ok(batches::get(desk.db, id)?.unwrap().stage))
}

#[test]
fn what_waited_for_a_newer_app_is_judged_when_it_comes() {
    let world = World::new();
    let plan = world.maras_plan();
    let part = first_part(&world.mara, &plan, PartOwner::Both);
    world.carry(&world.mara, &world.theo);
    let id = line_for(&world, plan, &part, 2);
    assert_eq!(world.carry(&world.theo, &world.mara).newer, 1);
    assert_eq!(stage_of(&world.mara, &id), Stage::HeldBack);
    let understand = |reader| {
        world.mara.with_session(|session, entropy| session.understand(reader, entropy, &at(60))).unwrap();
    };
    let words = || {
        let joint = born(world.space, Kind::Joint, None, Some(plan), Some(&part)).doc();
        let lines = desk(&world.mara, |desk| lines::entries(desk.db, &joint, &part));
        lines.into_iter().map(|line| line.text).collect::<Vec<_>>()
    };
    // The same app again changes nothing; one that reads more takes it in, and the words are shown.
    understand(crate::batch::READER);
    assert_eq!((stage_of(&world.mara, &id), words()), (Stage::HeldBack, Vec::new()));
    understand(2);
    assert_eq!((stage_of(&world.mara, &id), words()), (Stage::Accepted, vec!["from later".to_owned()]));
    understand(2);
    hash_all(&world.mara);
}

#[test]
fn damage_in_one_document_keeps_no_other_one_out() {
    let world = World::new();
    let (plan, other) = (world.maras_plan(), world.maras_plan());
    let part = first_part(&world.mara, &plan, PartOwner::Person);
    world.carry(&world.mara, &world.theo);
    let add = |plan, text: &str| {
        done(&world.mara, PlanCommand::AddEntry { plan, part: part.clone(), text: text.into(), after: None });
        world.mara.bundle_out(&world.space, Scope::SinceLast, &at(50)).unwrap().bytes
    };
    // Two envelopes in one file, each with one more line; the second brings both plans.
    let bundles = [add(plan, "one"), {
        done(&world.mara, PlanCommand::AddEntry { plan, part: part.clone(), text: "three".into(), after: None });
        add(other, "two")
    }];
    let envelopes: Vec<Vec<u8>> = bundles
        .iter()
        .flat_map(|bytes| BundleReader::new(&mut bytes.as_slice()).unwrap().collect::<Result<Vec<_>>>().unwrap())
        .collect();
    let mut file = Vec::new();
    write_bundle(&mut file, &envelopes).unwrap();
    // Theo's disk went bad in one place: what belongs to the second plan cannot be read.
    desk(&world.theo, |desk| {
        desk.db.execute("UPDATE batch SET facts = x'ff' WHERE doc = ?1", [other])?;
        Ok(())
    });
    let report = world.theo.bundle_in(&mut file.as_slice(), &at(51)).unwrap();
    assert_eq!((report.new, report.not_taken), (3, 0));
    let told = |plan| desk(&world.theo, |desk| lines::entries(desk.db, &plan, &part)).len();
    assert_eq!((told(plan), told(other)), (2, 0));
    // It is told, and statements go on: nothing of it stops the space.
    let repairs = || world.theo.read(&[Ask::Repairs], &at(52)).unwrap().answers.remove(0);
    let Answer::Repairs(rows) = repairs() else { panic!() };
    assert_eq!(rows.iter().map(|row| row.doc).collect::<Vec<_>>(), [other]);
    // The hash of one document that does not load keeps that of no other away.
    desk(&world.theo, |desk| {
        desk.db.execute("UPDATE document SET hash = NULL", [])?;
        desk.db.execute("UPDATE batch SET payload = 1 WHERE doc = ?1", [other])?;
        let of_doc = "UPDATE payload SET bytes = x'ff' WHERE batch IN (SELECT position FROM batch WHERE doc = ?1)";
        desk.db.execute(of_doc, [other])?;
        desk.documents.clear();
        Ok(())
    });
    hash_all(&world.theo);
    let hash = |plan| desk(&world.theo, |desk| crate::store::documents::hash(desk.db, &plan));
    assert!(hash(plan).is_some_and(|hash| hash != FROZEN_HASH) && hash(other).is_none_or(|hash| hash == FROZEN_HASH));
}
