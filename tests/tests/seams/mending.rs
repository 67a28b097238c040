//! What a damaged page costs a document that is frozen.

use belay::command::{ForgetCommand, NoteCommand, NoteDraft};
use belay::view::{Answer, Ask};
use belay_tests::{World, text};

const PAGE_BYTES: usize = 4096;

#[test]
fn a_frozen_note_is_still_there_after_mending() {
    let world = World::new("frozen and mended");
    let mara = world.person("Mara");
    let draft = NoteDraft { title: text("Heron"), body: text("Tea at four"), tags: Vec::new() };
    let note = mara.apply(NoteCommand::Create { draft }).made.expect("a note");
    mara.rest();
    mara.freeze(&note);
    mara.companion.lock().expect("locking");
    let files = std::fs::read_dir(mara.folder()).expect("a folder").filter_map(Result::ok);
    let store = files.map(|file| file.path()).find(|path| path.extension().is_some_and(|end| end == "db"));
    let store = store.expect("a store");
    let whole = std::fs::read(&store).expect("a store");
    let mut mended = false;
    for page in 1..whole.len() / PAGE_BYTES {
        let mut bytes = whole.clone();
        bytes[page * PAGE_BYTES + 100] ^= 1;
        std::fs::write(&store, &bytes).expect("writing");
        match mara.companion.mend(&mara.secret(), &mara.at()) {
            Ok(told) if !told.pages.is_empty() => {
                mended = true;
                break;
            }
            _ => std::fs::write(&store, &whole).expect("writing"),
        }
    }
    assert!(mended, "a page of a cache");
    mara.companion.unlock(&mara.secret(), &mara.at()).expect("it opens");
    let Answer::Note(shown) = mara.ask(Ask::Note { id: note }) else { panic!("the note is gone") };
    assert_eq!(shown.body.as_str(), "Tea at four");
    mara.apply(ForgetCommand::Past { doc: note });
}
