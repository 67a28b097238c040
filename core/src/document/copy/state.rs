use super::copied::Copied;
use super::seal::{Seal, nonce_of};
use crate::document::{Scalar, View};

/// A copy as its document says.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct CopyState {
    /// What was given; nothing while not all of it is here.
    pub copied: Option<Copied>,
}

impl CopyState {
    /// Reads what the document's own id stands for, and nothing else that was written into it.
    pub fn read(view: View<'_>) -> Self {
        let (mut seals, mut words) = (Vec::new(), Vec::new());
        for said in view.ever_set() {
            match said {
                Scalar::Str(text) => words.push(text),
                Scalar::Bytes(bytes) => seals.push(bytes),
                _ => {}
            }
        }
        let nonce = view.birth().nonce;
        let seal = seals.iter().find(|bytes| nonce_of(bytes) == nonce);
        CopyState { copied: seal.and_then(|bytes| Seal::read(bytes)?.open(&words)) }
    }
}

crate::text::redacted!(CopyState);
