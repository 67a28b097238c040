//! Who may write a document, and who can read what is sealed for a space.

use super::Membership;
use crate::ids::MemberId;
use minicbor::data::Type;
use minicbor::{Decode, Decoder, Encode, Encoder};

/// Who may write a document (protocol.md §1, 3). Written as the member's id, or 0 for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WriterSet {
    /// One member.
    One(MemberId),
    /// Every member of the space.
    All,
}

impl WriterSet {
    /// Whether a member of the space may write.
    pub fn allows(&self, membership: &Membership, member: &MemberId) -> bool {
        let is_writer = match self {
            WriterSet::One(writer) => writer == member,
            WriterSet::All => true,
        };
        is_writer && membership.members.contains_key(member)
    }
}

impl<C> Encode<C> for WriterSet {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        ctx: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        match self {
            WriterSet::One(member) => member.encode(e, ctx),
            WriterSet::All => e.u8(0)?.ok(),
        }
    }
}

impl<'b, C> Decode<'b, C> for WriterSet {
    fn decode(d: &mut Decoder<'b>, ctx: &mut C) -> Result<Self, minicbor::decode::Error> {
        if d.datatype()? == Type::Bytes {
            return MemberId::decode(d, ctx).map(WriterSet::One);
        }
        match d.u8()? {
            0 => Ok(WriterSet::All),
            _ => Err(minicbor::decode::Error::message("writer")),
        }
    }
}

/// Who can read what is sealed for this space now: the members with an active device, by the keys and nothing else.
pub fn audience(membership: &Membership) -> Vec<MemberId> {
    let has_device = |member: &&MemberId| !membership.active_devices_of(member).is_empty();
    membership.members.keys().filter(has_device).copied().collect()
}
