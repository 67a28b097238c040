//! What a thief does with the keys of a phone, with the secret of its owner and without.

use crate::cast::{Phone, add, leave, phone, remove, reset};
use crate::replica::Item;
use crate::story::{Held, Story};
use belay::batch::LogView;
use belay::ids::BatchId;
use belay::space::SignedStatement;
use std::rc::Rc;

impl Story {
    /// Anything that the keys at hand can sign, on any past.
    pub fn thief_acts(&mut self, by: usize) {
        let Held::ByThief { knows_secret } = self.hands[by].held else { return };
        if self.is_full() {
            return;
        }
        match self.chance.below(10) {
            0..3 => drop(self.write(by)),
            3 => self.write_backdated(by),
            // In a document of somebody else; under numbers that are not bound to the device; as made again what counts.
            4 => {
                let (doc, nonce) = (self.chance.below(self.docs.len()), self.bytes());
                let (is_bound, is_again) = (self.chance.percent(70), self.chance.percent(50));
                let device = self.hands[by].phone().id;
                let own = self.hands[by].replica.shelf.since(&device, 1);
                let first = self.chance.pick(&own).copied().filter(|_| is_again);
                self.write_in(by, doc, 1, |draft| {
                    draft.again_of = first;
                    if !is_bound {
                        draft.actor_nonce = nonce;
                    }
                });
            }
            5 | 6 => self.meet(by),
            _ => self.thief_says(by, knows_secret),
        }
    }

    /// A batch on an older place of the log.
    fn write_backdated(&mut self, by: usize) {
        let shelf = &self.hands[by].replica.shelf;
        let device = self.hands[by].phone().id;
        let own: Vec<(u64, BatchId)> =
            shelf.all().filter(|sent| sent.header.device == device).map(|sent| (sent.header.seq, sent.id)).collect();
        let after = self.chance.pick(&own).copied();
        let doc = self.chance.below(2);
        if self.chance.percent(50) {
            self.hands[by].nonce = self.bytes();
        }
        self.write_in(by, doc, 1, |draft| {
            (draft.seq, draft.prev) = after.map_or((1, Vec::new()), |(seq, id)| (seq + 1, vec![id]));
        });
    }

    fn thief_says(&mut self, by: usize, knows_secret: bool) {
        let (member, thief) = (self.hands[by].member, self.hands[by].phone());
        // Without the secret there is no admin key but one of the thief's own.
        let pen = if knows_secret { thief.clone() } else { Phone { admin: phone(63).admin.clone(), ..thief.clone() } };
        let known: Vec<Rc<Item>> = self.items.iter().filter(|item| item.said().is_some()).cloned().collect();
        let past: Vec<&SignedStatement> =
            (0..=self.chance.below(2)).filter_map(|_| self.chance.pick(&known).and_then(|item| item.said())).collect();
        let victims: Vec<usize> = self.hands.iter().map(|hand| hand.phone).collect();
        let victim = phone(*self.chance.pick(&victims).expect("somebody"));
        let id = self.cast.people[member].id;
        let said = match self.chance.below(10) {
            0..4 => {
                let Some(new) = self.fresh_phone() else { return };
                let said = add(&pen, id, phone(new), &past);
                let replica = self.hands[by].replica.copied();
                self.new_hand(new, member, replica);
                self.hands.last_mut().expect("just made").held = self.hands[by].held;
                said
            }
            4..9 => remove(&pen, victim, Vec::new(), &past),
            // One who has the secret has no root: what is signed in its place is not taken.
            _ if self.chance.percent(50) => {
                let fake = crate::cast::Person { id, root: thief.admin.clone() };
                reset(&fake, &[thief], Vec::new(), &past)
            }
            _ => leave(&pen, id, Vec::new(), &past),
        };
        self.publish(by, Item::Said(said));
    }
}
