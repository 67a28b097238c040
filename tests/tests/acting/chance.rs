//! Random worlds: what a preview accepts is done, what is taken back is as before, and others take all of it in.

use super::{does, same, shown, undo};
use belay::command::{Command, GoalCommand, NoteCommand, NoteDraft, NoteField, PlanCommand, Warning};
use belay::error::Code;
use belay::ids::{DocId, SpaceId};
use belay::view::{Answer, Ask, At, NoteFilter};
use belay_tests::{
    Act, Chance, Device, Plan, World, exchange_once, next_act, text, unchanged, until_quiet, whole, with_inserted,
};
use proptest::prelude::*;

fn notes(device: &Device, trash: bool) -> Vec<DocId> {
    let filter = NoteFilter { trash, ..NoteFilter::default() };
    let Answer::Notes(page) = device.ask(Ask::Notes { filter, at: At { limit: 200, ..At::default() } }) else {
        return Vec::new();
    };
    page.rows.into_iter().map(|row| row.id).collect()
}

fn note_act(device: &Device, mark: &str, chance: &mut Chance) -> Option<Command> {
    let trash = chance.percent(20);
    let Some(note) = chance.pick(&notes(device, trash)).copied().filter(|_| chance.percent(90)) else {
        let draft = NoteDraft { body: text(mark), tags: vec![text("tag")], ..NoteDraft::default() };
        return Some(NoteCommand::Create { draft }.command());
    };
    let Answer::Note(detail) = device.ask(Ask::Note { id: note }) else { return None };
    Some(
        match chance.below(8) {
            0 => NoteCommand::Pin { note },
            1 => NoteCommand::Unpin { note },
            2 => NoteCommand::Trash { note },
            3 => NoteCommand::Restore { note },
            4 => NoteCommand::TakeTag { note, tag: text("TAG") },
            5 => NoteCommand::AddTag { note, tag: text(mark) },
            _ => {
                let mut words = with_inserted(detail.body.as_str(), mark, chance);
                if chance.percent(50) {
                    words = words.chars().skip(chance.below(6)).collect();
                }
                NoteCommand::Edit { note, field: NoteField::Body, base: detail.rev, text: whole(&words) }
            }
        }
        .command(),
    )
}

/// A new note goes into the trash, and a new goal aside: there is nothing before them.
fn begins_something(command: &Command) -> bool {
    matches!(
        command,
        Command::Note(NoteCommand::Create { .. })
            | Command::Goal(GoalCommand::Create { .. })
            | Command::Plan(PlanCommand::Create { .. })
    )
}

#[derive(Default)]
struct Seen {
    done: usize,
    refused: usize,
    undone: usize,
}

fn one_act(device: &Device, space: &SpaceId, mark: &str, chance: &mut Chance, seen: &mut Seen) {
    let command =
        if chance.percent(25) { note_act(device, mark, chance) } else { next_act(device, space, mark, chance) };
    let Some(command) = command else { return };
    let told = format!("{}: {mark}: {command:?}", device.name);
    let traced = chance.percent(15);
    let before_it = traced.then(|| device.dump());
    let preview = device.companion.preview(&command, &device.at());
    if let Some(before) = before_it {
        unchanged(&before, &device.dump());
    }
    let before = shown(device);
    let applied = device.companion.apply(std::slice::from_ref(&command), None, &device.at());
    let (preview, done) = match (preview, applied) {
        (Ok(preview), Ok(done)) => (preview, done),
        (Err(preview), Err(applied)) => {
            assert_eq!(preview.code(), applied.code(), "{told}");
            seen.refused += 1;
            return;
        }
        (preview, applied) => panic!("{told}: seen {preview:?}, done {applied:?}"),
    };
    seen.done += 1;
    assert_eq!(preview.warnings.contains(&Warning::Lasting), done.undo.is_none(), "{told}");
    if done.undo.is_none() || chance.percent(40) {
        return;
    }
    let after = shown(device);
    let undone = undo(device, &done);
    assert_eq!(undone.warnings, [], "{told}");
    if !begins_something(&command) {
        same(&before, &shown(device), &told);
    }
    seen.undone += 1;
    if chance.percent(50) {
        let redone = undo(device, &undone);
        same(&after, &shown(device), &told);
        if chance.percent(30) {
            undo(device, &redone);
        }
    }
}

fn cases(default: u32) -> ProptestConfig {
    let cases = std::env::var("BELAY_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(default);
    ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 8, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases(1))]
    #[test]
    fn what_is_seen_is_done_and_what_is_taken_back_is_as_before(seed in any::<u64>()) {
        let world = World::new(format!("acting {seed}"));
        let (mara, theo, space) = world.mara_and_theo();
        let mut chance = Chance::new(seed);
        Plan::made_by(&mara, Some(space), "relationship");
        exchange_once(&mara, &theo, &space);
        let mut seen = Seen::default();
        for act in 0..50 {
            let device = if chance.percent(50) { &mara } else { &theo };
            one_act(device, &space, &format!("[{act}]"), &mut chance, &mut seen);
            if chance.percent(15) {
                exchange_once(&mara, &theo, &space);
            }
        }
        prop_assert!(seen.done > 10 && seen.undone > 3, "a story in which nothing happens says nothing");
        until_quiet(&mara, &theo, &space);
        prop_assert_eq!(mara.hash(&space), theo.hash(&space));
        prop_assert_eq!(mara.kept_out(&space).len() + theo.kept_out(&space).len(), 0);
    }

    /// Mara acts; Theo's words come; Mara takes back what she did. Every word of Theo's is there.
    #[test]
    fn no_word_of_another_is_lost(seed in any::<u64>()) {
        let world = World::new(format!("acting apart {seed}"));
        let (mara, theo, space) = world.mara_and_theo();
        let mut chance = Chance::new(seed);
        let plan = Plan::made_by(&mara, Some(space), "relationship");
        let part = belay_tests::plans(&mara)[0].parts[0].key.clone();
        let owner = belay::document::plan::PartOwner::Both;
        let _ = mara.attempt(PlanCommand::SetOwner { plan: plan.id, part: part.clone(), owner });
        for words in ["We say early when we need a pause.", "Tea 👩‍👩‍👧 نقول 我們"] {
            does(&mara, plan.add(&part, words));
        }
        exchange_once(&mara, &theo, &space);
        for round in 0..8 {
            let mut done = Vec::new();
            for mark in 0..=chance.below(2) {
                let line = chance.pick(&plan.shown(&mara, &part)).cloned().expect("a line");
                let (plan, entry) = (plan.id, line.id);
                let mut words = with_inserted(&line.text, &format!("(m{round}.{mark})"), &mut chance);
                if chance.percent(50) && words.chars().count() > 20 {
                    let from = chance.below(8);
                    words = words.chars().take(from).chain(words.chars().skip(from + 4)).collect();
                }
                done.push(does(&mara, PlanCommand::EditEntry { plan, entry, base: line.rev, text: whole(&words) }));
            }
            if chance.percent(60) {
                exchange_once(&mara, &theo, &space);
            }
            let line = chance.pick(&plan.shown(&theo, &part)).cloned().expect("a line");
            let his = format!("‹t{round}›");
            let words = with_inserted(&line.text, &his, &mut chance);
            let (base, entry) = (line.rev, line.id);
            does(&theo, PlanCommand::EditEntry { plan: plan.id, entry, base, text: whole(&words) });
            exchange_once(&mara, &theo, &space);
            for done in done.iter().rev().filter(|done| done.undo.is_some()) {
                let token = done.undo.clone().expect("filtered");
                if let Err(failure) = mara.attempt(Command::Undo { token }) {
                    prop_assert_eq!(failure.code(), Code::Stale);
                }
                let all = plan.words(&mara, &part).join("\n");
                let marks = his.chars().filter(|letter| !all.contains(*letter)).count();
                prop_assert_eq!(marks, 0, "{} in {}", his, all);
                prop_assert!(all.contains(&his), "{} in {}", his, all);
            }
            exchange_once(&mara, &theo, &space);
            prop_assert_eq!(plan.words(&mara, &part), plan.words(&theo, &part));
        }
    }
}
