//! Notes of one person on several phones, and what one phone wrote for another.

use belay::batch::Batch;
use belay::command::{NoteCommand, NoteDraft, NoteField};
use belay::ids::DocId;
use belay::store::{batches, documents};
use belay::view::{Answer, Ask, NoteDetail};
use belay_tests::{Circle, Device, text, whole};

pub fn made(on: &Device, body: &str) -> DocId {
    let draft = NoteDraft { body: text(body), ..NoteDraft::default() };
    on.apply(NoteCommand::Create { draft }).made.expect("a note")
}

pub fn read(on: &Device, id: DocId) -> NoteDetail {
    let Answer::Note(note) = on.ask(Ask::Note { id }) else { panic!("a note") };
    *note
}

pub fn edit(on: &Device, note: DocId, words: &str) {
    let base = read(on, note).rev;
    on.apply(NoteCommand::Edit { note, field: NoteField::Body, base, text: whole(words) });
}

/// What a device wrote in a note, for another of the same person.
pub fn written(circle: &Circle, by: usize, to: usize, note: DocId) -> Vec<u8> {
    let (device, from) = (&circle.devices[by], circle.devices[by].id());
    device.rest();
    let (own, wires) = device.look(|db| {
        let all = batches::of_document(db, &note, batches::Stage::Received, batches::Stage::Refused)?;
        let wires = all.into_iter().filter(|record| record.device == from).map(|record| Batch {
            header_bytes: record.header,
            signature: record.signature.try_into().expect("64 bytes"),
            payload: record.payload,
        });
        let own = documents::get(db, &note)?.expect("a note").space;
        Ok((own, wires.map(|batch| batch.encode()).collect()))
    });
    circle.carry(to, &own, Vec::new(), wires)
}
