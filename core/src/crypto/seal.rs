//! HPKE (RFC 9180), base and PSK mode: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305.
//! Suite 1 of protocol.md; what is sealed is `enc (32) ‖ ciphertext`.

use crate::secret::{Entropy, Secret32, SecretBytes, sweeping};
use hpke::rand_core::{TryCryptoRng, TryRng};
use hpke::{Deserializable, Kem as _, OpModeR, OpModeS, PskBundle, Serializable};
use std::convert::Infallible;
use std::fmt;

type Kem = hpke::kem::X25519HkdfSha256;
type Kdf = hpke::kdf::HkdfSha256;
type Aead = hpke::aead::ChaCha20Poly1305;

/// What sealing adds: the encapsulated key and the tag.
pub const SEAL_BYTES: usize = 32 + 16;

/// A private key that opens what was sealed for its public half.
#[derive(Clone)]
pub struct OpeningKey(Secret32);

impl fmt::Debug for OpeningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("‹secret›")
    }
}

impl OpeningKey {
    /// A fresh key.
    pub fn make(entropy: &mut dyn Entropy) -> Self {
        OpeningKey(Secret32::make(entropy))
    }
    /// The key with these bytes.
    pub fn from_bytes(bytes: Secret32) -> Self {
        OpeningKey(bytes)
    }
    /// The bytes, for the place that stores them.
    pub fn bytes(&self) -> &Secret32 {
        &self.0
    }
    /// The public half (RFC 7748).
    pub fn public(&self) -> [u8; 32] {
        // The curve needs the scalar's bytes.
        sweeping(|| x25519_dalek::PublicKey::from(&x25519_dalek::StaticSecret::from(*self.0.expose())).to_bytes())
    }
}

/// A pre-shared key and its public name (RFC 9180 §5.1).
#[derive(Clone, Copy, Debug)]
pub struct Psk<'a> {
    /// At least 32 bytes of entropy.
    pub key: &'a Secret32,
    /// Names the key without telling it.
    pub id: &'a [u8],
}

/// Our source of randomness in the shape the crate asks for.
struct Drawn<'a>(&'a mut dyn Entropy);

impl TryRng for Drawn<'_> {
    type Error = Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_le_bytes(self.0.bytes()))
    }
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_le_bytes(self.0.bytes()))
    }
    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill(out);
        Ok(())
    }
}
impl TryCryptoRng for Drawn<'_> {}

/// Whether somebody can be sealed for with this key. Points of small order agree on zero with everyone, and [`seal`] takes
/// none of them (RFC 7748 §6.1, RFC 9180 §7.1.4).
pub fn is_usable(public: &[u8; 32]) -> bool {
    // Any scalar tells: the point's order alone decides.
    x25519_dalek::x25519([1; 32], *public) != [0; 32]
}

/// Seals for the holder of `public`; `None` when `public` is no usable key.
pub fn seal(
    public: &[u8; 32],
    info: &[u8],
    aad: &[u8],
    psk: Option<Psk<'_>>,
    plain: &[u8],
    entropy: &mut dyn Entropy,
) -> Option<Vec<u8>> {
    let public = <Kem as hpke::Kem>::PublicKey::from_bytes(public).ok()?;
    sweeping(|| {
        let mode = match &psk {
            None => OpModeS::Base,
            // The key schedule needs the key's bytes.
            Some(psk) => OpModeS::Psk(PskBundle::new(psk.key.expose(), psk.id).ok()?),
        };
        let (enc, sealed) =
            hpke::single_shot_seal_with_rng::<Aead, Kdf, Kem>(&mode, &public, info, plain, aad, &mut Drawn(entropy))
                .ok()?;
        Some([enc.to_bytes().as_slice(), &sealed].concat())
    })
}

/// Opens what [`seal`] sealed; `None` when key, info, aad, psk or bytes differ.
pub fn open(key: &OpeningKey, info: &[u8], aad: &[u8], psk: Option<Psk<'_>>, sealed: &[u8]) -> Option<SecretBytes> {
    let (enc, ciphertext) = sealed.split_at_checked(32)?;
    let enc = <Kem as hpke::Kem>::EncappedKey::from_bytes(enc).ok()?;
    sweeping(|| {
        // Opening needs the private key's bytes.
        let private = <Kem as hpke::Kem>::PrivateKey::from_bytes(key.0.expose()).ok()?;
        let mode = match &psk {
            None => OpModeR::Base,
            Some(psk) => OpModeR::Psk(PskBundle::new(psk.key.expose(), psk.id).ok()?),
        };
        let opened = hpke::single_shot_open::<Aead, Kdf, Kem>(&mode, &private, &enc, info, ciphertext, aad);
        opened.ok().map(SecretBytes::new)
    })
}

/// The key pair that RFC 9180's DeriveKeyPair makes of `ikm`: for known-answer vectors.
pub fn derive_key(ikm: &[u8]) -> OpeningKey {
    let (private, _) = Kem::derive_keypair(ikm);
    OpeningKey(Secret32::from_slice(&private.to_bytes()).expect("an X25519 key has 32 bytes"))
}
