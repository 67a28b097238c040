//! One story through the exports alone, as a facade would tell it: two vaults meet by file, shape a plan, type in a note,
//! preview and take back.

use crate::kit::{Vault, at};
use belay::command::{
    Command, Decision, DoneHere, DoneKind, NoteCommand, NoteDraft, PlanCommand, TalkCommand, Target, TextTarget,
};
use belay::companion::{
    ExchangeEnd, ExchangeIn, ExchangeKind, ExchangeOut, ExchangeShow, Job, JobOutcome, Settle, Splice16, TextChange,
    TextNow,
};
use belay::document::lane::IdeaKind;
use belay::error::Code;
use belay::exchange::Scope;
use belay::exchange::pairing::InviteTerms;
use belay::ids::{DocId, SpaceId};
use belay::space::Role;
use belay::text::PersonText;
use belay::view::{Answer, Ask, At, IdeaDetail, NoteDetail, PlanDetail};
use belay_ffi::BelayCore;
use std::path::Path;

fn read(core: &BelayCore, ask: Ask) -> Answer {
    let reading = core.read(&[ask], 0, &at(60)).expect("it is open");
    reading.answers.into_iter().next().expect("one answer an ask")
}

fn note(core: &BelayCore, id: DocId) -> NoteDetail {
    let Answer::Note(note) = read(core, Ask::Note { id }) else { panic!("a note") };
    *note
}

fn plan(core: &BelayCore, id: DocId) -> PlanDetail {
    let Answer::Plan(plan) = read(core, Ask::Plan { id }) else { panic!("a plan") };
    *plan
}

fn apply(core: &BelayCore, command: Command) -> belay::command::Outcome {
    let applied = core.apply(&[command], &None, &at(50)).expect("it is done");
    applied.outcomes.into_iter().next().expect("one outcome a command")
}

fn step(core: &BelayCore, out: &ExchangeOut, what: &ExchangeIn) -> ExchangeOut {
    core.exchange_step(&out.id, what, &at(40)).expect("a step")
}

fn sent(out: &ExchangeOut) -> Vec<u8> {
    out.send.clone().expect("something to carry")
}

fn digits(out: &ExchangeOut) -> ExchangeIn {
    let Some(ExchangeShow::Digits { digits }) = &out.show else { panic!("digits") };
    ExchangeIn::Typed { digits: digits.clone() }
}

fn meet(mara: &BelayCore, theo: &BelayCore) -> SpaceId {
    let invite = ExchangeKind::Invite { terms: InviteTerms::relationship(Role::Person), name: "Theo".into() };
    let invited = mara.exchange_open(&invite, &at(40)).expect("an invitation");
    let join = ExchangeKind::Join { payload: sent(&invited), words: None, name: "Mara".into() };
    let joined = theo.exchange_open(&join, &at(40)).expect("a reply");
    let completed = step(mara, &invited, &ExchangeIn::Bytes { bytes: sent(&joined) });
    let taken = step(theo, &joined, &ExchangeIn::Bytes { bytes: sent(&completed) });
    let ended = step(mara, &completed, &digits(&taken)).end;
    assert!(step(theo, &taken, &digits(&completed)).end.is_some());
    let Some(ExchangeEnd::Done { space }) = ended else { panic!("the digits are the same: {ended:?}") };
    space
}

fn work(core: &BelayCore, job: Job) -> JobOutcome {
    let id = core.job_open(job, &at(55)).expect("a job");
    let progress = loop {
        let progress = core.job_step(id, 20, &at(55)).expect("a step");
        if progress.finished {
            break progress;
        }
    };
    core.job_close(id).expect("it is one");
    progress.outcome.expect("a finished job made something")
}

fn carry(from: &BelayCore, to: &BelayCore, space: SpaceId, folder: &Path) {
    let file = folder.join("carried.belay");
    work(from, Job::BundleOut { space: Some(space), scope: Scope::SinceLast, file: file.clone() });
    let JobOutcome::BundleIn { report } = work(to, Job::BundleIn { file }) else { panic!("a bundle") };
    assert_eq!((report.kept_out, report.not_taken), (0, 0));
}

#[test]
fn two_meet_shape_a_plan_and_hold_the_same() {
    let (mara, theo) = (Vault::new(), Vault::new());
    let space = meet(&mara.core, &theo.core);
    let folder = mara.folder.path();
    let create = PlanCommand::Create { space: Some(space), template: "safety".into(), title: "Hard nights".into() };
    let made = apply(&mara.core, Command::Plan(create)).made.expect("a plan");
    let part = plan(&mara.core, made).parts.first().expect("a template has parts").key.clone();
    carry(&mara.core, &theo.core, space, folder);

    let on = Target { doc: made, part: Some(part), element: None };
    let suggest = TalkCommand::Suggest {
        on,
        kind: IdeaKind::Add,
        alternatives: vec!["Walk by the river".into()],
        why: "you liked it in May".into(),
        after: None,
    };
    let preview = theo.core.preview(&Command::Talk(suggest.clone()), &at(50)).expect("it may be suggested");
    assert_eq!((preview.audience.len(), preview.confirmation), (2, None));
    assert!(preview.leaves.iter().any(|leaves| leaves.as_str() == "Walk by the river"));
    apply(&theo.core, Command::Talk(suggest));
    carry(&theo.core, &mara.core, space, folder);

    let Answer::Waiting(ideas) = read(&mara.core, Ask::Waiting { at: At::default() }) else { panic!("ideas") };
    let [IdeaDetail { id, rev, .. }] = ideas.rows.as_slice() else { panic!("one idea") };
    let decide = TalkCommand::Decide { idea: *id, decision: Decision::Add(0), seen: rev.clone() };
    apply(&mara.core, Command::Talk(decide));
    carry(&mara.core, &theo.core, space, folder);
    let lines = |core: &BelayCore| -> Vec<String> {
        let entries = plan(core, made).parts.into_iter().flat_map(|part| part.entries);
        entries.map(|entry| entry.text.into_string()).collect()
    };
    assert_eq!(lines(&mara.core), ["Walk by the river"]);
    assert_eq!(lines(&theo.core), lines(&mara.core));
}

#[test]
fn what_is_typed_is_kept_and_can_be_taken_back_and_a_lock_ends_the_session() {
    let vault = Vault::new();
    let draft = NoteDraft { title: "Night".into(), body: "Slept".into(), tags: Vec::new() };
    let id = apply(&vault.core, Command::Note(NoteCommand::Create { draft })).made.expect("a note");
    let opened = vault.core.text_open(&TextTarget::Note { note: id }, &at(51)).expect("a session");
    assert_eq!((opened.text.as_str(), opened.max), ("Slept", 100_000));
    let splice = Splice16 { at: 5, remove: 0, insert: " well 🌙".into() };
    let now = TextNow {
        length: 13,
        change: TextChange::Splices { splices: vec![splice] },
        settle: Settle::Pause,
        ..TextNow::default()
    };
    let merged = vault.core.text_sync(&opened.session, &now, &at(52)).expect("it is taken in");
    assert!(merged.changes.to > merged.changes.from);
    assert_eq!(note(&vault.core, id).body.as_str(), "Slept well 🌙");
    vault.core.lock().expect("locking");
    vault.unlock();
    let late = vault.core.text_sync(&opened.session, &TextNow::default(), &at(53)).expect_err("it ended with the lock");
    assert_eq!(late.code(), Code::NotFound);
    assert_eq!(note(&vault.core, id).body.as_str(), "Slept well 🌙");

    let applied = vault.core.apply(&[Command::Note(NoteCommand::Trash { note: id })], &None, &at(54)).expect("trash");
    let done = DoneHere { what: DoneKind::Written, undo: applied.undo.clone(), docs: vec![id] };
    let lately = vault.core.done_lately().expect("it is open");
    assert_eq!((lately.last.as_ref(), lately.way_back.as_ref()), (Some(&done), Some(&done)));
    apply(&vault.core, Command::Undo { token: applied.undo.expect("it can be taken back") });
    assert_eq!(note(&vault.core, id).stage.code, "active");
    let begin = PlanCommand::Create { space: None, template: "safety".into(), title: PersonText::default() };
    apply(&vault.core, Command::Plan(begin));
    let lately = vault.core.done_lately().expect("it is open");
    assert_eq!(lately.last.map(|last| (last.what, last.undo)), Some((DoneKind::PlanBegun, None)));
    assert_eq!(lately.way_back.map(|way| way.what), Some(DoneKind::TakenBack), "what lies before a thing that stays");
    vault.core.lock().expect("locking");
    assert_eq!(vault.core.done_lately().expect_err("it is locked").code(), Code::Locked);
}
