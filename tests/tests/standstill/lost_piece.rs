//! One piece of one batch is gone or wrong: what was read of that note stays, and nothing else stands still for it.

use super::notes::{edit, made, read, written};
use belay::batch::Batch;
use belay::command::ForgetCommand;
use belay::error::{Code, Field};
use belay::ids::DocId;
use belay::store::batches;
use belay_tests::{Circle, Device, Plan, World};

const DAMAGES: [&str; 4] = [
    "DELETE FROM payload WHERE batch IN (SELECT position FROM batch WHERE doc = ?1)",
    "UPDATE payload SET bytes = x'ff' WHERE batch IN (SELECT position FROM batch WHERE doc = ?1)",
    "UPDATE batch SET facts = x'07' WHERE doc = ?1",
    "UPDATE batch SET header = x'07' WHERE doc = ?1",
];

fn needs_repair(on: &Device) -> Vec<DocId> {
    on.look(belay::store::forgetting::frozen)
}

#[test]
fn a_lost_piece_of_one_note_holds_no_other_up() {
    for damage in DAMAGES {
        let world = World::new("a lost piece");
        let circle = Circle::new(&world, 2, 1);
        let (phone, tablet) = (&circle.devices[0], &circle.devices[1]);
        let (hurt, sound) = (made(phone, "Hurt."), made(phone, "Sound."));
        circle.tell_everything();
        edit(tablet, hurt, "Hurt. By the tablet.");
        circle.tell_everything();
        phone.meddle(|db| Ok(db.execute(damage, [hurt])?));
        phone.lock_and_unlock();
        // It stands behind a piece that is damaged on the phone.
        edit(tablet, sound, "Sound. More.");
        let take = |bundle: &[u8]| phone.take(bundle).unwrap_or_else(|failure| panic!("{damage}: {failure:?}"));
        take(&written(&circle, 1, 0, sound));
        assert_eq!(read(phone, sound).body.as_str(), "Sound. More.", "{damage}");
        edit(tablet, hurt, "Hurt. By the tablet. More.");
        let all = written(&circle, 1, 0, hurt);
        let own = tablet.companion.own_space().expect("open");
        if damage.contains("header") {
            // A bundle of the newest alone.
            let newest = tablet.look(|db| {
                let all = batches::of_document(db, &hurt, batches::Stage::Accepted, batches::Stage::Accepted)?;
                let last = all.into_iter().max_by_key(|record| record.seq).expect("one");
                let signature = last.signature.try_into().expect("64 bytes");
                Ok(Batch { header_bytes: last.header, signature, payload: last.payload }.encode())
            });
            take(&circle.carry(0, &own, Vec::new(), vec![newest]));
            assert_eq!(needs_repair(phone), [hurt], "{damage}");
        }
        let shown = read(phone, hurt).body;
        assert!(shown.as_str().starts_with("Hurt. By the tablet."), "{damage}: what could be read stays");
        take(&all);
        assert_eq!(read(phone, sound).body.as_str(), "Sound. More.", "{damage}");
        let refused = phone.companion.lock().and_then(|()| phone.companion.mend(&phone.secret(), &phone.at()));
        let refused = refused.expect_err("pieces of the phone's own are still damaged");
        assert_eq!((refused.code(), refused.detail().field), (Code::Corrupt, Some(Field::Store)), "{damage}");
        phone.unlock().expect("it opens");
        assert!(read(phone, hurt).body.as_str().starts_with("Hurt. By the tablet."), "{damage}");
    }
}

/// A batch is signed: what comes again from a phone that has it is what was lost.
#[test]
fn what_comes_again_heals_what_was_damaged() {
    for damage in DAMAGES.into_iter().filter(|damage| !damage.contains("facts")) {
        let world = World::new("healed");
        let mut circle = Circle::new(&world, 2, 1);
        let hurt = made(&circle.devices[0], "Hurt.");
        circle.tell_everything();
        edit(&circle.devices[1], hurt, "Hurt. More.");
        circle.tell_everything();
        let before = circle.devices[0].history(&hurt);
        circle.devices[0].meddle(|db| Ok(db.execute(damage, [hurt])?));
        circle.devices[0].lock_and_unlock();
        edit(&circle.devices[1], hurt, "Hurt. More. And more.");
        circle.devices[0].take(&written(&circle, 1, 0, hurt)).expect("taken");
        assert_eq!(needs_repair(&circle.devices[0]), [hurt], "{damage}: the first piece lies there damaged");
        circle.tell_everything();
        circle.tell_everything();
        assert_eq!(needs_repair(&circle.devices[0]), [], "{damage}");
        for device in &circle.devices[..2] {
            assert_eq!(read(device, hurt).body.as_str(), "Hurt. More. And more.", "{damage}");
        }
        let after = circle.devices[0].history(&hurt);
        assert_eq!(after.len(), before.len() + 1, "{damage}: nothing is told twice");
        let phone = &mut circle.devices[0];
        edit(phone, hurt, "Hurt. More. And more. Well.");
        phone.companion.lock().expect("locking");
        let mended = phone.companion.mend(&phone.secret(), &phone.at()).expect("whole");
        assert!(mended.pages.is_empty(), "{damage}");
    }
}

/// What was dropped on purpose, handed over, asked for or written apart fits all the same: nobody is alarmed without a cause.
#[test]
fn a_vault_in_which_much_happened_fits() {
    let world = World::new("fits");
    let circle = Circle::new(&world, 2, 1);
    let (phone, tablet) = (&circle.devices[0], &circle.devices[1]);
    let plan = Plan::made_by(phone, Some(circle.space), "wellness");
    phone.apply(plan.add("looking-after-us", "Tea at four"));
    let notes = [made(phone, "One."), made(tablet, "Two."), made(phone, "Three.")];
    circle.tell_everything();
    for note in notes {
        edit(phone, note, "Here.");
        edit(tablet, note, "There.");
    }
    circle.tell_everything();
    phone.apply(ForgetCommand::Past { doc: plan.id });
    phone.apply(ForgetCommand::Everything { doc: notes[0] });
    circle.tell_everything();
    phone.companion.purge(&[plan.id, notes[0]], &phone.secret(), &phone.at()).expect("the right secret");
    circle.tell_everything();
    circle.tell_everything();
    for device in &circle.devices {
        device.rest();
        assert_eq!(device.look(belay::exchange::count_unfit), 0, "{}", device.name);
        device.companion.lock().expect("locking");
        assert!(device.companion.mend(&device.secret(), &device.at()).expect("whole").pages.is_empty());
    }
}
