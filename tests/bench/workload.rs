//! The work that is measured, the same letter by letter as in the harness that runs the peers, so that every product does
//! the same: one generator (mulberry32), 256 words and sixteen that are not ASCII.

use std::collections::VecDeque;

const WORDS: &str = include_str!("words.txt");
const OTHERS: [&str; 16] = [
    "café",
    "naïve",
    "Zoë",
    "Łukasz",
    "über",
    "señor",
    "мир",
    "дом",
    "日本",
    "友達",
    "שלום",
    "سلام",
    "Ελλάδα",
    "ça",
    "Åsa",
    "día",
];
/// A note's body is at least this long, in scalars.
const BODY_SCALARS: usize = 400;
/// Parts of a plan, and lines of each.
pub const PARTS: usize = 12;

/// Chance that follows from a seed: mulberry32.
pub struct Chance(pub u32);

impl Chance {
    fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_add(0x6D2B_79F5);
        let state = self.0;
        let mixed = (state ^ (state >> 15)).wrapping_mul(state | 1);
        let mixed = mixed ^ mixed.wrapping_add((mixed ^ (mixed >> 7)).wrapping_mul(mixed | 61));
        mixed ^ (mixed >> 14)
    }

    /// A number below the bound.
    pub fn below(&mut self, bound: usize) -> usize {
        self.next() as usize % bound.max(1)
    }

    /// A word; the first of the list are the most frequent.
    pub fn word(&mut self) -> &'static str {
        if self.below(13) == 0 {
            return OTHERS.get(self.below(OTHERS.len())).copied().unwrap_or_default();
        }
        let at = self.below(256) * self.below(256) / 256;
        word(at)
    }

    /// Words parted by blanks.
    pub fn phrase(&mut self, words: usize) -> String {
        (0..words).map(|_| self.word()).collect::<Vec<_>>().join(" ")
    }
}

fn word(at: usize) -> &'static str {
    WORDS.split_whitespace().nth(at).unwrap_or_default()
}

/// A word that stands in one note alone.
pub fn tag(note: u64) -> String {
    let mut rest = note;
    let mut digits = Vec::new();
    loop {
        digits.push(char::from_digit(u32::try_from(rest % 36).unwrap_or(0), 36).unwrap_or('0'));
        rest /= 36;
        if rest == 0 {
            break;
        }
    }
    format!("zq{}x", digits.into_iter().rev().collect::<String>())
}

/// Title and body of a note.
pub fn note(at: u64) -> (String, String) {
    let seed = u32::try_from(at & u64::from(u32::MAX)).unwrap_or(0).wrapping_add(1);
    let mut chance = Chance(seed.wrapping_mul(2_654_435_761));
    let title = chance.phrase(5);
    let (mut body, mut words, mut scalars) = (String::new(), 0, 0);
    while scalars < BODY_SCALARS {
        let before = body.len();
        if words > 0 {
            body.push(' ');
        }
        match words {
            5 => body.push_str(&tag(at)),
            _ => body.push_str(chance.word()),
        }
        words += 1;
        if words % 20 == 0 {
            body.push_str(" 🌱");
        }
        scalars += body.get(before..).unwrap_or_default().chars().count();
    }
    (title, body)
}

/// A plan: its title, and the parts with their lines.
pub fn plan(seed: u32) -> (String, Vec<(String, Vec<String>)>) {
    let mut chance = Chance(seed);
    let title = chance.phrase(4);
    let part = |chance: &mut Chance| (chance.phrase(3), (0..PARTS).map(|_| chance.phrase(10)).collect());
    (title, (0..PARTS).map(|_| part(&mut chance)).collect())
}

/// One keystroke or cut: at, how many scalars go, what comes.
pub type Key = (usize, usize, String);

/// The keystrokes: those of a real paper where `TRACE` names the file, else bursts at a cursor.
pub fn keys(limit: usize) -> Vec<Key> {
    match std::env::var_os("TRACE") {
        Some(path) => recorded(std::path::Path::new(&path), limit).expect("TRACE names a trace that can be read"),
        None => made(limit),
    }
}

fn recorded(path: &std::path::Path, limit: usize) -> Option<Vec<Key>> {
    let file = flate2::read::GzDecoder::new(std::fs::File::open(path).ok()?);
    let trace: serde_json::Value = serde_json::from_reader(std::io::BufReader::new(file)).ok()?;
    let patches = trace.get("txns")?.as_array()?.iter().filter_map(|txn| txn.get("patches")?.as_array()).flatten();
    let number = |patch: &serde_json::Value, at| usize::try_from(patch.get(at)?.as_u64()?).ok();
    patches
        .take(limit)
        .map(|patch| Some((number(patch, 0)?, number(patch, 1)?, patch.get(2)?.as_str()?.to_owned())))
        .collect()
}

fn made(limit: usize) -> Vec<Key> {
    let (mut chance, mut keys, mut length, mut cursor) = (Chance(42), Vec::new(), 0, 0);
    let mut pending: VecDeque<char> = VecDeque::new();
    while keys.len() < limit {
        if length > 0 && chance.below(60) == 0 {
            cursor = chance.below(length + 1);
        }
        if cursor > 0 && chance.below(100) < 12 {
            cursor -= 1;
            keys.push((cursor, 1, String::new()));
            length -= 1;
            continue;
        }
        if pending.is_empty() {
            pending = format!("{} ", chance.word()).chars().collect();
        }
        keys.push((cursor, 0, pending.pop_front().unwrap_or(' ').to_string()));
        cursor += 1;
        length += 1;
    }
    keys
}

/// What the keystrokes leave.
pub fn typed(keys: &[Key]) -> String {
    let mut text: Vec<char> = Vec::new();
    for (at, gone, come) in keys {
        text.splice(*at..*at + *gone, come.chars());
    }
    text.into_iter().collect()
}

/// Twenty searches of a kind, as a person types them: a blank behind the last word says that it is whole.
pub fn searches(kind: &str) -> Vec<String> {
    let one = |at: usize| match kind {
        "common" => format!("{} {} ", word(8 + at * 3), word(100 + at * 5)),
        "rare" => format!("{} ", tag(at as u64 * 997 + 13)),
        _ => format!("{} {}", word(8 + at * 3), word(60 + at * 5).chars().take(3).collect::<String>()),
    };
    (0..20).map(one).collect()
}
