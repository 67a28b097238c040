use super::*;
use crate::command::{Decision, Deed, StepDraft, TextEdit};
use crate::document::goal::{StepStage, Who};
use crate::document::plan::PartOwner;

fn part<'a>(plan: &'a PlanDetail, key: &str) -> &'a PartDetail {
    plan.parts.iter().find(|part| part.key == key).unwrap()
}

fn edit(plan: &DocId, entry: &EntryDetail, text: &str) -> Command {
    let text = TextEdit::Whole(text.into());
    Command::Plan(PlanCommand::EditEntry { plan: *plan, entry: entry.id, base: entry.rev.clone(), text })
}

fn lines(part: &PartDetail) -> Vec<(&str, String)> {
    part.entries.iter().map(|entry| (entry.text.as_str(), plain(&entry.by_label))).collect()
}

fn named(world: &mut World) {
    let name = crate::command::RelationshipCommand::Nickname { space: world.shared, name: "Theo".into() };
    world.mara(&Command::Relationship(name));
}

#[test]
fn a_part_says_whose_it_is_from_either_side() {
    let mut world = World::new();
    named(&mut world);
    let plan = world.plan("wellness");
    let shown = world.shown_plan(&plan);
    assert_eq!((shown.title.as_str(), shown.parts.len()), ("Wellness plan", 11));
    assert_eq!(plain(&shown.audience.label), "You and Theo can see this.");
    let said = |plan: &PlanDetail| -> Vec<(OwnershipKind, String)> {
        let keys = ["toolbox", "looking-after-us", "what-i-bring", "how-i-see-things"];
        let owned = keys.map(|key| &part(plan, key).ownership);
        owned.into_iter().map(|owned| (owned.kind, plain(&owned.label))).collect()
    };
    use OwnershipKind::{Both, Each, Mine, Theirs};
    let pair = |kind, label: &str| (kind, label.to_owned());
    let rest = [pair(Both, "Both write here."), pair(Each, "One part each.")];
    let [both, each] = rest.clone();
    let hers = [pair(Mine, "Yours. Theo can suggest."), both, pair(Theirs, "Theo's. You can suggest."), each];
    assert_eq!(said(&shown), hers);
    assert!(part(&shown, "toolbox").may.allows(Deed::Add) && !part(&shown, "what-i-bring").may.allows(Deed::Add));
    world.on_theos_phone();
    let [both, each] = rest;
    let his = [pair(Theirs, "someone's. You can suggest."), both, pair(Mine, "Yours. someone can suggest."), each];
    assert_eq!(said(&world.shown_plan(&plan)), his, "nobody told him her name here");
    let private = PlanCommand::Create { space: None, template: "wellness".into(), title: "Mine".into() };
    let private = world.mara(&Command::Plan(private)).made.unwrap();
    let shown = world.shown_plan(&private);
    assert_eq!(shown.title.as_str(), "Mine");
    assert!(shown.parts.iter().all(|part| part.ownership.kind == Mine && part.ownership.label == "Yours."));
}

#[test]
fn lines_name_everyone_who_wrote_in_them_and_stand_in_their_columns() {
    let mut world = World::new();
    named(&mut world);
    let plan = world.plan("wellness");
    world.mara(&add_entry(&plan, "toolbox", "Tea with the radio on"));
    world.mara(&add_entry(&plan, "toolbox", "مشي قصير"));
    world.mara(&add_entry(&plan, "looking-after-us", "We say when we need a pause"));
    let theirs = part(&world.shown_plan(&plan), "looking-after-us").entries[0].clone();
    world.theo(&edit(&plan, &theirs, "We say early when we need a pause"));
    world.theo(&add_entry(&plan, "how-i-see-things", "Ten years sober"));
    world.mara(&add_entry(&plan, "how-i-see-things", "A loud house"));
    let shown = world.shown_plan(&plan);
    let toolbox = part(&shown, "toolbox");
    let expected = [("Tea with the radio on", "you, today 14:07".to_owned()), ("مشي قصير", "you, today 14:07".into())];
    assert_eq!(lines(toolbox), expected);
    assert_eq!(toolbox.entries[1].dir, Direction::Rtl);
    let both = part(&shown, "looking-after-us");
    assert_eq!(lines(both), [("We say early when we need a pause", "you and Theo, today 14:07".to_owned())]);
    assert!(both.entries[0].may.allows(Deed::Edit) && both.entries[0].rev != shown.rev);
    let columns: Vec<_> = part(&shown, "how-i-see-things")
        .entries
        .iter()
        .map(|entry| (entry.text.as_str(), entry.column.as_ref().unwrap().is_me, entry.may.allows(Deed::Edit)))
        .collect();
    assert_eq!(columns, [("A loud house", true, true), ("Ten years sober", false, false)]);
    // Handed over, the line keeps who wrote it.
    let owner = PlanCommand::SetOwner { plan, part: "looking-after-us".into(), owner: PartOwner::Person };
    world.mara(&Command::Plan(owner));
    let both = world.shown_plan(&plan);
    assert_eq!(part(&both, "looking-after-us").ownership.kind, OwnershipKind::Mine);
    assert_eq!(lines(part(&both, "looking-after-us"))[0].1, "you and Theo, today 14:07");
    let take = PlanCommand::TakeEntry { plan, entry: toolbox.entries[0].id };
    world.mara(&Command::Plan(take));
    assert_eq!(part(&world.shown_plan(&plan), "toolbox").entries.len(), 1);
}

#[test]
fn an_idea_waits_in_its_part_until_it_is_decided() {
    let mut world = World::new();
    named(&mut world);
    let plan = world.plan("wellness");
    world.mara(&add_entry(&plan, "toolbox", "Tea"));
    let id = world.theo(&suggest(&plan, Some("toolbox"), None, IdeaKind::Add, "Walk by the river")).element.unwrap();
    let idea = world.waiting().remove(0);
    assert_eq!((idea.id, idea.target_label.as_str(), idea.stage.code.as_str()), (id, "My toolbox", "open"));
    assert_eq!((idea.by.name.as_str(), idea.by.initial.as_str(), idea.kind.as_str()), ("Theo", "T", "add"));
    assert!(idea.may.allows(Deed::Decide) && !idea.may.allows(Deed::Withdraw) && !idea.stale && idea.rev.is_some());
    let shown = world.shown_plan(&plan);
    assert_eq!(part(&shown, "toolbox").ideas, [idea]);
    assert!(shown.parts.iter().filter(|part| part.key != "toolbox").all(|part| part.ideas.is_empty()));
    world.mara(&decide(id, Decision::AddAs("Walk to the river".into())));
    let idea = world.shown_idea(&id);
    assert_eq!((idea.stage.label.as_str(), idea.decisions), ("Added in other words", 1));
    assert_eq!(idea.decided.as_ref().unwrap().as_str(), "Walk to the river");
    assert!(world.waiting().is_empty());
    let shown = world.shown_plan(&plan);
    assert!(part(&shown, "toolbox").ideas.is_empty());
    assert_eq!(lines(part(&shown, "toolbox"))[1], ("Walk to the river", "you, today 14:07".into()));
    let second = world.theo(&suggest(&plan, Some("toolbox"), None, IdeaKind::Add, "Sing")).element.unwrap();
    world.mara(&decide(second, Decision::Decline));
    assert_eq!(world.shown_idea(&second).stage.code, "not-this");
    let third = world.theo(&suggest(&plan, Some("toolbox"), None, IdeaKind::Add, "Dance")).element.unwrap();
    world.theo(&Command::Talk(TalkCommand::Withdraw { idea: third }));
    assert_eq!(world.shown_idea(&third).stage.code, "taken-back");
    assert_eq!(world.ask(&Ask::Idea { id: ElementId([9; 16]) }).unwrap(), Answer::No(Code::NotFound));
}

#[test]
fn an_idea_is_stale_exactly_when_its_words_changed_since() {
    let mut world = World::new();
    let plan = world.plan("wellness");
    for text in ["Tea", "Bath"] {
        world.mara(&add_entry(&plan, "toolbox", text));
    }
    let entries = part(&world.shown_plan(&plan), "toolbox").entries.clone();
    // Changed before he saw it: what he saw is what is there.
    world.mara(&edit(&plan, &entries[0], "Tea, hot"));
    let tea = Some(entries[0].id);
    let id = world.theo(&suggest(&plan, Some("toolbox"), tea, IdeaKind::Change, "Mint tea")).element.unwrap();
    let take = world.theo(&suggest(&plan, Some("toolbox"), tea, IdeaKind::Remove, "")).element.unwrap();
    let bath = world.shown_plan(&plan).parts;
    let bath = bath.iter().find(|part| part.key == "toolbox").unwrap().entries[1].clone();
    world.mara(&edit(&plan, &bath, "A long bath"));
    let idea = world.shown_idea(&id);
    assert_eq!((idea.stale, idea.before.as_str()), (false, "Tea, hot"), "another line changed");
    let now = part(&world.shown_plan(&plan), "toolbox").entries[0].clone();
    world.mara(&edit(&plan, &now, "Tea with the radio on"));
    for closed in [false, true] {
        if closed {
            world.close();
        }
        let idea = world.shown_idea(&id);
        assert_eq!((idea.stale, idea.before.as_str()), (true, "Tea with the radio on"));
        assert!(world.shown_idea(&take).stale);
    }
    // The command agrees, and takes the revision that is shown with the idea.
    let seen = world.shown_idea(&id).rev;
    let add = |seen| Command::Talk(TalkCommand::Decide { idea: id, decision: Decision::Add(0), seen });
    assert_eq!(world.try_mara(&add(None)).unwrap_err().code(), Code::Stale);
    world.mara(&add(seen));
    assert_eq!(world.shown_idea(&id).stage.code, "added");
    world.mara(&Command::Plan(PlanCommand::TakeEntry { plan, entry: entries[0].id }));
    let gone = world.shown_idea(&take);
    assert_eq!((gone.stage.code.as_str(), gone.rev.is_none(), gone.before.is_empty()), ("place-gone", true, true));
}

#[test]
fn a_move_shows_no_order_key_as_if_it_were_words() {
    let mut world = World::new();
    let plan = world.plan("wellness");
    for text in ["Tea", "Bath"] {
        world.mara(&add_entry(&plan, "toolbox", text));
    }
    let tea = part(&world.shown_plan(&plan), "toolbox").entries[0].id;
    let id = world.theo(&suggest(&plan, Some("toolbox"), Some(tea), IdeaKind::Move, "")).element.unwrap();
    let idea = world.shown_idea(&id);
    assert_eq!((idea.kind.as_str(), idea.alternatives.len(), idea.before.as_str()), ("move", 0, "Tea"));
    world.mara(&decide(id, Decision::Add(0)));
    assert_eq!(world.shown_idea(&id).decided, None);
    let story = world.story(&plan);
    let about: Vec<_> = story.iter().filter(|row| row.element == Some(id)).collect();
    assert_eq!(about.len(), 2);
    assert!(about.iter().all(|row| row.before.is_none() && row.after.is_none()));
}

#[test]
fn a_step_is_marked_by_the_one_it_is_for_and_read_from_either_side() {
    let mut world = World::new();
    named(&mut world);
    let shared = Some(world.shared);
    let id = goal(&mut world, shared);
    for who in [Who::Me, Who::You, Who::Together, Who::SomeoneElse] {
        let draft = StepDraft { text: "Ask at the club".into(), who, ..StepDraft::default() };
        world.mara(&Command::Goal(GoalCommand::AddStep { goal: id, draft, after: None }));
    }
    let shown = |world: &World| {
        let Answer::Goal(goal) = world.ask(&Ask::Goal { id }).unwrap() else { panic!("a goal") };
        *goal
    };
    let who = |goal: &GoalDetail| goal.steps.iter().map(|step| plain(step.who_label.as_str())).collect::<Vec<_>>();
    let goal = shown(&world);
    assert_eq!(who(&goal), ["me", "Theo", "together", "someone else"]);
    assert_eq!((goal.stage.label.as_str(), goal.ownership.kind), ("Exploring", OwnershipKind::Mine));
    let his = goal.steps[1].id;
    world.theo(&Command::Goal(GoalCommand::MarkStep { goal: id, step: his, stage: StepStage::Done }));
    let step = shown(&world).steps[1].clone();
    assert_eq!((step.stage.code.as_str(), step.marked_by.unwrap().name.as_str()), ("done", "Theo"));
    world.mara(&Command::Goal(GoalCommand::MarkStep { goal: id, step: his, stage: StepStage::Doing }));
    let step = shown(&world).steps[1].clone();
    assert_eq!((step.stage.code.as_str(), step.marked_by), ("doing", None));
    world.look_as(world.theo.1);
    let goal = shown(&world);
    assert_eq!(who(&goal)[1..], ["me", "together", "someone else"]);
    let may: Vec<_> = goal.steps.iter().map(|step| step.may.allows(Deed::Mark)).collect();
    assert_eq!(may, [false, true, true, false]);
    assert!(!goal.may.allows(Deed::Edit) && goal.may.allows(Deed::Suggest));
}

#[test]
fn goals_and_plans_are_listed_newest_first_with_their_owner() {
    let mut world = World::new();
    goal(&mut world, None);
    world.at = moment(NOW_MS + 60_000);
    let shared = Some(world.shared);
    goal(&mut world, shared);
    let first = At { limit: 1, ..At::default() };
    let Answer::Goals(page) = world.ask(&Ask::Goals { at: first }).unwrap() else { panic!("goals") };
    assert_eq!((page.rows[0].audience.as_str(), page.total), ("you, \u{2068}someone\u{2069}", None));
    let Answer::Goals(page) =
        world.ask(&Ask::Goals { at: At { limit: 1, after: page.next, ..At::default() } }).unwrap()
    else {
        panic!("goals")
    };
    assert_eq!((page.rows[0].audience.as_str(), page.next), ("only you", None));
    let id = world.plan("safety");
    let Answer::Plans(page) = world.ask(&Ask::Plans { at: At::default() }).unwrap() else { panic!("plans") };
    assert_eq!((page.rows[0].id, page.rows[0].title.as_str()), (id, "Safety plan"));
}
