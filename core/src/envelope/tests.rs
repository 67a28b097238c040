//! What is sealed opens for its device and nobody else; sizes are buckets; splitting loses nothing.

use super::sealed::{CONTENT_MAX_BYTES, pad};
use super::*;
use crate::cbor;
use crate::crypto::seal::OpeningKey;
use crate::error::Code;
use crate::identity::testing::Seeded;
use crate::identity::{DeviceKeys, SignedCard, SpaceKeys};
use crate::ids::SpaceId;
use crate::space::{SignedStatement, make_own_space};
use data_encoding::HEXLOWER;
use proptest::prelude::*;

fn statement(seed: u8) -> SignedStatement {
    let entropy = &mut Seeded::new(&format!("statement {seed}"));
    let (keys, recovery) = (DeviceKeys::make(entropy), OpeningKey::make(entropy));
    make_own_space(keys.entry([seed; 32]), &recovery.public(), entropy).expect("good keys")
}

fn card(seed: u8) -> SignedCard {
    let entropy = &mut Seeded::new(&format!("card {seed}"));
    let (keys, space_keys) = (DeviceKeys::make(entropy), SpaceKeys::make(entropy));
    space_keys.card(keys.device_id(), SpaceId([seed; 32]), 1, vec![]).sign(&keys.signing)
}

fn key(name: &str) -> OpeningKey {
    OpeningKey::make(&mut Seeded::new(name))
}

fn any_content() -> impl Strategy<Value = EnvelopeContent> {
    let bytes = || prop::collection::vec(any::<u8>(), 0..3_000);
    (any::<[u8; 32]>(), 0_u8..3, 0_u8..3, prop::collection::vec(bytes(), 0..6), prop::option::of(bytes())).prop_map(
        |(space, statements, cards, batches, holdings)| EnvelopeContent {
            space: SpaceId(space),
            statements: (0..statements).map(statement).collect(),
            cards: (0..cards).map(card).collect(),
            batches,
            holdings,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_sealed_opens_and_every_flipped_bit_is_refused(
        content in any_content(),
        at in any::<prop::sample::Index>(),
        bit in 0_u32..8,
    ) {
        let (mine, old) = (key("mine"), key("old"));
        let sealed = seal(&content, &mine.public(), &mut Seeded::new("seal")).expect("it fits");
        prop_assert!(is_bucket(sealed.len()));
        prop_assert_eq!(&open(&sealed, &[old.clone(), mine.clone()]).expect("mine"), &content);
        prop_assert_eq!(open(&sealed, &[old]).expect_err("not mine").code(), Code::NotForThisDevice);
        let mut bad = sealed;
        let at = at.index(bad.len());
        bad[at] ^= 1_u8 << bit;
        prop_assert_eq!(open(&bad, &[mine]).expect_err("damaged").code(), Code::NotForThisDevice);
    }

    #[test]
    fn splitting_loses_nothing_and_every_part_fits(
        sizes in prop::collection::vec(0_usize..120_000, 0..12),
        small in 0_usize..5_000,
    ) {
        let mut content = EnvelopeContent::new(SpaceId([1; 32]));
        content.statements = (0..3).map(statement).collect();
        content.cards = (0..2).map(card).collect();
        content.holdings = Some(vec![7; 900]);
        content.batches = sizes.iter().map(|size| vec![9; *size]).chain((0..small).map(|_| vec![8])).collect();
        let parts = split(content.clone()).expect("each piece fits");
        let mut joined = EnvelopeContent::new(content.space);
        for (number, part) in parts.into_iter().enumerate() {
            let encoded = cbor::encode(&part);
            prop_assert!(encoded.len() <= CONTENT_MAX_BYTES && cbor::check(&encoded).is_some());
            prop_assert!(number == 0 || (part.statements.is_empty() && part.cards.is_empty()));
            joined.statements.extend(part.statements);
            joined.cards.extend(part.cards);
            joined.batches.extend(part.batches);
            joined.holdings = joined.holdings.or(part.holdings);
        }
        prop_assert_eq!(joined, content);
    }
}

#[test]
fn every_bit_of_one_envelope_counts() {
    let mine = key("mine");
    let mut content = EnvelopeContent::new(SpaceId([3; 32]));
    content.batches.push(b"a batch".to_vec());
    let sealed = seal(&content, &mine.public(), &mut Seeded::new("seal")).expect("it fits");
    for at in 0..sealed.len() * 8 {
        let mut bad = sealed.clone();
        bad[at / 8] ^= 1 << (at % 8);
        assert!(open(&bad, std::slice::from_ref(&mine)).is_err(), "{at}");
    }
}

#[test]
fn sizes_are_buckets_up_to_the_bound() {
    let batch =
        |size: usize| EnvelopeContent { batches: vec![vec![5; size]], ..EnvelopeContent::new(SpaceId([3; 32])) };
    let mine = key("mine").public();
    let sealed = |size: usize| seal(&batch(size), &mine, &mut Seeded::new("seal")).map(|bytes| bytes.len());
    let overhead = CONTENT_MAX_BYTES
        - (0..)
            .map(|less| CONTENT_MAX_BYTES - less)
            .find(|size| cbor::encode(&batch(*size)).len() <= CONTENT_MAX_BYTES)
            .expect("some size fits");
    assert!(overhead < 96, "the largest batch fits with room for what stands around it");
    assert_eq!(sealed(0).expect("fits"), 1024);
    assert_eq!(sealed(1000).expect("fits"), 2048);
    assert_eq!(sealed(240 * 1024).expect("fits"), 256 * 1024);
    assert_eq!(sealed(CONTENT_MAX_BYTES - overhead).expect("fits"), 256 * 1024);
    assert_eq!(sealed(CONTENT_MAX_BYTES - overhead + 1).expect_err("too big").code(), Code::TooBig);
    assert_eq!(split(batch(CONTENT_MAX_BYTES)).expect_err("no envelope holds it").code(), Code::TooBig);
    let many = EnvelopeContent { batches: vec![vec![]; 4_100], ..EnvelopeContent::new(SpaceId([3; 32])) };
    assert_eq!(seal(&many, &mine, &mut Seeded::new("s")).expect_err("too many").code(), Code::TooBig);
    assert_eq!(split(many).expect("cut").len(), 2);
    let empty = split(EnvelopeContent::new(SpaceId([3; 32]))).expect("one");
    assert!(empty.len() == 1 && empty.iter().all(EnvelopeContent::is_empty));
}

#[test]
fn what_opens_is_still_checked() {
    let mine = key("mine");
    let info = b"belay/envelope/1";
    let sealed = |plain: &[u8]| {
        crate::crypto::seal::seal(&mine.public(), info, b"", None, plain, &mut Seeded::new("s")).expect("a good key")
    };
    let padded = |content: &[u8]| pad(content).expect("fits").expose().to_vec();
    let good = cbor::encode(&EnvelopeContent::new(SpaceId([3; 32])));
    let told = |plain: &[u8]| open(&sealed(plain), std::slice::from_ref(&mine)).map_err(|error| error.code());
    assert!(told(&padded(&good)).is_ok());
    let mut after = padded(&good);
    *after.last_mut().expect("padding") = 1;
    let mut long = padded(&good);
    long[..4].copy_from_slice(&u32::MAX.to_le_bytes());
    let signatures = vec![[0; 64]; 9];
    let crowd = EnvelopeContent {
        statements: vec![SignedStatement::from_parts(vec![1], signatures)],
        ..EnvelopeContent::new(SpaceId([3; 32]))
    };
    for bad in [after, long, padded(b"\xff"), padded(&cbor::encode(&crowd)), vec![0; 1024 - 48]] {
        assert_eq!(told(&bad), Err(Code::Corrupt));
    }
    for size in [0, 1, 1023, 1025, 3 * 1024, 512 * 1024] {
        assert_eq!(open(&vec![0; size], std::slice::from_ref(&mine)).expect_err("no size").code(), Code::Corrupt);
    }
    assert_eq!(
        seal(&EnvelopeContent::new(SpaceId([3; 32])), &[0; 32], &mut Seeded::new("s")).expect_err("key").code(),
        Code::Corrupt
    );
}

/// Recipe: space 32 × 0x03, one card-free content with batch `01 02` and holdings `03`.
#[test]
fn the_plaintext_is_pinned() {
    let content = EnvelopeContent {
        batches: vec![vec![1, 2]],
        holdings: Some(vec![3]),
        ..EnvelopeContent::new(SpaceId([3; 32]))
    };
    let plain = pad(&cbor::encode(&content)).expect("fits");
    let (head, zeros) = plain.expose().split_at(52);
    let space = "03".repeat(32);
    assert_eq!(HEXLOWER.encode(head), format!("30000000a5015820{space}0280038004814201020541") + "03");
    assert!(zeros.iter().all(|byte| *byte == 0) && plain.expose().len() == 1024 - 48);
}
