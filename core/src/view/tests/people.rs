use super::super::look::kebab;
use super::*;
use crate::batch::{CardRev, Holdings, LogHead, Reason, Refusal};
use crate::ids::StatementId;
use crate::store::batches::{self, BatchRecord, Stage};
use crate::store::documents;

fn relationship(world: &World) -> RelationshipRow {
    let Answer::Relationships(mut rows) = world.ask(&Ask::Relationships).unwrap() else { panic!("people") };
    assert_eq!(rows.len(), 1);
    rows.remove(0)
}

fn status(world: &World) -> StatusDetail {
    let Answer::Status(status) = world.ask(&Ask::Status).unwrap() else { panic!("status") };
    *status
}

/// Theo says that he holds everything of these devices' logs.
fn tell(world: &mut World, counter: u64, devices: &[DeviceId]) {
    let (space, theo) = (world.shared, world.theo.0.clone());
    let logs = world
        .store
        .read(|db| {
            let mut logs = Vec::new();
            for device in devices {
                let heads = batches::heads(db, &space, device)?;
                logs.extend(heads.into_iter().map(|(seq, id)| LogHead { device: *device, seq, id }));
            }
            Ok(logs)
        })
        .unwrap();
    let cards: Vec<CardRev> = Vec::new();
    let statements = vec![StatementId(space.0)];
    let holdings = Holdings { space, device: theo.device, counter, statements, logs, cards, asks: vec![] };
    let signed = holdings.sign(&theo.signing).encode();
    world.store.write(|tx| spaces::put_holdings(tx, &space, &theo.device, counter, &signed)).unwrap();
}

#[test]
fn what_waits_and_whether_both_hold_the_same() {
    let mut world = World::new();
    let plan = world.plan("wellness");
    let row = relationship(&world);
    assert_eq!((row.waiting, row.equal, row.phones), (1, None, 1), "an open batch waits too");
    assert_eq!((row.name.as_str(), row.my_role_label.as_str()), ("someone", "Person"));
    assert_eq!((row.stage.code.as_str(), row.people.len()), ("checked", 2));
    world.theo(&add_entry(&plan, "looking-after-us", "Pause"));
    let (hers, his) = (world.mara.0.device, world.theo.0.device);
    tell(&mut world, 1, &[his]);
    let row = relationship(&world);
    assert_eq!((row.waiting, row.equal), (1, Some(false)));
    tell(&mut world, 2, &[hers, his]);
    let row = relationship(&world);
    assert_eq!((row.waiting, row.equal), (0, Some(true)));
    world.mara(&add_entry(&plan, "toolbox", "Tea"));
    let row = relationship(&world);
    assert_eq!((row.waiting, row.equal), (1, Some(false)));
    world.close();
    let row = relationship(&world);
    assert_eq!((row.waiting, row.equal), (1, Some(false)));
    // He tells of a batch that is not here.
    let unknown = LogHead { device: his, seq: 9, id: crate::ids::BatchId([9; 32]) };
    let theo = world.theo.0.clone();
    let space = world.shared;
    let holdings = Holdings {
        space,
        device: his,
        counter: 3,
        statements: vec![StatementId(space.0)],
        logs: vec![unknown],
        cards: vec![],
        asks: vec![],
    };
    let signed = holdings.sign(&theo.signing).encode();
    world.store.write(|tx| spaces::put_holdings(tx, &space, &his, 3, &signed)).unwrap();
    assert_eq!(relationship(&world).equal, Some(false));
}

#[test]
fn the_state_of_a_space_is_its_accepted_documents() {
    let mut world = World::new();
    let plan = world.plan("wellness");
    let hash = |world: &World| world.store.read(|db| state_hash(db, &world.shared)).unwrap();
    let state = |world: &World| match world.ask(&Ask::States).unwrap() {
        Answer::States(states) => states.spaces[0].state_short.clone(),
        other => panic!("{other:?}"),
    };
    let empty = hash(&world).unwrap();
    assert_eq!(empty, crate::crypto::hash::sha256(&[&[0x80]]), "nothing is accepted yet");
    world.close();
    assert_eq!((hash(&world), state(&world)), (None, String::new()));
    world.store.write(|tx| documents::set_hash(tx, &plan, &[7; 32])).unwrap();
    let mut bytes = vec![0x81, 0x82, 0x58, 0x20];
    bytes.extend(plan.0);
    bytes.extend([0x58, 0x20]);
    bytes.extend([7; 32]);
    let expected = crate::crypto::hash::sha256(&[&bytes]);
    assert_eq!(hash(&world), Some(expected));
    assert_eq!(state(&world), crate::ids::short_hash(&expected));
}

#[test]
fn nothing_is_shown_of_a_space_that_is_not_checked() {
    let mut world = World::new();
    let plan = world.plan("wellness");
    let shared = world.shared;
    let goal = goal(&mut world, Some(shared));
    let idea = world.theo(&suggest(&plan, Some("toolbox"), None, IdeaKind::Add, "Walk")).element.unwrap();
    assert_eq!((status(&world).plans, status(&world).goals, status(&world).ideas_waiting), (1, 1, 1));
    {
        let shared = world.shared;
        world.sql("UPDATE space SET stage = ?1 WHERE id = ?2", params![SpaceState::Introduced.code(), shared]);
        let at = At::default;
        for ask in [
            Ask::Plan { id: plan },
            Ask::Goal { id: goal },
            Ask::Idea { id: idea },
            Ask::History { of: plan, at: at() },
            Ask::Audience { of: plan },
        ] {
            assert_eq!(world.ask(&ask).unwrap(), Answer::No(Code::NotInForce), "{ask:?}");
        }
        let status = status(&world);
        assert_eq!((status.plans, status.goals, status.ideas_waiting), (0, 0, 0));
        assert!(world.waiting().is_empty());
        let Answer::Plans(page) = world.ask(&Ask::Plans { at: at() }).unwrap() else { panic!("plans") };
        assert_eq!((page.rows.len(), page.total), (0, Some(0)));
        assert_ne!(relationship(&world).stage.code, "checked");
    }
}

#[test]
fn what_is_not_there_or_of_a_newer_app_is_said_and_is_no_fault() {
    let mut world = World::new();
    let note = world.note(0, "Night", "", &[]);
    let no = |world: &World, ask: Ask| world.ask(&ask).unwrap();
    assert_eq!(no(&world, Ask::Note { id: DocId([1; 32]) }), Answer::No(Code::NotFound));
    assert_eq!(no(&world, Ask::Goal { id: note }), Answer::No(Code::NotFound), "of another kind");
    world.sql("UPDATE document SET kind = 99 WHERE id = ?1", [note]);
    assert_eq!(no(&world, Ask::Note { id: note }), Answer::No(Code::NewerSchema));
    // A note that somebody put into a shared space is none.
    let shared = world.shared;
    world.sql("INSERT OR IGNORE INTO name (value) VALUES (?1)", params![shared]);
    world.sql(
        "UPDATE document SET kind = 1, space = (SELECT id FROM name WHERE value = ?1) WHERE id = ?2",
        params![shared, note],
    );
    assert_eq!(no(&world, Ask::Note { id: note }), Answer::No(Code::NotFound));
    assert_eq!(status(&world).notes, 0);
}

fn kept_out(world: &mut World, number: u8, stage: Stage, doc: DocId, device: DeviceId) {
    let space = world.shared;
    let header = world.store.read(|db| batches::of_document(db, &doc, Stage::Received, Stage::Refused)).unwrap();
    let header = header.first().map(|batch| batch.header.clone()).unwrap_or_default();
    let id = crate::ids::BatchId(crate::crypto::hash::sha256(&[&[number, stage as u8], &doc.0]));
    let record = BatchRecord {
        id,
        space,
        device,
        seq: 1,
        doc,
        header,
        signature: vec![],
        payload: None,
        stage,
        reason: number,
        facts: vec![],
    };
    world.store.write(|tx| batches::put(tx, &record, &[])).unwrap();
}

#[test]
fn a_change_that_was_kept_out_says_why() {
    let mut world = World::new();
    let plan = world.plan("wellness");
    world.theo(&add_entry(&plan, "what-i-bring", "Ten years sober"));
    let shown = |world: &World, limit, after| {
        let Answer::KeptOut(page) =
            world.ask(&Ask::KeptOut { at: At { limit, after, total: true, ..At::default() } }).unwrap()
        else {
            panic!("kept out")
        };
        page
    };
    let (his, stranger) = (world.theo.0.device, DeviceId([1; 32]));
    kept_out(&mut world, Refusal::NotAWriter.number(), Stage::Refused, plan, his);
    let page = shown(&world, 5, None);
    let row = &page.rows[0];
    assert_eq!((row.reason.as_str(), row.label.as_str()), ("not-a-writer", "Only your phones may write in this part."));
    assert!(row.by.as_ref().is_some_and(|by| by.member == world.theo.1));
    assert_eq!(plain(&row.when.label), "Today 14:07");
    world.look_as(world.theo.1);
    assert_eq!(plain(&shown(&world, 5, None).rows[0].label), "Only someone's phones may write in this part.");
    world.look_as(world.mara.1);
    let mut reasons = Vec::new();
    let nowhere = DocId([4; 32]);
    for refusal in Refusal::ALL {
        kept_out(&mut world, refusal.number(), Stage::Refused, nowhere, stranger);
        reasons.push(kebab(&format!("{refusal:?}")));
    }
    use Reason::{AgainOf, DependsOnUnaccepted, LostTwin, NotAWriter, OutsideCut, UnknownDevice};
    for reason in [UnknownDevice, NotAWriter, OutsideCut, LostTwin, DependsOnUnaccepted, AgainOf] {
        kept_out(&mut world, 100 + reason as u8, Stage::Aside, nowhere, stranger);
        reasons.push(kebab(&format!("{reason:?}")));
    }
    kept_out(&mut world, 200, Stage::Refused, nowhere, stranger);
    kept_out(&mut world, 200, Stage::Aside, nowhere, stranger);
    let all = shown(&world, 200, None);
    assert_eq!(all.total, Some(reasons.len() as u64 + 3));
    assert_eq!(Some(status(&world).kept_out), all.total);
    let said: Vec<_> = all.rows.iter().rev().skip(1).map(|row| row.reason.clone()).collect();
    assert_eq!(said[..reasons.len()], reasons);
    assert!(all.rows.iter().take(2).all(|row| row.reason == "other"));
    assert!(all.rows.iter().all(|row| row.label.ends_with('.')));
    assert!(all.rows.iter().take(reasons.len() + 2).all(|row| row.by.is_none()), "nobody signed in a stranger's name");
    let first = shown(&world, 2, None);
    assert_eq!(shown(&world, 2, first.next).rows, all.rows[2..4]);
}

#[test]
fn people_are_named_as_they_are_called_here() {
    use crate::command::RelationshipCommand::{MyName, Nickname};
    let mut world = World::new();
    let plan = world.plan("wellness");
    let audience = |world: &World| {
        let Answer::Audience(audience) = world.ask(&Ask::Audience { of: plan }).unwrap() else { panic!("people") };
        *audience
    };
    let seen = audience(&world);
    assert_eq!(plain(&seen.label), "You and someone can see this.");
    assert_eq!((seen.people[0].is_me, seen.people[0].name.as_str()), (true, "you"));
    let shared = world.shared;
    world.mara(&Command::Relationship(MyName { space: Some(shared), name: "Mara".into() }));
    world.theo(&Command::Relationship(MyName { space: Some(shared), name: "éva".into() }));
    let seen = audience(&world);
    assert_eq!(seen.people.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["Mara", "éva"]);
    assert_eq!(seen.people[1].initial.as_str(), "É");
    assert_eq!((seen.people[1].role_label.as_str(), seen.people[1].checked), ("Supporter", true));
    world.mara(&Command::Relationship(Nickname { space: shared, name: "Theo".into() }));
    assert_eq!(plain(&audience(&world).short), "you, Theo");
    assert_eq!(relationship(&world).name.as_str(), "Theo");
    let status = status(&world);
    assert!(!status.words_tested && !status.acknowledged);
    world.store.write(|tx| crate::store::singles::set_counter(tx, WORDS_TESTED, 1)).unwrap();
    assert!(self::status(&world).words_tested);
}

#[test]
fn what_was_shared_is_shown_after_the_end_and_nothing_waits_there() {
    for (state, code) in [(SpaceState::Ended, "left"), (SpaceState::PutOut, "put-out")] {
        let mut world = World::new();
        let plan = world.plan("wellness");
        let shared = world.shared;
        let goal = goal(&mut world, Some(shared));
        world.theo(&suggest(&plan, Some("toolbox"), None, IdeaKind::Add, "Walk"));
        world.sql("UPDATE space SET stage = ?1 WHERE id = ?2", params![state.code(), shared]);
        for ask in [Ask::Plan { id: plan }, Ask::Goal { id: goal }, Ask::History { of: plan, at: At::default() }] {
            assert!(!matches!(world.ask(&ask).unwrap(), Answer::No(_)), "{ask:?}");
        }
        let status = status(&world);
        assert_eq!((status.plans, status.goals, status.ideas_waiting), (1, 1, 0));
        let row = relationship(&world);
        assert_eq!(row.stage.code, code);
        // What was written before goes with the last word of whoever left, and from a phone that is out to nobody.
        assert_eq!(row.waiting > 0, state == SpaceState::Ended, "{row:?}");
    }
}
