//! SHA-256 (FIPS 180-4), HMAC-SHA256 (RFC 4231) and HKDF-SHA256 (RFC 5869).

use crate::hex;
use belay::crypto::hash::sha256;
use belay::crypto::kdf::derive;
use ring::hmac;

#[test]
fn fips_180_4_examples() {
    let answers: [(&[u8], &str); 3] = [
        (b"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (b"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
        ),
    ];
    for (message, digest) in answers {
        assert_eq!(sha256(&[message]).as_slice(), hex(digest));
        let (left, right) = message.split_at(message.len() / 3);
        assert_eq!(sha256(&[left, b"", right]).as_slice(), hex(digest), "parts are joined");
    }
}

/// RFC 4231 §4.2–4.8. HMAC is not a primitive of ours: it works inside HKDF, from the same crate.
#[test]
fn rfc_4231_hmac() {
    let counting: Vec<u8> = (1..=25).collect();
    let answers: [(&[u8], &[u8], &str); 7] = [
        (&[0x0b; 20], b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        (b"Jefe", b"what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        (&[0xaa; 20], &[0xdd; 50], "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
        (&counting, &[0xcd; 50], "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
        (&[0x0c; 20], b"Test With Truncation", "a3b6167473100ee06e0c796c2955552b"),
        (
            &[0xaa; 131],
            b"Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        ),
        (
            &[0xaa; 131],
            b"This is a test using a larger than block-size key and a larger than block-size data. \
              The key needs to be hashed before being used by the HMAC algorithm.",
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
        ),
    ];
    for (number, (key, data, tag)) in (1..).zip(answers) {
        let made = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), data);
        // Test case 5 publishes the first 128 bits alone.
        assert!(made.as_ref().starts_with(&hex(tag)), "test case {number}");
    }
}

/// RFC 5869 A.1–A.3.
#[test]
fn rfc_5869_hkdf() {
    let basic = derive::<42>(&[0x0b; 22], &hex("000102030405060708090a0b0c"), &hex("f0f1f2f3f4f5f6f7f8f9"));
    let answer = "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865";
    assert_eq!(basic.expose().as_slice(), hex(answer), "A.1");

    let (ikm, salt, info): (Vec<u8>, Vec<u8>, Vec<u8>) =
        ((0x00..=0x4f).collect(), (0x60..=0xaf).collect(), (0xb0..=0xff).collect());
    let answer = "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c
                  59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71
                  cc30c58179ec3e87c14c01d5c1f3434f1d87";
    assert_eq!(derive::<82>(&ikm, &salt, &info).expose().as_slice(), hex(answer), "A.2");

    let answer = "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8";
    assert_eq!(derive::<42>(&[0x0b; 22], b"", b"").expose().as_slice(), hex(answer), "A.3");
}

#[test]
fn hkdf_tells_salt_info_and_key_apart() {
    let told = derive::<32>(b"key", b"salt", b"info");
    for (key, salt, info) in [("keys", "alt", "info"), ("key", "salti", "nfo"), ("key", "salt", "inf")] {
        assert_ne!(told, derive::<32>(key.as_bytes(), salt.as_bytes(), info.as_bytes()));
    }
    assert_eq!(derive::<32>(b"key", b"", b"info"), derive::<32>(b"key", &[0; 32], b"info"), "RFC 5869 §2.2");
}
