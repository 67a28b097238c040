//! What screens are told of copies: search, comments, history, changes, pages.

use crate::scene::*;
use belay::command::{ConsentCommand, Deed, GiftDraft, TalkCommand, Target, TextRange};
use belay::document::lane::IdeaKind;
use belay::error::Code;
use belay::view::{Answer, Ask, At, Findable, SearchPage, SearchQuery, ShareFilter};
use belay_tests::{Device, text};

fn search(on: &Device, words: &str) -> SearchPage {
    let query = SearchQuery { words: text(words), ..SearchQuery::default() };
    match on.ask(Ask::Search { query, at: At::default() }) {
        Answer::Search(page) => page,
        other => panic!("{other:?}"),
    }
}

fn comment(on: &Device, id: belay::ids::DocId, words: &str) {
    let on_copy = Target { doc: id, part: None, element: None };
    on.apply(TalkCommand::Comment { on: on_copy, text: text(words), quote: text("") });
}

#[test]
fn a_copy_is_found_by_its_words_until_it_is_taken_back() {
    let scene = Scene::new("search");
    let (mara, theo) = (&scene.mara, &scene.theo);
    let id = scene.given();
    let found = search(theo, "radio helped");
    assert_eq!(found.rows.iter().map(|row| (row.id, row.kind)).collect::<Vec<_>>(), [(id, Findable::Copy)]);
    assert!(search(theo, "kestrel").rows.is_empty() && search(theo, "heron").rows.is_empty());
    let mine: Vec<_> = search(mara, "radio").rows.iter().map(|row| row.kind).collect();
    assert!(mine.contains(&Findable::Note) && mine.contains(&Findable::Copy), "{mine:?}");
    comment(theo, id, "Gentle curlew");
    assert_eq!(search(theo, "curlew").rows[0].inside.as_str(), "Copy");
    take_back(mara, id);
    scene.tell();
    assert!(search(theo, "radio").rows.is_empty() && search(theo, "curlew").rows.is_empty());
    assert_eq!(search(mara, "radio").rows.iter().map(|row| row.kind).collect::<Vec<_>>(), [Findable::Note]);
}

#[test]
fn members_comment_on_a_copy_and_give_no_ideas_for_it() {
    let scene = Scene::new("comments");
    let (mara, theo) = (&scene.mara, &scene.theo);
    let id = scene.given();
    assert!(only(theo).may.allows(Deed::Comment) && !only(theo).may.allows(Deed::TakeBack));
    assert!(only(mara).may.allows(Deed::Comment) && only(mara).may.allows(Deed::TakeBack));
    comment(theo, id, "It helps me too.");
    comment(mara, id, "Which station?");
    scene.tell();
    for device in [mara, theo] {
        let said: Vec<_> = copy(device, id).comments.into_iter().map(|said| said.text.into_string()).collect();
        assert_eq!(said.len(), 2, "{}: {said:?}", device.name);
    }
    let on = Target { doc: id, part: None, element: None };
    let why = text("");
    let idea = TalkCommand::Suggest { on, kind: IdeaKind::Add, alternatives: vec![text("Walk")], why, after: None };
    assert_eq!(theo.refused(idea), Code::UnsupportedType);
    let Answer::History(story) = theo.ask(Ask::History { of: id, at: At::default() }) else { panic!("a story") };
    let acts: Vec<_> = story.rows.iter().map(|row| row.act.as_str()).collect();
    assert_eq!(acts.iter().filter(|act| **act == "copy-given").count(), 1, "{acts:?}");
    assert!(story.rows.last().is_some_and(|row| row.label.contains("gave a copy")), "{story:?}");
    take_back(mara, id);
    scene.tell();
    let Answer::History(story) = theo.ask(Ask::History { of: id, at: At::default() }) else { panic!("a story") };
    assert!(story.rows.iter().all(|row| row.before.is_none() && row.after.is_none()), "the facts stay (I5)");
    assert_eq!(
        theo.refused(TalkCommand::Comment {
            on: Target { doc: id, part: None, element: None },
            text: text("a"),
            quote: text("")
        }),
        Code::NotFound
    );
}

#[test]
fn giving_and_taking_back_are_told_to_whoever_shows_the_note_or_the_list() {
    let scene = Scene::new("changes");
    let (mara, theo) = (&scene.mara, &scene.theo);
    let gift = scene.part();
    let preview = previewed(mara, &gift).hash;
    let give = belay::command::Command::Consent(ConsentCommand::Give { gift, preview });
    let words = Ask::Search { query: "radio".into(), at: At::default() };
    let shares = Ask::Shares { filter: ShareFilter::default(), at: At::default() };
    let open = [shares, words, Ask::Note { id: scene.note }, Ask::Relationships, Ask::Status];
    let seen = |device: &Device| device.companion.read(&open, &device.at()).expect("open").watch;
    let (hers, his) = (seen(mara), seen(theo));
    let applied = mara.companion.apply(&[give], None, &mara.at()).expect("given");
    let id = applied.outcomes[0].made.expect("a copy");
    assert!(hers.iter().all(|watch| watch.is_met_by(&applied.changes)), "{:?}", applied.changes);
    let before = theo.companion.read(&[Ask::Repairs], &theo.at()).expect("open").commit;
    scene.tell();
    let came = theo.companion.changes_since(before).expect("open");
    assert!(his[..2].iter().all(|watch| watch.is_met_by(&came)), "{came:?}");
    let hers = seen(mara);
    let back = belay::command::Command::Consent(ConsentCommand::TakeBack { copy: id });
    let applied = mara.companion.apply(&[back], None, &mara.at()).expect("taken back");
    assert!(hers.iter().all(|watch| watch.is_met_by(&applied.changes)), "{:?}", applied.changes);
}

#[test]
fn the_list_of_copies_comes_in_pages_the_newest_first() {
    let scene = Scene::new("pages");
    let mara = &scene.mara;
    let part = |at| GiftDraft { part: Some(TextRange { end: excerpt().end - at, ..excerpt() }), ..scene.part() };
    let given: Vec<_> = (0..7).map(|at| give(mara, &part(at))).collect();
    take_back(mara, given[3]);
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let ask = Ask::Shares {
            filter: ShareFilter::default(),
            at: At { limit: 3, after: after.take(), total: true, ..At::default() },
        };
        let Answer::Shares(page) = mara.ask(ask) else { panic!("a page") };
        assert_eq!(page.total, Some(7));
        seen.extend(page.rows.iter().map(|row| row.id));
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    assert_eq!(seen, given.iter().rev().copied().collect::<Vec<_>>(), "one that was taken back keeps its place");
}

#[test]
fn the_supporter_gives_too_and_both_sides_are_told_apart() {
    let scene = Scene::new("both ways");
    let (mara, theo) = (&scene.mara, &scene.theo);
    let his = give(theo, &GiftDraft { part: None, ..whole(note(theo), scene.space) });
    let hers = scene.given();
    let of = |device: &Device, side| -> Vec<_> {
        let filter = ShareFilter { side: Some(side), ..ShareFilter::default() };
        shares(device, filter).into_iter().map(|row| row.id).collect()
    };
    use belay::view::ShareSide::{Given, Received};
    assert_eq!((of(mara, Given), of(mara, Received)), (vec![hers], vec![his]));
    assert_eq!((of(theo, Given), of(theo, Received)), (vec![his], vec![hers]));
    assert_eq!(shares(mara, ShareFilter::default()).len(), 2);
}
