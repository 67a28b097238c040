//! What was typed in a change, read off its operations alone: for own words whose document can be read no more, since
//! what they stand on was dropped.

use automerge::legacy::{Key, OpType};
use automerge::{Change, ScalarValue};

/// Keys under which lie names of the code and places, no words of people.
const NO_WORDS: [&str; 13] = [
    "order",
    "part",
    "kind",
    "stage",
    "who",
    "owner",
    "element",
    "base",
    "template",
    "by_date",
    "from_idea",
    "copied",
    "by",
];

/// The words a change wrote, in their order: each run of letters put into one text, and each single value that is words.
/// Nothing for bytes that are no change of ours.
pub fn typed_in(chunk: &[u8]) -> Vec<String> {
    let Ok(change) = Change::from_bytes(chunk.to_vec()) else { return Vec::new() };
    let mut words: Vec<String> = Vec::new();
    let mut into = None;
    for op in change.decode().operations {
        let OpType::Put(ScalarValue::Str(text)) = &op.action else {
            into = None;
            continue;
        };
        if !op.insert {
            into = None;
            let is_words = !matches!(&op.key, Key::Map(key) if NO_WORDS.contains(&key.as_str()));
            words.extend(is_words.then(|| text.to_string()));
        } else if into.as_ref() == Some(&op.obj) {
            words.last_mut().into_iter().for_each(|run| run.push_str(text));
        } else {
            words.push(text.to_string());
            into = Some(op.obj.clone());
        }
    }
    words.retain(|words| !words.trim().is_empty());
    words
}
