use super::note::{NoteState, acts, steps};
use super::{Act, ActKind, Doc, Kind, State, Step};
use crate::batch::{Birth, Body, Chunk, derive_actor};
use crate::editing::Splice;
use crate::error::Code;
use crate::ids::{ActorKey, ChangeId, DeviceId, DocId, SpaceId};

fn birth(kind: Kind) -> Birth {
    Birth { space: SpaceId([1; 32]), kind: kind.number(), writer: None, about: None, key: None, nonce: [7; 32] }
}

fn actor(doc: &DocId, who: u8) -> ActorKey {
    derive_actor(&DeviceId([who; 32]), doc, &[who; 16])
}

fn note() -> Doc {
    Doc::born(birth(Kind::Note)).unwrap()
}

fn state(doc: &Doc) -> NoteState {
    NoteState::read(doc.now())
}

#[test]
fn every_kind_begins_alike_on_every_device() {
    for kind in (1..=10).filter_map(Kind::from_number) {
        let (one, two) = (Doc::born(birth(kind)).unwrap(), Doc::born(birth(kind)).unwrap());
        assert_eq!(one.hash(), two.hash(), "{kind:?}");
        assert_eq!(one.heads().len(), 1, "{kind:?}");
        // An empty document is read without a surprise, and nothing happened in it.
        let read = State::read(kind, one.now());
        assert_eq!(read.acts_since(Some(&read)), Vec::new(), "{kind:?}");
    }
    assert_eq!(Kind::from_number(0), None);
    assert_eq!(Kind::from_number(11), None);
}

#[test]
fn containers_made_apart_are_one() {
    let (mut mara, mut theo) = (note(), note());
    let hers = mara.perform(actor(&mara.id(), 1), &steps::begin("", "Tea. ", &["sleep".into()])).unwrap();
    let his = theo.perform(actor(&theo.id(), 2), &steps::begin("", "Radio.", &["Sleep".into()])).unwrap();
    mara.apply(his).unwrap();
    theo.apply(hers).unwrap();
    assert_eq!(mara.hash(), theo.hash());
    let merged = state(&mara);
    assert!(merged.body.contains("Tea. ") && merged.body.contains("Radio."));
    assert_eq!(merged.tags.len(), 1);
}

#[test]
fn a_text_of_any_legal_length_fits_the_gate_in_pieces() {
    let mut doc = note();
    let body = "نقول 我們說 👩‍👩‍👧 pause. ".chars().cycle().take(100_000).collect::<String>();
    let made = doc.perform(actor(&doc.id(), 1), &steps::begin("", &body, &[])).unwrap();
    assert!(made.len() > 1);
    for change in &made {
        assert!(Doc::describe(change).unwrap().operations <= 5_000);
    }
    assert_eq!(state(&doc).body, body);
    let units = body.encode_utf16().count();
    let cut = steps::edit("body", vec![Splice { at: 0, remove: units - 3, insert: "x".into() }]);
    for change in doc.perform(actor(&doc.id(), 1), &[cut]).unwrap() {
        assert!(Doc::describe(&change).unwrap().operations <= 5_000);
    }
    assert!(state(&doc).body.starts_with('x') && state(&doc).body.chars().count() < 10);
}

#[test]
fn what_is_written_here_follows_in_one_line_as_a_batch_needs() {
    let mut doc = note();
    let me = actor(&doc.id(), 1);
    let mut made = doc.perform(me, &steps::begin("Morning", "Slept badly.", &[])).unwrap();
    made.extend(doc.perform(me, &[steps::pin(true)]).unwrap());
    made.extend(doc.perform(me, &[steps::trash(Some(5))]).unwrap());
    let chunks = made.into_iter().map(|raw| Chunk::read(raw).unwrap()).collect::<Vec<_>>();
    let body = Body { birth: Some(birth(Kind::Note)), changes: chunks };
    let again = Body::decode(&body.encode(&[3; 16]).unwrap()).unwrap();
    assert_eq!(again, body);
}

#[test]
fn nothing_done_makes_no_change_and_a_step_into_nowhere_is_refused() {
    let mut doc = note();
    let me = actor(&doc.id(), 1);
    assert_eq!(doc.perform(me, &[]).unwrap(), Vec::<Vec<u8>>::new());
    let nowhere = Step::Splice(vec!["layers".into(), "none".into()], vec![Splice::new(0, 0, "x")]);
    assert_eq!(doc.perform(me, &[nowhere]).unwrap_err().code(), Code::NotFound);
}

#[test]
fn an_unknown_revision_is_stale_and_never_reads_as_empty() {
    let mut doc = note();
    doc.perform(actor(&doc.id(), 1), &steps::begin("", "here", &[])).unwrap();
    let words = |heads: &[ChangeId]| doc.at(heads, |view| NoteState::read(view).body).map_err(|error| error.code());
    assert_eq!(words(&doc.heads()).unwrap(), "here");
    assert_eq!(words(&[ChangeId([9; 32])]), Err(Code::Stale));
    assert_eq!(words(&[]), Err(Code::Stale));
}

#[test]
fn a_snapshot_that_was_changed_does_not_pass_for_the_document() {
    let mut doc = note();
    doc.perform(actor(&doc.id(), 1), &steps::begin("Morning", "Slept badly.", &[])).unwrap();
    let whole = doc.snapshot().unwrap();
    assert_eq!(Doc::load(doc.birth().clone(), &whole).unwrap().hash(), doc.hash());
    let mut harmed = whole.clone();
    harmed[20] ^= 1;
    assert!(Doc::load(doc.birth().clone(), &harmed).is_err());
    assert!(Doc::load(doc.birth().clone(), &whole[..whole.len() / 2]).is_err());
}

#[test]
fn history_of_a_note_says_each_thing_once() {
    let kinds = |before: Option<&NoteState>, after: &NoteState| -> Vec<ActKind> {
        acts(before, after).into_iter().map(|act: Act| act.kind).collect()
    };
    let mut doc = note();
    let me = actor(&doc.id(), 1);
    doc.perform(me, &steps::begin("Morning", "Slept badly.", &[])).unwrap();
    let first = state(&doc);
    assert_eq!(kinds(None, &first), [ActKind::NoteMade]);
    doc.perform(me, &[steps::add_tag("Sleep"), steps::pin(true), steps::trash(Some(9))]).unwrap();
    let second = state(&doc);
    assert_eq!(kinds(Some(&first), &second), [ActKind::TagAdded, ActKind::Pinned, ActKind::Trashed]);
    doc.perform(me, &[steps::take_tag("sleep"), steps::pin(false), steps::trash(None)]).unwrap();
    assert_eq!(kinds(Some(&second), &state(&doc)), [ActKind::TagTaken, ActKind::Unpinned, ActKind::Restored]);
    assert_eq!(kinds(Some(&first), &state(&doc)), []);
}
