//! Whose word about a step stands, without a clock. The owner says it in the goal, a named member in a lane, and no order of
//! changes holds across two documents. So each word bears a turn, as a Lamport clock counts (Lamport 1978): a member's is
//! one above all that member had seen, the owner's as high as the highest mark. The highest stands, and of equal ones the
//! owner's: whoever has seen the other's word has the last, and apart all replicas choose the same.

use super::StepStage;
use crate::document::Scalar;

/// A word about where a step stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StepMark {
    /// Where it stands.
    pub stage: StepStage,
    /// 0 for the owner who saw no mark; from 1 for a member.
    pub turn: u32,
}

/// The turn that an owner's word has without a number.
pub const OWNER_FIRST: u32 = 0;
/// The same for a member's.
pub const MARK_FIRST: u32 = 1;

/// How far a turn may lie above the next lower one that counts. Who is honest lies one above; the words between may have
/// been taken back since, and nobody marks one step so often.
const GAP_MAX: u32 = 65_536;

/// How far the turns of the words about one step reach. Anyone can write a turn so high that none lies above it, and would
/// have the last word for ever. So a turn that no other word leads up to counts as the first of its document; that is seen
/// in the words alone, whichever came first. With a few members it never comes near the highest number there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach(u32);

impl Reach {
    /// That of these turns: the owner's and every member's.
    pub fn of(turns: impl IntoIterator<Item = u32>) -> Self {
        let mut turns: Vec<u32> = turns.into_iter().collect();
        turns.sort_unstable();
        let mut reach = 0;
        for turn in turns {
            if turn - reach > GAP_MAX {
                break;
            }
            reach = turn;
        }
        Reach(reach)
    }

    /// The turn that a word counts with; `first` is that of a first word in its document.
    pub fn turn_of(self, mark: StepMark, first: u32) -> u32 {
        if mark.turn <= self.0 { mark.turn } else { first }
    }
}

impl StepMark {
    /// The owner's, who has seen marks up to this turn.
    pub fn by_owner(stage: StepStage, seen: u32) -> Self {
        StepMark { stage, turn: seen }
    }

    /// A member's, who has seen words up to this turn. At the highest there is, the owner's stands.
    pub fn by_member(stage: StepStage, seen: u32) -> Self {
        StepMark { stage, turn: seen.saturating_add(1) }
    }

    /// The stage's name, and the turn behind it where it is not the first of its document.
    pub fn spelled(self, first: u32) -> String {
        if self.turn <= first { self.name().to_owned() } else { format!("{} {}", self.name(), self.turn) }
    }

    /// Reads [`Self::spelled`]; `None` for anything else.
    pub fn read(text: &str, first: u32) -> Option<Self> {
        let (name, turn) = match text.split_once(' ') {
            Some((name, turn)) => (name, turn.parse().ok()?),
            None => (text, first),
        };
        Some(StepMark { stage: StepStage::from_name(name)?, turn })
    }

    /// The one that stands of those that one member's phones wrote apart, in the merge engine's order, in which the last
    /// would win: a phone that had seen the other's word is not overruled by one that had not.
    pub fn of_all(values: &[Scalar], first: u32) -> Option<Self> {
        let read = |value: &Scalar| match value {
            Scalar::Str(text) => StepMark::read(text, first),
            _ => None,
        };
        values.iter().filter_map(read).max_by_key(|mark| mark.turn)
    }

    /// The name of the stage.
    pub fn name(self) -> &'static str {
        self.stage.name()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_spelled_is_read_and_a_first_turn_is_left_out() {
        for first in [OWNER_FIRST, MARK_FIRST] {
            for turn in [first, first + 1, 7, u32::MAX] {
                let mark = StepMark { stage: StepStage::LetGo, turn };
                assert_eq!(StepMark::read(&mark.spelled(first), first), Some(mark));
            }
            assert_eq!(StepMark { stage: StepStage::Done, turn: first }.spelled(first), "done");
        }
        for other in ["", "done ", "done -1", "done 1 2", "done 4294967296", "finished", "2"] {
            assert_eq!(StepMark::read(other, 0), None, "{other}");
        }
    }

    #[test]
    fn a_turn_that_nothing_leads_up_to_counts_as_a_first() {
        let of = |turn| StepMark { stage: StepStage::Done, turn };
        let counts = |turns: &[u32]| {
            let reach = Reach::of(turns.iter().copied());
            turns.iter().map(|turn| reach.turn_of(of(*turn), MARK_FIRST)).collect::<Vec<_>>()
        };
        assert_eq!(counts(&[0, 1, 3, 2]), [0, 1, 3, 2]);
        assert_eq!(counts(&[0, GAP_MAX, 2 * GAP_MAX]), [0, GAP_MAX, 2 * GAP_MAX]);
        assert_eq!(counts(&[0, GAP_MAX + 1]), [0, MARK_FIRST]);
        // Two that lift each other lift nobody who does not stand on the rest.
        assert_eq!(counts(&[5, u32::MAX, u32::MAX - 1]), [5, MARK_FIRST, MARK_FIRST]);
        assert_eq!(counts(&[u32::MAX, 4]), [MARK_FIRST, 4], "in whatever order");
        // Whoever saw only what counts lies above all that does, and is never beyond reach.
        let mut turns = [0, 1, u32::MAX];
        for _ in 0..100 {
            let reach = Reach::of(turns.iter().copied());
            let seen = turns.iter().map(|turn| reach.turn_of(of(*turn), MARK_FIRST)).max().unwrap();
            let mine = StepMark::by_member(StepStage::Done, seen);
            turns[1] = mine.turn;
            let reach = Reach::of(turns.iter().copied());
            assert!(turns.iter().all(|turn| reach.turn_of(of(*turn), MARK_FIRST) <= mine.turn));
            assert_eq!(reach.turn_of(mine, MARK_FIRST), mine.turn);
        }
    }

    #[test]
    fn the_owner_always_has_a_last_word() {
        let highest = StepMark::by_member(StepStage::Done, u32::MAX);
        assert_eq!(StepMark::by_owner(StepStage::Doing, highest.turn).turn, highest.turn);
    }
}
