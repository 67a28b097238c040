//! A document whose snapshot does not load back: frozen, readable, and gone on with in a successor.

use super::*;
use crate::command::{ForgetCommand, NoteCommand, NoteDraft, NoteField, RelationshipCommand, TextEdit};
use crate::document::DOES_NOT_LOAD_BACK;
use crate::view::NoteDetail;

fn apply(who: &Companion, command: Command) -> Outcome {
    who.apply(&[command], None, &at(20)).unwrap().outcomes.remove(0)
}

fn note(who: &Companion, title: &str) -> DocId {
    let draft = NoteDraft { title: title.into(), body: "Walk".into(), tags: vec!["calm".into()] };
    apply(who, Command::Note(NoteCommand::Create { draft })).made.unwrap()
}

fn detail(who: &Companion, note: DocId) -> NoteDetail {
    match who.read(&[Ask::Note { id: note }], &at(21)).unwrap().answers.remove(0) {
        Answer::Note(note) => *note,
        other => panic!("{other:?}"),
    }
}

fn edit(who: &Companion, note: DocId, body: &str) -> Answered<Applied> {
    let (field, base) = (NoteField::Body, detail(who, note).rev);
    let edit = NoteCommand::Edit { note, field, base, text: TextEdit::Whole(body.into()) };
    who.apply(&[Command::Note(edit)], None, &at(20))
}

/// Closes one batch after the other until a snapshot is due and does not load back.
fn freeze(who: &Companion, note: DocId) -> String {
    for number in 0..70 {
        let body = format!("Walk {number}");
        edit(who, note, &body).unwrap();
        hash_all(who);
        if detail(who, note).repair.is_some() {
            return body;
        }
    }
    panic!("a snapshot was due");
}

#[test]
fn it_stays_readable_refuses_writes_and_goes_on_in_another() {
    let folder = tempfile::tempdir().unwrap();
    let who = someone(&folder.path().join("vault"), 1);
    let own = who.own_space().unwrap();
    let (other, sick) = (note(&who, "sound"), note(&who, DOES_NOT_LOAD_BACK));
    let body = freeze(&who, sick);
    // Readable, and said to need repair; nothing more is written into it.
    let shown = detail(&who, sick);
    assert_eq!(shown.body.as_str(), body);
    assert_eq!(shown.repair.map(|stage| stage.label), Some("Needs repair".to_owned()));
    assert_eq!(edit(&who, sick, "More").unwrap_err().code(), Code::Corrupt);
    let tag = NoteCommand::AddTag { note: sick, tag: "new".into() };
    assert_eq!(who.apply(&[Command::Note(tag)], None, &at(20)).unwrap_err().code(), Code::Corrupt);
    // Nothing else is touched: others are written, and hash, pause and backup work.
    edit(&who, other, "Tea").unwrap();
    who.state_hash(&own, &at(22)).unwrap();
    who.pause(&at(23)).unwrap();
    who.resume(&at(24)).unwrap();
    let words = UnlockWith::Passphrase(SecretText::new("a long enough passphrase".into()));
    who.backup_to(&folder.path().join("backup"), &words, None, &at(25)).unwrap();
    assert_eq!(detail(&who, sick).body.as_str(), body);
    let Answer::Repairs(rows) = who.read(&[Ask::Repairs], &at(26)).unwrap().answers.remove(0) else { panic!() };
    assert_eq!(rows.iter().map(|row| (row.doc, row.mine)).collect::<Vec<_>>(), [(sick, true)]);
    // It goes on in a successor with all it said; what is left of the old one is a fact.
    let into = apply(&who, Command::Forget(ForgetCommand::Past { doc: sick })).made.unwrap();
    let gone_on = detail(&who, into);
    assert_eq!((gone_on.body.as_str(), gone_on.repair), (body.as_str(), None));
    assert_eq!(gone_on.tags.iter().map(PersonText::as_str).collect::<Vec<_>>(), ["calm"]);
    edit(&who, into, "And on").unwrap();
    let answer = who.read(&[Ask::Note { id: sick }, Ask::Repairs], &at(27)).unwrap().answers;
    assert_eq!(answer, [Answer::No(Code::NotFound), Answer::Repairs(Vec::new())]);
    who.state_hash(&own, &at(28)).unwrap();
    who.pause(&at(29)).unwrap();
    who.resume(&at(30)).unwrap();
    assert_eq!(detail(&who, into).body.as_str(), "And on");
}

/// The lists that a phone finds its way by have no successor to go on in.
#[test]
fn a_list_goes_on_without_a_snapshot() {
    let folder = tempfile::tempdir().unwrap();
    let who = someone(&folder.path().join("vault"), 1);
    let own = who.own_space().unwrap();
    for number in 0..70 {
        let name = format!("{DOES_NOT_LOAD_BACK} {number}").into();
        apply(&who, Command::Relationship(RelationshipCommand::MyName { space: None, name }));
        hash_all(&who);
    }
    let Answer::Repairs(rows) = who.read(&[Ask::Repairs], &at(26)).unwrap().answers.remove(0) else { panic!() };
    assert_eq!(rows, []);
    let hash = who.state_hash(&own, &at(27)).unwrap();
    who.lock().unwrap();
    who.unlock(&UnlockWith::Passphrase(SecretText::new("a long enough passphrase".into())), &at(28)).unwrap();
    assert_eq!(who.state_hash(&own, &at(29)).unwrap(), hash, "made from its batches");
    apply(&who, Command::Relationship(RelationshipCommand::MyName { space: None, name: "Mara".into() }));
    assert_ne!(who.state_hash(&own, &at(30)).unwrap(), hash);
}
