//! A card whose sealing key nobody can seal for (X25519's zero, RFC 7748 §6.1) must not keep the others from being reached. A
//! card is signed by the device's signing key alone: whoever holds an unlocked phone for a minute can sign one, and it stays
//! known when the phone is removed.

use belay::exchange::Scope;
use belay::identity::{DeviceKeys, KeyCard, SignedCard};
use belay::ids::SpaceId;
use belay::store::{singles, spaces};
use belay_tests::{Circle, Device, Plan, World};

fn dead_card(of: &Device, space: &SpaceId) -> SignedCard {
    let id = of.id();
    let (keys, card) = of.look(|db| {
        let stored = singles::secret(db, "device_keys")?.expect("device keys");
        let (_, _, wire) = spaces::cards(db, space)?.into_iter().find(|(device, ..)| *device == id).expect("its card");
        Ok((DeviceKeys::from_stored(stored.expose())?, SignedCard::parse(&wire)?.read()?))
    });
    KeyCard { card_rev: card.card_rev + 1, sealing_pk: [0; 32], ..card }.sign(&keys.signing)
}

fn scene(name: &str) -> (World, Circle) {
    let world = World::new(name);
    let circle = Circle::new(&world, 3, 1);
    Plan::made_by(&circle.devices[0], Some(circle.space), "wellness");
    circle.tell_everything();
    (world, circle)
}

/// Was: `Corrupt`, for ever, and removing the phone does not mend it: her other phones are not reached either.
#[test]
fn a_dead_card_of_one_phone_keeps_no_bundle_from_my_other_phones() {
    let (_world, circle) = scene("dead card, mine");
    let (mara, stolen) = (&circle.devices[0], &circle.devices[1]);
    let own = mara.companion.own_space().expect("open");
    mara.companion.bundle_out(&own, Scope::Everything, &mara.at()).expect("the control");
    let card = dead_card(stolen, &circle.space);
    mara.take(&circle.carry_all(0, &[], &[card], vec![])).expect("an envelope");
    let before = mara.companion.bundle_out(&own, Scope::Everything, &mara.at()).map(|made| made.devices);
    mara.companion.remove_device(&circle.space, &stolen.id(), &mara.secret(), &mara.at()).expect("her stolen phone");
    let after = mara.companion.bundle_out(&own, Scope::Everything, &mara.at()).map(|made| made.devices);
    assert!(before.is_ok() && after.is_ok(), "before she removed it {before:?}, after {after:?}");
}

/// Was: once the phone is out, neither side of the relationship can make a bundle for the other.
#[test]
fn a_dead_card_of_a_removed_phone_keeps_no_bundle_from_the_others() {
    let (_world, circle) = scene("dead card, theirs");
    let (mara, stolen, theo, space) = (&circle.devices[0], &circle.devices[1], &circle.devices[3], circle.space);
    let card = dead_card(stolen, &space);
    for at in [0, 3] {
        circle.devices[at].take(&circle.carry_all(at, &[], std::slice::from_ref(&card), vec![])).expect("an envelope");
    }
    mara.companion.remove_device(&space, &stolen.id(), &mara.secret(), &mara.at()).expect("her stolen phone");
    theo.take(&circle.everything(0, 3, &space)).expect("an honest bundle");
    let hers = mara.companion.bundle_out(&space, Scope::Everything, &mara.at()).map(|made| made.devices);
    let his = theo.companion.bundle_out(&space, Scope::Everything, &theo.at()).map(|made| made.devices);
    assert!(hers.is_ok() && his.is_ok(), "hers {hers:?}, his {his:?}");
}
