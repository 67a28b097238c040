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
    fn the_owner_always_has_a_last_word() {
        let highest = StepMark::by_member(StepStage::Done, u32::MAX);
        assert_eq!(StepMark::by_owner(StepStage::Doing, highest.turn).turn, highest.turn);
    }
}
