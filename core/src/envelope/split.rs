//! Cutting content that is too large for one envelope.

use super::EnvelopeContent;
use super::sealed::CONTENT_MAX_BYTES;
use crate::cbor::ELEMENTS_MAX;
use crate::error::{Code, Field, Result};
use crate::identity::SignedCard;
use crate::space::SignedStatement;

/// The map, its five keys, the space id and the heads of the lists, at most.
const FRAME_BYTES: usize = 96;
const FRAME_ELEMENTS: usize = 10;
/// The head of a byte string, at most.
const HEAD_BYTES: usize = 5;

#[derive(Clone, Copy)]
struct Cost {
    bytes: usize,
    elements: usize,
}

enum Piece {
    Statement(SignedStatement),
    Card(SignedCard),
    Holdings(Vec<u8>),
    Batch(Vec<u8>),
}

impl Piece {
    fn cost(&self) -> Cost {
        match self {
            // One in its list, two keys with their values, and the signatures.
            Piece::Statement(statement) => {
                Cost { bytes: statement.to_wire().len(), elements: 5 + statement.signatures().len() }
            }
            Piece::Card(card) => Cost { bytes: card.to_wire().len(), elements: 5 },
            Piece::Holdings(bytes) | Piece::Batch(bytes) => Cost { bytes: bytes.len() + HEAD_BYTES, elements: 1 },
        }
    }
    fn put(self, content: &mut EnvelopeContent) {
        match self {
            Piece::Statement(statement) => content.statements.push(statement),
            Piece::Card(card) => content.cards.push(card),
            Piece::Holdings(bytes) => content.holdings = Some(bytes),
            Piece::Batch(bytes) => content.batches.push(bytes),
        }
    }
}

/// The same content in as few envelopes as its order allows: statements, then cards and holdings, then batches,
/// each list in the order given. Empty content is one empty envelope.
///
/// # Errors
/// `TooBig{max, actual}` for one thing that no envelope can hold.
pub fn split(content: EnvelopeContent) -> Result<Vec<EnvelopeContent>> {
    let EnvelopeContent { space, statements, cards, batches, holdings } = content;
    let pieces = (statements.into_iter().map(Piece::Statement))
        .chain(cards.into_iter().map(Piece::Card))
        .chain(holdings.into_iter().map(Piece::Holdings))
        .chain(batches.into_iter().map(Piece::Batch));
    let empty = Cost { bytes: FRAME_BYTES, elements: FRAME_ELEMENTS };
    let (mut done, mut open, mut used) = (vec![], EnvelopeContent::new(space), empty);
    for piece in pieces {
        let cost = piece.cost();
        if cost.bytes + FRAME_BYTES > CONTENT_MAX_BYTES {
            return Err(Code::TooBig.of(Field::Bundle).max(CONTENT_MAX_BYTES - FRAME_BYTES).actual(cost.bytes).into());
        }
        if used.bytes + cost.bytes > CONTENT_MAX_BYTES || used.elements + cost.elements > ELEMENTS_MAX {
            done.push(std::mem::replace(&mut open, EnvelopeContent::new(space)));
            used = empty;
        }
        used = Cost { bytes: used.bytes + cost.bytes, elements: used.elements + cost.elements };
        piece.put(&mut open);
    }
    done.push(open);
    Ok(done)
}
