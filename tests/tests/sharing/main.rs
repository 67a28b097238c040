//! A copy of a note, or of a part of it, given from an exact preview and taken back (domain.md I2, I23, I26, I30; J1 8, 12,
//! 13), on whole companions: what the other side holds is read off its opened store, beside a control that is found.

#![allow(clippy::indexing_slicing, reason = "a test that reads past the end fails, as it should")]

mod elsewhere;
mod forged;
mod refused;
mod scene;
mod told;

use belay::command::{ConsentCommand, ForgetCommand, GiftDraft, NoteCommand, NoteField, WithTitle};
use belay::error::Code;
use belay::text::PersonText;
use belay::view::{Answer, Ask, ShareFilter, ShareSide};
use belay_tests::{Circle, until_quiet, whole as whole_text};
use scene::*;
use std::collections::BTreeSet;

const DAY_MS: i64 = 86_400_000;

#[test]
fn a_part_of_a_note_is_all_that_the_other_store_holds_of_it() {
    let scene = Scene::new("a part");
    let (mara, theo, (ana, other)) = (&scene.mara, &scene.theo, scene.other());
    let shown = previewed(mara, &scene.part());
    assert_eq!(shown.leaves.iter().map(PersonText::as_str).collect::<Vec<_>>(), [EXCERPT]);
    assert_eq!(shown.confirmation, None);
    // Exactly those who are able to read it (I30).
    let members = BTreeSet::from([mara.member(&scene.space), theo.member(&scene.space)]);
    assert_eq!(shown.audience.iter().copied().collect::<BTreeSet<_>>(), members);
    let id = scene.given();
    until_quiet(mara, &ana, &other);
    let got = copy(theo, id);
    assert_eq!((got.text.as_str(), got.row.title.as_str(), got.row.side), (EXCERPT, "", ShareSide::Received));
    let audience = got.audience.people.iter().map(|person| person.member).collect::<BTreeSet<_>>();
    assert_eq!(audience, members);
    assert!(matches!(theo.ask(Ask::Audience { of: id }), Answer::Audience(of) if of.people.len() == 2));
    assert_eq!(mara.hash(&scene.space), theo.hash(&scene.space));

    // The control: what is looked for is found where it is, and what was given is found with Theo.
    let needles: [Vec<u8>; 10] = [
        TITLE.into(),
        BEFORE.into(),
        AFTER.into(),
        TAG.into(),
        scene.note.0.to_vec(),
        scene.note.to_string().into_bytes(),
        ana.name.clone().into_bytes(),
        other.0.to_vec(),
        other.to_string().into_bytes(),
        ana.id().0.to_vec(),
    ];
    for (at, needle) in needles.iter().enumerate() {
        assert!(gives_away(mara, needle), "needle {at} is with Mara");
        assert!(!gives_away(theo, needle), "needle {at} is not with Theo");
    }
    assert!(gives_away(theo, EXCERPT.as_bytes()) && theo.holds(EXCERPT));
    for words in [EXCERPT, TITLE, BEFORE, AFTER, theo.name.as_str()] {
        assert!(!gives_away(&ana, words.as_bytes()), "Ana");
        assert!(!mara.files_hold(words) && !theo.files_hold(words), "in the closed files");
    }
    // What was agreed to stays with Mara.
    assert!(gives_away(mara, b"share-item") && !gives_away(theo, b"share-item"));
}

#[test]
fn later_edits_and_the_end_of_the_note_leave_the_copy_as_it_was_given() {
    let scene = Scene::new("later");
    let (mara, theo) = (&scene.mara, &scene.theo);
    let id = give(mara, &GiftDraft { title: WithTitle::Included, ..whole(scene.note, scene.space) });
    scene.tell();
    let before = copy(theo, id);
    assert_eq!((before.row.title.as_str(), before.text.as_str()), (TITLE, body().as_str()));
    assert!(!theo.holds(TAG), "tags are not given");
    let rev = note_detail(mara, scene.note).rev;
    let text = whole_text("Nothing of that. Stubborn avocet.");
    mara.apply(NoteCommand::Edit { note: scene.note, field: NoteField::Body, base: rev, text });
    assert!(gives_away(mara, b"Stubborn avocet"), "the control");
    mara.apply(NoteCommand::Trash { note: scene.note });
    scene.tell();
    for device in [mara, theo] {
        assert_eq!(copy(device, id).text.as_str(), body(), "{}", device.name);
    }
    mara.apply(ForgetCommand::Everything { doc: scene.note });
    scene.tell();
    assert_eq!(copy(theo, id).text, before.text);
    assert!(!gives_away(theo, b"Stubborn avocet"));
    // The copy can be taken back all the same.
    take_back(mara, id);
    scene.tell();
    assert_eq!(theo.ask(Ask::Copy { id }), Answer::No(Code::NotFound));
}

#[test]
fn what_is_taken_back_is_hidden_at_once_told_as_a_row_and_its_words_go() {
    let scene = Scene::new("taken back");
    let (mara, theo) = (&scene.mara, &scene.theo);
    let id = scene.given();
    assert!(gives_away(theo, EXCERPT.as_bytes()), "the control");
    take_back(mara, id);
    let mine = only(mara);
    assert_eq!((mine.stage.code.as_str(), mine.snippet.as_str()), ("taken-back", ""));
    let said =
        |row: &belay::view::ShareRow| row.receipts.iter().map(|said| said.stage.code.clone()).collect::<Vec<_>>();
    assert_eq!(said(&mine), ["asked"], "asked, and nothing is known yet");
    assert!(mine.stage_label.contains('0') && mine.stage_label.contains("cannot know"), "{}", mine.stage_label);
    assert_eq!(mara.ask(Ask::Copy { id }), Answer::No(Code::NotFound));
    until_quiet(mara, theo, &scene.space);
    // Theo sees that it was there, from whom, and when; no word of it.
    assert_eq!(theo.ask(Ask::Copy { id }), Answer::No(Code::NotFound));
    let row = only(theo);
    assert_eq!((row.id, row.stage.code.as_str(), row.by.is_me), (id, "taken-back", false));
    assert!(row.title.is_empty() && row.snippet.is_empty() && row.taken_back.is_some());
    assert!(row.stage_label.contains("Mara"), "{}", row.stage_label);
    assert_eq!(row.when.unix_ms, only(mara).when.unix_ms, "when it was given stays");
    assert_eq!(said(&only(mara)), ["confirmed"]);
    assert!(only(mara).stage_label.contains('1'));
    // Held out of sight, then gone: by a purge here,
    assert!(theo.holds(EXCERPT));
    mara.companion.purge(&[id], &mara.secret(), &mara.at()).expect("the right secret");
    until_quiet(mara, theo, &scene.space);
    assert!(!theo.holds(EXCERPT) && !gives_away(theo, EXCERPT.as_bytes()));
    assert_eq!(said(&only(mara)), ["confirmed"]);
    // and the note itself is with Mara as before.
    assert!(mara.holds(EXCERPT));
    assert_eq!(mara.hash(&scene.space), theo.hash(&scene.space));
    theo.lock_and_unlock();
    assert_eq!(only(theo).stage.code, "taken-back");
}

#[test]
fn without_a_purge_the_words_go_after_thirty_days_and_no_hash_that_stays_confirms_a_guess() {
    let scene = Scene::new("thirty days");
    let (mara, theo) = (&scene.mara, &scene.theo);
    let id = scene.given();
    take_back(mara, id);
    scene.tell();
    theo.wait(30 * DAY_MS);
    theo.lock_and_unlock();
    assert!(!theo.holds(EXCERPT) && !gives_away(theo, EXCERPT.as_bytes()));
    // What stays is the birth, whose nonce is made with a salt that went with the words.
    let piece = belay::crypto::hash::sha256(&[b"belay/copy/piece/1", EXCERPT.as_bytes()]);
    assert!(gives_away(theo, &id.0) && !gives_away(theo, &piece));
}

#[test]
fn the_same_part_given_to_two_leads_from_neither_to_the_other() {
    let scene = Scene::new("two");
    let (mara, theo, (ana, other)) = (&scene.mara, &scene.theo, scene.other());
    let one = give(mara, &scene.part());
    let two = give(mara, &GiftDraft { to: other, ..scene.part() });
    assert_ne!(one, two);
    scene.tell();
    until_quiet(mara, &ana, &other);
    for (device, other, id) in [(theo, &ana, two), (&ana, theo, one)] {
        assert_eq!(only(device).snippet.as_str(), EXCERPT);
        assert!(!gives_away(device, &id.0) && !gives_away(device, other.name.as_bytes()), "{}", device.name);
    }
    // Beyond the words themselves nothing is in both: no salt, seal or nonce.
    assert_ne!(mara.look(|db| nonce_of(db, &one)), mara.look(|db| nonce_of(db, &two)));
    take_back(mara, one);
    scene.tell();
    assert_eq!((only(theo).stage.code.as_str(), only(&ana).stage.code.as_str()), ("taken-back", "given"));
    let of_note = |side| {
        let filter = ShareFilter { note: Some(scene.note), side, ..ShareFilter::default() };
        shares(mara, filter).len()
    };
    assert_eq!((of_note(None), of_note(Some(ShareSide::Given)), of_note(Some(ShareSide::Received))), (2, 2, 0));
    assert_eq!(shares(mara, ShareFilter { with: Some(other), ..ShareFilter::default() })[0].id, two);
    assert_eq!(note_detail(mara, scene.note).given.len(), 2);
}

fn nonce_of(db: &rusqlite::Connection, id: &belay::ids::DocId) -> belay::error::Result<[u8; 32]> {
    Ok(belay::store::documents::get(db, id)?.expect("a copy").nonce)
}

#[test]
fn a_long_note_is_given_whole_and_shows_only_when_all_of_it_came() {
    let scene = Scene::new("long");
    let (mara, theo) = (&scene.mara, &scene.theo);
    let long: String = "نقول 我們說 👩‍👩‍👧 pause.\n".chars().cycle().take(100_000).collect();
    let rev = note_detail(mara, scene.note).rev;
    let text = whole_text(&long);
    mara.apply(NoteCommand::Edit { note: scene.note, field: NoteField::Body, base: rev, text });
    let id = give(mara, &whole(scene.note, scene.space));
    scene.tell();
    assert_eq!(copy(theo, id).text.as_str(), long);
    assert_eq!(only(theo).from_label, "From a note of \u{2068}Mara\u{2069}, all of it.");
    theo.lock_and_unlock();
    assert_eq!(copy(theo, id).text.as_str(), long);
    assert_eq!(mara.hash(&scene.space), theo.hash(&scene.space));
}

#[test]
fn my_other_phone_knows_what_i_gave_and_may_take_it_back() {
    let world = belay_tests::World::new("other phone");
    let circle = Circle::new(&world, 2, 1);
    let (here, there, theo) = (&circle.devices[0], &circle.devices[1], &circle.devices[2]);
    let mine = note(here);
    let id = give(here, &GiftDraft { part: Some(excerpt()), ..whole(mine, circle.space) });
    circle.tell_everything();
    assert_eq!(only(there).note, Some(mine), "what leads from the copy to the note is on my phones");
    assert_eq!(note_detail(there, mine).given[0].id, id);
    assert_eq!(only(theo).note, None);
    assert_eq!(theo.refused(ConsentCommand::TakeBack { copy: id }), Code::NotOwner);
    take_back(there, id);
    circle.tell_everything();
    circle.tell_everything();
    for device in &circle.devices {
        assert_eq!(only(device).stage.code, "taken-back", "{}", device.name);
    }
    let own = here.companion.own_space().expect("open");
    assert_eq!(here.hash(&own), there.hash(&own));
    assert_eq!(here.hash(&circle.space), theo.hash(&circle.space));
    let until =
        here.look(|db| Ok(db.query_row("SELECT until_ms IS NOT NULL FROM consent", [], |row| row.get::<_, bool>(0))?));
    assert!(until, "the consent ended with it");
    assert_eq!(only(here).receipts.len(), 2, "Theo's phone and my other one");
}
