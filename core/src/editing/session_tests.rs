use super::session::{FieldNow, Heard, KeptWords, SPLICES_MAX, TEXT_UNITS_MAX, TextState};
use super::*;
use crate::error::Code;
use unicode_segmentation::UnicodeSegmentation;

fn typed(state: &mut TextState, field: &str, splices: &[Splice]) -> (String, Heard) {
    let after = apply(field, splices).expect("fits");
    let length = units(&after);
    let accepted = state.give((0, 0)).version;
    let heard = state.hear(FieldNow { accepted, length, change: Some(Edit::Splices(splices)) }).expect("heard");
    (after, heard)
}

fn holds(state: &TextState) {
    assert_eq!(apply(state.view(), state.pending()).expect("fits"), state.text(), "view and pending are the text");
    assert_eq!(apply(state.doc(), state.unwritten()).expect("fits"), state.text(), "document and typed are the text");
    let again = TextState::of_kept(&state.kept());
    let texts = |state: &TextState| [state.doc(), state.text(), state.view()].map(str::to_owned);
    assert_eq!(texts(&again), texts(state), "what is kept says all three texts");
}

#[test]
fn what_is_typed_is_heard_and_what_arrives_is_given() {
    let mut state = TextState::new("We say when we need a pause.");
    let (field, heard) = typed(&mut state, "We say when we need a pause.", &[Splice::new(27, 0, ", no reason asked")]);
    assert_eq!(heard, Heard::Typed);
    state.become_doc("We say early when we need a pause.", Some(&[Splice::new(7, 0, "early ")]));
    holds(&state);
    let patches = state.give((44, 44));
    assert_eq!(apply(&field, &patches.splices).expect("fits"), "We say early when we need a pause, no reason asked.");
    assert_eq!(patches.selection, (50, 50), "the caret stays behind the letter it stood behind");
    // Taken, or not: nothing is doubled.
    let mut not_taken = state.clone();
    let now = FieldNow { accepted: patches.version, length: units(state.text()), change: None };
    assert_eq!(state.hear(now).expect("heard"), Heard::Taken);
    assert_eq!(state.view(), state.text());
    let now = FieldNow { accepted: 0, length: units(&field), change: None };
    assert_eq!(not_taken.hear(now).expect("heard"), Heard::Taken);
    assert_eq!(not_taken.give((0, 0)).splices, patches.splices);
    holds(&not_taken);
}

#[test]
fn a_field_that_shows_something_else_is_asked_for_all_of_it() {
    let mut state = TextState::new("abc");
    let before = state.clone();
    let splice = [Splice::new(1, 0, "x")];
    let now = |length, change| FieldNow { accepted: 0, length, change };
    assert_eq!(state.hear(now(5, Some(Edit::Splices(&splice)))).expect("heard"), Heard::Resend);
    assert_eq!(state.hear(now(2, None)).expect("heard"), Heard::Resend);
    // The field had five units and removed the last.
    let beyond = [Splice::new(4, 1, "")];
    assert_eq!(state.hear(now(4, Some(Edit::Splices(&beyond)))).expect("heard"), Heard::Resend);
    // It says itself that there were three.
    let error = state.hear(now(2, Some(Edit::Splices(&beyond)))).expect_err("past its own end");
    assert_eq!(error.code(), Code::OutOfRange);
    assert!(state == before, "nothing changed");
    assert_eq!(state.hear(now(4, Some(Edit::Whole("axbc")))).expect("heard"), Heard::Typed);
    assert_eq!(state.text(), "axbc");
}

#[test]
fn pairs_and_clusters_are_never_cut() {
    let mut state = TextState::new("a😀b");
    // The whole pair went where a half was named.
    fn now(length: usize, splices: &[Splice]) -> FieldNow<'_> {
        FieldNow { accepted: 0, length, change: Some(Edit::Splices(splices)) }
    }
    assert_eq!(state.hear(now(2, &[Splice::new(2, 1, "")])).expect("heard"), Heard::Typed);
    assert_eq!(state.text(), "ab");
    let mut state = TextState::new("a😀b");
    assert_eq!(state.hear(now(3, &[Splice::new(2, 1, "")])).expect("heard"), Heard::Resend, "a field with half a pair");
    // Two sides in one family: its members stay one cluster.
    let mut state = TextState::new("👨\u{200d}👩\u{200d}👧");
    state.become_doc("👨\u{200d}👩\u{200d}👧!", None);
    let cut = [Splice::new(6, 2, "👦")];
    assert_eq!(state.hear(now(8, &cut)).expect("heard"), Heard::Typed);
    assert_eq!(state.text(), "👨\u{200d}👩\u{200d}👦!");
    holds(&state);
}

#[test]
fn bounds_are_told() {
    let mut state = TextState::new("");
    let many = vec![Splice::new(0, 0, "x"); SPLICES_MAX + 1];
    let now = FieldNow { accepted: 0, length: SPLICES_MAX + 1, change: Some(Edit::Splices(&many)) };
    assert_eq!(state.hear(now).expect_err("too many").code(), Code::TooMany);
    let long = "x".repeat(TEXT_UNITS_MAX + 1);
    let now = FieldNow { accepted: 0, length: long.len(), change: Some(Edit::Whole(&long)) };
    assert_eq!(state.hear(now).expect_err("too big").code(), Code::TooBig);
    let one = [Splice::new(0, 0, long)];
    let now = FieldNow { accepted: 0, length: TEXT_UNITS_MAX + 1, change: Some(Edit::Splices(&one)) };
    assert_eq!(state.hear(now).expect_err("too big").code(), Code::TooBig);
    assert_eq!(state.text(), "");
}

#[test]
fn a_field_that_claims_what_it_was_never_given_loses_nothing() {
    for shows_it in [true, false] {
        let mut state = TextState::new("ab");
        state.become_doc("aXb", None);
        let whole = if shows_it { "aXb!" } else { "ab!" };
        let now = FieldNow { accepted: 9, length: 4, change: Some(Edit::Whole(whole)) };
        assert_eq!(state.hear(now).expect("heard"), Heard::Typed);
        assert_eq!(state.text(), "aXb!");
        assert!(shows_it || state.give((0, 0)).version > 9, "no number is given twice");
        holds(&state);
    }
}

#[test]
fn kept_words_meet_what_was_written_meanwhile() {
    let mut state = TextState::new("We say when we need a pause.");
    typed(&mut state, "We say when we need a pause.", &[Splice::new(27, 0, ", no reason asked")]);
    let back = TextState::recovered(&state.kept(), "We say early when we need a pause.");
    assert_eq!(back.text(), "We say early when we need a pause, no reason asked.");
    assert_eq!((back.view(), back.pending()), (back.text(), [].as_slice()));
    holds(&back);
    // They were written already.
    assert!(!TextState::recovered(&state.kept(), state.text()).is_ahead());
    // A way back that leads nowhere: all the words are still there.
    let broken = KeptWords { back: vec![Splice::new(90, 1, "")], ..state.kept() };
    assert_eq!(TextState::recovered(&broken, "").text(), state.text());
    assert!(!format!("{state:?}{broken:?}").contains("pause"));
}

#[test]
fn a_selection_stays_beside_its_letters() {
    let at = |selection, now: &str| {
        let mut state = TextState::new("abcdef");
        state.become_doc(now, None);
        state.give(selection).selection
    };
    assert_eq!(at((3, 3), "abcXXdef"), (3, 3), "behind c");
    assert_eq!(at((3, 5), "abcXXdeYYf"), (5, 7), "around de, and no more");
    assert_eq!(at((4, 4), "abf"), (2, 2), "where its letters were");
    assert_eq!(at((90, 90), "XXabcdef"), (8, 8), "the end is the end");
    assert_eq!(at((5, 3), "Xabcdef"), (4, 6), "the other way round");
}

const CLUSTERS: [&str; 8] = ["a", "é", "e\u{301}", "👩\u{200d}👩\u{200d}👧", "نَ", "說", "🇵🇹", "\n"];

/// One field over one document that another writes in too, in random order.
fn run(seed: u64) {
    let mut state_of_chance = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut draw = |below: usize| {
        // xorshift64*: enough for choosing test cases
        state_of_chance ^= state_of_chance >> 12;
        state_of_chance ^= state_of_chance << 25;
        state_of_chance ^= state_of_chance >> 27;
        usize::try_from(state_of_chance.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33).expect("31 bits") % below.max(1)
    };
    let start: String = (0..draw(8)).map(|_| CLUSTERS[draw(8)]).collect();
    let mut state = TextState::new(start.clone());
    let (mut field, mut accepted, mut marks) = (start, 0, Vec::new());
    for turn in 0..30_u32 {
        let mark = char::from_u32(0x4e00 + turn).expect("a scalar").to_string();
        let edited = |text: &str, draw: &mut dyn FnMut(usize) -> usize| {
            let clusters: Vec<&str> = text.graphemes(true).collect();
            let from = draw(clusters.len() + 1);
            let at = units(&clusters[..from].concat());
            // What is marked is never taken out again, so that each mark can be counted.
            let gone = clusters[from..]
                .iter()
                .take(draw(3))
                .take_while(|c| !c.chars().any(|c| c > '\u{4dff}' && c < '\u{4fff}'));
            let remove = gone.map(|cluster| units(cluster)).sum();
            Splice::new(at, remove, mark.clone() + CLUSTERS[draw(8)])
        };
        match draw(5) {
            0 => {
                let arrived = [edited(state.doc(), &mut draw)];
                let now = apply(state.doc(), &arrived).expect("fits");
                let known = draw(2) == 0;
                state.become_doc(&now, known.then_some(&arrived));
                marks.push(mark);
            }
            1 => state.wrote(),
            2 => {
                let now = state.doc().to_owned();
                state = TextState::recovered(&state.kept(), &now);
                (field, accepted) = (state.text().to_owned(), 0);
            }
            _ => {
                let key = edited(&field, &mut draw);
                field = apply(&field, std::slice::from_ref(&key)).expect("fits");
                // Two splices take the long road: a key by itself ends where it would.
                let (key, length, mut long) = ([key.clone()], units(&field), state.clone());
                let with_nothing = [Splice::new(0, 0, ""), key[0].clone()];
                let whole = draw(4) == 0;
                let change = if whole { Edit::Whole(&field) } else { Edit::Splices(&key) };
                let now = FieldNow { accepted, length, change: Some(change) };
                assert_eq!(state.hear(now).expect("heard"), Heard::Typed, "run {seed}");
                if !whole {
                    let now = FieldNow { accepted, length, change: Some(Edit::Splices(&with_nothing)) };
                    assert_eq!(long.hear(now).expect("heard"), Heard::Typed, "run {seed}");
                    assert!(long == state, "run {seed}: two roads");
                }
                assert_eq!(state.view(), field, "run {seed}");
                marks.push(mark);
                let patches = state.give((0, 0));
                if draw(2) == 0 {
                    field = apply(&field, &patches.splices).expect("fits");
                    accepted = patches.version;
                    assert_eq!(field, state.text(), "run {seed}");
                }
            }
        }
        holds(&state);
        for mark in &marks {
            assert_eq!(state.text().matches(mark.as_str()).count(), 1, "run {seed}: {mark} in {:?}", state.text());
        }
    }
}

#[test]
fn every_letter_is_there_once_whatever_is_taken_or_not() {
    let runs = std::env::var("BELAY_CASES").ok().and_then(|runs| runs.parse().ok()).unwrap_or(500);
    (1..=runs).for_each(run);
}
