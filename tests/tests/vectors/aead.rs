//! ChaCha20-Poly1305 (RFC 8439).

use crate::{bit_flips, hex, hex_array};
use belay::crypto::aead::{TAG_BYTES, open_once, seal_once};
use belay::secret::Secret32;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use proptest::prelude::*;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};

const PLAIN: &[u8] = b"Ladies and Gentlemen of the class of '99: \
                       If I could offer you only one tip for the future, sunscreen would be it.";

/// RFC 8439 §2.8.2. Our functions know no nonce but zero, so the cipher they use is asked itself.
#[test]
fn rfc_8439_aead() {
    let key = hex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
    let nonce = hex_array("070000004041424344454647");
    let aad = hex("50515253c0c1c2c3c4c5c6c7");
    let sealed = hex("d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6
                      3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36
                      92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc
                      3ff4def08e4b7a9de576d26586cec64b6116
                      1ae10b594f09e26a7e902ecbd0600691");
    let cipher = LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, &key).unwrap());
    let mut made = PLAIN.to_vec();
    cipher
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(&aad), &mut made)
        .expect("the text is short");
    assert_eq!(made, sealed);
    assert_eq!(second_implementation(&key, &nonce, &aad, PLAIN), sealed);
    let opened = cipher.open_in_place(Nonce::assume_unique_for_key(nonce), Aad::from(&aad), &mut made).unwrap();
    assert_eq!(opened, PLAIN);
}

/// The cipher by a crate that is not ring.
pub(crate) fn second_implementation(key: &[u8], nonce: &[u8; 12], aad: &[u8], plain: &[u8]) -> Vec<u8> {
    chacha20poly1305::ChaCha20Poly1305::new_from_slice(key)
        .expect("the key has 32 bytes")
        .encrypt(nonce.into(), Payload { msg: plain, aad })
        .expect("the text is short")
}

#[test]
fn every_changed_bit_is_refused() {
    let key = Secret32::new([7; 32]);
    let sealed = seal_once(&key, b"slot 1", b"a wrapped key");
    assert_eq!(sealed.len(), 13 + TAG_BYTES);
    for changed in bit_flips(&sealed) {
        assert!(open_once(&key, b"slot 1", &changed).is_none());
    }
    for changed in bit_flips(b"slot 1") {
        assert!(open_once(&key, &changed, &sealed).is_none());
    }
    for changed in bit_flips(key.expose()) {
        assert!(open_once(&Secret32::from_slice(&changed).unwrap(), b"slot 1", &sealed).is_none());
    }
    for short in 0..sealed.len() {
        assert!(open_once(&key, b"slot 1", &sealed[..short]).is_none(), "{short} bytes");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn ours_equals_the_second_implementation_and_opens(
        key: [u8; 32],
        aad in proptest::collection::vec(any::<u8>(), 0..80),
        plain in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        let key = Secret32::new(key);
        let sealed = seal_once(&key, &aad, &plain);
        prop_assert_eq!(&sealed, &second_implementation(key.expose(), &[0; 12], &aad, &plain));
        let opened = open_once(&key, &aad, &sealed).expect("it was just sealed");
        prop_assert_eq!(opened.expose(), plain.as_slice());
    }
}
