use super::*;
use data_encoding::HEXLOWER;

fn header() -> HeaderDraft {
    HeaderDraft {
        space: SpaceId([1; 32]),
        seq: 2,
        prev: vec![BatchId([2; 32])],
        doc: DocId([3; 32]),
        kind: BatchKind::Changes,
        actor_nonce: [4; 16],
        min_reader: 1,
        adopts: vec![BatchId([5; 32])],
        again_of: None,
        claimed: Claimed { unix_ms: 1_700_000_000_000, zone: "Europe/Lisbon".into() },
    }
}

#[test]
fn a_header_is_pinned() {
    // recipe: key from seed 06×32, payload 07×40, the draft above
    let key = SigningKey::from_seed(Secret32::new([6; 32]));
    let batch = sign_batch(header(), vec![7; 40], &key).unwrap();
    assert_eq!(
        HEXLOWER.encode(&batch.header_bytes),
        "ad0101025820010101010101010101010101010101010101010101010101010101010101010103582072456720412037a6b339f884ce6d91bb4cc163a7dc3e4c58c658e6c2097b92a204020581582002020202020202020202020202020202020202020202020202020202020202020658200303030303030303030303030303030303030303030303030303030303030303070108500404040404040404040404040404040409010a81582005050505050505050505050505050505050505050505050505050505050505050c821b0000018bcfe568006d4575726f70652f4c6973626f6e0d18280e582003691d150c12d51ad46e6372cfe65a531eafa8211bb7b3c54e21cd6df46e5599"
    );
    assert_eq!(HEXLOWER.encode(&batch.id().0), "bf2a131483b01f26281fe925fd9123a61cbfc259aeddf57b152c08a4aa08dc83");
    assert_eq!(
        HEXLOWER.encode(&batch.signature),
        "eb39b3122082710d39c2d36974bc1c1873f54c178bd116494c5f1266f2799821650d9d27962cc749a25b22558ac142cb27628e8ee63a76d6811c5479e3b58509"
    );
}

#[test]
fn payloads_are_pinned() {
    // recipe: one device (seed 01×32, nonce 01×16), values.a set to 1, random 11×16
    let mut anna = Writer::new(1);
    anna.seq = 1;
    anna.put("a", 1);
    let body = anna.body();
    let payload = body.encode(&[0x11; 16]).unwrap();
    assert_eq!(
        HEXLOWER.encode(&payload),
        "1111111111111111111111111111111100a102587372856f4a83f97a24ee016801fee0f29a019e62a00bf30c5d52b0f7568540443cc17ad8b508b551ced3aeb22810055e64688ce6781dfe047737cd48ec60010400000110c5068729387ab37f7a773d163f2acc7008010202021503340142025602570170027f017f037f0161017f017f14017f00"
    );
    assert_eq!(Body::decode(&payload), Ok(body));
    // then values.a set to 2 and to 3, with the birth; only reading is pinned, a deflater may find a shorter way
    anna.seq = 0;
    anna.put("a", 2);
    anna.put("a", 3);
    let body = anna.body();
    let pinned = HEXLOWER.decode(b"11111111111111111111111111111111011d0100005bc4d816a110450030327cfb16a1c04e0030459caf6acdf76aee7f6b3e9bb180f16795ca3b6f0b67cb1917952ab67b9cee0c72fef32fe25d91f6ca9741724c2e777f09b0c6a564f43cab90fdc7526e7ed6e34d02132b0303a3c051b6764d8baacdf555e5b662f65a670ab81899989844994d189d98c298c2190b980a998a99ea19eb99eb191319eb19eb45401c867a96601f179783186632b391652633d84c5600").unwrap();
    assert_eq!(pinned[16], 1);
    assert_eq!(Body::decode(&pinned), Ok(body));
}

#[test]
fn deflating_is_for_what_gets_shorter() {
    let mut anna = Writer::new(1);
    anna.type_at(0, 0, &"words and words ".repeat(40));
    let body = anna.body();
    let deflated = body.encode(&[0; 16]).unwrap();
    assert_eq!(deflated[16], 1);
    assert_eq!(Body::decode(&deflated), Ok(body));
}
