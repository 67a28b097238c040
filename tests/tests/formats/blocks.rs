//! Reading the fenced blocks of the page.
//!
//! A fence names its block: `hex NAME` or `text NAME`. In a hex block a `#` begins a remark; between blanks stand hex
//! digits, `@NAME` for all bytes of another hex block, or `00*31` for a byte that is repeated. A text block is taken
//! as it is.

use crate::Examples;
use std::collections::BTreeMap;

/// What a block must say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Example {
    /// For a hex block.
    Bytes(Vec<u8>),
    /// For a text block, with a line end after every line.
    Text(String),
}

impl From<&[u8]> for Example {
    fn from(bytes: &[u8]) -> Self {
        Example::Bytes(bytes.to_vec())
    }
}
impl From<&str> for Example {
    fn from(text: &str) -> Self {
        Example::Text(text.to_owned())
    }
}

/// Blocks nested by `@NAME` no deeper than this: a circle ends here.
const NESTING_MAX: usize = 8;

#[derive(Default)]
struct Blocks<'p> {
    hex: BTreeMap<&'p str, Vec<&'p str>>,
    text: BTreeMap<&'p str, String>,
    complaints: Vec<String>,
}

impl<'p> Blocks<'p> {
    fn read(page: &'p str) -> Self {
        let mut blocks = Blocks::default();
        let mut lines = page.lines();
        while let Some(line) = lines.next() {
            let Some(label) = line.strip_prefix("```") else { continue };
            let inside: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
            blocks.take(label, inside);
        }
        blocks
    }

    fn take(&mut self, label: &'p str, inside: Vec<&'p str>) {
        let (kind, name) = label.split_once(' ').unwrap_or((label, ""));
        if self.hex.contains_key(name) || self.text.contains_key(name) {
            self.complaints.push(format!("{name}: twice"));
        }
        match kind {
            "hex" => drop(self.hex.insert(name, inside)),
            "text" => drop(self.text.insert(name, inside.iter().map(|line| format!("{line}\n")).collect())),
            _ => self.complaints.push(format!("a block labelled {label:?}: say `hex NAME` or `text NAME`")),
        }
    }

    fn bytes(&self, name: &str, nesting: usize) -> Result<Vec<u8>, String> {
        let lines = self.hex.get(name).filter(|_| nesting < NESTING_MAX).ok_or(format!("no block {name}"))?;
        let mut bytes = Vec::new();
        for word in lines.iter().flat_map(|line| line.split('#').next().unwrap_or_default().split_whitespace()) {
            if let Some(other) = word.strip_prefix('@') {
                bytes.extend(self.bytes(other, nesting + 1)?);
                continue;
            }
            let (digits, times) = word.split_once('*').unwrap_or((word, "1"));
            let times = times.parse().map_err(|_| format!("{word} repeats nothing"))?;
            let part = data_encoding::HEXLOWER.decode(digits.as_bytes()).map_err(|_| format!("{word} is no hex"))?;
            bytes.extend(part.repeat(times));
        }
        Ok(bytes)
    }

    fn shown(&self, name: &str) -> Result<Example, String> {
        match self.text.get(name) {
            Some(text) => Ok(Example::Text(text.clone())),
            None => self.bytes(name, 0).map(Example::Bytes),
        }
    }
}

/// What is wrong with the page, one line each: blocks that differ, that are missing, and that nobody makes.
pub fn complaints(page: &str, examples: &Examples) -> Vec<String> {
    let blocks = Blocks::read(page);
    let mut found = blocks.complaints.clone();
    for (name, made) in examples {
        match blocks.shown(name) {
            Ok(shown) if shown == *made => {}
            Ok(shown) => found.push(format!("{name}: {}", difference(&shown, made))),
            Err(problem) => found.push(format!("{name}: {problem}; it is\n{}", printed(made))),
        }
    }
    let unknown = blocks.hex.keys().chain(blocks.text.keys()).filter(|name| !examples.contains_key(**name));
    found.extend(unknown.map(|name| format!("{name}: no recipe makes this block")));
    found
}

fn difference(shown: &Example, made: &Example) -> String {
    match (shown, made) {
        (Example::Bytes(shown), Example::Bytes(bytes)) => {
            let at = shown.iter().zip(bytes).take_while(|(a, b)| a == b).count();
            format!(
                "differs from byte {at} on ({} bytes shown, {} made); it is\n{}",
                shown.len(),
                bytes.len(),
                printed(made)
            )
        }
        _ => format!("differs; it is\n{}", printed(made)),
    }
}

fn printed(example: &Example) -> String {
    match example {
        Example::Bytes(bytes) => data_encoding::HEXLOWER.encode(bytes),
        Example::Text(text) => text.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str =
        "Words.\n```hex one\n0102  # first\n  03\n```\n```hex two\n@one 00*2 ff\n```\n```text three\na\nb\n```\n";

    fn examples() -> Examples {
        [
            ("one", Example::from([1, 2, 3].as_slice())),
            ("two", Example::from([1, 2, 3, 0, 0, 255].as_slice())),
            ("three", Example::from("a\nb\n")),
        ]
        .into()
    }

    #[test]
    fn a_true_page_passes() {
        assert_eq!(complaints(PAGE, &examples()), [""; 0]);
    }

    #[test]
    fn every_drift_is_seen() {
        for (from, to, count) in [
            ("03\n", "04\n", 2), // also in `two`, which holds it
            ("03\n", "0\n", 2),
            ("00*2", "00*3", 1),
            ("@one", "@two", 1),
            ("@one", "@none", 1),
            ("b\n```", "c\n```", 1),
            ("```text three\na\nb\n```\n", "", 1),
            ("Words.\n", "```hex four\n00\n```\n", 1),
            ("Words.\n", "```\n00\n```\n", 1),
            ("Words.\n", "```hex one\n010203\n```\n", 1),
        ] {
            let drifted = PAGE.replacen(from, to, 1);
            assert_ne!(drifted, PAGE);
            assert_eq!(complaints(&drifted, &examples()).len(), count, "{from:?} as {to:?}");
        }
    }
}
