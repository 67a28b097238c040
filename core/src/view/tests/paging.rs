use super::*;

fn page(world: &World, at: At) -> Page<NoteRow> {
    let ask = Ask::Notes { filter: NoteFilter::default(), at };
    let Answer::Notes(page) = world.ask(&ask).unwrap() else { panic!("notes") };
    page
}

fn titles(page: &Page<NoteRow>) -> Vec<&str> {
    page.rows.iter().map(|row| row.title.as_str()).collect()
}

fn after(limit: u32, cursor: Option<&Cursor>) -> At {
    At { limit, after: cursor.cloned(), ..At::default() }
}

fn around(limit: u32, id: DocId) -> At {
    At { limit, around: Some(Anchor::Object { id }), ..At::default() }
}

fn ten() -> (World, Vec<DocId>) {
    let mut world = World::new();
    let ids = (0..10).map(|age| world.note(age, &format!("n{age}"), "", &[])).collect();
    (world, ids)
}

#[test]
fn a_list_is_read_forwards_and_back_to_where_it_began() {
    let (mut world, ids) = ten();
    world.mara(&Command::Note(NoteCommand::Pin { note: ids[6] }));
    let (mut on, mut shown, mut cursor) = (Vec::new(), Vec::new(), None);
    loop {
        let next = page(&world, after(3, cursor.as_ref()));
        assert_eq!(next.previous.is_none(), cursor.is_none(), "only the first page has none before it");
        shown.push(titles(&next).join(" "));
        cursor = next.next.clone();
        on.push(next);
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(shown, ["n6 n0 n1", "n2 n3 n4", "n5 n7 n8", "n9"]);
    let (mut back, mut cursor) = (vec![shown[3].clone()], on[3].previous.clone());
    while let Some(place) = cursor {
        let page = page(&world, after(3, Some(&place)));
        assert!(page.next.is_some(), "there is more behind it");
        back.push(titles(&page).join(" "));
        cursor = page.previous;
    }
    back.reverse();
    assert_eq!(back, shown);
}

#[test]
fn a_page_lies_around_what_it_is_asked_around_also_where_that_is_gone() {
    let (mut world, ids) = ten();
    assert_eq!(titles(&page(&world, around(5, ids[4]))), ["n2", "n3", "n4", "n5", "n6"]);
    assert_eq!(titles(&page(&world, around(4, ids[0]))), ["n0", "n1", "n2", "n3"]);
    let last = page(&world, around(4, ids[9]));
    assert_eq!(
        (titles(&last), last.next.is_some(), last.previous.is_some()),
        (vec!["n6", "n7", "n8", "n9"], false, true)
    );
    let whole = page(&world, around(20, ids[4]));
    assert_eq!((whole.rows.len(), whole.next, whole.previous), (10, None, None));
    // Forgotten or never there: its old place as history tells it, or the start.
    world.mara(&Command::Forget(crate::command::ForgetCommand::Everything { doc: ids[4] }));
    assert_eq!(titles(&page(&world, around(4, ids[4]))), ["n2", "n3", "n5", "n6"]);
    assert_eq!(titles(&page(&world, around(3, DocId([9; 32])))), ["n0", "n1", "n2"]);
    let both = At { after: page(&world, after(1, None)).next, ..around(3, ids[1]) };
    let ask = Ask::Notes { filter: NoteFilter::default(), at: both };
    assert_eq!(world.ask(&ask).unwrap_err().code(), Code::OutOfRange);
}

#[test]
fn an_emptied_page_still_leads_back() {
    let (mut world, ids) = ten();
    let first = page(&world, after(8, None));
    for id in &ids[8..] {
        world.mara(&Command::Note(NoteCommand::Trash { note: *id }));
    }
    let second = page(&world, after(8, first.next.as_ref()));
    assert!(second.rows.is_empty() && second.next.is_none());
    let back = page(&world, after(8, second.previous.as_ref()));
    assert_eq!(titles(&back), titles(&first), "the row that the cursor stood on is among those before");
    // And the other way round.
    let later = page(&world, after(2, page(&world, after(2, None)).next.as_ref()));
    for id in &ids[..2] {
        world.mara(&Command::Note(NoteCommand::Trash { note: *id }));
    }
    let none = page(&world, after(2, later.previous.as_ref()));
    assert!(none.rows.is_empty() && none.previous.is_none());
    assert_eq!(titles(&page(&world, after(2, none.next.as_ref()))), ["n2", "n3"]);
}

#[test]
fn a_total_is_counted_where_it_is_asked_for_or_known_anyway() {
    let (world, _) = ten();
    assert_eq!(page(&world, after(3, None)).total, None);
    assert_eq!(page(&world, At { total: true, ..after(3, None) }).total, Some(10));
    assert_eq!(page(&world, after(50, None)).total, Some(10));
}
