use crate::cbor;
use crate::document::named::named;
use crate::document::{Scalar, View};
use crate::ids::{BatchId, ElementId, MemberId};
use minicbor::{Decode, Encode};
use std::collections::BTreeMap;

named! {
    /// What the owner did with an idea.
    Choice { Added = "added", Changed = "changed", Declined = "declined" }
}

/// A decision: one register keyed by the idea's id, so that deciding on two devices is one decision
/// (protocol.md §4). The decider is whoever signed the batch that carries it.
#[derive(Clone, PartialEq, Eq)]
pub struct DecisionState {
    /// What was chosen.
    pub choice: Choice,
    /// The words that were put in; empty for a declined idea.
    pub text: String,
    /// Whose idea it was.
    pub by: MemberId,
    /// The batch that brought the idea.
    pub batch: Option<BatchId>,
    /// When, Unix milliseconds as claimed.
    pub at_ms: i64,
    /// The entry or step it went into.
    pub into: Option<ElementId>,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Register {
    #[n(1)]
    choice: u32,
    #[n(2)]
    text: String,
    #[n(3)]
    by: MemberId,
    #[n(4)]
    batch: Option<BatchId>,
    #[n(5)]
    at_ms: i64,
    #[n(6)]
    into: Option<ElementId>,
}

impl DecisionState {
    /// The register's value.
    pub fn to_scalar(&self) -> Scalar {
        let choice = match self.choice {
            Choice::Added => 1,
            Choice::Changed => 2,
            Choice::Declined => 3,
        };
        let register = Register {
            choice,
            text: self.text.clone(),
            by: self.by,
            batch: self.batch,
            at_ms: self.at_ms,
            into: self.into,
        };
        Scalar::Bytes(cbor::encode(&register))
    }

    /// Reads a register's value; `None` for anything else.
    pub fn from_scalar(scalar: &Scalar) -> Option<Self> {
        let Scalar::Bytes(bytes) = scalar else { return None };
        let register: Register = cbor::decode(bytes)?;
        let choice = match register.choice {
            1 => Choice::Added,
            2 => Choice::Changed,
            3 => Choice::Declined,
            _ => return None,
        };
        let Register { text, by, batch, at_ms, into, .. } = register;
        Some(DecisionState { choice, text, by, batch, at_ms, into })
    }
}

/// All decisions in a document; more than one for an idea when devices decided apart, the winner last.
pub fn read_decisions(view: View<'_>) -> BTreeMap<ElementId, Vec<DecisionState>> {
    let read = |(id, values): (String, Vec<Scalar>)| {
        let mut decisions: Vec<_> = values.iter().filter_map(DecisionState::from_scalar).collect();
        decisions.dedup();
        Some((ElementId::parse(&id)?, decisions)).filter(|(_, decisions)| !decisions.is_empty())
    };
    view.all_values("decisions").into_iter().filter_map(read).collect()
}

crate::text::redacted!(DecisionState);
