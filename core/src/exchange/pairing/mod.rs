//! Pairing by file or text: three messages, and digits typed both ways (protocol.md §8).
//!
//! A invites ([`invite`]), B answers ([`reply`]), A completes ([`take_reply`]), B takes the completion
//! ([`take_completion`]); then each types the digits that the other's device shows ([`digits_match`]).
//! Between the steps each side keeps a private state, for the encrypted store only.

mod completion;
mod digits;
mod framed;
mod invitation;
mod message;
mod paired;
mod psk;
mod reply;
#[cfg(test)]
mod tests;
mod text_block;

pub use completion::{take_completion, take_reply};
pub use digits::{DIGITS, digits_match, six_digits, spaced};
pub use framed::{MESSAGE_MAX_BYTES, MessageKind};
pub use invitation::{
    EXPIRES_DEFAULT_MS, EXPIRES_MAX_MS, EXPIRES_MIN_MS, InvitationShown, InviteTerms, OpenInvitation, Purpose,
    SecretKind, invite, look_at,
};
pub use message::{armor, kind_of, message_hash};
pub use paired::{Paired, UsedInvitation};
pub use reply::{PendingReply, reply};
pub use text_block::unarmor;

use crate::error::{Code, Field, Result};
use crate::identity::{DeviceEntry, DeviceKeys, KeyCard, SUITES, SignedCard};
use crate::ids::{ExchangeId, SpaceId};
use crate::space::MemberEntry;

/// Who pairs: this device's keys, the public half of its admin key, and of its person's recovery key.
#[derive(Clone, Copy)]
pub struct PairingSelf<'a> {
    /// This device.
    pub keys: &'a DeviceKeys,
    /// The public half of its admin key.
    pub admin_pk: [u8; 32],
    /// What the new member root is sealed to.
    pub recovery_pk: [u8; 32],
}

impl std::fmt::Debug for PairingSelf<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PairingSelf({:?}, ‹secret›)", self.keys.device_id())
    }
}

impl PairingSelf<'_> {
    /// What the other is told of this device.
    pub fn entry(&self) -> DeviceEntry {
        self.keys.entry(self.admin_pk)
    }
}

/// Which exchange a message belongs to: to find the open invitation or the pending reply.
///
/// # Errors
/// Those of [`kind_of`].
pub fn exchange_of(given: &[u8]) -> Result<ExchangeId> {
    match kind_of(given)? {
        MessageKind::Invitation => Ok(look_at(given)?.exchange),
        kind => Ok(message::split_sealed(&message::content(given, kind)?, kind)?.0),
    }
}

/// The card, if one of this member's devices signed it for this space.
fn verify_card(card: &SignedCard, member: &MemberEntry, space: SpaceId, field: Field) -> Result<KeyCard> {
    let invalid = || Code::SignatureInvalid.of(field);
    let claimed = card.read().map_err(|_| Code::Corrupt.of(field))?.device;
    let device = member.devices.iter().find(|device| device.device_id() == claimed).ok_or_else(invalid)?;
    let card = card.verify(&device.signing).map_err(|_| invalid())?;
    if card.space != space {
        return Err(invalid().into());
    }
    if !card.suites.iter().any(|suite| SUITES.contains(suite)) {
        return Err(Code::UnsupportedType.of(field).into());
    }
    Ok(card)
}
