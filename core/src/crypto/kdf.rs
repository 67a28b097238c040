//! Keys from keys (HKDF-SHA256, RFC 5869) and keys from passphrases (Argon2id, RFC 9106).

use crate::error::{Code, Field, Result};
use crate::secret::{Secret, Secret32};
use ring::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};
use unicode_normalization::UnicodeNormalization;

struct Length(usize);
impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

fn expand<const N: usize>(prk: &Prk, info: &[u8]) -> Secret<N> {
    let mut out = [0; N];
    prk.expand(&[info], Length(N))
        .and_then(|okm| okm.fill(&mut out))
        .expect("N is far below the 255 blocks that RFC 5869 allows");
    Secret::new(out)
}

/// HKDF-SHA256: extract with `salt` (empty counts as 32 zero bytes), expand with `info`.
pub fn derive<const N: usize>(key: &[u8], salt: &[u8], info: &[u8]) -> Secret<N> {
    expand(&Salt::new(HKDF_SHA256, salt).extract(key), info)
}

/// What Argon2id spends (RFC 9106): stored beside the slot it made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub struct PassphraseCost {
    /// Memory in KiB.
    #[n(1)]
    pub memory_kib: u32,
    /// Passes over it.
    #[n(2)]
    pub passes: u32,
    /// Lanes.
    #[n(3)]
    pub lanes: u32,
}

impl PassphraseCost {
    /// 64 MiB, 3 passes, 1 lane (protocol.md §2).
    pub const DEFAULT: Self = Self { memory_kib: 64 * 1024, passes: 3, lanes: 1 };
    /// 19 MiB, 2 passes: what a phone with little memory spends, and the least that is accepted.
    pub const FLOOR: Self = Self { memory_kib: 19 * 1024, passes: 2, lanes: 1 };

    /// The most a header may ask before its MAC can be checked: 256 MiB is what a phone still gives one app, and ten
    /// passes over it take some two seconds. A forged header can waste that and no more.
    pub const CEILING: Self = Self { memory_kib: 256 * 1024, passes: 10, lanes: 4 };

    /// Whether a header may ask this of us: at least [`Self::FLOOR`], at most [`Self::CEILING`].
    pub fn is_sound(self) -> bool {
        (Self::FLOOR.memory_kib..=Self::CEILING.memory_kib).contains(&self.memory_kib)
            && (Self::FLOOR.passes..=Self::CEILING.passes).contains(&self.passes)
            && (Self::FLOOR.lanes..=Self::CEILING.lanes).contains(&self.lanes)
    }
}

/// Scalars a passphrase may have.
pub const PASSPHRASE_SCALARS: std::ops::RangeInclusive<usize> = 8..=128;

/// The passphrase as it is hashed: NFKD, so that every keyboard gives the same bytes.
///
/// # Errors
/// `WeakSecret{max, actual}` outside 8–128 scalars.
pub fn check_passphrase(passphrase: &str) -> Result<String> {
    // Decomposition can lengthen a text: bound the work first, then count what a person would count.
    let actual = passphrase.chars().take(PASSPHRASE_SCALARS.end() + 1).count();
    if !PASSPHRASE_SCALARS.contains(&actual) {
        let max = *PASSPHRASE_SCALARS.end();
        return Err(Code::WeakSecret.of(Field::Passphrase).max(max).actual(actual).into());
    }
    Ok(passphrase.nfkd().collect())
}

/// Argon2id version 0x13 over bytes that are already normalised.
///
/// # Errors
/// `Corrupt` for a cost no sound header holds.
pub fn argon2id(secret: &[u8], salt: &[u8; 16], cost: PassphraseCost) -> Result<Secret32> {
    let refused = || Code::Corrupt.of(Field::Header);
    if !cost.is_sound() {
        return Err(refused().into());
    }
    let params = argon2::Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32)).map_err(|_| refused())?;
    let mut out = [0; 32];
    argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params)
        .hash_password_into(secret, salt, &mut out)
        .map_err(|_| refused())?;
    Ok(Secret::new(out))
}
