//! What a screen offers is what would be done: for every row and detail, each deed's answer is Yes exactly where its
//! command is done and a preview accepts it, and No with the code that the command is refused with (boundary.md, "Reading").

#![allow(clippy::indexing_slicing, reason = "a test that reads past the end fails, as it should")]

use belay::command::{
    Act as Offered, Answer as MayAnswer, Command, ConsentCommand, Decision, Deed, GiftDraft, GoalCommand, May,
    NoteCommand, NoteDraft, NoteField, PlanCommand, StepDraft, TalkCommand, Target, TextRange, WithTitle,
};
use belay::document::goal::{GoalStage, StepStage};
use belay::document::lane::IdeaKind;
use belay::document::plan::PartOwner;
use belay::error::Code;
use belay::ids::{DocId, Hash32};
use belay::space::SpaceKind;
use belay::view::{
    Answer, Ask, At, EntryDetail, GoalDetail, IdeaDetail, NoteDetail, NoteFilter, PartDetail, PlanDetail, ShareFilter,
};
use belay_tests::{Act, Chance, Device, Plan, World, exchange_once, goals, next_act, plans, text, whole};
use proptest::prelude::*;
use std::cell::Cell;

/// What one deed is tried with: the deed counts as done where any of these is.
type Tries = Vec<Command>;

/// Counts what was compared, so that a story that offers nothing is seen.
#[derive(Default)]
struct Compared {
    yes: Cell<usize>,
    no: Cell<usize>,
}

/// What would become of a command: it runs in one transaction with another that never works.
fn would(device: &Device, command: Command) -> Result<(), Code> {
    let never = NoteCommand::Pin { note: DocId([0; 32]) }.command();
    let seen = device.companion.preview(&command, &device.at());
    let told = format!("{command:?}");
    let done = in_a_list(device, command, never);
    let seen = seen.map(|preview| assert_eq!(preview.confirmation, None)).map_err(|failure| failure.code());
    assert_eq!(seen, done, "{}: what a preview accepts is done: {told}", device.name);
    done
}

fn in_a_list(device: &Device, command: Command, never: Command) -> Result<(), Code> {
    let failure = device.companion.apply(&[command, never], None, &device.at()).expect_err("the second never works");
    match failure.detail().command {
        Some(1) => Ok(()),
        _ => Err(failure.code()),
    }
}

fn compare(device: &Device, compared: &Compared, may: &May, what: &str, tries: impl Fn(Deed) -> Tries) {
    for Offered { deed, answer } in &may.acts {
        let results: Vec<Result<(), Code>> = tries(*deed).into_iter().map(|command| would(device, command)).collect();
        let done = results.iter().any(Result::is_ok);
        match answer {
            MayAnswer::Yes => {
                assert!(done, "{}: {what}: {deed:?} is offered, but: {results:?}", device.name);
                compared.yes.set(compared.yes.get() + 1);
            }
            MayAnswer::No { why, .. } => {
                assert!(!done, "{}: {what}: {deed:?} is not offered ({why:?}), but done", device.name);
                assert!(results.contains(&Err(*why)), "{}: {what}: {deed:?}: {why:?}, but: {results:?}", device.name);
                compared.no.set(compared.no.get() + 1);
            }
            MayAnswer::WithConfirmation { purpose } => {
                panic!("no deed of today asks for a secret: {deed:?}, {purpose:?}")
            }
        }
    }
}

fn comment(on: Target) -> Command {
    TalkCommand::Comment { on, text: text("So do I"), quote: text("") }.command()
}

fn suggest(on: Target, kind: IdeaKind) -> Command {
    let words = matches!(kind, IdeaKind::Add | IdeaKind::Change).then(|| text("Perhaps this"));
    let alternatives = words.into_iter().collect();
    TalkCommand::Suggest { on, kind, alternatives, why: text(""), after: None }.command()
}

fn note_deed(note: &NoteDetail, deed: Deed) -> Tries {
    let id = note.id;
    vec![
        match deed {
            Deed::Edit => {
                NoteCommand::Edit { note: id, field: NoteField::Title, base: note.rev.clone(), text: whole("Other") }
            }
            Deed::Tag => NoteCommand::AddTag { note: id, tag: text("a tag of its own") },
            Deed::Pin => NoteCommand::Pin { note: id },
            Deed::Trash => NoteCommand::Trash { note: id },
            Deed::Restore => NoteCommand::Restore { note: id },
            other => panic!("a note is offered {other:?}"),
        }
        .command(),
    ]
}

/// All of a note, or only its first sign, to each that can be given to.
fn gifts(device: &Device, note: &NoteDetail) -> Tries {
    let spaces = device.look(belay::store::spaces::all_spaces).into_iter();
    let others = spaces.filter(|space| space.kind == SpaceKind::Relationship.code());
    let give = |to, part, title| {
        let gift = GiftDraft { note: note.id, part, title, to, language: "en".to_owned() };
        let preview = device
            .companion
            .preview(&gift.clone().unseen(), &device.at())
            .map_or(Hash32([0; 32]), |preview| preview.hash);
        ConsentCommand::Give { gift, preview }.command()
    };
    let first = Some(TextRange { start: 0, end: 1 });
    others.flat_map(|to| [give(to.id, None, WithTitle::Included), give(to.id, first, WithTitle::LeftOut)]).collect()
}

fn copy_deed(copy: DocId, deed: Deed) -> Tries {
    vec![match deed {
        Deed::TakeBack => ConsentCommand::TakeBack { copy }.command(),
        Deed::Comment => comment(Target { doc: copy, part: None, element: None }),
        other => panic!("a copy is offered {other:?}"),
    }]
}

fn goal_deed(goal: &GoalDetail, deed: Deed) -> Tries {
    let on = || Target { doc: goal.id, part: None, element: None };
    vec![match deed {
        Deed::Edit => {
            let (field, base) = ("title".to_owned(), goal.rev.clone());
            GoalCommand::Edit { goal: goal.id, field, base, text: whole("Other") }.command()
        }
        Deed::SetStage => GoalCommand::SetStage { goal: goal.id, stage: GoalStage::Resting }.command(),
        Deed::AddStep => {
            let draft = StepDraft { text: text("A step"), ..StepDraft::default() };
            GoalCommand::AddStep { goal: goal.id, draft, after: None }.command()
        }
        Deed::Suggest => suggest(on(), IdeaKind::Add),
        Deed::Comment => comment(on()),
        other => panic!("a goal is offered {other:?}"),
    }]
}

fn step_deed(goal: &GoalDetail, step: &belay::view::StepDetail, deed: Deed) -> Tries {
    let on = || Target { doc: goal.id, part: None, element: Some(step.id) };
    vec![match deed {
        Deed::Edit => {
            let base = goal.rev.clone();
            GoalCommand::EditStep { goal: goal.id, step: step.id, base, text: whole("Other") }.command()
        }
        Deed::Mark => GoalCommand::MarkStep { goal: goal.id, step: step.id, stage: StepStage::Doing }.command(),
        Deed::Suggest => suggest(on(), IdeaKind::Change),
        Deed::Comment => comment(on()),
        other => panic!("a step is offered {other:?}"),
    }]
}

fn plan_deed(plan: &PlanDetail, deed: Deed) -> Tries {
    vec![match deed {
        Deed::Edit => PlanCommand::EditTitle { plan: plan.id, base: plan.rev.clone(), text: whole("Other") }.command(),
        Deed::AddPart => {
            PlanCommand::AddPart { plan: plan.id, title: text("A part"), owner: PartOwner::Both }.command()
        }
        Deed::Comment => comment(Target { doc: plan.id, part: None, element: None }),
        other => panic!("a plan is offered {other:?}"),
    }]
}

fn part_deed(plan: DocId, part: &PartDetail, deed: Deed) -> Tries {
    let key = || part.key.clone();
    let on = || Target { doc: plan, part: Some(key()), element: None };
    let one = |command: Command| vec![command];
    match deed {
        Deed::Add => one(PlanCommand::AddEntry { plan, part: key(), text: text("A line"), after: None }.command()),
        Deed::Suggest => one(suggest(on(), IdeaKind::Add)),
        Deed::Comment => one(comment(on())),
        Deed::Skip if part.skipped => one(PlanCommand::UnskipPart { plan, part: key() }.command()),
        Deed::Skip => one(PlanCommand::SkipPart { plan, part: key() }.command()),
        // One of the four is the owner that it has.
        Deed::SetOwner => PartOwner::ALL
            .iter()
            .map(|owner| PlanCommand::SetOwner { plan, part: key(), owner: *owner }.command())
            .collect(),
        other => panic!("a part is offered {other:?}"),
    }
}

fn entry_deed(plan: DocId, part: &str, entry: &EntryDetail, deed: Deed) -> Tries {
    let on = || Target { doc: plan, part: Some(part.to_owned()), element: Some(entry.id) };
    vec![match deed {
        Deed::Edit => {
            PlanCommand::EditEntry { plan, entry: entry.id, base: entry.rev.clone(), text: whole("Other") }.command()
        }
        Deed::Take => PlanCommand::TakeEntry { plan, entry: entry.id }.command(),
        Deed::TakeOver => PlanCommand::TakeOver { plan, entry: entry.id }.command(),
        Deed::Suggest => suggest(on(), IdeaKind::Remove),
        Deed::Comment => comment(on()),
        other => panic!("a line is offered {other:?}"),
    }]
}

fn idea_deed(idea: &IdeaDetail, deed: Deed) -> Tries {
    let decide = |decision| TalkCommand::Decide { idea: idea.id, decision, seen: idea.rev.clone() }.command();
    match deed {
        Deed::Decide => vec![decide(Decision::Decline), decide(Decision::Add(0))],
        Deed::Withdraw => vec![TalkCommand::Withdraw { idea: idea.id }.command()],
        other => panic!("an idea is offered {other:?}"),
    }
}

/// Everything that a device shows and offers.
fn compare_all(device: &Device, compared: &Compared) {
    for trash in [false, true] {
        let filter = NoteFilter { trash, ..NoteFilter::default() };
        let Answer::Notes(page) = device.ask(Ask::Notes { filter, at: At::default() }) else { panic!("notes") };
        for row in page.rows {
            let Answer::Note(note) = device.ask(Ask::Note { id: row.id }) else { panic!("a note") };
            compare(device, compared, &row.may, "a row of notes", |deed| note_deed(&note, deed));
            compare(device, compared, &note.may, "a note", |deed| match deed {
                Deed::Give => gifts(device, &note),
                _ => note_deed(&note, deed),
            });
        }
    }
    let shares = Ask::Shares { filter: ShareFilter::default(), at: At::default() };
    let Answer::Shares(page) = device.ask(shares) else { panic!("copies") };
    for row in page.rows {
        compare(device, compared, &row.may, "a copy", |deed| copy_deed(row.id, deed));
    }
    for goal in goals(device) {
        compare(device, compared, &goal.may, "a goal", |deed| goal_deed(&goal, deed));
        for step in &goal.steps {
            compare(device, compared, &step.may, "a step", |deed| step_deed(&goal, step, deed));
        }
        for idea in &goal.ideas {
            compare(device, compared, &idea.may, "an idea for a goal", |deed| idea_deed(idea, deed));
        }
    }
    for plan in plans(device) {
        compare(device, compared, &plan.may, "a plan", |deed| plan_deed(&plan, deed));
        for part in &plan.parts {
            compare(device, compared, &part.may, &part.key, |deed| part_deed(plan.id, part, deed));
            for entry in part.entries.iter().chain(&part.left_over) {
                compare(device, compared, &entry.may, &part.key, |deed| entry_deed(plan.id, &part.key, entry, deed));
            }
            for idea in &part.ideas {
                compare(device, compared, &idea.may, "an idea for a part", |deed| idea_deed(idea, deed));
            }
        }
    }
    let Answer::Waiting(page) = device.ask(Ask::Waiting { at: At::default() }) else { panic!("ideas") };
    for idea in &page.rows {
        assert!(idea.may.allows(Deed::Decide), "{}: what waits is to be decided", device.name);
        compare(device, compared, &idea.may, "an idea that waits", |deed| idea_deed(idea, deed));
    }
}

/// A part of the supporter's that becomes each one's leaves his lines in his column and copies of them in hers, under
/// the same ids: commands mean hers, so nothing is offered for his (seed 15458670849731875972 found it).
#[test]
fn a_copy_in_another_column_is_not_offered() {
    let world = World::new("may copies");
    let (mara, theo, space) = world.mara_and_theo();
    let plan = Plan::made_by(&mara, Some(space), "wellness");
    let part = plans(&mara)[0].parts[0].key.clone();
    let hand = |owner| mara.apply(PlanCommand::SetOwner { plan: plan.id, part: part.clone(), owner });
    hand(PartOwner::Supporter);
    exchange_once(&mara, &theo, &space);
    theo.apply(plan.add(&part, "His words"));
    exchange_once(&mara, &theo, &space);
    hand(PartOwner::Each);
    let shown = plans(&mara)[0].parts[0].entries.clone();
    assert_eq!((shown.len(), shown[0].id), (2, shown[1].id));
    assert!(shown[0].may.allows(Deed::Edit) && shown[1].may.acts.is_empty());
    compare_all(&mara, &Compared::default());
}

fn cases(default: u32) -> ProptestConfig {
    let cases = std::env::var("BELAY_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(default);
    ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 8, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases(4))]
    #[test]
    fn what_is_offered_is_what_is_done(seed in any::<u64>()) {
        let world = World::new(format!("may {seed}"));
        let (mara, theo, space) = world.mara_and_theo();
        let mut chance = Chance::new(seed);
        Plan::made_by(&mara, Some(space), "relationship");
        Plan::made_by(&mara, None, "safety");
        for (device, words) in [(&mara, "Bad night"), (&mara, "Better day"), (&theo, "Long shift")] {
            let draft = NoteDraft { body: text(words), ..NoteDraft::default() };
            let note = device.apply(NoteCommand::Create { draft }).made.expect("a note");
            let Answer::Note(shown) = device.ask(Ask::Note { id: note }) else { panic!("a note") };
            for give in gifts(device, &shown).into_iter().take(1) {
                let copy = device.apply(give).made.expect("a copy");
                if chance.percent(50) {
                    device.apply(ConsentCommand::TakeBack { copy });
                }
            }
            if chance.percent(40) {
                device.apply(NoteCommand::Trash { note });
            }
        }
        exchange_once(&mara, &theo, &space);
        for act in 0..40 {
            let device = if chance.percent(50) { &mara } else { &theo };
            if let Some(command) = next_act(device, &space, &format!("[{act}]"), &mut chance) {
                let _ = device.attempt(command);
            }
            if chance.percent(20) {
                exchange_once(&mara, &theo, &space);
            }
        }
        let compared = Compared::default();
        for device in [&mara, &theo] {
            let before = device.content();
            compare_all(device, &compared);
            belay_tests::unchanged(&before, &device.content());
        }
        prop_assert!(compared.yes.get() > 20 && compared.no.get() > 20, "a story that offers nothing says nothing");
    }
}
