//! One piece of one batch is gone or wrong: what was read of that note stays, and nothing else stands still for it.

use belay::command::{NoteCommand, NoteDraft, NoteField};
use belay::ids::DocId;
use belay::store::documents;
use belay::view::{Answer, Ask, NoteDetail};
use belay_tests::{Circle, Device, World, text, whole};

fn made(on: &Device, body: &str) -> DocId {
    let draft = NoteDraft { body: text(body), ..NoteDraft::default() };
    on.apply(NoteCommand::Create { draft }).made.expect("a note")
}

fn read(on: &Device, id: DocId) -> NoteDetail {
    let Answer::Note(note) = on.ask(Ask::Note { id }) else { panic!("a note") };
    *note
}

fn edit(on: &Device, note: DocId, words: &str) {
    let base = read(on, note).rev;
    on.apply(NoteCommand::Edit { note, field: NoteField::Body, base, text: whole(words) });
}

#[test]
fn a_lost_piece_of_one_note_holds_no_other_up() {
    for damage in [
        "DELETE FROM payload WHERE batch IN (SELECT position FROM batch WHERE doc = ?1)",
        "UPDATE payload SET bytes = x'ff' WHERE batch IN (SELECT position FROM batch WHERE doc = ?1)",
        "UPDATE batch SET facts = x'07' WHERE doc = ?1",
    ] {
        let world = World::new("a lost piece");
        let circle = Circle::new(&world, 2, 1);
        let (phone, tablet) = (&circle.devices[0], &circle.devices[1]);
        let (hurt, sound) = (made(phone, "Hurt."), made(phone, "Sound."));
        circle.tell_everything();
        phone.meddle(|db| Ok(db.execute(damage, [hurt])?));
        phone.lock_and_unlock();
        edit(tablet, hurt, "Hurt. More.");
        edit(tablet, sound, "Sound. More.");
        let own = tablet.look(|db| Ok(documents::get(db, &sound)?.expect("a note").space));
        phone.take(&circle.everything(1, 0, &own)).unwrap_or_else(|failure| panic!("{damage}: {failure:?}"));
        assert_eq!(read(phone, sound).body.as_str(), "Sound. More.", "{damage}");
        let hurt = read(phone, hurt).body;
        assert!(hurt.as_str().starts_with("Hurt."), "{damage}: what could be read stays");
    }
}
