use super::super::sentences::fixed;
use super::*;
use crate::command::Decision;
use crate::document::act::{ACT_KINDS, ActKind};
use crate::document::goal::{GoalStage, StepStage, TEXT_FIELDS};
use crate::document::plan::PartOwner;

fn said(world: &World, of: &DocId) -> Vec<String> {
    world.story(of).iter().map(|row| plain(&row.label)).collect()
}

#[test]
fn every_kind_of_act_has_a_sentence() {
    let phrases = Phrases::new(&["en"]);
    for kind in ACT_KINDS {
        assert!(phrases.has(fixed(*kind)), "{kind:?}");
    }
    assert!(TEXT_FIELDS.contains(&"title"));
}

/// Lines of every kind with all that each may say, by either of them; `say` panics where an argument is missing.
#[test]
fn every_line_is_told_from_both_sides() {
    let mut world = World::new();
    let plan = world.plan("wellness");
    let idea = world.theo(&suggest(&plan, Some("toolbox"), None, IdeaKind::Add, "Walk")).element.unwrap();
    let mut rows: Vec<(i64, String, String)> = vec![(250, String::new(), String::new())];
    for kind in ACT_KINDS {
        let number = i64::from(*kind as u8);
        let mut with = |field: &str, after: &str| rows.push((number, field.into(), after.into()));
        match kind {
            ActKind::GoalField => TEXT_FIELDS.iter().for_each(|field| with(field, "")),
            ActKind::GoalState => GoalStage::ALL.iter().for_each(|stage| with("", stage.name())),
            ActKind::StepState | ActKind::StepMarked => {
                StepStage::ALL.iter().for_each(|stage| with(stage.name(), ""));
                with("", "");
            }
            ActKind::PartOwner => PartOwner::ALL.iter().for_each(|owner| with("toolbox", owner.name())),
            _ => ["toolbox", "no-such-part", ""].iter().for_each(|field| with(field, "Mara")),
        }
    }
    for (act, field, after) in &rows {
        for (member, device) in [(world.mara.1, world.mara.0.device), (world.theo.1, world.theo.0.device)] {
            for element in [Some(idea), Some(ElementId([8; 16])), None] {
                let (space, commit) = (world.shared, 1);
                for name in [space.0, member.0, device.0] {
                    world.sql("INSERT OR IGNORE INTO name (value) VALUES (?1)", [name.as_slice()]);
                }
                world.sql(
                    "INSERT INTO told (space, subject, batch, act, element, field, after, member, device, claimed_ms,
                     zone, made_in) SELECT (SELECT id FROM name WHERE value = ?1), ?2, 0, ?3, ?4, ?5, ?6,
                     (SELECT id FROM name WHERE value = ?7), (SELECT id FROM name WHERE value = ?8), ?9, 'UTC', ?10",
                    params![space, plan, act, element, field, after, member, device, NOW_MS, commit],
                );
            }
        }
    }
    for viewer in [world.mara.1, world.theo.1] {
        world.look_as(viewer);
        let (mut count, mut after) = (0, None);
        loop {
            let ask = Ask::History { of: plan, at: At { limit: 200, after, ..At::default() } };
            let Answer::History(page) = world.ask(&ask).unwrap() else { panic!("a story") };
            for row in &page.rows {
                assert!(row.label.ends_with('.') && !row.label.starts_with("history-"), "{}", row.label);
                assert_eq!(row.by.is_me, row.by.member == viewer);
            }
            count += page.rows.len();
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert!(count >= rows.len() * 6);
    }
}

#[test]
fn the_story_of_a_plan_reads_newest_first() {
    let mut world = World::new();
    let name = crate::command::RelationshipCommand::Nickname { space: world.shared, name: "Theo".into() };
    world.mara(&Command::Relationship(name));
    let plan = world.plan("wellness");
    world.mara(&add_entry(&plan, "toolbox", "Tea"));
    let idea = world.theo(&suggest(&plan, Some("toolbox"), None, IdeaKind::Add, "Walk")).element.unwrap();
    world.mara(&decide(idea, Decision::AddAs("Walk to the river".into())));
    let part = || "afterwards".to_owned();
    world.mara(&Command::Plan(PlanCommand::SkipPart { plan, part: part() }));
    world.mara(&Command::Plan(PlanCommand::UnskipPart { plan, part: part() }));
    world.mara(&Command::Plan(PlanCommand::SetOwner { plan, part: part(), owner: PartOwner::Supporter }));
    let expected = [
        "You gave Afterwards to Theo.",
        "You took Afterwards in again.",
        "You left out Afterwards for now.",
        "Theo's idea for My toolbox. You added it in other words.",
        "You added a line to My toolbox.",
        "Theo gave an idea for My toolbox.",
        "You added a line to My toolbox.",
        "You began this plan.",
    ];
    assert_eq!(said(&world, &plan), expected);
    let row = &world.story(&plan)[3];
    assert_eq!((row.act.as_str(), row.after.as_ref().unwrap().as_str()), ("idea-changed", "Walk to the river"));
    assert!(world.story(&plan)[0].after.is_none(), "the name of an owner is no one's words");
    // A page later, after more was written, the story goes on where it was.
    let ask = |after| Ask::History { of: plan, at: At { limit: 3, after, ..At::default() } };
    let Answer::History(first) = world.ask(&ask(None)).unwrap() else { panic!("a story") };
    world.mara(&add_entry(&plan, "toolbox", "Bath"));
    let Answer::History(second) = world.ask(&ask(first.next)).unwrap() else { panic!("a story") };
    assert_eq!(second.rows.iter().map(|row| plain(&row.label)).collect::<Vec<_>>(), expected[3..6]);
    world.on_theos_phone();
    assert_eq!(said(&world, &plan)[1], "someone made Afterwards yours.");
}

#[test]
fn the_story_of_a_note_and_of_a_goal_is_told() {
    let mut world = World::new();
    let note = world.note(0, "Night", "Short", &[]);
    world.mara(&Command::Note(NoteCommand::AddTag { note, tag: "sleep".into() }));
    world.mara(&Command::Note(NoteCommand::Pin { note }));
    assert_eq!(said(&world, &note), ["You pinned it.", "You added the tag sleep.", "You wrote this note."]);
    let goal = goal(&mut world, None);
    let command = GoalCommand::SetStage { goal, stage: GoalStage::Active };
    world.mara(&Command::Goal(command));
    assert_eq!(said(&world, &goal), ["You took this goal up.", "You began this goal."]);
    let ask = Ask::History { of: DocId([1; 32]), at: At::default() };
    assert_eq!(world.ask(&ask).unwrap(), Answer::No(Code::NotFound));
}
