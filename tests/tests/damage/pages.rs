//! A page of the store, flipped: told wherever it is read, never shown as other words, the file left as it is; and made
//! whole again where it held only what the batches tell as well.

use crate::{at, files, stage};
use belay::Companion;
use belay::command::{NoteCommand, NoteDraft};
use belay::error::{Code, Field};
use belay::ids::DocId;
use belay::text::PersonText;
use belay::view::{Answer, Ask, At, HistoryRow};
use belay_tests::faults::{PAGE_BYTES, Scenario, Told, goes_on, seen};
use belay_tests::{Act, Chance, text};

/// Pages tried in the sample of every day; `BELAY_FAULT_RUNS` tries all of them so often.
const SAMPLE: usize = 16;

/// The history of the note and the plan.
fn history(of: &Companion) -> Vec<String> {
    let limit = At { limit: 200, ..At::default() };
    let ask = |of: DocId| Ask::History { of, at: limit.clone() };
    let asks = [ask(stage().scene.note()), ask(stage().scene.plan())];
    let answers = of.read(&asks, &at(20)).expect("reading").answers;
    let rows = answers.into_iter().flat_map(|answer| match answer {
        Answer::History(page) => page.rows,
        other => panic!("{other:?}"),
    });
    let words =
        |text: &Option<PersonText>| text.as_ref().map(|text| text.as_str().chars().take(30).collect::<String>());
    rows.map(|row| {
        let HistoryRow { act, by, element, before, after, when, .. } = row;
        format!("{act} {:?} {element:?} {:?} {:?} {}", by.member, words(&before), words(&after), when.unix_ms)
    })
    .collect()
}

#[test]
fn a_flipped_page_is_told_left_and_mended_where_batches_are_whole() {
    let stage = stage();
    let scene = &stage.scene;
    let whole = scene.companion(&stage.copy("whole"), "pages");
    whole.unlock(&scene.key(), &at(1)).expect("it opens");
    let shown = seen(&whole, scene, &at(2)).expect("reading");
    let hash = whole.state_hash(&scene.space(), &at(3)).expect("open");
    let own = whole.own_space().expect("open");
    let own_hash = whole.state_hash(&own, &at(3)).expect("open");
    let told = history(&whole);
    assert!(told.len() > 60, "a line for each sitting");
    whole.lock().expect("locking");
    let mut chance = Chance::new(7);
    let pages = std::fs::read(scene.vault().join("store-1.db")).expect("a store").len() / PAGE_BYTES;
    let runs: Option<usize> = std::env::var("BELAY_FAULT_RUNS").ok().map(|count| count.parse().expect("a number"));
    let tried: Vec<usize> = match runs {
        None => (0..SAMPLE).map(|turn| (turn * pages / SAMPLE + chance.below(pages / SAMPLE)).min(pages - 1)).collect(),
        Some(runs) => (0..runs).flat_map(|_| 0..pages).collect(),
    };
    let (mut mended, mut refused) = (0, 0);
    for (turn, page) in tried.into_iter().enumerate() {
        let folder = stage.copy(&format!("page {turn}"));
        let store = folder.join("store-1.db");
        let mut bytes = std::fs::read(&store).expect("a store");
        bytes[page * PAGE_BYTES + chance.below(PAGE_BYTES)] ^= 1 << chance.below(8);
        std::fs::write(&store, &bytes).expect("writing");
        let mara = scene.companion(&folder, "pages");
        match mara.unlock(&scene.key(), &at(10)) {
            Err(told) => {
                assert_eq!((told.code(), told.detail().field), (Code::Corrupt, Some(Field::Store)), "page {page}");
                assert!(std::fs::read(&store).expect("a store") == bytes, "page {page}: the file was touched");
            }
            Ok(_) => {
                match seen(&mara, scene, &at(11)) {
                    Ok(seen) => assert_eq!(seen, shown, "page {page}: other words"),
                    Err(told) => assert_eq!(told.code(), Code::Corrupt, "page {page}"),
                }
                // What is whole can be folded or not; the words are where they were.
                let _ = mara.lock();
            }
        }
        let before = files(&folder);
        match mara.mend(&scene.key(), &at(12)) {
            Ok(_) => {
                mended += 1;
                mara.unlock(&scene.key(), &at(13)).unwrap_or_else(|failure| panic!("page {page}: {failure:?}"));
                assert_eq!(seen(&mara, scene, &at(14)).expect("reading"), shown, "page {page}");
                assert_eq!(mara.state_hash(&scene.space(), &at(15)).expect("open"), hash, "page {page}");
                assert_eq!(mara.state_hash(&own, &at(15)).expect("open"), own_hash, "page {page}");
                // Told as another device would tell it: what one batch made and changed at once is one line there.
                let again = history(&mara);
                assert!(again.iter().all(|line| told.contains(line)), "page {page}: {again:#?}");
                assert!(again.len() + 2 >= told.len(), "page {page}: {} of {} lines", again.len(), told.len());
                mara.lock().expect("locking");
                goes_on(scene, &folder, &scene.key(), &Told::parse(Scenario::Finish, ""));
            }
            Err(told) => {
                refused += 1;
                assert_eq!((told.code(), told.detail().field), (Code::Corrupt, Some(Field::Store)), "page {page}");
                let same = |name: &str| files(&folder).get(name) == before.get(name);
                assert!(same("store-1.db") && same("header.a") && same("header.b"), "page {page}: a file was touched");
                let left: Vec<_> = files(&folder).into_keys().filter(|name| name.starts_with("store-2")).collect();
                assert!(left.is_empty(), "page {page}: {left:?}");
            }
        }
        std::fs::remove_dir_all(folder).expect("a copy");
    }
    assert!(mended > 0 && refused > 0, "{mended} mended, {refused} refused: both kinds of pages are in the sample");
}

#[test]
fn a_whole_vault_is_not_mended() {
    let stage = stage();
    let scene = &stage.scene;
    let folder = stage.copy("not mended");
    let mara = scene.companion(&folder, "pages");
    let before = files(&folder);
    assert_eq!(mara.mend(&scene.key(), &at(1)).expect("whole").pages, Vec::<u32>::new());
    assert_eq!(files(&folder).get("store-1.db"), before.get("store-1.db"));
    assert_eq!(files(&folder).get("header.a"), before.get("header.a"));
}

/// What was saved and is in no signed batch yet is in the damaged store alone.
#[test]
fn mending_keeps_what_no_batch_has_yet() {
    let stage = stage();
    let scene = &stage.scene;
    let died = stage.copy("open batches");
    let mara = scene.companion(&died, "open");
    mara.unlock(&scene.key(), &at(1)).expect("it opens");
    let draft = NoteDraft { title: text("new"), body: text("nowhere else"), ..NoteDraft::default() };
    let new = NoteCommand::Create { draft }.command();
    let tag = NoteCommand::AddTag { note: scene.note(), tag: text("rain") }.command();
    mara.apply(&[new, tag], None, &at(2)).expect("saved");
    // The process dies: nothing is closed, folded or signed.
    drop(mara);
    let pages = std::fs::read(died.join("store-1.db")).expect("a store").len() / PAGE_BYTES;
    let mut mended = 0;
    for page in (2..pages).step_by(5) {
        let folder = stage.copy(&format!("open {page}"));
        std::fs::remove_dir_all(&folder).expect("a copy");
        belay_tests::faults::copy_folder(&died, &folder);
        scene.damage(&folder, page);
        let mara = scene.companion(&folder, "open again");
        let Ok(done) = mara.mend(&scene.key(), &at(3)) else { continue };
        assert_eq!(done.pages.len(), 1, "page {page}");
        mara.unlock(&scene.key(), &at(4)).expect("it opens");
        let seen = seen(&mara, scene, &at(5)).expect("reading");
        assert_eq!(seen.notes.get("new"), Some(&vec!["nowhere else".to_owned()]), "page {page}");
        let Answer::Note(kept) = &mara.read(&[Ask::Note { id: scene.note() }], &at(6)).expect("reading").answers[0]
        else {
            panic!("the note")
        };
        assert_eq!(kept.tags, [text("rain")], "page {page}");
        mara.lock().expect("locking");
        mended += 1;
    }
    assert!(mended > 0, "of {pages} pages none held caches alone");
}
