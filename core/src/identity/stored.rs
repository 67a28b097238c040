//! How private keys are written for the encrypted store: a byte string of 32.

use crate::crypto::seal::OpeningKey;
use crate::crypto::sign::SigningKey;
use crate::secret::Secret32;
use minicbor::decode::Error as Refused;
use minicbor::{Decoder, Encoder, encode};

fn read(d: &mut Decoder<'_>) -> Result<Secret32, Refused> {
    let at = d.position();
    Secret32::from_slice(d.bytes()?).ok_or_else(|| Refused::message("length of a key").at(at))
}

macro_rules! stored {
    ($(#[$doc:meta])* $name:ident, $type:ty, $to:expr, $from:expr) => {
        $(#[$doc])*
        pub(crate) mod $name {
            use super::*;

            pub(crate) fn encode<C, W: encode::Write>(
                key: &$type,
                e: &mut Encoder<W>,
                _: &mut C,
            ) -> Result<(), encode::Error<W::Error>> {
                let secret: fn(&$type) -> &Secret32 = $to;
                // Storing a key needs its bytes; the store is encrypted.
                e.bytes(secret(key).expose())?.ok()
            }
            pub(crate) fn decode<C>(d: &mut Decoder<'_>, _: &mut C) -> Result<$type, Refused> {
                read(d).map($from)
            }
        }
    };
}

stored!(/** For a signing key. */ signing_key, SigningKey, SigningKey::seed, SigningKey::from_seed);
stored!(/** For `#[cbor(with)]` on an opening key. */ opening_key, OpeningKey, OpeningKey::bytes, OpeningKey::from_bytes);
stored!(/** For `#[cbor(with)]` on a secret. */ secret, Secret32, |secret| secret, |secret| secret);
