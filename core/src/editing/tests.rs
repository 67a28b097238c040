use super::hunks::compose;
use super::transform::is_border;
use super::*;
use crate::error::Code;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use unicode_segmentation::UnicodeSegmentation;

/// Signs whose clusters are told by what stands before them, and signs that end any such.
const TRICKY: [&str; 16] = [
    "a", " ", "~", "\n", "\r", "\u{301}", "\u{200d}", "👩", "👍🏽", "🇵", "🇹", "क", "\u{94d}", "각", "\u{11a8}", "\u{600}",
];

const PAUSE: &str = "We say when we need a pause.";

#[test]
fn two_people_in_one_sentence_keep_every_letter() {
    let theirs = differences(PAUSE, "We say early when we need a pause.");
    let mine = differences(PAUSE, "We say when we need a pause, no reason asked.");
    let now = apply(PAUSE, &theirs).expect("fits");
    let merged = apply(&now, &transform(&mine, &theirs)).expect("fits");
    assert_eq!(merged, "We say early when we need a pause, no reason asked.");
    let edit = Edit::Whole("We say when we need a pause, no reason asked.");
    assert_eq!(rebase(PAUSE, &now, &theirs, edit).expect("fits"), transform(&mine, &theirs));
}

#[test]
fn differences_are_small_where_the_change_is_small() {
    assert_eq!(differences(PAUSE, "We say early when we need a pause."), [Splice::new(7, 0, "early ")]);
    assert_eq!(differences("a 👨‍👩‍👧 b", "a 👨‍👩‍👦 b"), [Splice::new(2, 8, "👨‍👩‍👦")]);
    assert_eq!(differences("cafe", "café"), [Splice::new(3, 1, "é")]);
    assert_eq!(differences("e", "e\u{301}"), [Splice::new(0, 1, "e\u{301}")]);
    assert_eq!(differences("", ""), []);
    assert_eq!(differences("", "يوم"), [Splice::new(0, 0, "يوم")]);
}

#[test]
fn a_long_page_edited_at_both_ends_is_two_splices() {
    let page: String = (0..2_500).map(|line| format!("Line {line} of a long page, about 40 signs.\n")).collect();
    let edited = format!("First. {page}Last.\n");
    let found = differences(&page, &edited);
    assert_eq!(found.len(), 2);
    assert_eq!(apply(&page, &found).expect("fits"), edited);
    // Too different to compare: still right, as one splice.
    let (first, second) = ("日本".repeat(20_000), "本日語".repeat(20_000));
    assert_eq!(apply(&first, &differences(&first, &second)).expect("fits"), second);
}

#[test]
fn a_splice_past_the_end_is_refused_with_the_length() {
    for wrong in [Splice::new(4, 0, "x"), Splice::new(2, 2, ""), Splice::new(usize::MAX, usize::MAX, "")] {
        let error = apply("abc", &[wrong]).expect_err("past the end");
        assert_eq!(error.code(), Code::OutOfRange);
    }
    assert_eq!(apply("abc", &[Splice::new(3, 0, "xy"), Splice::new(5, 0, "z")]).expect("fits"), "abcxyz");
}

#[test]
fn halves_of_a_pair_stay_together() {
    assert_eq!(apply("a😀b", &[Splice::new(2, 1, "")]).expect("fits"), "ab");
    assert_eq!(apply("a😀b", &[Splice::new(1, 1, "x")]).expect("fits"), "axb");
    assert_eq!(apply("a😀b", &[Splice::new(2, 0, "x")]).expect("fits"), "a😀xb");
    assert_eq!(apply("ab", &[Splice::new(1, 0, "😀"), Splice::new(2, 0, "x")]).expect("fits"), "a😀xb");
    assert_eq!(apply("ab", &[Splice::new(1, 0, "😀"), Splice::new(2, 2, "x")]).expect("fits"), "ax");
}

#[test]
fn a_mark_typed_behind_its_letter_goes_with_the_letter() {
    let theirs = [Splice::new(1, 0, "X")];
    let now = apply("ab", &theirs).expect("fits");
    let mine = rebase("ab", &now, &theirs, Edit::Splices(&[Splice::new(1, 0, "\u{301}")])).expect("fits");
    assert_eq!(apply(&now, &mine).expect("fits"), "a\u{301}Xb");
}

#[test]
fn ties_follow_the_rule() {
    let merged = |base: &str, theirs: &[Splice], mine: &[Splice]| {
        apply(&apply(base, theirs).expect("fits"), &transform(mine, theirs)).expect("fits")
    };
    let (add_t, add_m) = ([Splice::new(1, 0, "T")], [Splice::new(1, 0, "M")]);
    assert_eq!(merged("ab", &add_t, &add_m), "aTMb");
    // An addition stays in front of the words that were replaced there, whoever made it.
    assert_eq!(merged("ab", &[Splice::new(1, 1, "T")], &add_m), "aMT");
    assert_eq!(merged("ab", &add_t, &[Splice::new(1, 1, "M")]), "aTM");
    assert_eq!(merged("ab", &[Splice::new(1, 1, "T")], &[Splice::new(1, 1, "M")]), "aTM");
    // Inside what the other removed.
    assert_eq!(merged("abcd", &[Splice::new(1, 2, "")], &[Splice::new(2, 0, "M")]), "aMd");
    assert_eq!(merged("abcd", &[Splice::new(2, 0, "T")], &[Splice::new(1, 2, "M")]), "aMTd");
}

#[test]
fn an_unknown_base_is_told() {
    let error = rebase("abc", "else", &[Splice::new(0, 0, "x")], Edit::Whole("abcd")).expect_err("not from there");
    assert_eq!(error.code(), Code::Stale);
    let error = rebase("abc", "abc", &[], Edit::Splices(&[Splice::new(9, 0, "x")])).expect_err("past the end");
    assert_eq!(error.code(), Code::OutOfRange);
}

#[test]
fn a_splice_prints_no_words() {
    assert!(!format!("{:?}", Splice::new(0, 0, "Slept badly.")).contains("Slept"));
}

/// Two sides that edit one text apart. Every cluster is unlike every other, so that each can be followed.
struct Apart {
    base: Vec<String>,
    mine: (Vec<String>, Vec<Splice>),
    theirs: (Vec<String>, Vec<Splice>),
}

/// The `n`th of many different clusters: Han, Latin with a mark, a family, Arabic with two marks.
fn cluster(n: u32) -> String {
    let sign = |code: u32| char::from_u32(code).expect("a scalar");
    match n % 5 {
        0 => sign(0x4e00 + n).to_string(),
        1 => format!("{}\u{301}", sign(0x61 + n / 5 % 26)) + &"\u{323}".repeat(n as usize / 130),
        2 => format!("👩\u{200d}{}", sign(0x1f400 + n / 5)),
        3 => format!("{}{}\u{651}", sign(0x628 + n / 5 % 19), "\u{64e}".repeat(1 + n as usize / 95)),
        _ => sign(0x1f300 + n / 5).to_string(),
    }
}

fn apart(draw: &mut impl FnMut(usize) -> usize) -> Apart {
    let mut next = 0;
    let mut fresh = |count: usize| -> Vec<String> {
        (0..count)
            .map(|_| {
                next += 1;
                cluster(next)
            })
            .collect()
    };
    let base = fresh(draw(13));
    let mut side = || {
        let (mut text, mut splices) = (base.clone(), Vec::new());
        for _ in 0..draw(6) {
            let at = draw(text.len() + 1);
            let remove = draw((text.len() - at).min(4) + 1);
            let insert = fresh(draw(4));
            let units_of = |clusters: &[String]| clusters.iter().map(|cluster| units(cluster)).sum();
            splices.push(Splice {
                at: units_of(&text[..at]),
                remove: units_of(&text[at..at + remove]),
                insert: insert.concat(),
            });
            text.splice(at..at + remove, insert);
        }
        (text, splices)
    };
    let (mine, theirs) = (side(), side());
    Apart { base, mine, theirs }
}

fn clusters(text: &str) -> Vec<&str> {
    text.graphemes(true).collect()
}

/// Whether `part` stands in `whole` in its order.
fn in_order(part: &[String], whole: &[&str]) -> bool {
    let places: BTreeMap<&str, usize> = whole.iter().enumerate().map(|(at, cluster)| (*cluster, at)).collect();
    let found: Vec<usize> = part.iter().filter_map(|cluster| places.get(cluster.as_str()).copied()).collect();
    found.is_sorted()
}

fn cuts_nothing(text: &str, splices: &[Splice]) -> bool {
    let mut text = text.to_owned();
    splices.iter().all(|splice| {
        let mut at = 0;
        let mut borders: BTreeSet<usize> = clusters(&text).iter().map(|c| (at, at += units(c)).0).collect();
        borders.insert(at);
        text = apply(&text, std::slice::from_ref(splice)).expect("fits");
        borders.contains(&splice.at) && borders.contains(&(splice.at + splice.remove))
    })
}

fn check(apart: &Apart, whole: bool) {
    let base = apart.base.concat();
    let (mine_text, theirs_text) = (apart.mine.0.concat(), apart.theirs.0.concat());
    let theirs = &apart.theirs.1;
    let now = apply(&base, theirs).expect("fits");
    assert_eq!(now, theirs_text);
    assert_eq!(apply(&base, &apart.mine.1).expect("fits"), mine_text);
    let edit = if whole { Edit::Whole(&mine_text) } else { Edit::Splices(&apart.mine.1) };
    let moved = rebase(&base, &now, theirs, edit).expect("fits");
    assert!(cuts_nothing(&now, &moved));
    let merged = apply(&now, &moved).expect("fits");
    let merged = clusters(&merged);

    let all = |clusters: &[String]| clusters.iter().cloned().collect::<BTreeSet<_>>();
    let (before, my, their) = (all(&apart.base), all(&apart.mine.0), all(&apart.theirs.0));
    let kept = before.iter().filter(|c| my.contains(*c) && their.contains(*c));
    let added = my.union(&their).filter(|c| !before.contains(*c));
    let expected: BTreeSet<&str> = kept.chain(added).map(String::as_str).collect();
    assert_eq!(merged.len(), expected.len(), "each once");
    assert_eq!(merged.iter().copied().collect::<BTreeSet<_>>(), expected);
    assert!(in_order(&apart.mine.0, &merged) && in_order(&apart.theirs.0, &merged), "the order of both sides");

    if !whole {
        let mirrored = transform_with(theirs, &apart.mine.1, Tie::MineFirst);
        let mirrored = apply(&mine_text, &mirrored).expect("fits");
        assert_eq!(clusters(&mirrored), merged, "the same text both ways");
        assert_eq!(apply(&now, &transform(&apart.mine.1, theirs)).expect("fits"), mirrored);
    }
}

#[test]
fn edits_made_apart_keep_every_letter_once() {
    let runs: u64 = std::env::var("BELAY_EDIT_RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(2_000);
    for run in 0..runs {
        let mut state = run.wrapping_mul(0x9e37_79b9_7f4a_7c15) + 1;
        let mut draw = |below: usize| {
            // xorshift64*: enough for choosing test cases
            state ^= state >> 12;
            state ^= state << 25;
            state ^= state >> 27;
            usize::try_from(state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33).expect("31 bits") % below
        };
        let case = apart(&mut draw);
        let told = std::panic::catch_unwind(|| {
            check(&case, false);
            check(&case, true);
        });
        assert!(told.is_ok(), "run {run} of {runs}");
    }
}

proptest! {

    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    /// A few signs around a place tell as much of its cluster as the whole text.
    #[test]
    fn a_border_is_seen_without_the_rest_of_the_text(
        pieces in prop::collection::vec(prop::sample::select(TRICKY.as_slice()), 0..12),
        place in any::<prop::sample::Index>(),
        seam in any::<prop::sample::Index>(),
    ) {
        let text = pieces.concat();
        let places: Vec<usize> = (0..=text.len()).filter(|at| text.is_char_boundary(*at)).collect();
        let at = *place.get(&places);
        let (before, after) = text.split_at(at);
        let seams: Vec<usize> = places.into_iter().filter(|seam| *seam <= at).collect();
        let (far, near) = before.split_at(*seam.get(&seams));
        let whole = text.grapheme_indices(true).any(|(begun, _)| begun == at) || at == text.len();
        prop_assert_eq!(is_border([far, near], ["", after]), whole, "{:?} at {}", text, at);
        prop_assert_eq!(is_border([far, near], [after, ""]), whole);
    }

    #[test]
    fn edits_made_apart_keep_every_letter_once_and_shrink(draws in prop::collection::vec(any::<u16>(), 0..60)) {
        let mut draws = draws.into_iter();
        let case = apart(&mut |below| usize::from(draws.next().unwrap_or(0)) % below);
        check(&case, false);
        check(&case, true);
    }

    /// Splices as a bad editor would send them: into pairs, clusters, flags and beyond.
    #[test]
    fn anything_an_editor_sends_is_answered(
        base in "(a|e\u{301}|👨\u{200d}👩\u{200d}👧|🇵🇹|🇦|\u{200d}|\u{301}|ك|한|\r\n|\n| ){0,12}",
        mine in prop::collection::vec((0_usize..20, 0_usize..6, "(x|\u{301}|🇦|\u{200d}|👦|ᆨ|\n){0,3}"), 0..4),
        theirs in prop::collection::vec((0_usize..20, 0_usize..6, "(y|\u{308}|🇧|\u{200d}|👧|ᅡ|\r){0,3}"), 0..4),
    ) {
        let splices = |list: Vec<(usize, usize, String)>| -> Vec<Splice> {
            list.into_iter().map(|(at, remove, insert)| Splice { at, remove, insert }).collect()
        };
        let (mine, theirs) = (splices(mine), splices(theirs));
        let _unread = transform(&mine, &theirs);
        let Ok(now) = apply(&base, &theirs) else { return Ok(()) };
        match rebase(&base, &now, &theirs, Edit::Splices(&mine)) {
            Ok(moved) => {
                prop_assert!(cuts_first(&now, &moved));
                prop_assert!(apply(&now, &moved).is_ok());
            }
            Err(error) => prop_assert_eq!(error.code(), Code::OutOfRange),
        }
        if let Ok(text) = apply(&base, &mine) {
            prop_assert_eq!(apply(&base, &rebase(&base, &base, &[], Edit::Splices(&mine)).expect("fits")).expect("fits"), text.clone());
            prop_assert_eq!(apply(&base, &differences(&base, &text)).expect("fits"), text);
        }
    }
}

/// Whether all edges, taken back to `now`, lie between its clusters.
fn cuts_first(now: &str, splices: &[Splice]) -> bool {
    let units: Vec<u16> = now.encode_utf16().collect();
    let mut at = 0;
    let mut borders: BTreeSet<usize> = clusters(now).iter().map(|c| (at, at += super::units(c)).0).collect();
    borders.insert(at);
    let hunks = compose(&units, splices).expect("fits");
    hunks.iter().all(|hunk| borders.contains(&hunk.removed.start) && borders.contains(&hunk.removed.end))
}
