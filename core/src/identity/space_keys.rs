//! What a device opens and fetches with in one space.

use super::card::{Inbox, KeyCard, SUITES, VERSIONS};
use super::stored;
use crate::cbor;
use crate::crypto::seal::OpeningKey;
use crate::crypto::sign::SigningKey;
use crate::error::{Code, Result};
use crate::ids::{DeviceId, SpaceId};
use crate::secret::{Entropy, Secret32, SecretBytes};

/// A private sealing key and the card revision that first showed its public half.
#[derive(Clone, Debug, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub struct SealingKey {
    /// The card revision from which others seal to it.
    #[n(1)]
    pub rev: u64,
    /// The private half.
    #[cbor(n(2), with = "stored::opening_key")]
    pub key: OpeningKey,
}

/// A device's keys in one space: sealing keys (the newest last, never none), inbox key and ticket seed.
#[derive(Clone, Debug, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub struct SpaceKeys {
    #[n(1)]
    sealing: Vec<SealingKey>,
    #[cbor(n(2), with = "stored::signing_key")]
    inbox: SigningKey,
    #[cbor(n(3), with = "stored::secret")]
    ticket_seed: Secret32,
}

impl SpaceKeys {
    /// Fresh keys, for card revision 1.
    pub fn make(entropy: &mut dyn Entropy) -> Self {
        SpaceKeys {
            sealing: vec![SealingKey { rev: 1, key: OpeningKey::make(entropy) }],
            inbox: SigningKey::make(entropy),
            ticket_seed: Secret32::make(entropy),
        }
    }
    /// The newest sealing key.
    pub fn current(&self) -> &SealingKey {
        self.sealing.last().expect("made with one, and every change keeps the newest")
    }
    /// Every key that may still be sealed to, the newest first: what `envelope::open` tries.
    pub fn opening_keys(&self) -> Vec<OpeningKey> {
        self.sealing.iter().rev().map(|sealing| sealing.key.clone()).collect()
    }
    /// Reads and empties this device's inbox of the space.
    pub fn inbox(&self) -> &SigningKey {
        &self.inbox
    }
    /// What writers make their tickets from.
    pub fn ticket_seed(&self) -> &Secret32 {
        &self.ticket_seed
    }
    /// Adds a sealing key that card `card_rev` will show (every 30 days, protocol.md §2).
    ///
    /// # Errors
    /// `OutOfRange` when a card of that or a later revision has shown a key already.
    pub fn renew(&mut self, card_rev: u64, entropy: &mut dyn Entropy) -> Result<()> {
        if card_rev <= self.current().rev {
            return Code::OutOfRange.err();
        }
        self.sealing.push(SealingKey { rev: card_rev, key: OpeningKey::make(entropy) });
        Ok(())
    }
    /// Erases the keys that nobody can seal to any more, once every active device of the space showed
    /// card `card_rev` or a later one in its holdings.
    pub fn erase_before(&mut self, card_rev: u64) {
        let newest_shown = self.sealing.iter().filter(|sealing| sealing.rev <= card_rev).map(|s| s.rev).max();
        self.sealing.retain(|sealing| newest_shown.is_none_or(|least| sealing.rev >= least));
    }
    /// The card that shows these keys' public halves.
    pub fn card(&self, device: DeviceId, space: SpaceId, card_rev: u64, inboxes: Vec<Inbox>) -> KeyCard {
        let sealing_pk = self.current().key.public();
        let (suites, versions) = (SUITES.to_vec(), VERSIONS.to_vec());
        KeyCard { device, space, card_rev, sealing_pk, inboxes, suites, versions }
    }
    /// The keys as bytes, for the encrypted store only.
    pub fn to_stored(&self) -> SecretBytes {
        cbor::encode_secret(self)
    }
    /// The keys that [`Self::to_stored`] wrote.
    ///
    /// # Errors
    /// `Corrupt`.
    pub fn from_stored(bytes: &[u8]) -> Result<Self> {
        let keys: Self = cbor::decode_own(bytes)?;
        keys.check()?;
        Ok(keys)
    }
    /// Whether they are as this module makes them, for states that hold them.
    pub(crate) fn check(&self) -> Result<()> {
        if self.sealing.is_empty() || !self.sealing.is_sorted_by(|a, b| a.rev < b.rev) {
            return Code::Corrupt.err();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::testing::Seeded;

    #[test]
    fn old_halves_stay_until_every_device_showed_a_later_card() {
        let entropy = &mut Seeded::new("space keys");
        let mut keys = SpaceKeys::make(entropy);
        let first = keys.current().key.public();
        keys.renew(4, entropy).expect("later");
        assert_eq!(keys.renew(4, entropy).expect_err("shown already").code(), Code::OutOfRange);
        let publics = |keys: &SpaceKeys| keys.opening_keys().iter().map(OpeningKey::public).collect::<Vec<_>>();
        assert_eq!(publics(&keys), [keys.current().key.public(), first]);
        keys.erase_before(3);
        assert_eq!(publics(&keys).len(), 2);
        keys.erase_before(4);
        assert_eq!(publics(&keys), [keys.current().key.public()]);
        let back = SpaceKeys::from_stored(keys.to_stored().expose()).expect("own bytes");
        assert_eq!((publics(&back), back.inbox().public()), (publics(&keys), keys.inbox().public()));
        assert!(SpaceKeys { sealing: vec![], ..keys }.check().is_err());
    }
}
