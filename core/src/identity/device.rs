//! The keys a device is known by in every space it takes part in.

use super::stored;
use crate::cbor;
use crate::crypto::hash::sha256;
use crate::crypto::seal::OpeningKey;
use crate::crypto::sign::SigningKey;
use crate::error::Result;
use crate::ids::DeviceId;
use crate::secret::{Entropy, SecretBytes};
use std::fmt;

/// The id of the device that signs with this key (protocol.md §2).
pub fn device_id(signing_pk: &[u8; 32]) -> DeviceId {
    DeviceId(sha256(&[signing_pk]))
}

/// A device's own keys: signing (Ed25519) and static (X25519, for Noise). The admin key is no part of
/// them: it lies in the vault under typed secrets only.
#[derive(Clone, Debug, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub struct DeviceKeys {
    /// Signs batches, cards and holdings.
    #[cbor(n(1), with = "stored::signing_key")]
    pub signing: SigningKey,
    /// For live sessions.
    #[cbor(n(2), with = "stored::opening_key")]
    pub static_key: OpeningKey,
}

impl DeviceKeys {
    /// Fresh keys.
    pub fn make(entropy: &mut dyn Entropy) -> Self {
        DeviceKeys { signing: SigningKey::make(entropy), static_key: OpeningKey::make(entropy) }
    }
    /// The id of this device.
    pub fn device_id(&self) -> DeviceId {
        device_id(&self.signing.public())
    }
    /// What others are told of this device; `admin_pk` is the public half of its admin key.
    pub fn entry(&self, admin_pk: [u8; 32]) -> DeviceEntry {
        DeviceEntry { signing: self.signing.public(), admin: admin_pk, static_pk: self.static_key.public() }
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
        cbor::decode_own(bytes)
    }
}

/// What a statement says of a device: its three public keys.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub struct DeviceEntry {
    /// Verifies batches, cards and holdings (Ed25519).
    #[cbor(n(1), with = "minicbor::bytes")]
    pub signing: [u8; 32],
    /// Verifies statements and purges (Ed25519).
    #[cbor(n(2), with = "minicbor::bytes")]
    pub admin: [u8; 32],
    /// For live sessions (X25519).
    #[cbor(n(3), with = "minicbor::bytes")]
    pub static_pk: [u8; 32],
}

impl DeviceEntry {
    /// The id of this device.
    pub fn device_id(&self) -> DeviceId {
        device_id(&self.signing)
    }
}

impl fmt::Debug for DeviceEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceEntry({:?})", self.device_id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::testing::Seeded;

    #[test]
    fn keys_come_back_from_the_store_and_print_nothing() {
        let keys = DeviceKeys::make(&mut Seeded::new("device"));
        let back = DeviceKeys::from_stored(keys.to_stored().expose()).expect("own bytes");
        assert_eq!(back.entry([9; 32]), keys.entry([9; 32]));
        assert_eq!(back.entry([9; 32]).device_id(), keys.device_id());
        assert_eq!(format!("{keys:?}"), "DeviceKeys { signing: ‹secret›, static_key: ‹secret› }");
        assert!(DeviceKeys::from_stored(b"\xa1\x01\x41\x00").is_err());
    }
}
