//! Slots: ways to the vault key. A secret gives a key by its own means (Argon2id, a platform keystore, the recovery
//! key), and that key wraps the vault key; the device admin key is wrapped under typed secrets only.

use super::pin::check_pin;
use crate::cbor;
use crate::crypto::aead::{open_once, seal_once};
use crate::crypto::kdf::{PassphraseCost, argon2id, check_passphrase, derive};
use crate::crypto::seal::{self, OpeningKey};
use crate::crypto::sign::SigningKey;
use crate::crypto::words::RecoveryWords;
use crate::error::{Code, Error, Field, Result};
use crate::ids::{SlotId, VaultId};
use crate::secret::{Entropy, Secret32, SecretText};
use minicbor::bytes::{ByteArray, ByteVec};
use zeroize::Zeroizing;

/// Most bytes of a host's wrapped key.
pub const WRAPPED_MAX_BYTES: usize = 4_096;

/// The kinds of slot that this build opens. A PIN alone is never one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub enum SlotKind {
    /// A typed passphrase.
    Passphrase,
    /// A key that the platform's keystore guards.
    Keystore,
    /// Such a key and a PIN, both needed.
    KeystoreAndPin,
    /// The recovery words.
    Recovery,
}

impl SlotKind {
    const ALL: [SlotKind; 4] = [SlotKind::Passphrase, SlotKind::Keystore, SlotKind::KeystoreAndPin, SlotKind::Recovery];

    /// Whether the host keeps a key for it, under [`keystore_alias`].
    pub fn has_alias(self) -> bool {
        matches!(self, SlotKind::Keystore | SlotKind::KeystoreAndPin)
    }
    /// Its number in the header.
    fn number(self) -> u8 {
        match self {
            SlotKind::Passphrase => 1,
            SlotKind::Keystore => 2,
            SlotKind::KeystoreAndPin => 3,
            SlotKind::Recovery => 4,
        }
    }
    fn of(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.number() == number)
    }
}

/// A slot as it lies in the header.
#[derive(Clone, Debug, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub(super) struct Slot {
    #[n(1)]
    pub id: SlotId,
    #[n(2)]
    kind: u8,
    /// Passphrase and PIN: what Argon2id spent, and its salt.
    #[n(3)]
    cost: Option<PassphraseCost>,
    #[n(4)]
    salt: Option<ByteArray<16>>,
    /// Fresh at every wrapping: no wrapping key is used twice.
    #[n(5)]
    wrap_salt: Option<ByteArray<32>>,
    #[n(6)]
    vmk: ByteVec,
    #[n(7)]
    admin: Option<ByteVec>,
    /// Keystore: the key as the host wrapped it, data to us.
    #[n(8)]
    pub wrapped: Option<ByteVec>,
}

/// What a slot wraps.
#[derive(Clone, Debug)]
pub(super) struct Inside {
    pub vmk: Secret32,
    /// `None` in a keystore slot.
    pub admin: Option<SigningKey>,
}

/// The name under which a host keeps the key of a keystore slot; it must delete it when told so.
pub fn keystore_alias(vault: VaultId, slot: SlotId) -> String {
    format!("belay.{vault}.{slot}")
}

/// The recovery key (X25519): HKDF-SHA256 of the BIP39 seed, info "belay/recovery/1" (protocol.md §2).
pub fn derive_recovery_key(words: &RecoveryWords) -> OpeningKey {
    // The derivation needs the seed's bytes.
    OpeningKey::from_bytes(derive(words.derive_seed().expose(), &[], b"belay/recovery/1"))
}

impl Slot {
    pub fn kind(&self) -> Option<SlotKind> {
        SlotKind::of(self.kind)
    }

    /// The slot in these bytes, `None` for one of a later build.
    pub fn decode(bytes: &[u8]) -> Option<Slot> {
        cbor::decode::<Slot>(bytes).filter(|slot| slot.kind().is_some())
    }

    pub fn encode(&self) -> ByteVec {
        cbor::encode(self).into()
    }

    #[cfg(test)]
    pub fn set_cost(&mut self, cost: PassphraseCost) {
        self.cost = Some(cost);
    }

    /// Whether it also leads to the admin key.
    pub fn has_admin(&self) -> bool {
        self.admin.is_some()
    }

    fn new(id: SlotId, kind: SlotKind) -> Slot {
        let (vmk, number) = (Vec::new().into(), kind.number());
        Slot { id, kind: number, cost: None, salt: None, wrap_salt: None, vmk, admin: None, wrapped: None }
    }

    /// Binds a wrapping to its place, so that one slot's cannot stand in another.
    fn aad(&self, vault: VaultId) -> Vec<u8> {
        [&vault.0[..], &self.id.0, &[self.kind]].concat()
    }

    fn wrap(&mut self, vault: VaultId, key: &Secret32, inside: &Inside, entropy: &mut dyn Entropy) {
        let salt: [u8; 32] = entropy.bytes();
        let (for_vmk, for_admin) = wrap_keys(key, &salt);
        let aad = self.aad(vault);
        // Wrapping needs the bytes of what is wrapped.
        self.vmk = seal_once(&for_vmk, &aad, inside.vmk.expose()).into();
        self.admin = inside.admin.as_ref().map(|admin| seal_once(&for_admin, &aad, admin.seed().expose()).into());
        self.wrap_salt = Some(salt.into());
    }

    fn unwrap(&self, vault: VaultId, key: &Secret32) -> Result<Inside> {
        let salt = self.wrap_salt.as_ref().ok_or_else(damaged)?;
        let (for_vmk, for_admin) = wrap_keys(key, salt);
        let aad = self.aad(vault);
        // The header's checksum held, so a wrapping that does not open says that the secret is another one.
        let vmk = open_once(&for_vmk, &aad, &self.vmk).ok_or_else(|| Error::from(Code::WrongSecret))?;
        let vmk = Secret32::from_slice(vmk.expose()).ok_or_else(damaged)?;
        let admin = match &self.admin {
            Some(sealed) => Some(admin_key(open_once(&for_admin, &aad, sealed).ok_or_else(damaged)?.expose())?),
            None => None,
        };
        Ok(Inside { vmk, admin })
    }

    /// A passphrase slot.
    ///
    /// # Errors
    /// `WeakSecret{Passphrase}`, `OutOfRange{Passphrase}` for a cost outside sound bounds.
    pub fn make_passphrase(
        vault: VaultId,
        passphrase: &SecretText,
        cost: PassphraseCost,
        inside: &Inside,
        entropy: &mut dyn Entropy,
    ) -> Result<Slot> {
        if !cost.is_sound() {
            return Err(Code::OutOfRange.of(Field::Passphrase).into());
        }
        let mut slot = Slot::new(SlotId(entropy.bytes()), SlotKind::Passphrase);
        let salt = entropy.bytes();
        let key = derive_passphrase_key(passphrase, &salt, cost)?;
        (slot.cost, slot.salt) = (Some(cost), Some(salt.into()));
        slot.wrap(vault, &key, inside, entropy);
        Ok(slot)
    }

    /// Opens a passphrase slot.
    ///
    /// # Errors
    /// `WrongSecret{Passphrase}`, `Corrupt{Header}`.
    pub fn open_passphrase(&self, vault: VaultId, passphrase: &SecretText) -> Result<Inside> {
        let (cost, salt) = self.cost.zip(self.salt.as_ref()).ok_or_else(damaged)?;
        let wrong = || Error::from(Code::WrongSecret.of(Field::Passphrase));
        let key = derive_passphrase_key(passphrase, salt, cost).map_err(|error| match error.code() {
            // None that short or long was ever taken.
            Code::WeakSecret => wrong(),
            _ => error,
        })?;
        self.unwrap(vault, &key).map_err(|error| if error.code() == Code::WrongSecret { wrong() } else { error })
    }

    /// A keystore slot: never with the admin key, since no secret was typed.
    pub fn make_keystore(
        vault: VaultId,
        id: SlotId,
        key: &Secret32,
        wrapped: Vec<u8>,
        vmk: &Secret32,
        entropy: &mut dyn Entropy,
    ) -> Slot {
        let mut slot = Slot::new(id, SlotKind::Keystore);
        slot.wrapped = Some(wrapped.into());
        slot.wrap(vault, key, &Inside { vmk: vmk.clone(), admin: None }, entropy);
        slot
    }

    /// Opens a keystore slot.
    ///
    /// # Errors
    /// `WrongSecret{Key}`, `Corrupt{Header}`.
    pub fn open_keystore(&self, vault: VaultId, key: &Secret32) -> Result<Inside> {
        let about_key = |error: Error| match error.code() {
            Code::WrongSecret => Code::WrongSecret.of(Field::Key).into(),
            _ => error,
        };
        self.unwrap(vault, key).map_err(about_key)
    }

    /// A slot that takes both what the keystore gives and a PIN. The PIN was typed, so it leads to the admin key too.
    ///
    /// # Errors
    /// `WeakSecret{Pin}`, `OutOfRange{Pin}` for a cost outside sound bounds.
    pub fn make_with_pin(
        vault: VaultId,
        id: SlotId,
        both: KeyAndPin<'_>,
        wrapped: Vec<u8>,
        cost: PassphraseCost,
        inside: &Inside,
        entropy: &mut dyn Entropy,
    ) -> Result<Slot> {
        if !cost.is_sound() {
            return Err(Code::OutOfRange.of(Field::Pin).into());
        }
        let mut slot = Slot::new(id, SlotKind::KeystoreAndPin);
        let salt = entropy.bytes();
        let key = both.derive(vault, &salt, cost)?;
        (slot.cost, slot.salt, slot.wrapped) = (Some(cost), Some(salt.into()), Some(wrapped.into()));
        slot.wrap(vault, &key, inside, entropy);
        Ok(slot)
    }

    /// Opens a slot of both. Which of the two was wrong cannot be told; the keystore's key is not typed, so it is the
    /// PIN that is named.
    ///
    /// # Errors
    /// `WrongSecret{Pin}`, `Corrupt{Header}`.
    pub fn open_with_pin(&self, vault: VaultId, both: KeyAndPin<'_>) -> Result<Inside> {
        let (cost, salt) = self.cost.zip(self.salt.as_ref()).ok_or_else(damaged)?;
        let wrong = |error: Error| match error.code() {
            // None that weak was ever taken.
            Code::WeakSecret | Code::WrongSecret => Code::WrongSecret.of(Field::Pin).into(),
            _ => error,
        };
        let key = both.derive(vault, salt, cost).map_err(wrong)?;
        self.unwrap(vault, &key).map_err(wrong)
    }

    /// A recovery slot: sealed to the public half, so that the words need not be there.
    pub fn make_recovery(
        vault: VaultId,
        recovery_pk: &[u8; 32],
        vmk: &Secret32,
        admin: &SigningKey,
        entropy: &mut dyn Entropy,
    ) -> Result<Slot> {
        let mut slot = Slot::new(SlotId(entropy.bytes()), SlotKind::Recovery);
        let aad = slot.aad(vault);
        let mut sealed = |info: &[u8], secret: &Secret32| {
            // Sealing needs the bytes of what is sealed.
            seal::seal(recovery_pk, info, &aad, None, secret.expose(), entropy)
                .map(ByteVec::from)
                .ok_or(Error::Broken("a recovery key of our own"))
        };
        let (vmk, admin) = (sealed(FOR_VMK, vmk)?, sealed(FOR_ADMIN, admin.seed())?);
        (slot.vmk, slot.admin) = (vmk, Some(admin));
        Ok(slot)
    }

    /// Opens a recovery slot with the key that its public half in the header belongs to.
    ///
    /// # Errors
    /// `Corrupt{Header}`.
    pub fn open_recovery(&self, vault: VaultId, key: &OpeningKey) -> Result<Inside> {
        let aad = self.aad(vault);
        let open = |info: &[u8], sealed: &[u8]| seal::open(key, info, &aad, None, sealed).ok_or_else(damaged);
        let vmk = Secret32::from_slice(open(FOR_VMK, &self.vmk)?.expose()).ok_or_else(damaged)?;
        let admin = open(FOR_ADMIN, self.admin.as_ref().ok_or_else(damaged)?)?;
        Ok(Inside { vmk, admin: Some(admin_key(admin.expose())?) })
    }
}

/// What a slot of both takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct KeyAndPin<'a> {
    pub key32: &'a Secret32,
    pub pin: &'a SecretText,
}

impl KeyAndPin<'_> {
    /// HKDF-SHA256 of key ‖ Argon2id(PIN), salt = vault id (protocol.md §2): whoever lacks either has to find it whole.
    fn derive(&self, vault: VaultId, salt: &[u8; 16], cost: PassphraseCost) -> Result<Secret32> {
        let pin = check_pin(self.pin)?;
        let stretched = argon2id(pin.expose().as_bytes(), salt, cost)?;
        let mut both = Zeroizing::new([0; 64]);
        let (first, second) = both.split_at_mut(32);
        // The derivation needs the bytes of both.
        first.copy_from_slice(self.key32.expose());
        second.copy_from_slice(stretched.expose());
        Ok(derive(both.as_ref(), &vault.0, FOR_BOTH))
    }
}

const FOR_BOTH: &[u8] = b"belay/vault/key-and-pin/1";
const FOR_VMK: &[u8] = b"belay/vault/slot/1";
const FOR_ADMIN: &[u8] = b"belay/vault/admin/1";

/// One key for each of the two wrappings.
fn wrap_keys(key: &Secret32, salt: &[u8; 32]) -> (Secret32, Secret32) {
    // The derivation needs the key's bytes.
    (derive(key.expose(), salt, FOR_VMK), derive(key.expose(), salt, FOR_ADMIN))
}

fn derive_passphrase_key(passphrase: &SecretText, salt: &[u8; 16], cost: PassphraseCost) -> Result<Secret32> {
    // Hashing needs the text; its normalised copy is wiped too.
    let normal = SecretText::new(check_passphrase(passphrase.expose())?);
    argon2id(normal.expose().as_bytes(), salt, cost)
}

fn admin_key(seed: &[u8]) -> Result<SigningKey> {
    Ok(SigningKey::from_seed(Secret32::from_slice(seed).ok_or_else(damaged)?))
}

fn damaged() -> Error {
    Code::Corrupt.of(Field::Header).into()
}
