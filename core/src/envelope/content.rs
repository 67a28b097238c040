//! What one envelope carries.

use crate::identity::SignedCard;
use crate::ids::SpaceId;
use crate::space::SignedStatement;
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Decoder, Encode, Encoder};
use std::fmt;

/// What one envelope carries, all of one space.
#[derive(Clone, PartialEq, Eq)]
pub struct EnvelopeContent {
    /// Which space.
    pub space: SpaceId,
    /// Parents first.
    pub statements: Vec<SignedStatement>,
    /// Cards of active devices.
    pub cards: Vec<SignedCard>,
    /// Batches as they are kept: nothing in them was looked at.
    pub batches: Vec<Vec<u8>>,
    /// The sender's signed holdings, as they are kept.
    pub holdings: Option<Vec<u8>>,
}

impl EnvelopeContent {
    /// Nothing yet, for this space.
    pub fn new(space: SpaceId) -> Self {
        EnvelopeContent { space, statements: vec![], cards: vec![], batches: vec![], holdings: None }
    }
    /// Whether it carries nothing.
    pub fn is_empty(&self) -> bool {
        self.statements.is_empty() && self.cards.is_empty() && self.batches.is_empty() && self.holdings.is_none()
    }
}

impl fmt::Debug for EnvelopeContent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EnvelopeContent")
            .field("space", &self.space)
            .field("statements", &self.statements.len())
            .field("cards", &self.cards.len())
            .field("batches", &self.batches.len())
            .field("holdings", &self.holdings.is_some())
            .finish()
    }
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Wire {
    #[n(1)]
    space: SpaceId,
    #[n(2)]
    statements: Vec<SignedStatement>,
    #[n(3)]
    cards: Vec<SignedCard>,
    #[n(4)]
    batches: Vec<ByteVec>,
    #[n(5)]
    holdings: Option<ByteVec>,
}

impl<C> Encode<C> for EnvelopeContent {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        ctx: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        let EnvelopeContent { space, statements, cards, batches, holdings } = self.clone();
        let batches = batches.into_iter().map(Into::into).collect();
        Wire { space, statements, cards, batches, holdings: holdings.map(Into::into) }.encode(e, ctx)
    }
}

impl<'b, C> Decode<'b, C> for EnvelopeContent {
    fn decode(d: &mut Decoder<'b>, ctx: &mut C) -> Result<Self, minicbor::decode::Error> {
        let Wire { space, statements, cards, batches, holdings } = Wire::decode(d, ctx)?;
        let batches = batches.into_iter().map(Into::into).collect();
        Ok(EnvelopeContent { space, statements, cards, batches, holdings: holdings.map(Into::into) })
    }
}
