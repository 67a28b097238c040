//! The vault's header files, read without and with a secret.

use super::bytes::mutate;
use super::item::mutated;
use super::{Depth, Dice, Target};
use crate::SeededEntropy;
use belay::clock::Moment;
use belay::crypto::hash::sha256;
use belay::crypto::kdf::{PassphraseCost, derive};
use belay::crypto::words::WordCount;
use belay::ids::VaultId;
use belay::secret::Secret32;
use belay::vault::{
    Draft, FORMAT, FolderLock, NewVault, UnlockWith, VaultFacts, inspect, slot_begin, slot_finish, unlock,
};
use minicbor::bytes::{ByteArray, ByteVec};
use ring::hmac;
use std::fs;
use tempfile::TempDir;

const STEPS: [&str; 3] = ["checksum right, this format", "read", "genuine, its slot opens"];
const MAGIC: &[u8] = b"belay vault";

/// A folder with a vault that a keystore slot opens.
pub struct VaultHeaders {
    folder: TempDir,
    lock: FolderLock,
    body: Vec<u8>,
    header: Vec<u8>,
    with: UnlockWith,
    key: Secret32,
}

#[derive(minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
struct Sheet {
    #[n(1)]
    body: ByteVec,
    #[n(2)]
    mac: ByteArray<32>,
}

fn mac(key: &Secret32, body: &[u8]) -> [u8; 32] {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key.expose());
    let tag = hmac::sign(&key, &[b"belay/header/1\0", FORMAT.to_be_bytes().as_slice(), body].concat());
    tag.as_ref().try_into().unwrap_or([0; 32])
}

/// A header file around a sheet, its checksum right.
fn file(format: u32, sheet: &[u8]) -> Vec<u8> {
    let format = format.to_be_bytes();
    [MAGIC, &format, &sha256(&[MAGIC, &format, sheet]), sheet].concat()
}

impl Default for VaultHeaders {
    fn default() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let lock = FolderLock::take(folder.path()).expect("nobody else has it");
        let entropy = &mut SeededEntropy::new("fuzz/vault");
        let new = NewVault { passphrase: None, cost: PassphraseCost::FLOOR, words: WordCount::Twelve };
        let draft = Draft::make(&lock, &new, entropy).expect("an empty folder");
        fs::write(draft.store_file(), "a store").expect("the folder can be written");
        let made = draft.commit().expect("the folder can be written");
        let slot = slot_begin(entropy);
        slot_finish(&lock, &made.opened, &slot, b"wrapped by the host".to_vec(), entropy).expect("room for a slot");
        // Not with every case: it waits a while for whoever holds the folder.
        assert!(matches!(inspect(folder.path()), VaultFacts::InUse), "this process holds it");
        let header = fs::read(folder.path().join("header.a")).expect("the first copy");
        let sheet = header.get(MAGIC.len() + 4 + 32..).unwrap_or_default();
        let sheet: Sheet = belay::cbor::decode(sheet).expect("its own bytes");
        let (body, told): (Vec<u8>, [u8; 32]) = (sheet.body.into(), sheet.mac.into());
        let key = header_key(&made.opened.vault(), &body, &told);
        let with = UnlockWith::Keystore { slot: slot.slot, key32: slot.key32, vault_counter: None };
        VaultHeaders { folder, lock, body, header, with, key }
    }
}

/// The header key: from the vault's own key, which the seed's second draw is.
fn header_key(vault: &VaultId, body: &[u8], told: &[u8; 32]) -> Secret32 {
    let mut entropy = SeededEntropy::new("fuzz/vault");
    let entropy: &mut dyn belay::secret::Entropy = &mut entropy;
    let drawn: [[u8; 32]; 6] = [(); 6].map(|()| entropy.bytes());
    let found = drawn
        .iter()
        .map(|vmk| derive::<32>(vmk, &vault.0, b"belay/vault/header/1"))
        .find(|key| mac(key, body) == *told);
    found.expect("the vault's key was drawn from the seed")
}

impl VaultHeaders {
    fn sheet(&self, body: Vec<u8>) -> Vec<u8> {
        let mac = mac(&self.key, &body).into();
        belay::cbor::encode(&Sheet { body: body.into(), mac })
    }

    /// What a device makes of these two copies.
    fn read(&self, copies: [&[u8]; 2]) -> Depth {
        for (name, bytes) in ["header.a", "header.b"].iter().zip(copies) {
            fs::write(self.folder.path().join(name), bytes).expect("the folder can be written");
        }
        let facts = self.lock.inspect();
        let at = Moment { unix_ms: 0, zone: "UTC".into(), boot_ms: 0, boot_id: 1 };
        let opened = unlock(&self.lock, &self.with, &at);
        match (facts, opened) {
            (VaultFacts::Locked { .. } | VaultFacts::Backup { .. }, Ok(_)) => Depth::whole(&STEPS),
            (VaultFacts::Locked { .. } | VaultFacts::Backup { .. }, Err(error)) => Depth::stopped(2, error.code()),
            (facts, opened) => {
                assert!(opened.is_err(), "{facts:?} opened");
                let read = matches!(facts, VaultFacts::Newer { .. });
                Depth::stopped(usize::from(!read && copies.iter().any(|copy| is_checked(copy))), facts)
            }
        }
    }
}

fn is_checked(copy: &[u8]) -> bool {
    let sheet = copy.get(MAGIC.len() + 4 + 32..).unwrap_or_default();
    copy == file(FORMAT, sheet)
}

impl Target for VaultHeaders {
    fn steps(&self) -> &'static [&'static str] {
        &STEPS
    }

    fn case(&mut self, dice: &mut Dice) -> Option<Depth> {
        let one = |dice: &mut Dice| match dice.below(12) {
            0 => {
                let mut bytes = self.header.clone();
                mutate(dice, &mut bytes);
                bytes
            }
            1 => file(FORMAT + u32::from(dice.percent(50)), &mutated(dice, &self.sheet(self.body.clone()))),
            _ => file(FORMAT, &self.sheet(mutated(dice, &self.body))),
        };
        let first = one(dice);
        let second = match dice.below(4) {
            0 => one(dice),
            1 => Vec::new(),
            _ => first.clone(),
        };
        Some(self.read([&first, &second]))
    }

    /// Bytes as a header; as the body of one that is genuine.
    fn given(&mut self, bytes: &[u8]) -> Depth {
        let made = file(FORMAT, &self.sheet(bytes.to_vec()));
        self.read([bytes, bytes]).max(self.read([&made, bytes]))
    }
}
