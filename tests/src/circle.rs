//! A relationship whose two members have up to three devices each. Pairing makes one device a member; here the
//! Genesis is made by the harness and put into the vaults, as adding devices will do one day.

use crate::forge::wires_of;
use crate::{Device, SeededEntropy, World};
use belay::batch::{LogView, to_send};
use belay::crypto::sign::SigningKey;
use belay::envelope::{self, EnvelopeContent};
use belay::error::Result;
use belay::exchange::write_bundle;
use belay::identity::{DeviceEntry, DeviceKeys, MemberRoot, SignedCard, SpaceKeys, make_member_root, open_member_root};
use belay::ids::{BatchId, DeviceId, SpaceId};
use belay::projection::HeldLog;
use belay::secret::Entropy;
use belay::space::{
    CutHeads, Genesis, MemberEntry, Membership, Role, SignedStatement, SpaceKind, SpaceState, Statement, evaluate,
};
use belay::store::spaces::{self, SpaceRecord};
use belay::store::{batches, singles};
use belay::vault::derive_recovery_key;
use rusqlite::Connection;
use std::collections::BTreeMap;

/// A person's and a supporter's devices, in one relationship and each member in one own space.
pub struct Circle {
    /// The person's first, then the supporter's.
    pub devices: Vec<Device>,
    /// How many of them are the person's.
    pub of_person: usize,
    /// What they share.
    pub space: SpaceId,
    cards: BTreeMap<(SpaceId, usize), [u8; 32]>,
    /// Of those who came later: whether each is the person's.
    later: Vec<bool>,
}

impl Circle {
    /// So many devices for Mara, so many for Theo.
    pub fn new(world: &World, of_person: usize, of_supporter: usize) -> Self {
        let entropy = &mut SeededEntropy::new(format!("circle {of_person} {of_supporter}"));
        let name = |member: &str, count: usize| (0..count).map(|at| format!("{member} {at}")).collect::<Vec<_>>();
        let names = [name("Mara", of_person), name("Theo", of_supporter)].concat();
        let devices: Vec<Device> = names.iter().map(|name| world.person(name)).collect();
        let keys: Vec<DeviceKeys> = devices.iter().map(device_keys).collect();
        let (persons, supporters) = devices.split_at(of_person);
        let mine = [member(Role::Person, persons, entropy)];
        let theirs = [member(Role::Person, supporters, entropy)];
        let both = [member(Role::Person, persons, entropy), member(Role::Supporter, supporters, entropy)];
        let (my_keys, their_keys) = keys.split_at(of_person);
        let settled = [
            Settled::new(SpaceKind::Own, &mine, my_keys, entropy),
            Settled::new(SpaceKind::Own, &theirs, their_keys, entropy),
            Settled::new(SpaceKind::Relationship, &both, &keys, entropy),
        ];
        for (device, keys) in devices.iter().zip(&keys) {
            device.meddle(|db| settled.iter().try_for_each(|settled| settled.enter(db, &keys.device_id())));
        }
        let place = |id: &DeviceId| keys.iter().position(|keys| keys.device_id() == *id).expect("one of these");
        let cards = settled
            .iter()
            .flat_map(|settled| settled.made.iter().map(move |(id, _, keys)| (settled.space, id, keys)))
            .map(|(space, id, keys)| ((space, place(id)), keys.current().key.public()))
            .collect();
        let [_, _, shared] = settled;
        Circle { devices, of_person, space: shared.space, cards, later: Vec::new() }
    }

    /// Whether two of them are devices of one member.
    pub fn of_one_member(&self, a: usize, b: usize) -> bool {
        self.is_persons(a) == self.is_persons(b)
    }

    fn is_persons(&self, at: usize) -> bool {
        let begun_with = self.devices.len() - self.later.len();
        at.checked_sub(begun_with).map_or(at < self.of_person, |at| self.later.get(at).copied().unwrap_or(false))
    }

    /// A vault that comes into the shared space as one more device of the member that `like` belongs to, with these
    /// statements, which add it; its place, and its card for the others.
    pub fn join(&mut self, device: Device, like: usize, statements: &[SignedStatement]) -> (usize, SignedCard) {
        let (space, at) = (self.space, self.devices.len());
        let keys = device_keys(&device);
        let mine = SpaceKeys::make(&mut SeededEntropy::new(format!("joins {}", keys.device_id())));
        let card = mine.card(keys.device_id(), space, 1, Vec::new()).sign(&keys.signing);
        let record = self.device(like).look(|db| spaces::get_space(db, &space)).expect("a space of the circle");
        let known = self.device(like).look(|db| spaces::cards(db, &space));
        device.meddle(|db| {
            spaces::put_space(db, &SpaceRecord { stage: u32::from(SpaceState::Checked.code()), ..record.clone() })?;
            for statement in statements {
                spaces::put_statement(db, &space, &statement.id(), &statement.to_wire())?;
            }
            for (device, rev, wire) in &known {
                spaces::put_card(db, &space, device, *rev, wire, 0)?;
            }
            spaces::put_card(db, &space, &keys.device_id(), 1, &card.to_wire(), 0)?;
            spaces::put_space_keys(db, &space, mine.to_stored().expose())
        });
        self.cards.insert((space, at), mine.current().key.public());
        self.later.push(self.is_persons(like));
        self.devices.push(device);
        (at, card)
    }

    /// What a device is in statements: its public keys.
    pub fn entry_of(device: &Device) -> DeviceEntry {
        let admin = device.look(|db| singles::secret(db, "admin_public")).expect("an admin key");
        device_keys(device).entry(admin.expose().try_into().expect("32 bytes"))
    }

    /// The root of a device's member in the shared space, as the member's words open it.
    pub fn root_of(&self, at: usize) -> SigningKey {
        let device = self.device(at);
        let words = self.devices.iter().enumerate().find(|(other, _)| self.of_one_member(at, *other));
        let recovery = derive_recovery_key(words.map_or(device, |(_, first)| first).words());
        let genesis = statements_of(device, &self.space).iter().find_map(|signed| match signed.statement() {
            Ok(Statement::Genesis(genesis)) => Some(genesis),
            _ => None,
        });
        let members = genesis.expect("a Genesis").members;
        let opened = members.iter().find_map(|one| open_member_root(&one.sealed_root, &one.root_pk, &recovery));
        opened.expect("the words of a member")
    }

    /// The heads of every log of the shared space that a device holds.
    pub fn heads_on(&self, at: usize) -> CutHeads {
        let (device, space) = (self.device(at), self.space);
        device.rest();
        let heads = device.look(|db| {
            let devices = HeldLog { db, space }.devices();
            let heads = |device: DeviceId| Ok((device, batches::heads(db, &space, &device)?));
            devices.into_iter().map(heads).collect::<Result<Vec<_>>>()
        });
        let ids = |heads: Vec<(u64, BatchId)>| heads.into_iter().map(|(_, id)| id).collect();
        heads.into_iter().map(|(device, heads)| (device, ids(heads))).collect()
    }

    /// Statements, cards and batches as a bundle for one device.
    pub fn carry_all(
        &self,
        to: usize,
        statements: &[SignedStatement],
        cards: &[SignedCard],
        batches: Vec<Vec<u8>>,
    ) -> Vec<u8> {
        let sealing_pk = self.cards.get(&(self.space, to)).expect("a device of the space");
        let (statements, cards) = (statements.to_vec(), cards.to_vec());
        seal_bundle(EnvelopeContent { statements, cards, batches, ..EnvelopeContent::new(self.space) }, sealing_pk)
    }

    fn device(&self, at: usize) -> &Device {
        self.devices.get(at).expect("a device of the circle")
    }

    /// These statements and batches as a bundle for one device, of whichever member.
    pub fn carry(
        &self,
        to: usize,
        space: &SpaceId,
        statements: Vec<SignedStatement>,
        batches: Vec<Vec<u8>>,
    ) -> Vec<u8> {
        let sealing_pk = self.cards.get(&(*space, to)).expect("a device of the space");
        seal_bundle(EnvelopeContent { statements, batches, ..EnvelopeContent::new(*space) }, sealing_pk)
    }

    /// Everything a device holds of a space as a bundle for one other device, of whichever member.
    pub fn everything(&self, from: usize, to: usize, space: &SpaceId) -> Vec<u8> {
        let from = self.device(from);
        self.carry(to, space, statements_of(from, space), wires_of(from, space))
    }

    /// Each device in turn tells every other all it holds; after the last one all hold the same.
    pub fn tell_everything(&self) {
        for (from, teller) in self.devices.iter().enumerate() {
            let own = teller.companion.own_space().expect("open");
            let (shared, private) = (wires_of(teller, &self.space), batches_of(teller, &own));
            let (said, said_here) = (statements_of(teller, &self.space), statements_of(teller, &own));
            for (to, listener) in self.devices.iter().enumerate().filter(|(to, _)| *to != from) {
                let bundle = self.carry(to, &self.space, said.clone(), shared.clone());
                listener.take(&bundle).expect("an honest bundle");
                if self.of_one_member(from, to) && self.cards.contains_key(&(own, to)) {
                    let bundle = self.carry(to, &own, said_here.clone(), private.clone());
                    listener.take(&bundle).expect("an honest bundle");
                }
            }
        }
    }
}

/// The keys of an open vault's device.
pub(crate) fn device_keys(device: &Device) -> DeviceKeys {
    let stored = device.look(|db| singles::secret(db, "device_keys")).expect("device keys");
    DeviceKeys::from_stored(stored.expose()).expect("own bytes")
}

fn member(role: Role, devices: &[Device], entropy: &mut dyn Entropy) -> (MemberRoot, MemberEntry) {
    let first = devices.first().expect("a member has a device");
    let recovery = derive_recovery_key(first.words());
    let root = make_member_root(&recovery.public(), entropy).expect("a good key");
    let entries: Vec<_> = devices.iter().map(Circle::entry_of).collect();
    let entry = MemberEntry::new(role, &root, &entries);
    (root, entry)
}

/// A space with everybody's cards, ready to be put into vaults.
struct Settled {
    space: SpaceId,
    genesis: SignedStatement,
    membership: Membership,
    made: Vec<(DeviceId, SignedCard, SpaceKeys)>,
}

impl Settled {
    fn new(
        kind: SpaceKind,
        members: &[(MemberRoot, MemberEntry)],
        devices: &[DeviceKeys],
        entropy: &mut dyn Entropy,
    ) -> Self {
        let mut members = members.to_vec();
        members.sort_by_key(|(root, _)| root.root_pk);
        let entries = members.iter().map(|(_, entry)| entry.clone()).collect();
        let genesis = Genesis::new(kind, entries, entropy.bytes());
        genesis.check().expect("a good genesis");
        let signers: Vec<_> = members.iter().map(|(root, _)| &root.key).collect();
        let genesis = SignedStatement::sign(&Statement::Genesis(genesis), &signers);
        let space = genesis.space_id();
        let membership = evaluate(space, std::slice::from_ref(&genesis)).expect("a genesis that stands");
        let made = devices
            .iter()
            .map(|keys| {
                let space_keys = SpaceKeys::make(entropy);
                let card = space_keys.card(keys.device_id(), space, 1, Vec::new()).sign(&keys.signing);
                (keys.device_id(), card, space_keys)
            })
            .collect();
        Settled { space, genesis, membership, made }
    }

    /// Puts the space into the vault of one of its devices, digits compared.
    fn enter(&self, db: &Connection, device: &DeviceId) -> Result<()> {
        let Some((.., space_keys)) = self.made.iter().find(|(id, ..)| id == device) else { return Ok(()) };
        if self.membership.kind == SpaceKind::Own {
            let before = singles::secret(db, "own_space")?.expect("an own space");
            spaces::remove_space(db, &SpaceId::from_slice(before.expose()).expect("a space"))?;
            singles::put_secret(db, "own_space", &self.space.0)?;
        }
        spaces::put_space(db, &record(&self.membership, self.space, device))?;
        spaces::put_statement(db, &self.space, &self.genesis.id(), &self.genesis.to_wire())?;
        for (device, card, _) in &self.made {
            spaces::put_card(db, &self.space, device, 1, &card.to_wire(), 0)?;
        }
        spaces::put_space_keys(db, &self.space, space_keys.to_stored().expose())
    }
}

fn record(membership: &Membership, id: SpaceId, device: &DeviceId) -> SpaceRecord {
    let me = membership.member_of(device).expect("a device of a member");
    SpaceRecord { id, kind: membership.kind.code(), stage: u32::from(SpaceState::Checked.code()), me }
}

/// Every statement a device holds of a space.
pub fn statements_of(from: &Device, space: &SpaceId) -> Vec<SignedStatement> {
    let held = from.look(|db| spaces::statements(db, space));
    held.iter().map(|(_, wire)| SignedStatement::parse(wire).expect("own bytes")).collect()
}

/// Every batch a device holds of a space, as on the wire.
pub(crate) fn batches_of(from: &Device, space: &SpaceId) -> Vec<Vec<u8>> {
    from.look(|db| {
        let ids = to_send(None, &HeldLog { db, space: *space });
        let records = ids.iter().map(|id| Ok(batches::get(db, id)?.expect("a batch of the log")));
        let wire = |record: batches::BatchRecord| belay::batch::Batch {
            header_bytes: record.header,
            signature: record.signature.try_into().expect("64 bytes"),
            payload: record.payload,
        };
        records.map(|record| record.map(|record| wire(record).encode())).collect()
    })
}

/// A bundle with this content for one device.
pub fn seal_bundle(content: EnvelopeContent, sealing_pk: &[u8; 32]) -> Vec<u8> {
    let mut entropy = SeededEntropy::new("seal");
    let pieces = envelope::split(content).expect("content that fits");
    let sealed: Vec<Vec<u8>> =
        pieces.iter().map(|piece| envelope::seal(piece, sealing_pk, &mut entropy).expect("sealing")).collect();
    let mut file = Vec::new();
    write_bundle(&mut file, &sealed).expect("writing to memory");
    file
}
