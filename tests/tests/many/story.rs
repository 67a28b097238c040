//! Stories: people and their phones, who write, part, meet, add, remove, leave, come back by their words, copy and
//! restore vaults, lose phones to thieves. Every device holds what reached it and acts on that alone.

use crate::cast::{Cast, Phone, phone};
use crate::replica::{Item, Replica};
use belay::batch::{Birth, LogView, Reason};
use belay::crypto::sign::SigningKey;
use belay::document::Kind;
use belay::identity::{DeviceEntry, DeviceKeys};
use belay::ids::{BatchId, DeviceId, MemberId};
use belay::space::{self, CutHeads, Role, SignedStatement, SpaceKind};
use belay_tests::{Chance, SeededEntropy};
use std::rc::Rc;
use std::sync::OnceLock;

/// Devices of a story, those of thieves with them.
pub const DEVICES_MAX: usize = 16;
/// Items of a story: a set of them fits into a `u128`.
pub const ITEMS_MAX: usize = 120;

/// The signing key of a phone of the cast, made again from its name.
pub fn signing(number: usize) -> &'static SigningKey {
    static KEYS: OnceLock<Vec<DeviceKeys>> = OnceLock::new();
    let made = |number| DeviceKeys::make(&mut SeededEntropy::new(format!("{number}'s phone")));
    &KEYS.get_or_init(|| (0..64).map(made).collect())[number].signing
}

/// Whose hands a device is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    ByOwner,
    ByThief { knows_secret: bool },
}

/// A device at work: a phone's keys over what reached it. Two of one phone are copies of one vault.
pub struct Hand {
    pub phone: usize,
    pub member: usize,
    pub held: Held,
    pub replica: Replica,
    /// Binds its actors.
    pub nonce: [u8; 16],
    /// Who is apart meets nobody of the other side.
    side: usize,
    /// What a backup of it holds.
    backup: Option<u128>,
}

impl Hand {
    pub fn is_honest(&self) -> bool {
        self.held == Held::ByOwner
    }
    pub fn phone(&self) -> &'static Phone {
        phone(self.phone)
    }
    pub fn is_active(&self) -> bool {
        self.replica.membership().is_active(&self.phone().id)
    }
}

pub struct Story {
    pub cast: Cast,
    /// All that was ever written, in the order of its making; Genesis first.
    pub items: Vec<Rc<Item>>,
    pub hands: Vec<Hand>,
    pub docs: Vec<Birth>,
    /// How many phones of the cast are in the story, those of thieves among them.
    pub phones: usize,
    pub chance: Chance,
}

impl Story {
    /// Two to four members with one to three phones each, and one document for all, a second one, and one for each.
    pub fn begin(seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let count = 2 + chance.below(3);
        let is_team = chance.percent(30);
        let (kind, first, other) = if is_team {
            (SpaceKind::Team, Role::Lead, Role::Member)
        } else {
            (SpaceKind::Relationship, Role::Person, Role::Supporter)
        };
        let (mut phones, mut members, mut owners) = (0, Vec::new(), Vec::new());
        // At times one member is close to the bound of eight, so that additions apart pass it.
        let crowd = chance.percent(10);
        for member in 0..count {
            let own = if crowd && member == 0 { 7 } else { 1 + chance.below(3) };
            let role = if member == 0 { first } else { other };
            members.push((role, (phones..phones + own).map(phone).collect::<Vec<_>>()));
            owners.extend((phones..phones + own).map(|phone| (phone, member)));
            phones += own;
        }
        let cast = Cast::new(kind, &members);
        let birth = |kind: Kind, writer: Option<MemberId>, key: &str| Birth {
            space: cast.space(),
            kind: kind.number(),
            writer,
            about: None,
            key: Some(key.to_owned()),
            nonce: [0; 32],
        };
        let mut docs = vec![birth(Kind::Joint, None, "us"), birth(Kind::Joint, None, "plans")];
        docs.extend(cast.people.iter().map(|person| birth(Kind::Column, Some(person.id), "mine")));
        let items = vec![Rc::new(Item::Said(cast.genesis.clone()))];
        let mut story = Story { cast, items, hands: Vec::new(), docs, phones, chance };
        for (phone, member) in owners {
            let replica = Replica::of(story.cast.space(), &story.items, 1);
            story.new_hand(phone, member, replica);
        }
        if crowd {
            for by in 0..3 {
                story.add_device(by);
            }
        }
        story
    }

    pub fn new_hand(&mut self, phone: usize, member: usize, replica: Replica) {
        let nonce = self.bytes();
        self.hands.push(Hand { phone, member, held: Held::ByOwner, replica, nonce, side: 0, backup: None });
    }

    pub fn bytes(&mut self) -> [u8; 16] {
        (u128::from(self.chance.roll()) << 64 | u128::from(self.chance.roll())).to_le_bytes()
    }

    pub fn is_full(&self) -> bool {
        self.items.len() >= ITEMS_MAX
    }

    /// Something new, which its maker holds.
    pub fn publish(&mut self, by: usize, item: Item) -> usize {
        let at = self.items.len();
        self.items.push(Rc::new(item));
        self.hands[by].replica.take(at, &self.items[at]);
        at
    }

    /// What someone may do next.
    pub fn act(&mut self) {
        let by = self.chance.below(self.hands.len());
        if !self.hands[by].is_honest() {
            return self.thief_acts(by);
        }
        match self.chance.below(100) {
            0..36 => drop(self.write(by)),
            36..60 => self.meet(by),
            60..66 => self.add_device(by),
            66..71 => self.remove_device(by),
            71..72 => self.leave(by),
            72..76 => self.use_words(by),
            76..81 => self.copy_vault(by),
            81..87 => self.repair(by),
            87..89 => self.hands[by].backup = Some(self.hands[by].replica.held),
            89..92 => self.restore(by),
            92..95 => self.part_or_unite(),
            _ => self.steal(by),
        }
    }

    fn part_or_unite(&mut self) {
        let parted = self.chance.percent(50);
        for hand in &mut self.hands {
            hand.side = if parted { self.chance.below(2) } else { 0 };
        }
    }

    /// Gives what the other has not, whole or in part. Nobody hands content to who is out by what they know.
    pub fn give(&mut self, from: usize, to: usize, share: usize) {
        let (held, has) = (self.hands[from].replica.held, self.hands[to].replica.held);
        let may_read = self.hands[from].replica.membership().is_active(&self.hands[to].phone().id);
        for at in 0..self.items.len() {
            let is_new = held >> at & 1 == 1 && has >> at & 1 == 0;
            let may_travel = may_read || self.items[at].said().is_some();
            if is_new && may_travel && self.chance.percent(share) {
                let item = Rc::clone(&self.items[at]);
                self.hands[to].replica.take(at, &item);
            }
        }
    }

    pub fn meet(&mut self, by: usize) {
        let other = self.chance.below(self.hands.len());
        if other == by || self.hands[other].side != self.hands[by].side {
            return;
        }
        let share = if self.chance.percent(80) { 100 } else { 60 };
        self.give(by, other, share);
        if self.chance.percent(80) {
            self.give(other, by, share);
        }
    }

    /// A statement of the core's own making, if it can be made; whoever makes it holds it.
    pub fn say(&mut self, by: usize, made: belay::error::Result<SignedStatement>) -> Option<usize> {
        let room = !self.is_full();
        made.ok().filter(|_| room).map(|signed| self.publish(by, Item::Said(signed)))
    }

    pub fn fresh_phone(&mut self) -> Option<usize> {
        let number = self.phones;
        (number < DEVICES_MAX).then(|| {
            self.phones += 1;
            number
        })
    }

    fn add_device(&mut self, by: usize) {
        let Some(new) = self.fresh_phone() else { return };
        let (hand, member) = (&self.hands[by], self.hands[by].member);
        let id = self.cast.people[member].id;
        let made = space::add_device(hand.replica.membership(), &id, &phone(new).entry, &hand.phone().admin);
        if self.say(by, made).is_some() {
            let replica = self.hands[by].replica.copied();
            self.new_hand(new, member, replica);
        }
    }

    /// A device of one's own, or of anybody where one may; the cut names the heads that are known here.
    fn remove_device(&mut self, by: usize) {
        let hand = &self.hands[by];
        let known = hand.replica.membership().active_devices();
        let Some(target) = self.chance.pick(&known).copied() else { return };
        let heads = hand.replica.shelf.heads(&target);
        let made = space::remove_device(hand.replica.membership(), &target, &heads, &hand.phone().admin);
        self.say(by, made);
    }

    fn leave(&mut self, by: usize) {
        let hand = &self.hands[by];
        let who = if self.chance.percent(70) { hand.member } else { self.chance.below(self.cast.people.len()) };
        let heads = all_heads(&hand.replica);
        let who = self.cast.people[who].id;
        let made = space::leave(hand.replica.membership(), &who, &heads, &hand.phone().admin);
        self.say(by, made);
    }

    /// The words are typed on a phone, with what this hand gives: all heads, or some of them hidden.
    fn use_words(&mut self, by: usize) {
        let member = self.chance.below(self.cast.people.len());
        let mut heads = all_heads(&self.hands[by].replica);
        if self.chance.percent(40) {
            heads.retain(|_, _| self.chance.percent(50));
        }
        let mut named: Vec<DeviceEntry> = Vec::new();
        for hand in &self.hands {
            let known = named.iter().any(|entry| *entry == hand.phone().entry);
            if hand.member == member && hand.is_honest() && !known && named.len() < 7 && self.chance.percent(50) {
                named.push(hand.phone().entry);
            }
        }
        let new = if self.chance.percent(60) { self.fresh_phone() } else { None };
        named.extend(new.map(|new| phone(new).entry));
        let made = space::reset(self.hands[by].replica.membership(), &named, &heads, &self.cast.people[member].root);
        if self.say(by, made).is_some()
            && let Some(new) = new
        {
            let replica = self.hands[by].replica.copied();
            self.new_hand(new, member, replica);
        }
    }

    /// Two of one vault, both in use: unlocked again with a new actor, or awake with the old one.
    fn copy_vault(&mut self, by: usize) {
        if self.hands.len() >= DEVICES_MAX {
            return;
        }
        let (phone, member) = (self.hands[by].phone, self.hands[by].member);
        let replica = self.hands[by].replica.copied();
        self.new_hand(phone, member, replica);
        let copy = self.hands.len() - 1;
        self.hands[copy].side = self.hands[by].side;
        if self.chance.percent(40) {
            return;
        }
        // Awake as it was, the copy goes on with the numbers of the other; and people write on what each of them wrote.
        self.hands[copy].nonce = self.hands[by].nonce;
        let doc = self.chance.below(2);
        for hand in [by, copy] {
            if self.hands[hand].is_active() && self.write_in(hand, doc, 1, |_| ()).is_some() && self.chance.percent(70)
            {
                let reader = self.chance.below(self.hands.len());
                self.give(hand, reader, 100);
                if reader != by && reader != copy && self.hands[reader].is_active() {
                    self.write_in(reader, doc, 1, |_| ());
                }
            }
        }
    }

    /// A backup becomes a new device: it adds itself, catches up, and puts the old one out naming all it holds.
    fn restore(&mut self, by: usize) {
        let Some(held) = self.hands[by].backup else { return };
        let Some(new) = self.fresh_phone() else { return };
        let (old, member) = (self.hands[by].phone, self.hands[by].member);
        let replica = Replica::of(self.cast.space(), &self.items, held);
        let id = self.cast.people[member].id;
        let made = space::add_device(replica.membership(), &id, &phone(new).entry, &phone(old).admin);
        self.new_hand(new, member, replica);
        let restored = self.hands.len() - 1;
        self.hands[restored].side = self.hands[by].side;
        if self.say(restored, made).is_none() {
            self.hands.pop();
            return;
        }
        self.meet(restored);
        if self.chance.percent(60) {
            let hand = &self.hands[restored];
            let heads = hand.replica.shelf.heads(&phone(old).id);
            let made = space::remove_device(hand.replica.membership(), &phone(old).id, &heads, &phone(new).admin);
            self.say(restored, made);
        }
    }

    /// Adopts what is readable and does not count, or makes an own stranded batch again.
    fn repair(&mut self, by: usize) {
        if !self.hands[by].is_active() {
            return;
        }
        let (acceptance, mine) = {
            let replica = &self.hands[by].replica;
            (replica.accept(&replica.passed(|_| true)), self.cast.people[self.hands[by].member].id)
        };
        let readable: Vec<BatchId> =
            acceptance.others.iter().filter(|(_, reason)| reason.is_readable()).map(|(id, _)| *id).collect();
        let Some(id) = self.chance.pick(&readable).copied() else { return };
        let Some(sent) = self.hands[by].replica.shelf.get(&id) else { return };
        let (device, doc) = (sent.header.device, sent.header.doc);
        let is_own = device == self.hands[by].phone().id;
        let doc = self.docs.iter().position(|birth| birth.doc() == doc).expect("a document of the story");
        if self.docs[doc].writer.is_some_and(|writer| writer != mine) {
            return;
        }
        if is_own && matches!(acceptance.others[&id], Reason::LostTwin | Reason::DependsOnUnaccepted) {
            self.write_in(by, doc, 1, |draft| draft.again_of = Some(id));
        } else {
            self.adopt(by, doc, vec![id]);
        }
    }

    fn steal(&mut self, by: usize) {
        // One thief is enough; the phone of a copied vault has a copy in honest hands.
        if self.hands.iter().all(Hand::is_honest) {
            self.hands[by].held = Held::ByThief { knows_secret: self.chance.percent(60) };
        }
    }
}

/// The heads of every log that is held.
pub fn all_heads(replica: &Replica) -> CutHeads {
    let heads = |device: DeviceId| (device, replica.shelf.heads(&device));
    replica.shelf.devices().into_iter().map(heads).collect()
}
