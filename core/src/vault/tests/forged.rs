//! Headers by someone who has no key and knows the checksum.

use super::*;

/// Slots that no secret opens, asking Argon2id for this much.
fn with_cost(header: &mut Header, cost: PassphraseCost) {
    let slots: Vec<_> = header.slots.iter().filter_map(|bytes| slot::Slot::decode(bytes)).collect();
    header.slots = slots
        .into_iter()
        .map(|mut slot| {
            if slot.kind() == Some(SlotKind::Passphrase) {
                slot.set_cost(cost);
            }
            slot.encode()
        })
        .collect();
}

#[test]
fn a_header_that_asks_for_absurd_memory_is_refused_before_any_is_taken() {
    let (home, _) = Home::filled();
    let lock = home.lock();
    let whole = home.files();
    let floor = PassphraseCost::FLOOR;
    let over = PassphraseCost::CEILING;
    for cost in [
        PassphraseCost { memory_kib: u32::MAX, ..floor },
        PassphraseCost { memory_kib: over.memory_kib + 1, ..floor },
        PassphraseCost { passes: u32::MAX, ..floor },
        PassphraseCost { passes: over.passes + 1, ..floor },
        PassphraseCost { lanes: over.lanes + 1, ..floor },
        PassphraseCost { memory_kib: floor.memory_kib - 1, ..floor },
        PassphraseCost { passes: floor.passes - 1, ..floor },
        PassphraseCost { lanes: 0, ..floor },
    ] {
        let forgery = forged(&whole["header.a"], |header| {
            header.rev += 1;
            with_cost(header, cost);
        });
        for name in files::HEADERS {
            std::fs::write(home.path(name), &forgery).unwrap();
        }
        let told = code(unlock(&lock, &typed(PASSPHRASE), &now()));
        assert_eq!(told, (Code::Corrupt, Some(Field::Header)), "{cost:?}");
        // Beside a good copy it is passed over.
        std::fs::write(home.path("header.b"), &whole["header.b"]).unwrap();
        unlock(&lock, &typed(PASSPHRASE), &now()).unwrap();
        assert_eq!(home.files(), whole);
    }
    for cost in [floor, over] {
        assert!(cost.is_sound());
    }
}

#[test]
fn a_forged_copy_with_slots_of_its_own_shuts_nobody_out() {
    let (mut home, kept) = Home::filled();
    let lock = home.lock();
    let whole = home.files();
    let (other, _) = Home::filled();
    let forgery = forged(&whole["header.a"], |header| {
        header.rev += 10;
        header.slots.reverse();
        header.slots.pop();
        // Another's wrapping under the id of ours.
        let foreign = forged_slots(&other);
        header.slots.retain(|bytes| slot::Slot::decode(bytes).unwrap().kind() != Some(SlotKind::Passphrase));
        header.slots.extend(foreign);
    });
    for name in files::HEADERS {
        for good in files::HEADERS {
            std::fs::write(home.path(good), &whole[good]).unwrap();
        }
        std::fs::write(home.path(name), &forgery).unwrap();
        for with in [typed(PASSPHRASE), kept.words.clone(), kept.keystore.clone()] {
            unlock(&lock, &with, &now()).unwrap();
            assert_eq!(home.files(), whole);
            std::fs::write(home.path(name), &forgery).unwrap();
        }
        assert_eq!(code(unlock(&lock, &typed("another passphrase"), &now())).0, Code::WrongSecret);
        std::fs::write(home.path(name), &whole[name]).unwrap();
    }
    drop(slot_begin(&mut home.seed));
}

fn forged_slots(of: &Home) -> Vec<minicbor::bytes::ByteVec> {
    let Both::Good(copies) = header::read(&of.folder) else { panic!() };
    let slots = copies[0].header.slots.iter().cloned();
    slots
        .filter(|bytes| slot::Slot::decode(bytes).unwrap().kind() == Some(SlotKind::Passphrase))
        .map(|bytes| {
            let mut bytes = Vec::from(bytes);
            // A wrapping that nothing opens.
            if let Some(last) = bytes.last_mut() {
                *last ^= 1;
            }
            bytes.into()
        })
        .collect()
}

#[test]
fn a_copy_that_says_it_follows_and_cannot_prove_it_does_not_count() {
    let (home, kept) = Home::filled();
    let lock = home.lock();
    let whole = home.files();
    let key = Secret32::new([0; 32]);
    let claim = |bytes: &[u8]| {
        let mut claimed = None;
        forged(bytes, |header| {
            (header.rev, header.store) = (header.rev + 1, 2);
            claimed = Some(header.clone().encode_after(&key, Some(&key)));
        });
        claimed.unwrap()
    };
    std::fs::write(home.path("header.a"), claim(&whole["header.a"])).unwrap();
    // Without a secret it cannot be told from a re-key whose store is gone; with one it can.
    assert_eq!(lock.inspect(), VaultFacts::Damaged { what: Field::Store });
    for with in [typed(PASSPHRASE), kept.words, kept.keystore] {
        unlock(&lock, &with, &now()).unwrap();
        assert_eq!(home.files(), whole);
        std::fs::write(home.path("header.a"), claim(&whole["header.a"])).unwrap();
    }
}
