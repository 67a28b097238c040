//! Stories: people and their phones, who write, part, meet, add, remove, leave, come back by their words, copy and
//! restore vaults, lose phones to thieves. Every device holds what reached it and acts on that alone.

use crate::cast::{Cast, Phone, add, leave, phone, remove, reset};
use crate::replica::{Item, Replica, Sent};
use belay::batch::{
    BatchKind, Birth, Body, Chunk, Claimed, HeaderDraft, LogView, PREV_MAX, READER, Reason, derive_actor, sign_batch,
};
use belay::crypto::sign::SigningKey;
use belay::document::{Doc, Kind, Step, Tree};
use belay::editing::Splice;
use belay::identity::{DeviceEntry, DeviceKeys};
use belay::ids::{BatchId, DeviceId, MemberId};
use belay::space::{self, CutHeads, Role, SignedStatement, SpaceKind};
use belay_tests::{Chance, SeededEntropy};
use std::cell::OnceCell;
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
    nonce: [u8; 16],
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
    /// The phones of each member, those of thieves among them.
    phones: usize,
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
        for member in 0..count {
            let own = 1 + chance.below(3);
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
        story
    }

    fn new_hand(&mut self, phone: usize, member: usize, replica: Replica) {
        let nonce = self.bytes();
        self.hands.push(Hand { phone, member, held: Held::ByOwner, replica, nonce, side: 0, backup: None });
    }

    fn bytes(&mut self) -> [u8; 16] {
        (u128::from(self.chance.roll()) << 64 | u128::from(self.chance.roll())).to_le_bytes()
    }

    pub fn is_full(&self) -> bool {
        self.items.len() >= ITEMS_MAX
    }

    /// Something new, which its maker holds.
    fn publish(&mut self, by: usize, item: Item) -> usize {
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

    fn meet(&mut self, by: usize) {
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

    /// One or two changes in a document where the writer may write.
    pub fn write(&mut self, by: usize) -> Option<usize> {
        if self.hands[by].is_honest() && !self.hands[by].is_active() {
            return None;
        }
        let mine = self.cast.people[self.hands[by].member].id;
        let may: Vec<usize> =
            (0..self.docs.len()).filter(|at| self.docs[*at].writer.is_none_or(|writer| writer == mine)).collect();
        let doc = may[self.chance.below(may.len())];
        let count = 1 + self.chance.below(2);
        self.write_in(by, doc, count, |_| ())
    }

    /// A batch of so many changes in a document; `spoil` may change its header before it is signed.
    pub fn write_in(
        &mut self,
        by: usize,
        doc: usize,
        changes: usize,
        spoil: impl FnOnce(&mut HeaderDraft),
    ) -> Option<usize> {
        if self.is_full() {
            return None;
        }
        let birth = self.docs[doc].clone();
        let replica = &self.hands[by].replica;
        let acceptance = replica.accept(&replica.passed(|_| true));
        let own =
            |id: &BatchId| replica.shelf.get(id).is_some_and(|sent| sent.header.device == self.hands[by].phone().id);
        // Who lost changes of their own never gives their numbers again.
        let is_stranded = acceptance.others.keys().any(own);
        let mut document = replica.document(&birth, &acceptance);
        if is_stranded {
            self.hands[by].nonce = self.bytes();
        }
        let device = self.hands[by].phone().id;
        let actor = derive_actor(&device, &birth.doc(), &self.hands[by].nonce);
        let (mut made, mut marks) = (Vec::new(), Vec::new());
        for change in 0..changes {
            let mark = format!("[{}.{change}]", self.items.len());
            let steps = words(&document, &mark, &mut self.chance);
            let chunks = document.perform(actor, &steps).expect("steps that fit");
            made.extend(chunks.into_iter().map(|bytes| Chunk::read(bytes).expect("a change")));
            marks.push(mark);
        }
        let item = self.sign(by, &birth, made, marks, spoil)?;
        Some(self.publish(by, item))
    }

    fn sign(
        &mut self,
        by: usize,
        birth: &Birth,
        changes: Vec<Chunk>,
        marks: Vec<String>,
        spoil: impl FnOnce(&mut HeaderDraft),
    ) -> Option<Item> {
        let random = self.bytes();
        let hand = &self.hands[by];
        let (device, shelf) = (hand.phone().id, &hand.replica.shelf);
        let seq = |id: &BatchId| shelf.get(id).map_or(0, |sent| sent.header.seq);
        let mut prev = shelf.heads(&device);
        prev.sort_by_key(|id| (std::cmp::Reverse(seq(id)), *id));
        prev.truncate(PREV_MAX);
        let wrote = shelf.all().any(|sent| sent.header.device == device && sent.header.doc == birth.doc());
        let body = Body { birth: (!wrote).then(|| birth.clone()), changes };
        let mut draft = HeaderDraft {
            space: birth.space,
            seq: prev.iter().map(seq).max().unwrap_or(0) + 1,
            prev,
            doc: birth.doc(),
            kind: BatchKind::Changes,
            actor_nonce: hand.nonce,
            min_reader: READER,
            adopts: Vec::new(),
            again_of: None,
            claimed: Claimed { unix_ms: 1_795_334_400_000, zone: "Europe/Lisbon".to_owned() },
        };
        spoil(&mut draft);
        let batch = sign_batch(draft, body.encode(&random).ok()?, signing(hand.phone)).ok()?;
        let header = batch.header().expect("its own header");
        let (id, honest) = (batch.id(), hand.is_honest());
        let (signed, described) = (OnceCell::new(), OnceCell::new());
        Some(Item::Wrote(Sent { id, batch, header, body, honest, marks, signed, described }))
    }

    /// A statement of the core's own making, if it can be made; whoever makes it holds it.
    pub fn say(&mut self, by: usize, made: belay::error::Result<SignedStatement>) -> Option<usize> {
        let room = !self.is_full();
        made.ok().filter(|_| room).map(|signed| self.publish(by, Item::Said(signed)))
    }

    fn fresh_phone(&mut self) -> Option<usize> {
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

    pub fn adopt(&mut self, by: usize, doc: usize, ids: Vec<BatchId>) -> Option<usize> {
        if self.is_full() {
            return None;
        }
        let birth = self.docs[doc].clone();
        let item = self.sign(by, &birth, Vec::new(), Vec::new(), |draft| draft.adopts = ids)?;
        Some(self.publish(by, item))
    }

    fn steal(&mut self, by: usize) {
        // One thief is enough; the phone of a copied vault has a copy in honest hands.
        if self.hands.iter().all(Hand::is_honest) {
            self.hands[by].held = Held::ByThief { knows_secret: self.chance.percent(60) };
        }
    }

    /// Anything that the keys at hand can sign, on any past.
    pub fn thief_acts(&mut self, by: usize) {
        let Held::ByThief { knows_secret } = self.hands[by].held else { return };
        if self.is_full() {
            return;
        }
        match self.chance.below(10) {
            0..3 => drop(self.write(by)),
            3 => self.write_backdated(by),
            // In a document of somebody else; or under numbers that are not bound to the device.
            4 => {
                let (doc, nonce) = (self.chance.below(self.docs.len()), self.bytes());
                let is_bound = self.chance.percent(70);
                self.write_in(by, doc, 1, |draft| {
                    if !is_bound {
                        draft.actor_nonce = nonce
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

/// The heads of every log that is held.
pub fn all_heads(replica: &Replica) -> CutHeads {
    let heads = |device: DeviceId| (device, replica.shelf.heads(&device));
    replica.shelf.devices().into_iter().map(heads).collect()
}

/// A line of its own, or letters in a line that is there; nothing is ever taken out.
fn words(doc: &Doc, mark: &str, chance: &mut Chance) -> Vec<Step> {
    let tree = doc.now().tree();
    let there: Vec<(String, usize)> = tree
        .get("entries")
        .into_iter()
        .flat_map(Tree::entries)
        .map(|(key, entry)| (key.clone(), entry.words("text").encode_utf16().count()))
        .collect();
    let path = |key: &str, field: &str| vec!["entries".to_owned(), key.to_owned(), field.to_owned()];
    match chance.pick(&there) {
        Some((key, length)) if chance.percent(60) => {
            // At a border of marks, so that no mark is taken apart.
            let at = if chance.percent(50) { 0 } else { *length };
            vec![Step::Splice(path(key, "text"), vec![Splice::new(at, 0, mark)])]
        }
        _ => {
            let line = vec!["entries".to_owned(), mark.to_owned()];
            vec![Step::Map(line), Step::Text(path(mark, "text"), mark.to_owned())]
        }
    }
}
