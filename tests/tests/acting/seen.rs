//! What a preview says: who would read it, what would leave, and a hash that stands for both.

use super::{does, sees};
use belay::command::{Command, ForgetCommand, NoteCommand, NoteDraft, NoteField, PlanCommand, TalkCommand, Target};
use belay::command::{RelationshipCommand, UndoToken, Warning};
use belay::document::lane::IdeaKind;
use belay::error::Code;
use belay::ids::Hash32;
use belay::text::PersonText;
use belay::view::{Answer, Ask};
use belay_tests::{Act, Device, Plan, World, exchange_once, plans, text, unchanged, whole};

fn words(leaves: &[PersonText]) -> Vec<&str> {
    leaves.iter().map(PersonText::as_str).collect()
}

#[test]
fn a_private_note_leaves_nothing_and_a_shared_line_is_told_to_the_letter() {
    let world = World::new("seen leaves");
    let (mara, theo, space) = world.mara_and_theo();
    let draft = NoteDraft { title: text("Night"), body: text("Bad"), tags: vec![text("sleep")] };
    let seen = sees(&mara, NoteCommand::Create { draft });
    let own = mara.companion.own_space().expect("open");
    assert_eq!((seen.leaves.as_slice(), seen.warnings.as_slice()), (&[][..], &[][..]));
    assert_eq!((seen.audience, seen.confirmation), (vec![mara.member(&own)], None));

    let plan = Plan::made_by(&mara, Some(space), "wellness");
    let part = plans(&mara)[0].parts[0].key.clone();
    let seen = sees(&mara, plan.add(&part, "Tea by the river"));
    assert_eq!(words(&seen.leaves), ["Tea by the river"]);
    assert_eq!(seen.warnings, [Warning::StaysInHistory]);
    let mut both = vec![mara.member(&space), theo.member(&space)];
    both.sort();
    assert_eq!(seen.audience, both, "I30: exactly who could decrypt it");

    does(&mara, plan.add(&part, "Tea"));
    exchange_once(&mara, &theo, &space);
    let line = plan.line(&mara, &part, "Tea");
    let text_edit = whole("Tea and a walk");
    let edit = PlanCommand::EditEntry { plan: plan.id, entry: line.id, base: line.rev, text: text_edit };
    assert_eq!(words(&sees(&mara, edit).leaves), [" and a walk"], "what was there has left before");
    let on = Target { doc: plan.id, part: Some(part.clone()), element: Some(line.id) };
    let (kind, alternatives) = (IdeaKind::Change, vec![text("Coffee"), text("Milk")]);
    let suggest = TalkCommand::Suggest { on: on.clone(), kind, alternatives, why: text("A change"), after: None };
    let seen = sees(&theo, suggest);
    let mut leaves = words(&seen.leaves);
    leaves.sort_unstable();
    assert_eq!(leaves, ["A change", "Coffee", "Milk"]);
    let (kind, alternatives) = (IdeaKind::Move, Vec::new());
    let moved = TalkCommand::Suggest { on, kind, alternatives, why: text(""), after: None };
    assert_eq!(words(&sees(&theo, moved).leaves), [""; 0], "a place is no word");
    let nickname = RelationshipCommand::Nickname { space, name: text("Hers alone") };
    assert_eq!(words(&sees(&mara, nickname).leaves), [""; 0]);
}

#[test]
fn someone_who_left_is_no_reader() {
    let world = World::new("seen left");
    let (mara, theo, space) = world.mara_and_theo();
    let plan = Plan::made_by(&mara, Some(space), "wellness");
    let part = plans(&mara)[0].parts[0].key.clone();
    let key = mara.secret();
    assert_eq!(sees(&mara, plan.add(&part, "Tea")).audience.len(), 2);
    // Whatever the view tells of an audience is what a preview tells.
    let Answer::Audience(told) = mara.ask(Ask::Audience { of: plan.id }) else { panic!("an audience") };
    let mut told: Vec<_> = told.people.iter().map(|person| person.member).collect();
    told.sort();
    assert_eq!(sees(&mara, plan.add(&part, "Tea")).audience, told);
    let _ = (theo, key);
}

#[test]
fn the_hash_is_the_same_while_nothing_changes() {
    let world = World::new("seen hash");
    let (mara, theo, space) = world.mara_and_theo();
    let plan = Plan::made_by(&mara, Some(space), "wellness");
    let part = plans(&mara)[0].parts[0].key.clone();
    does(&mara, plan.add(&part, "Tea"));
    exchange_once(&mara, &theo, &space);
    let draft = NoteDraft { body: text("Bad"), ..NoteDraft::default() };
    let note = does(&mara, NoteCommand::Create { draft: draft.clone() }).outcomes[0].made.expect("a note");
    let line = plan.line(&mara, &part, "Tea");
    let (id, entry) = (plan.id, line.id);
    let on = Target { doc: id, part: Some(part.clone()), element: Some(entry) };
    let base = line.rev.clone();
    let hers: Vec<Command> = vec![
        NoteCommand::Create { draft }.command(),
        NoteCommand::Trash { note }.command(),
        plan.add(&part, "Radio").command(),
        PlanCommand::EditEntry { plan: id, entry, base, text: whole("Tea.") }.command(),
        PlanCommand::TakeEntry { plan: id, entry }.command(),
        PlanCommand::Create { space: Some(space), template: "wellness".to_owned(), title: text("") }.command(),
        TalkCommand::Comment { on, text: text("Mine"), quote: text("") }.command(),
        ForgetCommand::Everything { doc: note }.command(),
        ForgetCommand::Past { doc: note }.command(),
    ];
    let hashes =
        |device: &Device| -> Vec<Hash32> { hers.iter().map(|command| sees(device, command.clone()).hash).collect() };
    let first = hashes(&mara);
    for (at, hash) in first.iter().enumerate() {
        assert!(!first[..at].contains(hash), "two commands, two hashes");
    }
    mara.wait(86_400_000);
    assert_eq!(hashes(&mara), first, "time is not what is shown");
    mara.lock_and_unlock();
    assert_eq!(hashes(&mara), first);
    does(&mara, NoteCommand::Pin { note });
    let edit = 3;
    assert_eq!(hashes(&mara)[edit], first[edit], "what lies elsewhere is not what is shown");
    // What would leave is another now: it stands between other words.
    let line = plan.line(&mara, &part, "Tea");
    let text_edit = whole("My Tea");
    does(&mara, PlanCommand::EditEntry { plan: id, entry, base: line.rev, text: text_edit });
    assert_ne!(hashes(&mara)[edit], first[edit]);
}

#[test]
fn a_preview_says_no_as_apply_does_and_leaves_no_trace() {
    let world = World::new("seen no");
    let (mara, theo, space) = world.mara_and_theo();
    let plan = Plan::made_by(&mara, Some(space), "wellness");
    let part = plans(&mara)[0].parts[0].key.clone();
    does(&mara, plan.add(&part, "Tea"));
    let draft = NoteDraft { body: text("Bad"), ..NoteDraft::default() };
    let note = does(&mara, NoteCommand::Create { draft }).outcomes[0].made.expect("a note");
    exchange_once(&mara, &theo, &space);
    let (hash, before) = (mara.hash(&space), mara.dump());
    let commit = mara.companion.changes_since(0).expect("open").to;
    let rev = || match mara.ask(Ask::Note { id: note }) {
        Answer::Note(note) => note.rev,
        other => panic!("{other:?}"),
    };
    let edit = |words: &str| {
        let (field, text) = (NoteField::Body, whole(words));
        NoteCommand::Edit { note, field, base: rev(), text }.command()
    };
    let fine: Vec<Command> = vec![
        edit("Better"),
        NoteCommand::Trash { note }.command(),
        plan.add(&part, "Radio").command(),
        ForgetCommand::Everything { doc: plan.id }.command(),
        ForgetCommand::Past { doc: plan.id }.command(),
        PlanCommand::SetOwner { plan: plan.id, part, owner: belay::document::plan::PartOwner::Both }.command(),
    ];
    fine.iter().for_each(|command| drop(sees(&mara, command.clone())));
    let unknown = Command::Undo { token: UndoToken("4".repeat(26)) };
    for (bad, code) in [
        (edit(&"x".repeat(100_001)), Code::TooLong),
        (NoteCommand::Restore { note }.command(), Code::Duplicate),
        (unknown, Code::NotFound),
        (NoteCommand::Create { draft: NoteDraft::default() }.command(), Code::Empty),
    ] {
        let failure = mara.companion.preview(&bad, &mara.at()).expect_err("it would not be done");
        assert_eq!((failure.code(), failure.detail().command), (code, None));
        assert_eq!(mara.refused(bad), code);
    }
    unchanged(&before, &mara.dump());
    assert_eq!(mara.companion.changes_since(0).expect("open").to, commit);
    assert_eq!(mara.hash(&space), hash);
    // Memory is as it was: words go on from where they were.
    does(&mara, edit("Better and better"));
    exchange_once(&mara, &theo, &space);
    assert_eq!(mara.hash(&space), theo.hash(&space));
}

#[test]
fn nothing_is_previewed_before_the_notice_is_understood() {
    let world = World::new("seen notice");
    let mut mara = world.bare("Mara");
    mara.create();
    let draft = NoteDraft { body: text("Bad"), ..NoteDraft::default() };
    let seen = mara.companion.preview(&NoteCommand::Create { draft }.command(), &mara.at());
    assert_eq!(seen.expect_err("not yet").code(), Code::NeedsAcknowledgement);
}

#[test]
fn forgetting_says_what_goes() {
    let world = World::new("seen forget");
    let (mara, theo, space) = world.mara_and_theo();
    let plan = Plan::made_by(&mara, Some(space), "relationship");
    exchange_once(&mara, &theo, &space);
    let all = sees(&mara, ForgetCommand::Everything { doc: plan.id });
    assert_eq!(all.warnings, [Warning::Lasting, Warning::WordsGo]);
    assert_eq!(all.audience.len(), 2);
    let his = plans(&theo)[0].parts.iter().any(|part| {
        let add = PlanCommand::AddEntry { plan: plan.id, part: part.key.clone(), text: text("His"), after: None };
        part.ownership.kind == belay::view::OwnershipKind::Each && theo.attempt(add).is_ok()
    });
    assert!(his, "a part with a column each");
    exchange_once(&mara, &theo, &space);
    let past = sees(&mara, ForgetCommand::Past { doc: plan.id });
    assert!(past.warnings.contains(&Warning::OthersWordsStay), "{:?}", past.warnings);
}
