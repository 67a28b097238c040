//! ChaCha20-Poly1305 (RFC 8439) under a key that is used once, so the nonce is zero.

use crate::secret::{Secret32, SecretBytes, sweeping};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};

/// What sealing adds.
pub const TAG_BYTES: usize = 16;

fn cipher(key: &Secret32) -> LessSafeKey {
    // The cipher needs the key's bytes.
    LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, key.expose()).expect("the key has 32 bytes"))
}

/// Seals under a one-time key.
pub fn seal_once(key: &Secret32, aad: &[u8], plain: &[u8]) -> Vec<u8> {
    // Sized for the tag too, so that no copy of the plain bytes is left by growing.
    let mut buffer = Vec::with_capacity(plain.len() + TAG_BYTES);
    buffer.extend_from_slice(plain);
    sweeping(|| {
        cipher(key)
            .seal_in_place_append_tag(Nonce::assume_unique_for_key([0; 12]), Aad::from(aad), &mut buffer)
            .expect("a slot's secret is far below the cipher's limit");
    });
    buffer
}

/// Opens what [`seal_once`] sealed; `None` when key, aad or bytes differ.
pub fn open_once(key: &Secret32, aad: &[u8], sealed: &[u8]) -> Option<SecretBytes> {
    let mut buffer = sealed.to_vec();
    let length = sweeping(|| {
        let opened = cipher(key).open_in_place(Nonce::assume_unique_for_key([0; 12]), Aad::from(aad), &mut buffer);
        opened.ok().map(|plain| plain.len())
    })?;
    buffer.truncate(length);
    Some(SecretBytes::new(buffer))
}
