//! Forgetting beside edits, in every order: what is held decides alone.

use super::*;
use belay::store::forgetting;
use belay_tests::Chance;

#[test]
fn forgetting_beside_edits_gives_equal_hashes_at_every_prefix_in_every_order() {
    let cases: u64 = std::env::var("BELAY_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(2);
    for seed in 0..cases {
        let world = World::new(format!("prefixes {seed}"));
        let shared = Shared::new(&world, 2);
        let (space, plan) = (shared.circle.space, shared.plan.id);
        let mut chance = Chance::new(seed);
        let known = wires_of(shared.device(3), &space);
        // Apart: both of Mara's phones write, one or both forget, one perhaps purges.
        shared.device(0).apply(shared.plan.add(OWN, "Bread"));
        shared.device(1).apply(shared.plan.add(US, "Butter"));
        shared.device(0).apply(if chance.percent(50) { past(plan) } else { everything(plan) });
        if chance.percent(50) {
            shared.device(1).apply(if chance.percent(50) { past(plan) } else { everything(plan) });
        }
        if chance.percent(60) {
            purged(shared.device(0), &[plan]);
        }
        let mut pieces: Vec<Vec<u8>> = [0, 1].iter().flat_map(|at| wires_of(shared.device(*at), &space)).collect();
        pieces.retain(|wire| !known.contains(wire));
        pieces.sort();
        pieces.dedup();
        chance.shuffle(&mut pieces);
        // Theo's two phones take the same pieces a few at a time, each few in an order of their own, and agree whenever
        // they hold the same.
        while !pieces.is_empty() {
            let mut few = pieces.split_off(pieces.len().saturating_sub(1 + chance.below(3)));
            for at in [2, 3] {
                chance.shuffle(&mut few);
                if chance.percent(30) {
                    shared.tell(at, &[], few.clone());
                } else {
                    few.iter().for_each(|wire| shared.tell(at, &[], vec![wire.clone()]));
                }
            }
            shared.agree(&[2, 3]);
        }
        shared.circle.tell_everything();
        shared.circle.tell_everything();
        shared.agree(&[0, 1, 2, 3]);
        for at in [0, 3] {
            let device = shared.device(at);
            let hash = device.hash(&space);
            device.lock_and_unlock();
            assert_eq!(device.hash(&space), hash, "{at}");
            assert!(device.look(|db| forgetting::is_hidden(db, &plan)));
        }
    }
}
