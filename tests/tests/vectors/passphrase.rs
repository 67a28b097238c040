//! Argon2id (RFC 9106).

use crate::{hex, hex_array};
use argon2::{Algorithm, Argon2, AssociatedData, ParamsBuilder, Version};
use belay::crypto::kdf::{PassphraseCost, argon2id, check_passphrase};

/// RFC 9106 §5.3 uses a secret and associated data, which we do not: it holds the crate to the RFC, and
/// [`our_argon2id_equals_the_reference_program`] holds our use of the crate to the reference program.
#[test]
fn rfc_9106_argon2id() {
    let data = AssociatedData::new(&[0x04; 12]).unwrap();
    let params = ParamsBuilder::new().m_cost(32).t_cost(3).p_cost(4).output_len(32).data(data).build().unwrap();
    let hasher = Argon2::new_with_secret(&[0x03; 8], Algorithm::Argon2id, Version::V0x13, params).unwrap();
    let mut tag = [0; 32];
    hasher.hash_password_into(&[0x01; 32], &[0x02; 16], &mut tag).unwrap();
    assert_eq!(tag, hex_array("0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"));
}

/// Made with the reference program (Debian package `argon2`), which takes its input from a pipe:
/// `printf %s PASSPHRASE_IN_NFKD | argon2 sixteen-byte-slt -id -v 13 -l 32 -r -t PASSES -k KIB -p 1`
#[test]
fn our_argon2id_equals_the_reference_program() {
    let passphrase = check_passphrase("Ångström ﬁnds 2 ropes").unwrap();
    assert_eq!(passphrase.as_bytes(), hex("41cc8a6e677374726fcc886d2066696e6473203220726f706573"), "NFKD");
    let answers = [
        (PassphraseCost::FLOOR, "27b11aea9842e4979d35fd5daffb7bf00dfb7233515c83a696c7fb64f12afa41"),
        (PassphraseCost::DEFAULT, "1bdafbdb4009a70ad7fdc5ec7d41da011b101cf82316ca9b292f80e81ce1ea84"),
    ];
    for (cost, answer) in answers {
        let key = argon2id(passphrase.as_bytes(), b"sixteen-byte-slt", cost).unwrap();
        assert_eq!(key.expose(), &hex_array(answer), "{cost:?}");
    }
}

#[test]
fn a_cost_outside_the_bounds_is_refused_before_it_is_spent() {
    let floor = PassphraseCost::FLOOR;
    let unsound = [
        PassphraseCost { memory_kib: floor.memory_kib - 1, ..floor },
        PassphraseCost { memory_kib: u32::MAX, ..floor },
        PassphraseCost { passes: 1, ..floor },
        PassphraseCost { passes: u32::MAX, ..floor },
        PassphraseCost { lanes: 0, ..floor },
        PassphraseCost { lanes: 5, ..floor },
    ];
    for cost in unsound {
        assert!(argon2id(b"passphrase", &[0; 16], cost).is_err(), "{cost:?}");
    }
}
