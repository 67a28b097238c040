use super::*;
use crate::command::{Decision, GoalDraft};
use crate::document::goal::GoalStage;
use crate::view::page::{Args, Key, Leg, Way};
use rusqlite::params_from_iter;

fn home(world: &World) -> (HomeDetail, Watch) {
    let (Answer::Home(home), watch) = world.watched(&Ask::Home).unwrap() else { panic!("home") };
    (*home, watch)
}

#[test]
fn the_first_screen_shows_what_waits_what_is_moved_towards_and_what_was_written_last() {
    let mut world = World::new();
    let (empty, _) = home(&world);
    assert!(empty.ideas.is_empty() && empty.notes.is_empty() && empty.goals.is_empty() && !empty.has_kept_out);
    assert_eq!(empty.people.len(), 1);
    let ids: Vec<DocId> = (0..5).map(|age| world.note(age, &format!("n{age}"), "", &[])).collect();
    world.mara(&Command::Note(NoteCommand::Pin { note: ids[4] }));
    world.mara(&Command::Note(NoteCommand::Trash { note: ids[1] }));
    let active: Vec<DocId> = (0..4).map(|_| goal(&mut world, None)).collect();
    for id in &active {
        world.mara(&Command::Goal(GoalCommand::SetStage { goal: *id, stage: GoalStage::Active }));
    }
    goal(&mut world, None);
    let plan = world.plan("wellness");
    let given: Vec<ElementId> = (0..5)
        .map(|n| {
            world.theo(&suggest(&plan, Some("toolbox"), None, IdeaKind::Add, &format!("Tea {n}"))).element.unwrap()
        })
        .collect();
    world.mara(&decide(given[0], Decision::Decline));
    let (home, watch) = home(&world);
    let titles: Vec<&str> = home.notes.iter().map(|row| row.title.as_str()).collect();
    // Trashing and pinning are no writing: a note is as old as its words.
    assert_eq!(titles, ["n0", "n2", "n3"]);
    assert_eq!((home.ideas.len(), home.ideas_waiting), (3, 4));
    assert_eq!((home.people[0].ideas_waiting, home.people[0].space), (4, world.shared));
    assert!(home.goals.len() == 3 && home.goals.iter().all(|row| active.contains(&row.id)));
    assert!(watch.until_ms.is_some_and(|until| until > NOW_MS && until <= NOW_MS + 86_400_000));
}

#[test]
fn goals_of_others_are_nothing_one_moves_towards_oneself() {
    let mut world = World::new();
    let draft = GoalDraft { title: "His".into(), towards: "Calm".into(), ..GoalDraft::default() };
    let space = Some(world.shared);
    let his = world.theo(&Command::Goal(GoalCommand::Create { space, draft })).made.unwrap();
    world.theo(&Command::Goal(GoalCommand::SetStage { goal: his, stage: GoalStage::Active }));
    assert!(home(&world).0.goals.is_empty());
}

/// The tables that grow with use.
const BIG: [&str; 9] = ["note", "note_tag", "history", "batch", "document", "entry", "decision", "findable", "touched"];

#[test]
fn no_question_of_the_first_screen_or_of_a_first_list_scans_what_grows() {
    let world = World::new();
    let own = world.mara.0.own;
    let (key, mut asked) = (Key { numbers: vec![0, NOW_MS], id: vec![7; 32] }, Vec::new());
    for from in [None, Some(&key)] {
        for way in [Way::On, Way::Back] {
            let leg = |limit| Leg { way, from, with: false, limit };
            for filter in [NoteFilter::default(), NoteFilter { trash: true, tag: None }] {
                let mut args = Args::default();
                asked.push((crate::view::notes::sql(&filter, own, &leg(50), &mut args), args));
            }
            let mut args = Args::default();
            asked.push((crate::view::notes::newest_sql(own, &leg(3), &mut args), args));
            for mine in [false, true] {
                let mut args = Args::default();
                asked.push((goals::sql(mine, &leg(3), &mut args), args));
            }
            let mut args = Args::default();
            asked.push((crate::view::plans::sql(&leg(50), &mut args), args));
        }
    }
    asked.push((
        crate::projection::lines::UNDECIDED.to_owned(),
        Args(vec![5.into(), 4.into(), "both".to_owned().into()]),
    ));
    asked.push((crate::store::documents::WITHOUT_HASH.to_owned(), Args::default()));
    asked.push((kept_out::ANY.to_owned(), Args::default()));
    world
        .store
        .read(|db| {
            for (sql, args) in asked {
                let mut query = db.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
                let plan = query.query_map(params_from_iter(args.0), |row| row.get::<_, String>(3))?;
                let plan: Vec<String> = plan.collect::<rusqlite::Result<_>>()?;
                for line in &plan {
                    assert!(!line.contains("TEMP B-TREE FOR ORDER BY"), "{sql}\n{plan:#?}");
                    let table = line.strip_prefix("SCAN ").and_then(|rest| rest.split(' ').next()).unwrap_or_default();
                    // In the order of an index, up to the limit, is no scan of the whole.
                    let is_bounded = line.contains("USING INDEX") || line.contains("USING COVERING INDEX");
                    assert!(!BIG.contains(&table) || is_bounded, "{sql}\n{plan:#?}");
                }
            }
            Ok(())
        })
        .unwrap();
}
