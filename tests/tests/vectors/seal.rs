//! HPKE (RFC 9180) with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305: appendix A.2.

use crate::{Fixed, bit_flips, hex, hex_array};
use belay::crypto::seal::{OpeningKey, Psk, SEAL_BYTES, derive_key, is_usable, open, seal};
use belay::secret::Secret32;

const INFO: &[u8] = b"Ode on a Grecian Urn";
const PLAIN: &[u8] = b"Beauty is truth, truth beauty";
/// The additional data of sequence number 0, the only one that a single shot seals.
const AAD: &[u8] = b"Count-0";

struct Answer {
    ikm_sender: &'static str,
    private: &'static str,
    public: &'static str,
    enc: &'static str,
    ciphertext: &'static str,
}

impl Answer {
    fn holds(&self, psk: Option<Psk<'_>>) {
        let key = OpeningKey::from_bytes(Secret32::new(hex_array(self.private)));
        assert_eq!(key.public(), hex_array(self.public));
        let sender = derive_key(&hex(self.ikm_sender));
        assert_eq!(sender.public(), hex_array(self.enc), "DeriveKeyPair(ikmE)");

        let mut entropy = Fixed(hex(self.ikm_sender));
        let sealed = seal(&key.public(), INFO, AAD, psk, PLAIN, &mut entropy).expect("the key is a good one");
        assert!(entropy.0.is_empty(), "sealing draws ikmE and nothing else");
        assert_eq!(sealed, [hex(self.enc), hex(self.ciphertext)].concat());
        assert_eq!(sealed.len(), PLAIN.len() + SEAL_BYTES);
        assert_eq!(open(&key, INFO, AAD, psk, &sealed).expect("it was sealed for this key").expose(), PLAIN);
    }
}

/// RFC 9180 A.2.1 and A.2.1.1, sequence number 0.
#[test]
fn rfc_9180_base() {
    let answer = Answer {
        ikm_sender: "909a9b35d3dc4713a5e72a4da274b55d3d3821a37e5d099e74a647db583a904b",
        private: "8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb",
        public: "4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a",
        enc: "1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a",
        ciphertext: "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28",
    };
    answer.holds(None);
    let recipient = derive_key(&hex("1ac01f181fdf9f352797655161c58b75c656a6cc2716dcb66372da835542e1df"));
    assert_eq!(recipient.public(), hex_array(answer.public), "DeriveKeyPair(ikmR)");
    // The RFC prints the key as it was derived; §7.1.2 has it clamped when it is written down (RFC 7748 §5).
    let mut written: [u8; 32] = hex_array(answer.private);
    written[0] &= 248;
    written[31] = written[31] & 127 | 64;
    assert_eq!(recipient.bytes().expose(), &written);
}

/// RFC 9180 A.2.2 and A.2.2.1, sequence number 0.
#[test]
fn rfc_9180_psk() {
    let key = Secret32::new(hex_array("0247fd33b913760fa1fa51e1892d9f307fbe65eb171e8132c2af18555a738b82"));
    let answer = Answer {
        ikm_sender: "35706a0b09fb26fb45c39c2f5079c709c7cf98e43afa973f14d88ece7e29c2e3",
        private: "77d114e0212be51cb1d76fa99dd41cfd4d0166b08caa09074430a6c59ef17879",
        public: "13640af826b722fc04feaa4de2f28fbd5ecc03623b317834e7ff4120dbe73062",
        enc: "2261299c3f40a9afc133b969a97f05e95be2c514e54f3de26cbe5644ac735b04",
        ciphertext: "4a177f9c0d6f15cfdf533fb65bf84aecdc6ab16b8b85b4cf65a370e07fc1d78d28fb073214525276f4a89608ff",
    };
    answer.holds(Some(Psk { key: &key, id: b"Ennyn Durin aran Moria" }));
}

/// RFC 9180 §7.1.4: a shared secret of zeros ends the exchange. These points have it with every private key
/// (0, 1, the two of order 8, p−1, and the spellings p and p+1).
#[test]
fn points_of_small_order_are_refused() {
    let small = [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ];
    let key = derive_key(&[3; 32]);
    assert!(is_usable(&key.public()));
    for point in small.map(hex_array::<32>) {
        assert_eq!(x25519_dalek::x25519(*key.bytes().expose(), point), [0; 32], "the list is what it says");
        assert!(!is_usable(&point));
        assert!(seal(&point, INFO, AAD, None, PLAIN, &mut Fixed(vec![9; 32])).is_none());
        assert!(open(&key, INFO, AAD, None, &[point.as_slice(), &[0; 45]].concat()).is_none());
    }
}

#[test]
fn every_changed_bit_is_refused() {
    let key = derive_key(&[3; 32]);
    let (psk, other) = (Secret32::new([5; 32]), Secret32::new([6; 32]));
    let with = Some(Psk { key: &psk, id: b"pairing" });
    let sealed = seal(&key.public(), INFO, AAD, with, b"hi", &mut Fixed(vec![9; 32])).expect("the key is a good one");
    for changed in bit_flips(&sealed) {
        // RFC 7748 §5 ignores the top bit of a point, and RFC 9180 §4.1 binds the bytes of `enc` all the same.
        assert!(open(&key, INFO, AAD, with, &changed).is_none());
    }
    for short in 0..sealed.len() {
        assert!(open(&key, INFO, AAD, with, &sealed[..short]).is_none(), "{short} bytes");
    }
    assert!(open(&key, INFO, AAD, with, &sealed).is_some());
    assert!(open(&key, b"", AAD, with, &sealed).is_none());
    assert!(open(&key, INFO, b"", with, &sealed).is_none());
    assert!(open(&key, INFO, AAD, None, &sealed).is_none());
    assert!(open(&key, INFO, AAD, Some(Psk { key: &other, id: b"pairing" }), &sealed).is_none());
    assert!(open(&key, INFO, AAD, Some(Psk { key: &psk, id: b"other" }), &sealed).is_none());
    assert!(open(&derive_key(&[4; 32]), INFO, AAD, with, &sealed).is_none());
}
