use crate::{code, confirmed, note, notes, secret};
use belay::command::{Confirmation, Purpose};
use belay::companion::{EraseScope, NewSlot, UnlockWith, inspect};
use belay::error::Code;
use belay::ids::SlotId;
use belay::vault::{SlotKind, VaultFacts};
use belay_tests::{Device, World, add_way_in};

fn kinds(device: &Device) -> Vec<SlotKind> {
    let mut kinds: Vec<_> = device.companion.slots().expect("open").iter().map(|slot| slot.kind).collect();
    kinds.sort();
    kinds
}

#[test]
fn a_way_in_is_begun_with_a_proof_and_finished_once() {
    let world = World::new("slots");
    let mara = world.person("Mara");
    mara.apply(note("Bad night"));
    let none = Confirmation { purpose: Purpose::Slots, token: "none".to_owned() };
    assert_eq!(code(mara.companion.slot_new(NewSlot::Keystore, &none, &mara.at())), Code::NeedsConfirmation);
    let given = confirmed(&mara, Purpose::Slots);
    let key = mara.companion.slot_new(NewSlot::Keystore, &given, &mara.at()).expect("a proof");
    assert_eq!(code(mara.companion.slot_add(SlotId([9; 16]), vec![1], &mara.at())), Code::NotFound);
    assert_eq!(code(mara.companion.slot_add(key.slot, vec![1; 4_097], &mara.at())), Code::TooBig);
    let added = mara.companion.slot_add(key.slot, b"wrapped".to_vec(), &mara.at()).expect("it still waited");
    assert_eq!(added.aliases, Vec::<String>::new());
    assert_eq!(code(mara.companion.slot_add(key.slot, b"wrapped".to_vec(), &mara.at())), Code::NotFound, "once");
    assert_eq!(kinds(&mara), [SlotKind::Passphrase, SlotKind::Keystore, SlotKind::Recovery]);

    mara.companion.lock().expect("locking");
    let VaultFacts::Locked { slots, .. } = inspect(mara.folder(), &mara.at()) else { panic!("locked") };
    assert!(slots.iter().any(|slot| slot.id == key.slot && slot.wrapped.as_deref() == Some(b"wrapped")));
    let mut other = *key.key32.expose();
    other[0] ^= 1;
    let with = UnlockWith::keystore(key.slot, &other, None).expect("32 bytes");
    assert_eq!(code(mara.companion.unlock(&with, &mara.at())), Code::WrongSecret);
    assert_eq!(code(UnlockWith::keystore(key.slot, &other[..31], None)), Code::OutOfRange);
    let with = UnlockWith::keystore(key.slot, key.key32.expose(), None).expect("32 bytes");
    mara.companion.unlock(&with, &mara.at()).expect("the key that was wrapped");
    assert_eq!(notes(&mara), ["Bad night"]);
}

#[test]
fn a_way_in_is_taken_out_with_a_proof() {
    let world = World::new("taken out");
    let mara = world.person("Mara");
    let key = add_way_in(&mara.companion, &mara.secret(), NewSlot::Keystore, &mara.at()).expect("a slot");
    let remove = |slot, given: &Confirmation| mara.companion.slot_remove(slot, given, &mara.at());
    for purpose in [Purpose::Slots, Purpose::Erase] {
        let none = Confirmation { purpose, token: "none".to_owned() };
        assert_eq!(code(remove(key.slot, &none)), Code::NeedsConfirmation);
    }
    let given = confirmed(&mara, Purpose::Slots);
    assert_eq!(code(remove(SlotId([9; 16]), &given)), Code::NotFound);
    assert_eq!(remove(key.slot, &given).expect("the same proof").aliases.len(), 1, "the alias to delete");
    assert_eq!(kinds(&mara), [SlotKind::Passphrase, SlotKind::Recovery]);
    assert_eq!(code(remove(key.slot, &given)), Code::NeedsConfirmation, "used");
}

#[test]
fn a_pin_is_set_without_typing_the_passphrase_twice_and_leads_to_admin_rights() {
    let world = World::new("pin");
    let mara = world.person("Mara");
    let begin = |pin: &str| {
        let given = confirmed(&mara, Purpose::Slots);
        mara.companion.slot_new(NewSlot::KeystoreAndPin { pin: secret(pin) }, &given, &mara.at())
    };
    assert_eq!(code(begin("123456")), Code::WeakSecret);
    let first = begin("482915").expect("a good PIN");
    mara.companion.slot_add(first.slot, b"wrapped".to_vec(), &mara.at()).expect("a slot");
    let second = begin("190733").expect("a good PIN");
    let added = mara.companion.slot_add(second.slot, b"wrapped".to_vec(), &mara.at()).expect("a slot");
    assert_eq!(added.aliases.len(), 1, "the one it replaced");
    mara.companion.lock().expect("locking");
    let with =
        |slot, key: &[u8], pin: &str| UnlockWith::keystore_and_pin(slot, key, secret(pin), None).expect("32 bytes");
    let old = with(first.slot, first.key32.expose(), "482915");
    assert_eq!(code(mara.companion.unlock(&old, &mara.at())), Code::NotFound);
    let wrong = with(second.slot, second.key32.expose(), "482915");
    assert_eq!(code(mara.companion.unlock(&wrong, &mara.at())), Code::WrongSecret);
    let right = with(second.slot, second.key32.expose(), "190733");
    mara.companion.unlock(&right, &mara.at()).expect("both");
    mara.companion.confirm(&right, Purpose::Erase, &mara.at()).expect("a PIN is typed");
}

#[test]
fn a_slot_begun_dies_at_lock_and_the_oldest_of_five_is_forgotten() {
    let world = World::new("pending");
    let mara = world.person("Mara");
    let begin = || {
        let given = confirmed(&mara, Purpose::Slots);
        mara.companion.slot_new(NewSlot::Keystore, &given, &mara.at()).expect("a proof").slot
    };
    let begun: Vec<SlotId> = (0..5).map(|_| begin()).collect();
    assert_eq!(code(mara.companion.slot_add(begun[0], vec![1], &mara.at())), Code::NotFound);
    mara.rest();
    mara.companion.slot_add(begun[4], vec![1], &mara.at()).expect("a pause keeps it");
    mara.lock_and_unlock();
    assert_eq!(code(mara.companion.slot_add(begun[3], vec![1], &mara.at())), Code::NotFound);
    mara.companion.lock().expect("locking");
    assert_eq!(code(mara.companion.slots()), Code::Locked);
    assert_eq!(code(mara.companion.slot_add(begun[2], vec![1], &mara.at())), Code::Locked);
}

#[test]
fn an_open_vault_is_erased_with_a_proof_and_a_locked_one_without() {
    let world = World::new("erase");
    let (mara, theo) = (world.person("Mara"), world.person("Theo"));
    let erase = |device: &Device, given: Option<&Confirmation>| {
        device.companion.erase_scope(EraseScope::Vault, given, &device.at())
    };
    assert_eq!(code(erase(&mara, None)), Code::NeedsConfirmation);
    let other = confirmed(&mara, Purpose::Words);
    assert_eq!(code(erase(&mara, Some(&other))), Code::NeedsConfirmation);
    mara.apply(note("Still here"));
    mara.companion.pause(&mara.at()).expect("pausing");
    assert_eq!(code(erase(&mara, None)), Code::NeedsConfirmation);
    mara.companion.resume(&mara.at()).expect("resuming");
    assert_eq!(notes(&mara), ["Still here"]);
    let given = confirmed(&mara, Purpose::Erase);
    assert!(erase(&mara, Some(&given)).expect("a proof").removed > 0);
    assert_eq!(inspect(mara.folder(), &mara.at()), VaultFacts::Absent);

    theo.companion.lock().expect("locking");
    assert!(erase(&theo, None).expect("every secret may be lost").removed > 0);
    assert_eq!(inspect(theo.folder(), &theo.at()), VaultFacts::Absent);
    assert_eq!(code(erase(&theo, None)), Code::NotFound);
}
