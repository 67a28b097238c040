//! The words that a batch puts in, read off its changes alone: for whoever decides about one that does not count.

use crate::batch::canonical::expand_own;
use crate::batch::payload::Body;
use automerge::ScalarValue;
use automerge::legacy::{ElementId, Key, ObjectId, OpId, OpType};

/// The words that a batch which passed the gate puts in, in the order they were written; letters that follow one
/// another are one piece. `is_words` says under which keys of maps words lie. Nothing else is opened, so the cost is
/// that of the batch; what it takes away is not told.
pub fn added_words(body: &Body, is_words: impl Fn(&str) -> bool) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut typed = Typed::default();
    for change in body.changes.iter().filter_map(expand_own) {
        for (op, counter) in change.operations.iter().zip(change.start_op.get()..) {
            let OpType::Put(ScalarValue::Str(text)) = &op.action else { continue };
            match &op.key {
                Key::Map(key) if is_words(key) => {
                    typed.end(&mut pieces);
                    pieces.push(text.to_string());
                }
                Key::Seq(after) if op.insert => {
                    typed.go_on(&op.obj, after, &mut pieces);
                    typed.text.push_str(text);
                    typed.last = Some((op.obj.clone(), OpId::new(counter, &change.actor_id)));
                }
                _ => {}
            }
        }
    }
    typed.end(&mut pieces);
    pieces.retain(|piece| !piece.trim().is_empty());
    pieces
}

/// Letters typed one behind the other.
#[derive(Default)]
struct Typed {
    text: String,
    last: Option<(ObjectId, OpId)>,
}

impl Typed {
    fn go_on(&mut self, object: &ObjectId, after: &ElementId, pieces: &mut Vec<String>) {
        let follows = self
            .last
            .as_ref()
            .is_some_and(|(within, last)| within == object && matches!(after, ElementId::Id(after) if after == last));
        if !follows {
            self.end(pieces);
        }
    }
    fn end(&mut self, pieces: &mut Vec<String>) {
        if !self.text.is_empty() {
            pieces.push(std::mem::take(&mut self.text));
        }
        self.last = None;
    }
}
