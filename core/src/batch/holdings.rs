//! What a device holds, as it tells others: signed, and the highest counter counts (protocol.md §4).

use crate::cbor;
use crate::crypto::hash::sha256;
use crate::crypto::sign::{SIGNATURE_BYTES, Signed, SigningKey, verifies};
use crate::ids::{BatchId, ChangeId, DeviceId, SpaceId, StatementId};
use minicbor::{Decode, Encode};
use std::collections::BTreeMap;

/// Most things one asks for at a time, and most log heads, statement heads and cards named.
pub const HOLDINGS_LIST_MAX: usize = 256;

/// A head of one device's log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(array)]
pub struct LogHead {
    /// Whose log.
    #[n(0)]
    pub device: DeviceId,
    /// The head's place in it.
    #[n(1)]
    pub seq: u64,
    /// The head.
    #[n(2)]
    pub id: BatchId,
}

/// The revision held of a device's key card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(array)]
pub struct CardRev {
    /// Whose card.
    #[n(0)]
    pub device: DeviceId,
    /// Its revision.
    #[n(1)]
    pub rev: u32,
}

/// Something one misses, by hash: a batch, or the batch that holds a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(transparent)]
pub struct Ask(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; 32]);

impl From<BatchId> for Ask {
    fn from(id: BatchId) -> Self {
        Ask(id.0)
    }
}
impl From<ChangeId> for Ask {
    fn from(id: ChangeId) -> Self {
        Ask(id.0)
    }
}

/// What a device holds of one space. Lists are sorted and without duplicates.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Holdings {
    /// The space.
    #[n(1)]
    pub space: SpaceId,
    /// Who holds it.
    #[n(2)]
    pub device: DeviceId,
    /// Rises with every telling.
    #[n(3)]
    pub counter: u64,
    /// Heads of the statements.
    #[n(4)]
    pub statements: Vec<StatementId>,
    /// Heads of every log, several where it forked.
    #[n(5)]
    pub logs: Vec<LogHead>,
    /// Key cards.
    #[n(6)]
    pub cards: Vec<CardRev>,
    /// Batches and changes that are missed.
    #[n(7)]
    pub asks: Vec<Ask>,
}

/// Holdings with their signature; the bytes are the truth.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct SignedHoldings {
    /// Exactly what was signed.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub bytes: Vec<u8>,
    /// By the device.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub signature: [u8; SIGNATURE_BYTES],
}

impl Holdings {
    /// Signs these holdings; lists are brought in order and cut to what may be told at once.
    pub fn sign(mut self, key: &SigningKey) -> SignedHoldings {
        tidy(&mut self.statements);
        in_turns(&mut self.logs);
        tidy(&mut self.logs);
        tidy(&mut self.cards);
        tidy(&mut self.asks);
        let bytes = cbor::encode(&self);
        let signature = key.sign(Signed::Holdings, &bytes);
        SignedHoldings { bytes, signature }
    }

    /// Whether both tell of the same statements, as far as lists reach.
    pub fn tells_same_statements(&self, other: &Holdings) -> bool {
        let told = |holdings: &Holdings| {
            let mut heads = holdings.statements.clone();
            tidy(&mut heads);
            heads
        };
        told(self) == told(other)
    }

    /// The heads told of one device's log.
    pub fn heads_of<'a>(&'a self, device: &'a DeviceId) -> impl Iterator<Item = &'a LogHead> {
        self.logs.iter().filter(move |head| head.device == *device)
    }
}

/// Every device's newest head before any device's second: the branches of one leave a place for the others.
fn in_turns(logs: &mut Vec<LogHead>) {
    logs.sort_by(|a, b| b.cmp(a));
    logs.dedup();
    let mut told: BTreeMap<DeviceId, usize> = BTreeMap::new();
    let mut turns: Vec<(usize, LogHead)> = Vec::with_capacity(logs.len());
    for head in logs.drain(..) {
        let turn = told.entry(head.device).or_default();
        *turn += 1;
        turns.push((*turn, head));
    }
    turns.sort();
    logs.extend(turns.into_iter().map(|(_, head)| head).take(HOLDINGS_LIST_MAX));
}

fn tidy<T: Ord>(list: &mut Vec<T>) {
    list.sort();
    list.dedup();
    list.truncate(HOLDINGS_LIST_MAX);
}

impl SignedHoldings {
    /// Reads what another wrote; `None` for anything that is no holdings. The signature is looked at by
    /// [`SignedHoldings::verify`].
    pub fn parse(bytes: &[u8]) -> Option<(Self, Holdings)> {
        let signed: SignedHoldings = cbor::decode(bytes)?;
        let holdings = signed.holdings()?;
        Some((signed, holdings))
    }

    /// The bytes on the wire.
    pub fn encode(&self) -> Vec<u8> {
        cbor::encode(self)
    }

    /// What was signed.
    pub fn holdings(&self) -> Option<Holdings> {
        let holdings: Holdings = cbor::decode(&self.bytes)?;
        let lengths = [holdings.statements.len(), holdings.logs.len(), holdings.cards.len(), holdings.asks.len()];
        lengths.iter().all(|length| *length <= HOLDINGS_LIST_MAX).then_some(holdings)
    }

    /// Whether the device named inside signed it with this key.
    pub fn verify(&self, holdings: &Holdings, public: &[u8; 32]) -> bool {
        holdings.device == DeviceId(sha256(&[public]))
            && verifies(public, Signed::Holdings, &self.bytes, &self.signature)
    }
}
