//! The index says what the rows say, and nothing of what may not be read or is gone.

use super::{behind, cases, ids, index_is_the_rows, note, page, rows, told};
use belay::clock::Stamp;
use belay::command::{Deed, GoalCommand, GoalDraft, NoteCommand, NoteField, StepDraft, TalkCommand};
use belay::document::State;
use belay::document::note::NoteState;
use belay::document::plan::PartOwner;
use belay::error::{Code, Error, Result};
use belay::ids::{DeviceId, DocId, ElementId, Rev};
use belay::projection::{Findable, Signer, compact_index, reindex, remove_rows, write_rows};
use belay::space::SpaceState;
use belay::store::documents;
use belay::view::{Answer, Ask, SearchIn, SearchOrder, SearchQuery, SearchRow, SearchTotal};
use belay_tests::{Chance, Device, Plan, World, next_act, text, until_quiet, whole};
use rusqlite::Connection;
use std::collections::BTreeSet;

fn rev(on: &Device, id: DocId) -> Rev {
    match on.ask(Ask::Note { id }) {
        Answer::Note(note) => note.rev,
        other => panic!("{other:?}"),
    }
}

/// Whether these bytes lie in the pages of the index.
fn index_holds(device: &Device, bytes: &str) -> bool {
    device.dump().iter().filter(|(table, _)| table.starts_with("search")).any(|(_, rows)| {
        let hex: String = bytes.bytes().map(|byte| format!("{byte:02x}")).collect();
        rows.iter().any(|row| row.contains(&hex) || row.contains(bytes))
    })
}

#[test]
fn words_leave_the_index_with_what_they_stood_in() {
    let world = World::new("gone");
    let mara = world.person("Mara");
    for number in 0..cases(40) {
        note(&mara, "", &format!("ordinary words {number} zzq zzqa zzqz of a day"));
    }
    let id = note(&mara, "zzqtitlecanary", "the zzqbodycanary sings");
    assert!(index_holds(&mara, "titlecanary") && index_holds(&mara, "bodycanary"), "the look itself works");
    let edit =
        NoteCommand::Edit { note: id, field: NoteField::Body, base: rev(&mara, id), text: whole("nothing sings") };
    mara.apply(edit);
    assert!(!index_holds(&mara, "odycanary") && index_holds(&mara, "titlecanary"));
    assert_eq!((rows(&mara, "zzqbodycanary").len(), rows(&mara, "nothing sings").len()), (0, 1));
    index_is_the_rows(&mara);

    mara.apply(NoteCommand::Trash { note: id });
    assert_eq!(rows(&mara, "zzqtitle").len(), 0, "what is in the trash is found when asked for");
    let trash = SearchQuery { within: SearchIn::Trash, ..SearchQuery::from("zzqtitle") };
    let found = page(&mara, trash.clone()).rows;
    assert_eq!(ids(&found), [id]);
    assert!(found[0].may.allows(Deed::Restore) && !found[0].may.allows(Deed::Edit));
    behind(&mara, |db| remove_rows(db, &id));
    assert_eq!(page(&mara, trash).rows.len(), 0);
    assert!(!index_holds(&mara, "itlecanary"), "gone from every page");
    behind(&mara, compact_index);
    assert!(!index_holds(&mara, "zzqt") && index_holds(&mara, "zzq"), "and from what parts the pages");
    index_is_the_rows(&mara);
}

#[test]
fn a_note_with_its_own_lock_is_never_told_by_a_word() {
    let world = World::new("locked");
    let mara = world.person("Mara");
    let (open, shut) = (note(&mara, "Radio", "tea with it"), note(&mara, "Radiocanary", "nobody reads canary"));
    assert_eq!(ids(&rows(&mara, "radio")), [shut, open]);
    let lock = |is_shut: bool| {
        behind(&mara, |db| {
            let record = documents::get(db, &shut)?.ok_or(Code::NotFound)?;
            let space = belay::store::spaces::get_space(db, &record.space)?.ok_or(Code::NotFound)?;
            let stamp = Stamp::at(1_795_334_500_000, "Europe/Lisbon");
            let signer = Signer { member: space.me, device: mara_device(db)?, stamp, commit: 1, wrote: None };
            let (title, body) = ("Radiocanary".to_owned(), "nobody reads canary".to_owned());
            let state = NoteState { title, body, extra_lock: is_shut, ..NoteState::default() };
            write_rows(db, &record, None, &State::Note(state), &signer)
        });
    };
    lock(true);
    for typed in ["radio", "radiocanary", "nobody", "canary"] {
        let found = page(&mara, SearchQuery::from(typed));
        assert!(!ids(&found.rows).contains(&shut), "{typed}");
        assert_eq!(found.locked, 1, "that there is one is told by the list of notes too");
    }
    assert!(!index_holds(&mara, "iocanary") && !index_holds(&mara, "obody"));
    index_is_the_rows(&mara);
    lock(false);
    assert_eq!(ids(&rows(&mara, "canary nob")), [shut]);
}

fn mara_device(db: &Connection) -> Result<DeviceId> {
    let sql = "SELECT name.value FROM batch JOIN name ON name.id = batch.device LIMIT 1";
    let found = db.query_row(sql, [], |row| row.get(0));
    found.map_err(Error::from)
}

/// Kind and snippet of what is found, in the order it comes.
fn kinds(on: &Device, typed: &str) -> Vec<(Findable, String)> {
    rows(on, typed).into_iter().map(|row| (row.kind, told(&row.spans))).collect()
}

#[test]
fn shared_words_are_found_where_they_are_shown_and_nowhere_else() {
    let world = World::new("shared");
    let (mara, theo, space) = world.mara_and_theo();
    let plan = Plan::made_by(&mara, Some(space), "wellness");
    mara.apply(plan.add("toolbox", "Tea with the radio on"));
    let line = plan.line(&mara, "toolbox", "Tea with the radio on");
    let draft = GoalDraft { title: text("Radio course"), towards: text("hands busy"), ..GoalDraft::default() };
    let goal = mara.apply(GoalCommand::Create { space: Some(space), draft }).made.expect("a goal");
    let draft = StepDraft { text: text("Ask the radio people"), ..StepDraft::default() };
    mara.apply(GoalCommand::AddStep { goal, draft, after: None });
    note(&mara, "", "a radio for me alone");
    until_quiet(&mara, &theo, &space);
    theo.apply(plan.suggest_change("toolbox", line.id, "Tea with the wireless on"));
    theo.apply(TalkCommand::Comment {
        on: plan.target("toolbox", None),
        text: text("My radio is old"),
        quote: text(""),
    });
    until_quiet(&mara, &theo, &space);

    let found = rows(&theo, "radio");
    let kinds_of = |rows: &[SearchRow]| rows.iter().map(|row| row.kind).collect::<BTreeSet<_>>();
    let shared = BTreeSet::from([Findable::Goal, Findable::Step, Findable::Line, Findable::Comment]);
    assert_eq!(kinds_of(&found), shared);
    assert_eq!(kinds_of(&rows(&mara, "radio")), [Findable::Note].into_iter().chain(shared).collect());
    let row = found.iter().find(|row| row.kind == Findable::Line).expect("the line");
    assert_eq!((row.id, row.element, row.part.as_deref()), (plan.id, Some(line.id), Some("toolbox")));
    assert_eq!((told(&row.spans).as_str(), row.inside.as_str()), ("Tea with the [radio] on", "Wellness plan"));
    assert_eq!(row.audience.people.len(), 2);
    assert_eq!(kinds(&mara, "wireless"), [(Findable::Idea, "Tea with the [wireless] on".to_owned())]);

    // Taken out, handed over, and words left where a part is not shown from any more.
    mara.apply(plan.take(line.id));
    assert!(!kinds_of(&rows(&mara, "radio")).contains(&Findable::Line));
    mara.apply(plan.add("toolbox", "Swim at noon"));
    mara.apply(plan.hand_over("toolbox", PartOwner::Both));
    until_quiet(&mara, &theo, &space);
    for device in [&mara, &theo] {
        let swims = rows(device, "swim");
        assert_eq!(swims.len(), 1, "{}: two documents hold it, one shows it", device.name);
        index_is_the_rows(device);
    }
}

#[test]
fn words_of_someone_whose_digits_were_not_compared_are_not_found() {
    let world = World::new("introduced");
    let (mara, theo, space) = world.mara_and_theo();
    let plan = Plan::made_by(&mara, Some(space), "wellness");
    mara.apply(plan.add("toolbox", "Tea with the radio on"));
    let draft = GoalDraft { title: text("Radio course"), towards: text("hands busy"), ..GoalDraft::default() };
    let goal = mara.apply(GoalCommand::Create { space: Some(space), draft }).made.expect("a goal");
    mara.apply(GoalCommand::AddStep {
        goal,
        draft: StepDraft { text: text("radio"), ..StepDraft::default() },
        after: None,
    });
    until_quiet(&mara, &theo, &space);
    theo.apply(plan.suggest("toolbox", "Another radio"));
    theo.apply(TalkCommand::Comment { on: plan.target("toolbox", None), text: text("radio"), quote: text("") });
    assert_eq!(rows(&theo, "radio").len(), 5);
    let stage = |state: SpaceState| {
        behind(&theo, |db| {
            let code = u32::from(state.code());
            Ok(db.execute("UPDATE space SET stage = ?2 WHERE id = ?1", rusqlite::params![space, code])?)
        })
    };
    assert_eq!(stage(SpaceState::Introduced), 1);
    for order in [SearchOrder::Newest, SearchOrder::Best] {
        let query = SearchQuery { order, total: SearchTotal::Counted, ..SearchQuery::from("radio") };
        let found = page(&theo, query);
        assert_eq!((found.rows.len(), found.total, found.next), (0, Some(0), None));
    }
    stage(SpaceState::Checked);
    assert_eq!(rows(&theo, "radio").len(), 5);
}

/// Stories of two devices: whatever was written, suggested, decided, taken out and merged, the index says what the rows
/// say, and an index made anew says the same.
#[test]
fn the_index_says_what_the_rows_say_after_any_story() {
    for seed in 0..cases(3) {
        let world = World::new(format!("index {seed}"));
        let (mara, theo, space) = world.mara_and_theo();
        let chance = &mut Chance::new(seed as u64);
        for turn in 0..40 {
            let device = if chance.percent(50) { &mara } else { &theo };
            let mark = format!("word{turn} 日本{turn}");
            if let Some(command) = next_act(device, &space, &mark, chance) {
                // Some are refused; that is another test's matter.
                let _ = device.attempt(command);
            }
            if chance.percent(15) {
                until_quiet(&mara, &theo, &space);
            }
        }
        for device in [&mara, &theo] {
            index_is_the_rows(device);
            let found = |device: &Device| -> BTreeSet<(DocId, Option<ElementId>)> {
                rows(device, "word").into_iter().map(|row| (row.id, row.element)).collect()
            };
            let before = found(device);
            behind(device, reindex);
            index_is_the_rows(device);
            assert_eq!(found(device), before, "{seed}: {}", device.name);
            assert!(!before.is_empty());
        }
    }
}

#[test]
fn an_index_of_another_fold_is_made_anew_at_the_next_unlock() {
    let world = World::new("fold");
    let mara = world.person("Mara");
    let id = note(&mara, "", "the radio");
    behind(&mara, |db| {
        db.execute_batch(
            "INSERT INTO search (search) VALUES ('delete-all'); UPDATE counter SET value = 0 WHERE name = 'search_fold'",
        )?;
        Ok(())
    });
    assert_eq!(ids(&rows(&mara, "radio")), [id], "resuming is opening");
    mara.lock_and_unlock();
    assert_eq!(ids(&rows(&mara, "radio")), [id]);
    index_is_the_rows(&mara);
}
