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

/// What Theo is told of what needs repair, and in how many words.
fn repairs(world: &World) -> Vec<(DocId, String)> {
    let Answer::Repairs(rows) = world.theo.read(&[Ask::Repairs], &at(52)).unwrap().answers.remove(0) else { panic!() };
    let Answer::Home(home) = world.theo.read(&[Ask::Home], &at(52)).unwrap().answers.remove(0) else { panic!() };
    assert_eq!(home.needs_repair, !rows.is_empty());
    rows.into_iter().map(|row| (row.doc, row.hint)).collect()
}

#[test]
fn damage_in_what_is_not_shown_yet_is_told_until_it_is_whole() {
    let world = World::new();
    let plan = world.maras_plan();
    let part = first_part(&world.mara, &plan, PartOwner::Person);
    world.carry(&world.mara, &world.theo);
    // What came of it counts for nothing yet, and what is known of it cannot be read.
    let facts = desk(&world.theo, |desk| {
        desk.documents.clear();
        crate::projection::remove_rows(desk.db, &plan)?;
        crate::store::documents::remove(desk.db, &plan)?;
        let facts: Vec<u8> = desk.db.query_row("SELECT facts FROM batch WHERE doc = ?1", [plan], |row| row.get(0))?;
        desk.db.execute("UPDATE batch SET stage = 2, facts = x'ff' WHERE doc = ?1", [plan])?;
        Ok(facts)
    });
    assert_eq!(repairs(&world), []);
    let add = |text: &str| {
        let add = PlanCommand::AddEntry { plan, part: part.clone(), text: text.into(), after: None };
        done(&world.mara, add);
        world.carry(&world.mara, &world.theo)
    };
    add("one");
    let told = repairs(&world);
    assert_eq!(told.iter().map(|(doc, _)| *doc).collect::<Vec<_>>(), [plan], "it is told");
    assert!(told.iter().all(|(_, hint)| hint.contains("cannot be read")), "{told:?}");
    // Mended, it is shown with all that came meanwhile, and nothing needs repair.
    desk(&world.theo, |desk| {
        desk.db.execute("UPDATE batch SET facts = ?2 WHERE doc = ?1 AND facts = x'ff'", (plan, facts))?;
        Ok(())
    });
    add("two");
    assert_eq!(repairs(&world), []);
    let lines = desk(&world.theo, |desk| lines::entries(desk.db, &plan, &part));
    assert_eq!(lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>(), ["one", "two"]);
}

#[test]
fn what_stops_half_way_in_a_damaged_document_leaves_it_as_it_was() {
    let world = World::new();
    let (plan, other) = (world.maras_plan(), world.maras_plan());
    let part = first_part(&world.mara, &plan, PartOwner::Person);
    let add = |plan, text: &str| {
        done(&world.mara, PlanCommand::AddEntry { plan, part: part.clone(), text: text.into(), after: None });
    };
    world.carry(&world.mara, &world.theo);
    add(plan, "one");
    world.carry(&world.mara, &world.theo);
    // What is known to be there does not come again, which would heal it.
    world.carry(&world.theo, &world.mara);
    // The words of a batch that is about to count went bad.
    let broken: BatchId = desk(&world.theo, |desk| {
        let newest = "SELECT id FROM batch WHERE doc = ?1 ORDER BY position DESC LIMIT 1";
        let id: BatchId = desk.db.query_row(newest, [plan], |row| row.get(0))?;
        desk.db.execute("UPDATE batch SET stage = 2, payload = 1 WHERE id = ?1", [id])?;
        let of_batch = "UPDATE payload SET bytes = x'ff' WHERE batch = (SELECT position FROM batch WHERE id = ?1)";
        desk.db.execute(of_batch, [id])?;
        desk.documents.clear();
        Ok(id)
    });
    let shown = |plan| desk(&world.theo, |desk| lines::entries(desk.db, &plan, &part)).len();
    let kept = || {
        desk(&world.theo, |desk| {
            let sql = "SELECT quote(heads) || (SELECT group_concat(stage) FROM (SELECT stage FROM batch
                WHERE doc = ?1 ORDER BY position LIMIT 2)) || (SELECT count(*) FROM history WHERE doc = ?1)
                FROM document WHERE id = ?1";
            Ok(desk.db.query_row(sql, [plan], |row| row.get::<_, String>(0))?)
        })
    };
    let before = kept();
    add(plan, "two");
    add(other, "three");
    world.carry(&world.mara, &world.theo);
    assert_eq!(stage_of(&world.theo, &broken), Stage::Passed, "it counts for nothing");
    assert_eq!(kept(), before, "half of it stays");
    assert_eq!(shown(other), 1, "others go on");
    assert_eq!(repairs(&world).iter().map(|(doc, _)| *doc).collect::<Vec<_>>(), [plan]);
    // The index tells what the rows of the other say.
    let found = desk(&world.theo, |desk| {
        let sql = "SELECT count(*) FROM search WHERE search MATCH 'three'";
        Ok(desk.db.query_row(sql, [], |row| row.get::<_, i64>(0))?)
    });
    assert_eq!(found, 1);
}
