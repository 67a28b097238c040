//! How stories end: who was away catches up, the words give the full state back, what lies outside a cut is adopted.

use crate::check::Book;
use crate::replica::{Replica, Seen};
use crate::story::{Story, all_heads};
use belay::batch::{Ask, Holdings, LogHead, LogView, Reason, to_send};
use belay::ids::{BatchId, MemberId};
use belay::space::{self, Admitted, CutHeads, SignedStatement};
use std::collections::{BTreeMap, BTreeSet};

pub fn end(story: &mut Story, book: &mut Book) {
    catch_up(story, book);
    if story.chance.percent(50) {
        words(story, book);
    }
    if story.chance.percent(50) {
        adopt_all(story, book);
    }
}

/// One who was away is told by one other what they lack, over any one channel: statements, then batches by holdings.
fn catch_up(story: &Story, book: &mut Book) {
    let mut chance = story.chance.clone();
    let (from, to) = (chance.below(story.hands.len()), chance.below(story.hands.len()));
    let [giver, taker] = [from, to].map(|at| &story.hands[at].replica);
    let mut caught = taker.copied();
    for at in (0..story.items.len()).filter(|at| giver.held >> at & 1 == 1 && story.items[*at].said().is_some()) {
        caught.take(at, &story.items[at]);
    }
    let place = |id: &BatchId| story.items.iter().position(|item| item.sent().is_some_and(|sent| sent.id == *id));
    let told = holdings(story, &caught);
    for id in to_send(Some(&told), &giver.shelf) {
        let at = place(&id).expect("an item of the story");
        caught.take(at, &story.items[at]);
    }
    for sent in giver.shelf.all() {
        assert!(caught.shelf.get(&sent.id).is_some(), "one who was away lacks a batch that the other holds");
    }
    book.look(&caught, story);
    book.tally.note("caught up", 1);
}

fn holdings(story: &Story, of: &Replica) -> Holdings {
    let head = |device, id: BatchId| {
        let seq = of.shelf.get(&id).map_or(0, |sent| sent.header.seq);
        LogHead { device, seq, id }
    };
    let logs = of
        .shelf
        .devices()
        .into_iter()
        .flat_map(|device| of.shelf.heads(&device).into_iter().map(move |id| head(device, id)));
    Holdings {
        space: story.cast.space(),
        device: story.hands[0].phone().id,
        counter: 1,
        statements: Vec::new(),
        logs: logs.collect(),
        cards: Vec::new(),
        asks: Vec::<Ask>::new(),
    }
}

/// All that honest people hold together.
fn together(story: &Story) -> Replica {
    let held = story.hands.iter().filter(|hand| hand.is_honest()).fold(1, |all, hand| all | hand.replica.held);
    Replica::of(story.cast.space(), &story.items, held)
}

/// Someone comes back by their words, on the devices that they trust, naming every head that an honest hand wrote.
fn words(story: &mut Story, book: &mut Book) {
    let all = together(story);
    let victim = story.chance.below(story.cast.people.len());
    let member = story.cast.people[victim].id;
    if all.membership().members[&member].left || story.is_full() {
        return;
    }
    // Whoever leads may put others out, a thief who has the secret of their phone too: that is theirs to mend first.
    let stolen = |number: usize| story.hands.iter().any(|hand| hand.phone == number && !hand.is_honest());
    if victim != 0 && story.hands.iter().any(|hand| hand.member == 0 && !hand.is_honest()) {
        return;
    }
    let trusts = |hand: &&crate::story::Hand| hand.member == victim && hand.is_honest() && !stolen(hand.phone);
    let mut trusted: Vec<_> = story.hands.iter().filter(trusts).map(|hand| hand.phone().entry).collect();
    trusted.sort_unstable();
    trusted.dedup();
    trusted.truncate(8);
    let Some(by) = story.hands.iter().position(|hand| hand.is_honest() && hand.member == victim) else { return };
    // What waits for something else is seen by nobody yet.
    let known = all.shelf.all().filter(|sent| sent.honest).map(|sent| sent.id).collect();
    story.hands[by].replica = all;
    let heads = honest_heads(&story.hands[by].replica);
    if heads.values().any(|heads| heads.len() > space::CUT_HEADS_MAX) {
        // A log that was split more often than a cut can name.
        return;
    }
    let made = space::reset(story.hands[by].replica.membership(), &trusted, &heads, &story.cast.people[victim].root);
    let Some(at) = story.say(by, made) else { return };
    let seen = story.hands[by].replica.seen();
    full_state(story, &seen, &member, (at, &known));
    let held = story.hands[by].replica.held;
    // What a thief back-dates now changes nothing of it.
    for _ in 0..6 {
        if let Some(thief) = story.hands.iter().position(|hand| !hand.is_honest()) {
            story.thief_acts(thief);
        }
    }
    let mut later = story.hands[by].replica.copied();
    for at in 0..story.items.len() {
        later.take(at, &story.items[at]);
    }
    let seen = book.look(&later, story);
    if seen.membership.members[&member].left {
        // Whoever has the secret of an old phone may leave in its owner's name, and that is final (§3).
        book.tally.note("a thief left in somebody's name", 1);
        return;
    }
    let stands = seen.membership.members[&member].reset;
    let apart = |item: usize| held >> item & 1 == 0 && item != at;
    let said = |item: &usize| story.items[*item].said().map(SignedStatement::id) == stands;
    if (0..story.items.len()).find(said).is_some_and(apart) {
        // The same words were typed elsewhere, where only a thief heard of it: of the two the lower hash stands (§3).
        book.tally.note("the words were typed apart", 1);
        return;
    }
    full_state(story, seen, &member, (at, &known));
    book.tally.note("came back by their words", 1);
}

/// Of every log the newest batches that an honest hand wrote, and nothing that only a thief wrote.
fn honest_heads(replica: &Replica) -> CutHeads {
    let honest: BTreeSet<BatchId> = replica.shelf.all().filter(|sent| sent.honest).map(|sent| sent.id).collect();
    let mut heads = all_heads(replica);
    for heads in heads.values_mut() {
        let mut open = std::mem::take(heads);
        while let Some(id) = open.pop() {
            if honest.contains(&id) {
                if !heads.contains(&id) {
                    heads.push(id);
                }
            } else if let Some(sent) = replica.shelf.get(&id) {
                open.extend(&sent.header.prev);
            }
        }
    }
    heads
}

/// The named devices and no other are in, and every honest batch of the member's that was named counts, unless a twin
/// of it does or it leans on one that lost.
fn full_state(story: &Story, seen: &Seen, member: &MemberId, (words, named_then): (usize, &BTreeSet<BatchId>)) {
    let standing = &seen.membership.members[member];
    let Some(signed) = story.items[words].said() else { return };
    assert_eq!(standing.reset, Some(signed.id()));
    let Ok(space::Statement::RootReset(reset)) = signed.statement() else { panic!("a RootReset") };
    let named: BTreeSet<_> = reset.devices.iter().map(belay::identity::DeviceEntry::device_id).collect();
    assert_eq!(standing.active_devices().collect::<BTreeSet<_>>(), named, "the words name who is in");
    for (device, known) in &standing.devices {
        let heads = reset.cut.iter().find(|cut| cut.device == *device).map(|cut| cut.heads.clone()).unwrap_or_default();
        let admitted = match (named.contains(device), heads.is_empty()) {
            (true, _) => Admitted::Standing,
            (false, false) => Admitted::ByResetCut,
            (false, true) => Admitted::Once,
        };
        assert_eq!(known.bounds.admitted, admitted);
        assert_eq!(known.bounds.cuts.is_empty(), named.contains(device));
    }
    for sent in (0..words).filter_map(|at| story.items[at].sent()).filter(|sent| named_then.contains(&sent.id)) {
        if seen.membership.member_of(&sent.header.device) == Some(*member) {
            let reason = seen.acceptance.others.get(&sent.id);
            assert_ne!(reason, Some(&Reason::OutsideCut), "{:?}: the words named it", sent.marks);
        }
    }
}

/// Whatever honest lies outside a cut is taken over by someone who may, and counts again for everybody.
fn adopt_all(story: &mut Story, book: &mut Book) {
    let all = together(story);
    let seen = all.seen();
    let mut wanted: BTreeMap<usize, Vec<BatchId>> = BTreeMap::new();
    for (id, reason) in &seen.acceptance.others {
        let Some(sent) = all.shelf.get(id) else { continue };
        if sent.honest && *reason == Reason::OutsideCut {
            let doc = story.docs.iter().position(|birth| birth.doc() == sent.header.doc).expect("of the story");
            wanted.entry(doc).or_default().push(*id);
        }
    }
    let held = all.held;
    let mut adopted = Vec::new();
    for (doc, ids) in wanted {
        let writer = story.docs[doc].writer;
        let may = |hand: &crate::story::Hand| {
            let member = story.cast.people[hand.member].id;
            hand.is_honest()
                && writer.is_none_or(|writer| writer == member)
                && seen.membership.is_active(&hand.phone().id)
        };
        let Some(by) = story.hands.iter().position(may) else { continue };
        story.hands[by].replica = Replica::of(story.cast.space(), &story.items, held | story.hands[by].replica.held);
        adopted.extend(story.adopt(by, doc, ids.clone()).map(|at| (at, ids)));
    }
    let now = adopted.iter().fold(held, |all, (at, _)| all | 1 << at);
    let replica = Replica::of(story.cast.space(), &story.items, now);
    let seen = book.look(&replica, story);
    let taken = adopted.iter().flat_map(|(_, ids)| ids);
    let mut count = 0;
    for id in taken {
        assert_ne!(seen.acceptance.others.get(id), Some(&Reason::OutsideCut), "adopted, and still outside");
        count += 1;
    }
    book.tally.note("adopted in the end", count);
}
