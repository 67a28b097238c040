//! Recovery words (BIP39, English).

use crate::{Fixed, hex};
use belay::crypto::words::{RecoveryWords, WordCount};
use bip39::{Language, Mnemonic};

struct Answer {
    entropy: &'static str,
    words: &'static str,
    /// The published seed: its passphrase is TREZOR.
    trezor: &'static str,
    /// The seed with an empty passphrase, computed apart: PBKDF2-HMAC-SHA512 of the words, salt "mnemonic",
    /// 2,048 rounds, by Python's hashlib, which gives `trezor` too when the salt is "mnemonicTREZOR".
    seed: &'static str,
}

/// First, middle and last of 12 and 24 words in the list that BIP39 points to (trezor/python-mnemonic vectors.json).
const ANSWERS: [Answer; 6] = [
    Answer {
        entropy: "00000000000000000000000000000000",
        words: "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about",
        trezor: "c55257c360c07c72029aebc1b53c05ed0362ada38ead3e3e9efa3708e5349553
                 1f09a6987599d18264c1e1c92f2cf141630c7a3c4ab7c81b2f001698e7463b04",
        seed: "5eb00bbddcf069084889a8ab9155568165f5c453ccb85e70811aaed6f6da5fc1
               9a5ac40b389cd370d086206dec8aa6c43daea6690f20ad3d8d48b2d2ce9e38e4",
    },
    Answer {
        entropy: "9e885d952ad362caeb4efe34a8e91bd2",
        words: "ozone drill grab fiber curtain grace pudding thank cruise elder eight picnic",
        trezor: "274ddc525802f7c828d8ef7ddbcdc5304e87ac3535913611fbbfa986d0c9e547
                 6c91689f9c8a54fd55bd38606aa6a8595ad213d4c9c9f9aca3fb217069a41028",
        seed: "e2f88a043776c828063d4c3c97173944d32cf847a925b6e40b0b8bd0b4bead3b
               a734bdda5250d4698b310a71c9934e1a48e562315ce22bf85f89459df0e73a6c",
    },
    Answer {
        entropy: "f30f8c1da665478f49b001d94c5fc452",
        words: "vessel ladder alter error federal sibling chat ability sun glass valve picture",
        trezor: "2aaa9242daafcee6aa9d7269f17d4efe271e1b9a529178d7dc139cd18747090b
                 f9d60295d0ce74309a78852a9caadf0af48aae1c6253839624076224374bc63f",
        seed: "e2d7f9a462875c1325f44f321392edc8eaafebf1547c89d72d10b41b4ee23af3
               fb0ab010f39f5cbea3b3aa671161b58262b6a508bcbe2d34ee272a942534d45f",
    },
    Answer {
        entropy: "0000000000000000000000000000000000000000000000000000000000000000",
        words: "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon \
                abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon art",
        trezor: "bda85446c68413707090a52022edd26a1c9462295029f2e60cd7c4f2bbd30971
                 70af7a4d73245cafa9c3cca8d561a7c3de6f5d4a10be8ed2a5e608d68f92fcc8",
        seed: "408b285c123836004f4b8842c89324c1f01382450c0d439af345ba7fc49acf70
               5489c6fc77dbd4e3dc1dd8cc6bc9f043db8ada1e243c4a0eafb290d399480840",
    },
    Answer {
        entropy: "68a79eaca2324873eacc50cb9c6eca8cc68ea5d936f98787c60c7ebc74e6ce7c",
        words: "hamster diagram private dutch cause delay private meat slide toddler razor book \
                happy fancy gospel tennis maple dilemma loan word shrug inflict delay length",
        trezor: "64c87cde7e12ecf6704ab95bb1408bef047c22db4cc7491c4271d170a1b213d2
                 0b385bc1588d9c7b38f1b39d415665b8a9030c9ec653d75e65f847d8fc1fc440",
        seed: "17e4b5661796eeff8904550f8572289317ece7c1cc1316469f8f4c986c1ffd7b
               9f4c3aeac3e1713ffc21fa33707d09d57a2ece358d72111ef7c7658e7b33f2d5",
    },
    Answer {
        entropy: "f585c11aec520db57dd353c69554b21a89b20fb0650966fa0a9d6f74fd989d8f",
        words: "void come effort suffer camp survey warrior heavy shoot primary clutch crush \
                open amazing screen patrol group space point ten exist slush involve unfold",
        trezor: "01f5bced59dec48e362f2c45b5de68b9fd6c92c6634f44d6d40aab69056506f0
                 e35524a518034ddc1192e1dacd32c1ed3eaa3c3b131c88ed8e7e54c49a5d0998",
        seed: "b873212f885ccffbf4692afcb84bc2e55886de2dfa07d90f5c3c239abc31c0a6
               ce047e30fd8bf6a281e71389aa82d73df74c7bbfb3b06b4639a5cee775cccd3c",
    },
];

#[test]
fn bip39_published_seeds() {
    for answer in ANSWERS {
        let mnemonic = Mnemonic::parse_in(Language::English, answer.words).unwrap();
        assert_eq!(mnemonic.to_entropy(), hex(answer.entropy));
        assert_eq!(mnemonic.to_seed_normalized("TREZOR").as_slice(), hex(answer.trezor), "{}", answer.words);
    }
}

#[test]
fn our_words_are_those_of_the_entropy_and_give_the_seed() {
    for answer in ANSWERS {
        let entropy = hex(answer.entropy);
        let count = if entropy.len() == 16 { WordCount::Twelve } else { WordCount::TwentyFour };
        // Making words draws 32 bytes and uses the first 16 of them for 12 words.
        let made = RecoveryWords::make(count, &mut Fixed([entropy, vec![0; 16]].concat()));
        assert_eq!(made.list().join(" "), answer.words);
        assert_eq!(made.derive_seed().expose().as_slice(), hex(answer.seed), "{}", answer.words);
        let typed = RecoveryWords::parse(&format!("  {} ", answer.words.to_uppercase().replace(' ', "\n "))).unwrap();
        assert_eq!(typed, made);
    }
}

#[test]
fn a_wrong_word_order_or_length_is_refused() {
    for answer in ANSWERS {
        let words: Vec<_> = answer.words.split(' ').collect();
        let mut other_last = words.clone();
        let last = other_last.last_mut().unwrap();
        // The checksum is in the last word: one in 16 (of 12) or 256 (of 24) would fit, and these do not.
        *last = "zoo";
        assert!(RecoveryWords::parse(&other_last.join(" ")).is_err());
        assert!(RecoveryWords::parse(&words[1..].join(" ")).is_err());
        assert!(RecoveryWords::parse(&[words.as_slice(), &["art"]].concat().join(" ")).is_err());
    }
    // Eighteen good words are BIP39, and no recovery words of ours.
    let eighteen = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon \
                    abandon abandon abandon abandon abandon agent";
    assert!(Mnemonic::parse_in(Language::English, eighteen).is_ok());
    assert!(RecoveryWords::parse(eighteen).is_err());
}
