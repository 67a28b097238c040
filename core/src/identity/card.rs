//! Key cards: how to reach a device and seal for it in one space (protocol.md §3).

use super::device::device_id;
use super::stored;
use crate::cbor;
use crate::crypto::hash::sha256;
use crate::crypto::sign::{SIGNATURE_BYTES, Signed, SigningKey, verifies};
use crate::error::{Code, Result};
use crate::ids::{DeviceId, SpaceId};
use crate::secret::Secret32;
use std::fmt;

/// Inboxes a card may name.
pub const INBOXES_MAX: usize = 2;
/// The HPKE suites of this version: 1 is DHKEM(X25519), HKDF-SHA256, ChaCha20-Poly1305.
pub const SUITES: &[u32] = &[1];
/// The format versions that this version reads.
pub const VERSIONS: &[u32] = &[1];
/// Most suites and versions a card may name.
const LIST_MAX: usize = 16;
/// Most bytes of a server's name.
const SERVER_MAX_BYTES: usize = 255;
/// Most bytes of a card.
const CARD_MAX_BYTES: usize = 4_096;

/// Where envelopes wait for a device.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub struct Inbox {
    /// The server's name, at most 255 bytes.
    #[n(1)]
    pub server: String,
    /// The inbox's name: its Ed25519 key.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub inbox_pk: [u8; 32],
    /// What writers of the space make their tickets from.
    #[cbor(n(3), with = "stored::secret")]
    pub ticket_seed: Secret32,
}

/// How to reach a device and seal for it in one space.
#[derive(Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub struct KeyCard {
    /// Whose card it is.
    #[n(1)]
    pub device: DeviceId,
    /// In which space.
    #[n(2)]
    pub space: SpaceId,
    /// Counts the device's cards in this space, from 1; the highest counts.
    #[n(3)]
    pub card_rev: u64,
    /// What others seal to (X25519).
    #[cbor(n(4), with = "minicbor::bytes")]
    pub sealing_pk: [u8; 32],
    /// At most two.
    #[n(5)]
    pub inboxes: Vec<Inbox>,
    /// HPKE suites the device opens, rising; they never become fewer.
    #[n(6)]
    pub suites: Vec<u32>,
    /// Format versions the device reads, rising.
    #[n(7)]
    pub versions: Vec<u32>,
}

impl fmt::Debug for KeyCard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyCard({:?}, {:?}, rev {})", self.device, self.space, self.card_rev)
    }
}

impl KeyCard {
    /// Signs the card with its device's signing key.
    pub fn sign(&self, key: &SigningKey) -> SignedCard {
        let bytes = cbor::encode(self);
        let signature = key.sign(Signed::Card, &bytes);
        SignedCard { bytes, signature }
    }

    fn is_sound(&self) -> bool {
        let rising = |list: &[u32]| list.len() <= LIST_MAX && !list.is_empty() && list.is_sorted_by(|a, b| a < b);
        self.inboxes.len() <= INBOXES_MAX
            && self.inboxes.iter().all(|inbox| inbox.server.len() <= SERVER_MAX_BYTES)
            && rising(&self.suites)
            && rising(&self.versions)
            && self.card_rev > 0
    }
}

/// A card as it travels: the exact bytes that were signed, and the signature.
#[derive(Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub struct SignedCard {
    #[cbor(n(1), with = "minicbor::bytes")]
    bytes: Vec<u8>,
    #[cbor(n(2), with = "minicbor::bytes")]
    signature: [u8; SIGNATURE_BYTES],
}

impl fmt::Debug for SignedCard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.read() {
            Ok(card) => write!(f, "Signed{card:?}"),
            Err(_) => f.write_str("SignedCard(unreadable)"),
        }
    }
}

impl SignedCard {
    /// The card on the wire.
    pub fn to_wire(&self) -> Vec<u8> {
        cbor::encode(self)
    }
    /// A card from the wire; nothing is verified yet.
    ///
    /// # Errors
    /// `Corrupt`.
    pub fn parse(wire: &[u8]) -> Result<Self> {
        cbor::decode(wire).ok_or_else(|| Code::Corrupt.into())
    }
    /// The exact bytes that were signed.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
    /// SHA-256 of the signed bytes: settles which of two equal revisions counts.
    pub fn hash(&self) -> [u8; 32] {
        sha256(&[&self.bytes])
    }
    /// What the card says, whoever signed it: to find the device whose key verifies it.
    ///
    /// # Errors
    /// `Corrupt` for a card outside its bounds.
    pub fn read(&self) -> Result<KeyCard> {
        let short = self.bytes.len() <= CARD_MAX_BYTES;
        let card: Option<KeyCard> = short.then(|| cbor::decode(&self.bytes)).flatten();
        card.filter(KeyCard::is_sound).ok_or_else(|| Code::Corrupt.into())
    }
    /// What the card says, when the device with this signing key said so of itself.
    ///
    /// # Errors
    /// `SignatureInvalid` for another's card or signature, `Corrupt`.
    pub fn verify(&self, signing_pk: &[u8; 32]) -> Result<KeyCard> {
        if !verifies(signing_pk, Signed::Card, &self.bytes, &self.signature) {
            return Code::SignatureInvalid.err();
        }
        let card = self.read()?;
        if card.device != device_id(signing_pk) {
            return Code::SignatureInvalid.err();
        }
        Ok(card)
    }
}

/// Whether `new` takes the place of `old`: a higher revision, or the same with a lower hash, of the same device
/// and space, and with no suite missing. Both must be verified; a card that cannot be read replaces nothing.
pub fn replaces(old: &SignedCard, new: &SignedCard) -> bool {
    let (Ok(was), Ok(is)) = (old.read(), new.read()) else { return false };
    let same_place = (was.device, was.space) == (is.device, is.space);
    let later = is.card_rev > was.card_rev || (is.card_rev == was.card_rev && new.hash() < old.hash());
    same_place && later && was.suites.iter().all(|suite| is.suites.contains(suite))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::testing::Seeded;
    use crate::identity::{DeviceKeys, SpaceKeys};
    use data_encoding::HEXLOWER;

    fn made() -> (DeviceKeys, KeyCard) {
        let entropy = &mut Seeded::new("card");
        let (keys, space_keys) = (DeviceKeys::make(entropy), SpaceKeys::make(entropy));
        let (inbox_pk, ticket_seed) = (space_keys.inbox().public(), space_keys.ticket_seed().clone());
        let inbox = Inbox { server: "post.example".into(), inbox_pk, ticket_seed };
        let card = space_keys.card(keys.device_id(), SpaceId([2; 32]), 1, vec![inbox]);
        (keys, card)
    }

    #[test]
    fn a_card_is_its_devices_own_word() {
        let (keys, card) = made();
        let signed = card.sign(&keys.signing);
        let back = SignedCard::parse(&signed.to_wire()).expect("own bytes");
        assert_eq!(back.verify(&keys.signing.public()).expect("signed"), card);
        let other = DeviceKeys::make(&mut Seeded::new("other"));
        assert_eq!(back.verify(&other.signing.public()).expect_err("another's").code(), Code::SignatureInvalid);
        // A good signature under a card that names another device.
        let lent = card.sign(&other.signing);
        assert_eq!(lent.verify(&other.signing.public()).expect_err("not its own").code(), Code::SignatureInvalid);
        let wire = signed.to_wire();
        for at in 0..wire.len() {
            let mut bad = wire.clone();
            bad[at] ^= 1 << (at % 8);
            let read = SignedCard::parse(&bad).and_then(|card| card.verify(&keys.signing.public()));
            assert!(read.is_err(), "{at}");
        }
    }

    #[test]
    fn cards_have_bounds() {
        let (keys, card) = made();
        let inbox = card.inboxes[0].clone();
        let long = Inbox { server: "x".repeat(256), ..inbox.clone() };
        for bad in [
            KeyCard { card_rev: 0, ..card.clone() },
            KeyCard { inboxes: vec![inbox; 3], ..card.clone() },
            KeyCard { inboxes: vec![long], ..card.clone() },
            KeyCard { suites: vec![], ..card.clone() },
            KeyCard { suites: vec![2, 1], ..card.clone() },
            KeyCard { versions: (1..=17).collect(), ..card.clone() },
        ] {
            let read = bad.sign(&keys.signing).verify(&keys.signing.public());
            assert_eq!(read.expect_err("out of bounds").code(), Code::Corrupt);
        }
    }

    #[test]
    fn the_higher_revision_counts_and_suites_never_shrink() {
        let (keys, card) = made();
        let sign = |card: KeyCard| card.sign(&keys.signing);
        let one = sign(KeyCard { suites: vec![1, 2], ..card.clone() });
        let two = sign(KeyCard { card_rev: 2, suites: vec![1, 2, 3], ..card.clone() });
        assert!(replaces(&one, &two) && !replaces(&two, &one) && !replaces(&one, &one));
        assert!(!replaces(&one, &sign(KeyCard { card_rev: 3, ..card.clone() })));
        let twin = sign(KeyCard { sealing_pk: [8; 32], suites: vec![1, 2], ..card.clone() });
        let (low, high) = if one.hash() < twin.hash() { (&one, &twin) } else { (&twin, &one) };
        assert!(replaces(high, low) && !replaces(low, high));
        let elsewhere = sign(KeyCard { card_rev: 9, space: SpaceId([4; 32]), suites: vec![1, 2], ..card });
        assert!(!replaces(&one, &elsewhere));
    }

    /// Recipe: `Seeded("card")` draws device keys, then space keys; space 32 × 0x02; one inbox at `post.example`.
    #[test]
    fn the_bytes_of_a_card_are_pinned_and_its_seed_never_prints() {
        let (keys, card) = made();
        let signed = card.sign(&keys.signing);
        let pinned = [HEXLOWER.encode(signed.bytes()), HEXLOWER.encode(&signed.signature)];
        let expected = [
            concat!(
                "a70158206df6ee411fbead5e37e63a143d1bc979f8a1554add15cf0e645ee0684c407329",
                "025820020202020202020202020202020202020202020202020202020202020202020203",
                "010458202c1f4bfa4a1027d4d7cb75871e4cde01f17366cce803afd383f07e24f7f8206f",
                "0581a3016c706f73742e6578616d706c65025820aa5e1855dc764c96f0672dfc3f2312d4",
                "d1902eaafef6af9caa55c450527499de035820f4703279413a44b65e0a6bdaad34a6a23c",
                "50b43423fd308b0b794b5619d1c164068101078101",
            ),
            concat!(
                "75f14f18c485cf1feaa54b0fbf5fd93b2426cc6630f906ab5bd64e1ec11f4e1e",
                "e7907fe16650bea906db4e3281ef6eb682d6d2ed804c994e9ba16e3dc233c304",
            ),
        ];
        assert_eq!(pinned.as_slice(), expected);
        assert_eq!(format!("{:?}", card.inboxes[0].ticket_seed), "‹secret›");
        assert!(format!("{card:?} {signed:?}").len() < 200);
    }
}
