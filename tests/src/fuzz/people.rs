//! Who is who: statements and key cards.

use super::bytes::EDGES;
use super::item::mutated;
use super::{Depth, Dice, Target};
use crate::SeededEntropy;
use belay::cbor;
use belay::crypto::seal::OpeningKey;
use belay::crypto::sign::{Signed, SigningKey};
use belay::identity::{DeviceEntry, DeviceKeys, Inbox, KeyCard, SignedCard, SpaceKeys, make_member_root, replaces};
use belay::ids::{BatchId, DeviceId, MemberId, SpaceId, StatementId};
use belay::secret::{Entropy, Secret32};
use belay::space::{
    Cut, DeviceAdd, DeviceRemove, Genesis, Leave, MemberEntry, Role, RootReset, SignedStatement, SpaceKind, Statement,
    audience, evaluate,
};
use minicbor::bytes::{ByteArray, ByteVec};
use std::collections::BTreeSet;

/// Somebody's device, or one that nobody added yet.
struct Phone {
    entry: DeviceEntry,
    admin: SigningKey,
}

impl Phone {
    fn new(entropy: &mut dyn Entropy) -> Self {
        let (keys, admin) = (DeviceKeys::make(entropy), SigningKey::make(entropy));
        Phone { entry: keys.entry(admin.public()), admin }
    }
}

/// Statements of every type, some of them well signed and wrong.
pub struct Statements {
    roots: Vec<SigningKey>,
    members: Vec<MemberId>,
    phones: Vec<Phone>,
    genesis: SignedStatement,
    space: SpaceId,
}

const STATEMENT: [&str; 4] = ["framed", "within its form", "signed by those it names", "it changes who is who"];

impl Default for Statements {
    fn default() -> Self {
        let mut entropy = SeededEntropy::new("fuzz/people");
        let words = OpeningKey::make(&mut entropy);
        let phones: Vec<Phone> = (0..8).map(|_| Phone::new(&mut entropy)).collect();
        let (mut roots, mut entries) = (Vec::new(), Vec::new());
        for (role, own) in [(Role::Person, phones.get(..2)), (Role::Supporter, phones.get(2..3))] {
            let root = make_member_root(&words.public(), &mut entropy).expect("a good key");
            let own: Vec<DeviceEntry> = own.unwrap_or_default().iter().map(|phone| phone.entry).collect();
            entries.push(MemberEntry::new(role, &root, &own));
            roots.push(root.key);
        }
        let members = entries.iter().map(MemberEntry::member_id).collect();
        let genesis = Statement::Genesis(Genesis::new(SpaceKind::Relationship, entries, [3; 32]));
        let genesis = SignedStatement::sign(&genesis, &roots.iter().collect::<Vec<_>>());
        let space = genesis.space_id();
        Statements { roots, members, phones, genesis, space }
    }
}

impl Statements {
    fn cut(&self, dice: &mut Dice) -> Vec<Cut> {
        let devices: BTreeSet<DeviceId> =
            (0..dice.below(4)).filter_map(|_| dice.pick(&self.phones)).map(|phone| phone.entry.device_id()).collect();
        devices
            .into_iter()
            .map(|device| {
                let heads: BTreeSet<u8> = (0..1 + dice.below(8)).map(|_| dice.byte()).collect();
                Cut { device, heads: heads.into_iter().map(|head| BatchId([head; 32])).collect() }
            })
            .collect()
    }

    /// A statement of a form that can be, signed by whom it names, on some of those before it.
    fn statement(&self, held: &[SignedStatement], dice: &mut Dice) -> Option<SignedStatement> {
        let parents: BTreeSet<StatementId> =
            (0..1 + dice.below(3)).filter_map(|_| dice.pick(held)).map(SignedStatement::id).collect();
        let parents: Vec<StatementId> = parents.into_iter().collect();
        let (whose, phone, signer) = (dice.below(2), dice.pick(&self.phones)?, dice.pick(&self.phones)?);
        let (member, by) = (*self.members.get(whose)?, signer.admin.public());
        let (statement, key) = match dice.below(10) {
            0..4 => (Statement::DeviceAdd(DeviceAdd { member, device: phone.entry, parents, by }), &signer.admin),
            4..7 => {
                let (device, cut) = (phone.entry.device_id(), self.cut(dice));
                (Statement::DeviceRemove(DeviceRemove { device, cut, parents, by }), &signer.admin)
            }
            7 => (Statement::Leave(Leave { member, cut: self.cut(dice), parents, by }), &signer.admin),
            _ => {
                let root = self.roots.get(whose)?;
                let devices: BTreeSet<DeviceEntry> =
                    (0..1 + dice.below(8)).filter_map(|_| dice.pick(&self.phones)).map(|phone| phone.entry).collect();
                let (devices, cut, by) = (devices.into_iter().collect(), self.cut(dice), root.public());
                (Statement::RootReset(RootReset { member, devices, cut, parents, by }), root)
            }
        };
        Some(SignedStatement::sign(&statement, &[key]))
    }

    /// A body signed by everyone it might name: where it reads, by exactly those.
    fn signed(&self, body: Vec<u8>) -> SignedStatement {
        let sign = |key: &SigningKey| key.sign(Signed::Statement, &body);
        let keys: Vec<&SigningKey> = self.roots.iter().chain(self.phones.iter().map(|phone| &phone.admin)).collect();
        let named: Vec<[u8; 32]> = match Statement::from_body(&body) {
            Ok(Statement::Genesis(genesis)) => genesis.members.iter().map(|member| member.root_pk).collect(),
            Ok(
                Statement::DeviceAdd(DeviceAdd { by, .. })
                | Statement::DeviceRemove(DeviceRemove { by, .. })
                | Statement::Leave(Leave { by, .. })
                | Statement::RootReset(RootReset { by, .. }),
            ) => vec![by],
            _ => vec![],
        };
        let signatures = named
            .iter()
            .map(|public| keys.iter().find(|key| key.public() == *public).map_or([0; 64], |key| sign(key)))
            .collect();
        SignedStatement::from_parts(body, signatures)
    }

    fn read(&self, wire: &[u8], held: &[SignedStatement], dice: &mut Dice) -> Depth {
        let statement = match SignedStatement::parse(wire) {
            Ok(statement) => statement,
            Err(error) => return Depth::stopped(0, error.code()),
        };
        let _shown = format!("{statement:?}");
        let before = evaluate(self.space, held);
        let mut all = held.to_vec();
        all.push(statement.clone());
        let after = evaluate(self.space, &all);
        // The order and repetition of what is held play no part.
        all.extend(held.first().cloned());
        dice.shuffle(&mut all);
        match (&after, evaluate(self.space, &all)) {
            (Ok(one), Ok(other)) => {
                assert_eq!(*one, other, "the evaluation saw the order");
                let _devices = (audience(one), one.active_devices(), one.member_of(&DeviceId([0; 32])));
            }
            (one, other) => assert_eq!(one.is_ok(), other.is_ok(), "the evaluation saw the order"),
        }
        if let Err(refusal) = statement.statement() {
            return Depth::stopped(1, refusal);
        }
        if let Err(refusal) = statement.verify() {
            return Depth::stopped(2, refusal);
        }
        match (before, after) {
            (Ok(before), Ok(after)) if before != after => Depth::whole(&STATEMENT),
            _ => Depth::stopped(3, "nothing new"),
        }
    }
}

impl Target for Statements {
    fn steps(&self) -> &'static [&'static str] {
        &STATEMENT
    }

    fn case(&mut self, dice: &mut Dice) -> Option<Depth> {
        let mut held = vec![self.genesis.clone()];
        for _ in 0..dice.below(7) {
            held.extend(self.statement(&held, dice));
        }
        let victim = if dice.percent(15) { self.genesis.clone() } else { self.statement(&held, dice)? };
        let wire = match dice.below(10) {
            0 => mutated(dice, &victim.to_wire()),
            1 => victim.to_wire(),
            _ => self.signed(mutated(dice, victim.body())).to_wire(),
        };
        Some(self.read(&wire, &held, dice))
    }

    /// Bytes as a statement on the wire; as the body of one.
    fn given(&mut self, bytes: &[u8]) -> Depth {
        let held = [self.genesis.clone()];
        let dice = &mut Dice::of_bytes(bytes);
        self.read(bytes, &held, dice).max(self.read(&self.signed(bytes.to_vec()).to_wire(), &held, dice))
    }
}

/// Key cards.
pub struct Cards {
    key: SigningKey,
    card: KeyCard,
}

const CARD: [&str; 4] = ["framed", "within its form", "signed by its device", "it replaces an older one"];

impl Default for Cards {
    fn default() -> Self {
        let mut entropy = SeededEntropy::new("fuzz/cards");
        let (keys, space_keys) = (DeviceKeys::make(&mut entropy), SpaceKeys::make(&mut entropy));
        let inbox = Inbox { server: "post.example".into(), inbox_pk: [6; 32], ticket_seed: Secret32::new([7; 32]) };
        let card = space_keys.card(keys.device_id(), SpaceId([2; 32]), 5, vec![inbox]);
        Cards { key: keys.signing, card }
    }
}

#[derive(minicbor::Encode)]
#[cbor(map)]
struct CardWire {
    #[n(1)]
    bytes: ByteVec,
    #[n(2)]
    signature: ByteArray<64>,
}

impl Cards {
    fn signed(&self, bytes: Vec<u8>) -> Vec<u8> {
        let signature = self.key.sign(Signed::Card, &bytes).into();
        cbor::encode(&CardWire { bytes: bytes.into(), signature })
    }
    fn read(&self, wire: &[u8]) -> Depth {
        let card = match SignedCard::parse(wire) {
            Ok(card) => card,
            Err(error) => return Depth::stopped(0, error.code()),
        };
        let _shown = format!("{card:?}");
        let older = KeyCard { card_rev: 4, ..self.card.clone() }.sign(&self.key);
        let newer = replaces(&older, &card);
        assert!(!(newer && replaces(&card, &older)), "each replaces the other");
        if let Err(error) = card.read() {
            return Depth::stopped(1, error.code());
        }
        match card.verify(&self.key.public()) {
            Err(error) => Depth::stopped(2, error.code()),
            Ok(_) if newer => Depth::whole(&CARD),
            Ok(_) => Depth::stopped(3, "not newer"),
        }
    }
}

impl Target for Cards {
    fn steps(&self) -> &'static [&'static str] {
        &CARD
    }

    fn case(&mut self, dice: &mut Dice) -> Option<Depth> {
        let card = KeyCard { card_rev: if dice.percent(80) { 5 } else { dice.number(&EDGES) }, ..self.card.clone() };
        let wire = self.signed(mutated(dice, &cbor::encode(&card)));
        let wire = if dice.percent(10) { mutated(dice, &wire) } else { wire };
        Some(self.read(&wire))
    }

    /// Bytes as a card on the wire; as what a device signed.
    fn given(&mut self, bytes: &[u8]) -> Depth {
        self.read(bytes).max(self.read(&self.signed(bytes.to_vec())))
    }
}
