//! What is damaged here and comes again: it is signed, so it is what was lost.

use super::notes::{edit, made, read, written};
use belay::ids::DocId;
use belay_tests::{Circle, Device, World};

fn stages(on: &Device, note: DocId) -> Vec<(u8, u8)> {
    on.look(|db| {
        let mut query = db.prepare("SELECT stage, reason FROM batch WHERE doc = ?1 ORDER BY position")?;
        Ok(query.query_map([note], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<Vec<_>>>()?)
    })
}

/// A batch that waits to be judged is damaged here. What it waits for comes; then it comes again itself, whole.
#[test]
fn a_damaged_batch_that_waits_is_healed_when_it_comes_again() {
    let mut red = Vec::new();
    for damage in [
        "UPDATE payload SET bytes = x'ff' WHERE batch IN (SELECT position FROM batch WHERE doc = ?1)",
        "DELETE FROM payload WHERE batch IN (SELECT position FROM batch WHERE doc = ?1)",
        "UPDATE batch SET header = x'07' WHERE doc = ?1",
    ] {
        let world = World::new("waits, damaged");
        let circle = Circle::new(&world, 3, 1);
        let (phone, tablet, laptop) = (&circle.devices[0], &circle.devices[1], &circle.devices[2]);
        let note = made(laptop, "One.");
        tablet.take(&written(&circle, 2, 1, note)).expect("an honest bundle");
        edit(tablet, note, "One. Two by the tablet.");
        // The tablet's words come first: they wait for the laptop's.
        phone.take(&written(&circle, 1, 0, note)).expect("an honest bundle");
        assert_eq!(stages(phone, note), [(1, 0)], "received, waits");
        phone.meddle(|db| Ok(db.execute(damage, [note])?));
        phone.lock_and_unlock();
        let _ = phone.take(&written(&circle, 2, 0, note));
        let then = stages(phone, note);
        // It comes again, as often as one likes.
        for _ in 0..2 {
            let _ = phone.take(&written(&circle, 1, 0, note));
            circle.tell_everything();
        }
        let (here, there) = (read(phone, note).body, read(tablet, note).body);
        eprintln!("{damage}: {then:?} -> {:?}, {:?}", stages(phone, note), here.as_str());
        if here.as_str() != there.as_str() {
            red.push(damage);
        }
    }
    assert!(red.is_empty(), "words are lost on this phone for good: {red:#?}");
}

/// The same, where it is the signature.
#[test]
fn a_damaged_signature_is_healed_or_told() {
    let world = World::new("signature, damaged");
    let circle = Circle::new(&world, 3, 1);
    let (phone, tablet, laptop) = (&circle.devices[0], &circle.devices[1], &circle.devices[2]);
    let own = phone.companion.own_space().expect("open");
    let note = made(tablet, "By the tablet.");
    phone.take(&written(&circle, 1, 0, note)).expect("an honest bundle");
    phone.meddle(|db| Ok(db.execute("UPDATE batch SET signature = zeroblob(64) WHERE doc = ?1", [note])?));
    phone.lock_and_unlock();
    phone.take(&written(&circle, 1, 0, note)).expect("an honest bundle");
    let report = laptop.take(&circle.everything(0, 2, &own));
    eprintln!(
        "laptop hears of it by the phone alone: {:?}",
        report.as_ref().map(|report| (report.new, report.kept_out))
    );
    let sound = phone.look(|db| {
        let sql = "SELECT count(*) FROM batch WHERE doc = ?1 AND signature = zeroblob(64)";
        Ok(db.query_row(sql, [note], |row| row.get::<_, i64>(0))?)
    });
    phone.companion.lock().expect("locking");
    let mended = phone.companion.mend(&phone.secret(), &phone.at());
    eprintln!("bad signatures: {sound}; mend says {mended:?}");
    assert!(sound == 0 || mended.is_err(), "neither healed nor told");
}
