//! X25519 (RFC 7748).

use crate::hex_array;
use belay::crypto::seal::OpeningKey;
use belay::secret::Secret32;
use x25519_dalek::x25519;

/// RFC 7748 §5.2, the two single calls.
#[test]
fn rfc_7748_scalar_multiplication() {
    let answers = [
        (
            "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
            "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
            "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552",
        ),
        (
            "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
            "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
            "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957",
        ),
    ];
    for (scalar, point, product) in answers {
        assert_eq!(x25519(hex_array(scalar), hex_array(point)), hex_array(product));
    }
}

/// RFC 7748 §5.2, the repeated call; its million steps add nothing but time to the first thousand.
#[test]
fn rfc_7748_a_thousand_steps() {
    let (mut scalar, mut point) = ([0; 32], [0; 32]);
    scalar[0] = 9;
    point[0] = 9;
    for step in 1..=1000 {
        (scalar, point) = (x25519(scalar, point), scalar);
        if step == 1 {
            assert_eq!(scalar, hex_array("422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079"));
        }
    }
    assert_eq!(scalar, hex_array("684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51"));
}

/// RFC 7748 §6.1, the public halves as our own type gives them.
#[test]
fn rfc_7748_diffie_hellman() {
    let alice = hex_array("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
    let bob = hex_array("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
    let public = |private| OpeningKey::from_bytes(Secret32::new(private)).public();
    assert_eq!(public(alice), hex_array("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"));
    assert_eq!(public(bob), hex_array("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"));
    let shared = hex_array("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
    assert_eq!(x25519(alice, public(bob)), shared);
    assert_eq!(x25519(bob, public(alice)), shared);
}
