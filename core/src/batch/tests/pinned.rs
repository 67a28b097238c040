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
    assert_eq!(HEXLOWER.encode(&batch.header_bytes), "HEADER");
    assert_eq!(HEXLOWER.encode(&batch.id().0), "BATCHID");
    assert_eq!(HEXLOWER.encode(&batch.signature), "SIGNATURE");
}

#[test]
fn a_payload_is_pinned() {
    // recipe: one device (seed 01×32, nonce 01×16), two changes setting values.a to 1 and to 2, random 11×16
    let mut anna = Writer::new(1);
    anna.put("a", 1);
    anna.put("a", 2);
    let body = anna.body();
    let payload = body.encode(&[0x11; 16]).unwrap();
    assert_eq!(HEXLOWER.encode(&payload), "PAYLOAD");
    assert_eq!(Body::decode(&payload), Ok(body));
}

#[test]
fn a_small_body_stays_plain_and_a_large_one_is_deflated() {
    let mut anna = Writer::new(1);
    let plain = Body { birth: Some(birth()), changes: vec![] }.encode(&[0; 16]).unwrap();
    assert_eq!(plain[16], 0);
    anna.type_at(0, 0, &"words and words ".repeat(40));
    let body = anna.body();
    let deflated = body.encode(&[0; 16]).unwrap();
    assert_eq!(deflated[16], 1);
    assert_eq!(Body::decode(&deflated), Ok(body));
}
