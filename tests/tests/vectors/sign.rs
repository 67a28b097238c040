//! Ed25519 (RFC 8032).

use crate::{bit_flips, hex, hex_array};
use belay::crypto::sign::{Signed, SigningKey, verifies, verifies_raw};
use belay::secret::Secret32;

fn key(seed: &str) -> SigningKey {
    SigningKey::from_seed(Secret32::new(hex_array(seed)))
}

/// RFC 8032 §7.1, all five: (name, secret key, public key, message, signature).
#[test]
fn rfc_8032_ed25519() {
    let answers = [
        (
            "TEST 1",
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155
             5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "TEST 2",
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da
             085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
        (
            "TEST 3",
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac
             18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        ),
        (
            "TEST 1024",
            "f5e5767cf153319517630f226876b86c8160cc583bc013744c6bf255f5cc0ee5",
            "278117fc144c72340f67d0f2316e8386ceffbf2b2428c9c51fef7c597f1d426e",
            include_str!("../../vectors/rfc8032-test-1024.hex"),
            "0aab4c900501b3e24d7cdf4663326a3a87df5e4843b2cbdb67cbf6e460fec350
             aa5371b1508f9f4528ecea23c436d94b5e8fcd4f681e30a6ac00a9704a188a03",
        ),
        (
            "TEST SHA(abc)",
            "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
            "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a
             2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
            "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589
             09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
        ),
    ];
    for (name, seed, public, message, signature) in answers {
        let (key, message) = (key(seed), hex(message));
        assert_eq!(key.public(), hex_array(public), "{name}");
        assert_eq!(key.sign_raw(&message).as_slice(), hex(signature), "{name}");
        assert!(verifies_raw(&key.public(), &message, &hex(signature)), "{name}");
        assert!(!verifies_raw(&key.public(), &[&message, b"!".as_slice()].concat(), &hex(signature)), "{name}");
    }
}

/// RFC 8032 §5.1.7 asks for S below the group's order L: S + L would be a second signature of the same text.
#[test]
fn a_signature_has_one_spelling() {
    // L = 2^252 + 27742317777372353535851937790883648493, little-endian (RFC 8032 §5.1).
    let order: [u8; 32] = hex_array("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    let key = key("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
    let mut signature = key.sign_raw(b"once");
    assert!(verifies_raw(&key.public(), b"once", &signature));
    let mut carry = 0;
    for (digit, add) in signature.iter_mut().skip(32).zip(order) {
        let sum = u16::from(*digit) + u16::from(add) + carry;
        *digit = sum.to_le_bytes()[0];
        carry = sum >> 8;
    }
    assert_eq!(carry, 0, "S + L fits in 32 bytes");
    assert!(!verifies_raw(&key.public(), b"once", &signature));
}

#[test]
fn every_changed_bit_and_every_other_use_is_refused() {
    let key = SigningKey::from_seed(Secret32::new([7; 32]));
    let (public, text) = (key.public(), b"exact bytes".as_slice());
    let signature = key.sign(Signed::Batch, text);
    assert!(verifies(&public, Signed::Batch, text, &signature));
    assert_eq!(signature, key.sign_raw(b"belay/batch/1\0exact bytes"), "the label stands before the bytes");
    for other in [Signed::Statement, Signed::Card, Signed::Holdings] {
        assert!(!verifies(&public, other, text, &signature), "{other:?}");
    }
    assert!(bit_flips(&signature).all(|changed| !verifies(&public, Signed::Batch, text, &changed)));
    assert!(bit_flips(text).all(|changed| !verifies(&public, Signed::Batch, &changed, &signature)));
    assert!((0..64).all(|short| !verifies(&public, Signed::Batch, text, &signature[..short])));
}
