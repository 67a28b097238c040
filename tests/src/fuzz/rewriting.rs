//! Arbitrary splices on arbitrary texts.

use super::{Depth, Dice, Target};
use belay::editing::{Edit, Splice, Tie, apply, differences, rebase, transform_with};

const STEPS: [&str; 3] = ["theirs applies", "mine is rebased", "both ways meet"];
const PLAIN: [&str; 6] = ["a", "b", "c", " ", "\n", "x"];
const LETTERS: [&str; 14] =
    ["a", "b", " ", "\n", "é", "e\u{301}", "🙂", "👩‍👩‍👧", "\u{301}", "\u{200d}", "🇵🇹", "\r\n", "\0", "한"];

/// Texts edited apart.
#[derive(Default)]
pub struct Editing(());

fn text(dice: &mut Dice, letters: &[&str], most: usize) -> String {
    (0..dice.below(most + 1)).filter_map(|_| dice.pick(letters).copied()).collect()
}

fn splices(dice: &mut Dice, letters: &[&str], length: usize) -> Vec<Splice> {
    let mut length = length;
    let mut made = Vec::new();
    for _ in 0..dice.below(6) {
        let (at, remove) = match dice.below(40) {
            0 => (usize::MAX, 1),
            1 => (1, usize::MAX),
            2 => (length + 1, 0),
            _ => {
                let at = dice.below(length + 1);
                (at, if dice.percent(50) { dice.below((length - at).min(9) + 1) } else { 0 })
            }
        };
        let insert = text(dice, letters, 4);
        length = (length + insert.encode_utf16().count()).saturating_sub(remove);
        made.push(Splice::new(at, remove, insert));
    }
    made
}

impl Target for Editing {
    fn steps(&self) -> &'static [&'static str] {
        &STEPS
    }

    fn case(&mut self, dice: &mut Dice) -> Option<Depth> {
        // Where nothing can be cut, more must hold.
        let letters = if dice.percent(40) { &PLAIN[..] } else { &LETTERS[..] };
        let base = text(dice, letters, 30);
        let length = base.encode_utf16().count();
        let (theirs, mine) = (splices(dice, letters, length), splices(dice, letters, length));
        let whole = text(dice, letters, 30);
        Some(edit(&base, &theirs, &mine, &whole))
    }

    fn given(&mut self, bytes: &[u8]) -> Depth {
        self.case(&mut Dice::of_bytes(bytes)).unwrap_or(Depth::stopped(0, "nothing"))
    }
}

fn edit(base: &str, theirs: &[Splice], mine: &[Splice], whole: &str) -> Depth {
    // Blind: whatever the splices say, and whichever side is first.
    let blind = [Tie::MineLast, Tie::MineFirst].map(|tie| transform_with(mine, theirs, tie));
    let found = apply(base, &differences(base, whole)).expect("differences fit the text they began with");
    assert_eq!(found, whole, "differences lead to the other text");
    let now = match apply(base, theirs) {
        Ok(now) => now,
        Err(error) => return Depth::stopped(0, error.code()),
    };
    let over_whole = rebase(base, &now, theirs, Edit::Whole(whole)).expect("any whole text can be meant");
    apply(&now, &over_whole).expect("what is rebased fits the text as it is now");
    let moved = match rebase(base, &now, theirs, Edit::Splices(mine)) {
        Ok(moved) => moved,
        Err(error) => return Depth::stopped(1, error.code()),
    };
    apply(&now, &moved).expect("what is rebased fits the text as it is now");
    // Where neither side cuts a cluster, both ways around give one text.
    let other = apply(base, mine).expect("it was rebased");
    let back = transform_with(theirs, mine, Tie::MineFirst);
    let there = blind.first().and_then(|moved| apply(&now, moved).ok());
    match (there, apply(&other, &back)) {
        (Some(there), Ok(back)) if aligned(base, theirs) && aligned(base, mine) => {
            assert_eq!(there, back, "the two ways around give two texts");
            Depth::whole(&STEPS)
        }
        _ => Depth::stopped(2, "a cluster was cut"),
    }
}

/// Whether the text is made of single units only, so that nothing can be cut.
fn aligned(base: &str, splices: &[Splice]) -> bool {
    base.is_ascii() && splices.iter().all(|splice| splice.insert.is_ascii())
}
