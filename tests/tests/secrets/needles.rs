//! What there is to find: every secret of a vault, worked out from its files and one typed secret alone, by the steps of
//! docs/formats.md, in this process. The process that is looked at is never told.

use crate::scan::Needles;
use belay::crypto::aead::open_once;
use belay::crypto::kdf::{PassphraseCost, argon2id, check_passphrase, derive};
use belay::crypto::words::RecoveryWords;
use belay::identity::open_member_root;
use belay::ids::{SlotId, VaultId};
use belay::secret::{Secret32, SecretText};
use belay::space::{SignedStatement, Statement};
use belay::store::{Store, exchanges, singles, spaces};
use belay::vault::{FolderLock, UnlockWith, derive_recovery_key, unlock};
use minicbor::bytes::{ByteArray, ByteVec};
use minicbor::data::Type;
use ring::digest::{SHA512, digest};
use ring::pbkdf2::{PBKDF2_HMAC_SHA512, derive as pbkdf2};
use rusqlite::Connection;
use std::num::NonZeroU32;
use std::path::Path;

#[derive(minicbor::Decode)]
#[cbor(map)]
struct Sheet {
    #[n(1)]
    body: ByteVec,
}

#[derive(minicbor::Decode)]
#[cbor(map)]
struct Header {
    #[n(2)]
    vault: VaultId,
    #[n(6)]
    slots: Vec<ByteVec>,
}

#[derive(minicbor::Decode)]
#[cbor(map)]
struct Slot {
    #[n(1)]
    id: SlotId,
    #[n(2)]
    kind: u8,
    #[n(3)]
    cost: Option<PassphraseCost>,
    #[n(4)]
    salt: Option<ByteArray<16>>,
    #[n(5)]
    wrap_salt: Option<ByteArray<32>>,
    #[n(6)]
    vmk: ByteVec,
}

/// What a person types, in every form it takes.
pub fn typed(needles: &mut Needles, name: &str, with: &UnlockWith) {
    match with {
        UnlockWith::Passphrase(text) => {
            needles.text(name, text.expose());
            let normal = check_passphrase(text.expose()).expect("a passphrase that was taken");
            needles.text(&format!("{name} (NFKD)"), &normal);
        }
        UnlockWith::Keystore { key32, .. } => needles.key(&format!("{name}: keystore key"), key32.expose()),
        UnlockWith::KeystoreAndPin { key32, pin, .. } => {
            needles.key(&format!("{name}: keystore key"), key32.expose());
            pin_of(needles, name, pin);
        }
        UnlockWith::RecoveryWords(words) => words_of(needles, name, words),
    }
}

/// A PIN as it is typed, and as numbers.
pub fn pin_of(needles: &mut Needles, name: &str, pin: &SecretText) {
    needles.bytes(&format!("{name}: PIN"), pin.expose().as_bytes());
    let digits: Vec<u8> = pin.expose().bytes().map(|digit| digit - b'0').collect();
    needles.bytes(&format!("{name}: PIN's numbers"), &digits);
}

/// Words, their entropy, their places in the list, their seed and the key made of it.
pub fn words_of(needles: &mut Needles, name: &str, words: &RecoveryWords) {
    for three in words.list().windows(3) {
        needles.bytes(&format!("{name}: words"), three.join(" ").as_bytes());
    }
    let mnemonic = bip39::Mnemonic::parse_normalized(&words.list().join(" ")).expect("good words");
    needles.key(&format!("{name}: entropy"), &mnemonic.to_entropy());
    let places: Vec<u8> =
        mnemonic.word_indices().flat_map(|at| u16::try_from(at).expect("2,048 words").to_ne_bytes()).collect();
    needles.bytes(&format!("{name}: places in the list"), &places[..16]);
    needles.key(&format!("{name}: seed"), words.derive_seed().expose());
    needles.key(&format!("{name}: recovery key"), derive_recovery_key(words).bytes().expose());
}

/// An Ed25519 seed, and what a signer expands it to (RFC 8032, 5.1.5): the scalar, raw and pruned, and the prefix.
pub fn signing(needles: &mut Needles, name: &str, seed: &[u8]) {
    needles.key(name, seed);
    let expanded = digest(&SHA512, seed);
    needles.key(&format!("{name} (expanded)"), expanded.as_ref());
    let mut pruned = expanded.as_ref()[..32].to_vec();
    (pruned[0], pruned[31]) = (pruned[0] & 248, pruned[31] & 63 | 64);
    needles.key(&format!("{name} (expanded)"), &pruned);
}

/// An X25519 key, raw and pruned (RFC 7748).
pub fn opening(needles: &mut Needles, name: &str, key: &[u8]) {
    needles.key(name, key);
    let mut pruned = key.to_vec();
    (pruned[0], pruned[31]) = (pruned[0] & 248, pruned[31] & 127 | 64);
    needles.key(name, &pruned);
}

/// The vault in this folder, which nobody has open: what lies in its header under this secret, and in its store. It may
/// be a copy.
pub fn of_vault(needles: &mut Needles, name: &str, folder: &Path, with: &UnlockWith, words: &RecoveryWords) {
    of_header(needles, name, folder, with);
    let now = crate::now();
    let lock = FolderLock::take(folder).expect("nobody has it open");
    let (opened, admin) = unlock(&lock, with, &now).expect("the right secret");
    if let Some(admin) = admin {
        signing(needles, &format!("{name}: admin key"), admin.seed().expose());
    }
    needles.key(&format!("{name}: database key"), opened.db_key().expose());
    needles.key(&format!("{name}: blob key"), opened.blob_key().expose());
    needles.key(&format!("{name}: page MAC key"), &page_mac_key(opened.store_file(), &opened.db_key()));
    let store = Store::open(opened.store_file(), &opened.db_key(), opened.vault()).expect("a whole store");
    let read = store.read(|db| {
        of_store(needles, name, db, words);
        Ok(())
    });
    read.expect("the store reads");
    store.close().expect("closing");
}

/// The key of SQLCipher's page MACs: PBKDF2-HMAC-SHA512, 2 rounds, of the raw key, salt = the file's own with 0x3a.
fn page_mac_key(store: &Path, key: &Secret32) -> [u8; 32] {
    let file = std::fs::read(store).expect("the store's file");
    let salt: Vec<u8> = file[..16].iter().map(|byte| byte ^ 0x3a).collect();
    let mut mac = [0; 32];
    pbkdf2(PBKDF2_HMAC_SHA512, NonZeroU32::new(2).expect("two"), &salt, key.expose(), &mut mac);
    mac
}

fn of_header(needles: &mut Needles, name: &str, folder: &Path, with: &UnlockWith) {
    let file = std::fs::read(folder.join("header.a")).expect("a header");
    let sheet: Sheet = minicbor::decode(&file[11 + 4 + 32..]).expect("CBOR");
    let header: Header = minicbor::decode(&sheet.body).expect("CBOR");
    let slots = header.slots.iter().map(|slot| minicbor::decode::<Slot>(slot).expect("CBOR"));
    let kind = match with {
        UnlockWith::Passphrase(_) => 1,
        UnlockWith::Keystore { .. } => 2,
        UnlockWith::KeystoreAndPin { .. } => 3,
        UnlockWith::RecoveryWords(_) => return,
    };
    let slot = slots.into_iter().find(|slot| slot.kind == kind).expect("a slot for this secret");
    let hashed = |text: &[u8]| {
        let (salt, cost) = (slot.salt.as_ref().expect("a salt"), slot.cost.expect("a cost"));
        argon2id(text, salt, cost).expect("a sound cost")
    };
    let key = match with {
        UnlockWith::Passphrase(text) => {
            let normal = check_passphrase(text.expose()).expect("a passphrase that was taken");
            hashed(normal.as_bytes())
        }
        UnlockWith::KeystoreAndPin { key32, pin, .. } => {
            let stretched = hashed(pin.expose().as_bytes());
            needles.key(&format!("{name}: stretched PIN"), stretched.expose());
            let both = [&key32.expose()[..], stretched.expose()].concat();
            derive(&both, &header.vault.0, b"belay/vault/key-and-pin/1")
        }
        UnlockWith::Keystore { key32, .. } => key32.clone(),
        UnlockWith::RecoveryWords(_) => return,
    };
    if kind != 2 {
        needles.key(&format!("{name}: slot key"), key.expose());
    }
    let salt = slot.wrap_salt.expect("a salt");
    let wrapping: Secret32 = derive(key.expose(), &*salt, b"belay/vault/slot/1");
    let for_admin: Secret32 = derive(key.expose(), &*salt, b"belay/vault/admin/1");
    needles.key(&format!("{name}: wrapping key"), wrapping.expose());
    needles.key(&format!("{name}: admin wrapping key"), for_admin.expose());
    let aad = [&header.vault.0[..], &slot.id.0, &[slot.kind]].concat();
    let vmk = open_once(&wrapping, &aad, &slot.vmk).expect("the right secret opens it");
    needles.key(&format!("{name}: vault key"), vmk.expose());
    let header_key: Secret32 = derive(vmk.expose(), &header.vault.0, b"belay/vault/header/1");
    needles.key(&format!("{name}: header MAC key"), header_key.expose());
}

fn of_store(needles: &mut Needles, name: &str, db: &Connection, words: &RecoveryWords) {
    let secret = |of: &str| singles::secret(db, of).expect("the table reads").expect("a secret of every store");
    let keys = keys_in(secret("device_keys").expose());
    let [signing_key, static_key] = keys.as_slice() else { panic!("two device keys") };
    signing(needles, &format!("{name}: device signing key"), signing_key);
    opening(needles, &format!("{name}: device static key"), static_key);
    opening(needles, &format!("{name}: drop key"), secret("drop_key").expose());
    for (space, stored) in spaces::space_keys(db).expect("the table reads") {
        let keys = keys_in(stored.expose());
        assert_eq!(keys.len(), 3, "sealing, inbox, ticket");
        opening(needles, &format!("{name}: sealing key of {space:?}"), &keys[0]);
        signing(needles, &format!("{name}: inbox key of {space:?}"), &keys[1]);
        needles.key(&format!("{name}: ticket seed of {space:?}"), &keys[2]);
    }
    let recovery = derive_recovery_key(words);
    for space in spaces::all_spaces(db).expect("the table reads") {
        for (_, wire) in spaces::statements(db, &space.id).expect("the table reads") {
            let statement = SignedStatement::parse(&wire).expect("own bytes").statement();
            let Ok(Statement::Genesis(genesis)) = statement else { continue };
            let opened =
                |member: &belay::space::MemberEntry| open_member_root(&member.sealed_root, &member.root_pk, &recovery);
            let mine: Vec<_> = genesis.members.iter().filter_map(opened).collect();
            assert_eq!(mine.len(), 1, "the words open one root of a space");
            signing(needles, &format!("{name}: member root in {:?}", space.id), mine[0].seed().expose());
        }
    }
    for record in exchanges::all(db).expect("the table reads") {
        // 1 invited: {body, 2: secret, 3: how, 4: ephemeral key, 5: root, 6: nonce}.
        let keys = if record.stage == 1 { keys_in(record.private.expose()) } else { Vec::new() };
        let [.., secret, ephemeral, root, nonce] = keys.as_slice() else { continue };
        let of = |what: &str| format!("{name}: {what} of invitation {:?}", record.id);
        needles.key(&of("secret"), secret);
        opening(needles, &of("ephemeral key"), ephemeral);
        signing(needles, &of("member root"), root);
        needles.key(&of("nonce"), nonce);
    }
}

/// Every byte string of 32 bytes in a piece of CBOR, in its order.
fn keys_in(cbor: &[u8]) -> Vec<Vec<u8>> {
    let mut decoder = minicbor::Decoder::new(cbor);
    let mut keys = Vec::new();
    while decoder.position() < cbor.len() {
        match decoder.datatype().expect("CBOR of our own") {
            Type::Bytes => {
                keys.extend(Some(decoder.bytes().expect("bytes")).filter(|b| b.len() == 32).map(<[u8]>::to_vec));
            }
            Type::Map => drop(decoder.map().expect("a map")),
            Type::Array => drop(decoder.array().expect("a list")),
            _ => decoder.skip().expect("an item"),
        }
    }
    keys
}
