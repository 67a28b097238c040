//! Two fields over two copies of one document, with everything between them late: what is typed, what is taken, what is
//! written and what arrives.

use super::TextEdit;
use super::text::rebased_on;
use crate::batch::{Birth, derive_actor};
use crate::document::{Doc, Kind, Step, View};
use crate::editing::session::{FieldNow, Heard, TextState};
use crate::editing::{Edit, Splice, apply, units};
use crate::error::Field;
use crate::ids::{ChangeId, DeviceId, SpaceId};
use crate::text::Shape;
use unicode_segmentation::UnicodeSegmentation;

const CLUSTERS: [&str; 11] =
    ["we say ", "é", "e\u{301}", "👩\u{200d}👩\u{200d}👧", "نَحْنُ ", "我們說", "🇵🇹", "\n", " ", "ꙮ", "\u{200d}"];
const TURNS: usize = 24;

/// A small deterministic generator (xorshift64*): runs are named by their seed.
struct Seeded(u64);
impl Seeded {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % bound.max(1)
    }
}

fn body(view: View<'_>) -> Option<String> {
    Some(view.tree().words("body"))
}

fn is_mark(cluster: &str) -> bool {
    cluster.chars().any(|letter| ('\u{e000}'..'\u{f8ff}').contains(&letter))
}

/// One device with its field.
struct Side {
    who: u8,
    doc: Doc,
    seen: Vec<ChangeId>,
    state: TextState,
    field: String,
    accepted: u64,
    /// What the other has not got yet.
    outgoing: Vec<Vec<u8>>,
}

impl Side {
    fn new(who: u8) -> Side {
        let birth = Birth {
            space: SpaceId([1; 32]),
            kind: Kind::Note.number(),
            writer: None,
            about: None,
            key: None,
            nonce: [1; 32],
        };
        let doc = Doc::born(birth).unwrap();
        let seen = doc.heads();
        Side { who, doc, seen, state: TextState::new(""), field: String::new(), accepted: 0, outgoing: Vec::new() }
    }

    /// As a session does at a pause.
    fn writes(&mut self) {
        if !self.state.is_ahead() {
            return;
        }
        let path = vec!["body".to_owned()];
        let edit = TextEdit::Splices(self.state.unwritten().to_vec());
        let (now, rev) = (body(self.doc.now()), self.doc.rev());
        let splices =
            rebased_on(&self.doc, now.as_deref(), &path, &rev, &edit, (Shape::Body, Field::Body), body).unwrap();
        let actor = derive_actor(&DeviceId([self.who; 32]), &self.doc.id(), &[self.who; 16]);
        self.outgoing.extend(self.doc.perform(actor, &[Step::Splice(path, splices)]).unwrap());
        self.state.wrote();
        self.seen = self.doc.heads();
        assert_eq!(body(self.doc.now()).unwrap(), self.state.doc());
    }

    fn takes_in(&mut self, changes: Vec<Vec<u8>>) {
        self.doc.apply(changes).unwrap();
        let arrived = self.doc.arrived_since(&vec!["body".to_owned()], &self.seen).unwrap();
        self.state.become_doc(&body(self.doc.now()).unwrap(), Some(&arrived));
        self.seen = self.doc.heads();
    }

    fn types(&mut self, mark: char, seed: &mut Seeded) {
        let clusters: Vec<&str> = self.field.graphemes(true).collect();
        let from = seed.below(clusters.len() + 1);
        let gone = clusters[from..].iter().take(seed.below(3)).take_while(|cluster| !is_mark(cluster));
        let splice = Splice {
            at: units(&clusters[..from].concat()),
            remove: gone.map(|cluster| units(cluster)).sum(),
            insert: format!("{mark}{}", CLUSTERS[seed.below(CLUSTERS.len())]),
        };
        let splices = [splice];
        self.field = apply(&self.field, &splices).unwrap();
        let change = if seed.below(5) == 0 { Edit::Whole(&self.field) } else { Edit::Splices(&splices) };
        let now = FieldNow { accepted: self.accepted, length: units(&self.field), change: Some(change) };
        assert_eq!(self.state.hear(now).unwrap(), Heard::Typed);
    }

    /// Late acceptance: the field takes what it is given, or takes nothing and is given it again.
    fn is_given(&mut self, seed: &mut Seeded) {
        let patches = self.state.give((0, 0));
        if seed.below(2) == 0 {
            self.field = apply(&self.field, &patches.splices).unwrap();
            self.accepted = patches.version;
            assert_eq!(self.field, self.state.text());
        }
    }

    fn locks(&mut self) {
        let now = self.state.doc().to_owned();
        self.state = TextState::recovered(&self.state.kept(), &now);
        (self.field, self.accepted) = (self.state.text().to_owned(), 0);
    }

    fn holds(&self, marks: &[char]) {
        assert_eq!(apply(self.state.view(), self.state.pending()).unwrap(), self.state.text());
        assert_eq!(apply(self.state.doc(), self.state.unwritten()).unwrap(), self.state.text());
        assert_eq!(body(self.doc.now()).unwrap(), self.state.doc());
        for mark in marks {
            assert_eq!(self.state.text().matches(*mark).count(), 1, "{mark:?} in {:?}", self.state.text());
        }
    }
}

fn run(seed: u64) {
    let mut seed = Seeded(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mut sides = [Side::new(1), Side::new(2)];
    let mut marks: [Vec<char>; 2] = Default::default();
    for turn in 0..TURNS {
        let at = seed.below(2);
        match seed.below(8) {
            0 => sides[at].writes(),
            1 => sides[at].locks(),
            2 | 3 => {
                let changes = std::mem::take(&mut sides[1 - at].outgoing);
                if seed.below(2) == 0 {
                    sides[at].writes();
                }
                sides[at].takes_in(changes);
            }
            _ => {
                let mark = char::from_u32(0xe000 + u32::try_from(turn).unwrap()).unwrap();
                sides[at].types(mark, &mut seed);
                marks[at].push(mark);
                sides[at].is_given(&mut seed);
            }
        }
        sides[at].holds(&marks[at]);
    }
    sides.iter_mut().for_each(Side::writes);
    let [from_one, from_two] = [0, 1].map(|at| std::mem::take(&mut sides[at].outgoing));
    sides[0].takes_in(from_two);
    sides[1].takes_in(from_one);
    let all = marks.concat();
    sides.iter().for_each(|side| side.holds(&all));
    assert_eq!(sides[0].state.text(), sides[1].state.text());
    assert_eq!(sides[0].doc.hash(), sides[1].doc.hash());
}

/// `BELAY_CASES` says how many runs.
#[test]
fn two_fields_apart_keep_every_letter_once_and_end_with_the_same() {
    let runs = std::env::var("BELAY_CASES").ok().and_then(|runs| runs.parse().ok()).unwrap_or(500);
    for seed in 1..=runs {
        let told = std::panic::catch_unwind(|| run(seed));
        assert!(told.is_ok(), "run {seed} of {runs}");
    }
}
