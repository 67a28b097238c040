//! A relationship whose two members have up to three devices each. Pairing makes one device a member; here the
//! Genesis is made by the harness and put into the vaults, as adding devices will do one day.

use crate::{Device, SeededEntropy, World};
use belay::batch::to_send;
use belay::envelope::{self, EnvelopeContent};
use belay::exchange::write_bundle;
use belay::identity::{DeviceKeys, MemberRoot, SignedCard, SpaceKeys, make_member_root};
use belay::ids::{DeviceId, SpaceId};
use belay::projection::HeldLog;
use belay::secret::Entropy;
use belay::space::{
    Genesis, MemberEntry, Membership, Role, SignedStatement, SpaceKind, SpaceState, Statement, evaluate,
};
use belay::store::spaces::{self, SpaceRecord};
use belay::store::{batches, singles};
use belay::vault::derive_recovery_key;

/// A person's and a supporter's devices, in one relationship and each member in one own space.
pub struct Circle {
    /// The person's first, then the supporter's.
    pub devices: Vec<Device>,
    /// How many of them are the person's.
    pub of_person: usize,
    /// What they share.
    pub space: SpaceId,
}

impl Circle {
    /// So many devices for Mara, so many for Theo.
    pub fn new(world: &World, of_person: usize, of_supporter: usize) -> Self {
        let entropy = &mut SeededEntropy::new(format!("circle {of_person} {of_supporter}"));
        let name = |member: &str, count: usize| (0..count).map(|at| format!("{member} {at}")).collect::<Vec<_>>();
        let names = [name("Mara", of_person), name("Theo", of_supporter)];
        let groups: Vec<Vec<Device>> =
            names.iter().map(|names| names.iter().map(|name| world.person(name)).collect()).collect();
        for group in &groups {
            let members = [member(Role::Person, group, entropy)];
            settle_in(&group.iter().collect::<Vec<_>>(), SpaceKind::Own, &members, entropy);
        }
        let members: Vec<(MemberRoot, MemberEntry)> = [Role::Person, Role::Supporter]
            .into_iter()
            .zip(&groups)
            .map(|(role, group)| member(role, group, entropy))
            .collect();
        let all: Vec<&Device> = groups.iter().flatten().collect();
        let space = settle_in(&all, SpaceKind::Relationship, &members, entropy);
        Circle { devices: groups.into_iter().flatten().collect(), of_person, space }
    }

    /// Whether two of them are devices of one member.
    pub fn of_one_member(&self, a: usize, b: usize) -> bool {
        (a < self.of_person) == (b < self.of_person)
    }

    /// Every device tells every other everything, as often as it takes.
    pub fn tell_everything(&self) {
        for _ in 0..2 {
            for (from, teller) in self.devices.iter().enumerate() {
                for (to, listener) in self.devices.iter().enumerate().filter(|(to, _)| *to != from) {
                    listener.take(&everything_for(teller, listener, &self.space)).expect("an honest bundle");
                    if self.of_one_member(from, to) {
                        let own = teller.companion.own_space().expect("open");
                        listener.take(&everything_for(teller, listener, &own)).expect("an honest bundle");
                    }
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
    let entries: Vec<_> = devices
        .iter()
        .map(|device| {
            let admin = device.look(|db| singles::secret(db, "admin_public")).expect("an admin key");
            device_keys(device).entry(admin.expose().try_into().expect("32 bytes"))
        })
        .collect();
    let entry = MemberEntry::new(role, &root, &entries);
    (root, entry)
}

/// Puts a space of these members into all the vaults, with everybody's cards, digits compared.
fn settle_in(
    devices: &[&Device],
    kind: SpaceKind,
    members: &[(MemberRoot, MemberEntry)],
    entropy: &mut dyn Entropy,
) -> SpaceId {
    let mut members = members.to_vec();
    members.sort_by_key(|(root, _)| root.root_pk);
    let genesis = Genesis::new(kind, members.iter().map(|(_, entry)| entry.clone()).collect(), entropy.bytes());
    genesis.check().expect("a good genesis");
    let signers: Vec<_> = members.iter().map(|(root, _)| &root.key).collect();
    let genesis = SignedStatement::sign(&Statement::Genesis(genesis), &signers);
    let space = genesis.space_id();
    let membership = evaluate(space, std::slice::from_ref(&genesis)).expect("a genesis that stands");
    let made: Vec<(DeviceId, SignedCard, SpaceKeys)> = devices
        .iter()
        .map(|device| {
            let keys = device_keys(device);
            let space_keys = SpaceKeys::make(entropy);
            let card = space_keys.card(keys.device_id(), space, 1, Vec::new()).sign(&keys.signing);
            (keys.device_id(), card, space_keys)
        })
        .collect();
    for (device, (id, _, space_keys)) in devices.iter().zip(&made) {
        device.meddle(|db| {
            if kind == SpaceKind::Own {
                let before = singles::secret(db, "own_space")?.expect("an own space");
                spaces::remove_space(db, &SpaceId::from_slice(before.expose()).expect("a space"))?;
                singles::put_secret(db, "own_space", &space.0)?;
            }
            spaces::put_space(db, &record(&membership, space, id))?;
            spaces::put_statement(db, &space, &genesis.id(), &genesis.to_wire())?;
            for (device, card, _) in &made {
                spaces::put_card(db, &space, device, 1, &card.to_wire(), 0)?;
            }
            spaces::put_space_keys(db, &space, space_keys.to_stored().expose())
        });
    }
    space
}

fn record(membership: &Membership, id: SpaceId, device: &DeviceId) -> SpaceRecord {
    let me = membership.member_of(device).expect("a device of a member");
    SpaceRecord { id, kind: membership.kind.code(), stage: u32::from(SpaceState::Checked.code()), me }
}

/// Everything a device holds of a space as a bundle for one other device, of whichever member.
pub fn everything_for(from: &Device, to: &Device, space: &SpaceId) -> Vec<u8> {
    // Open batches are closed before anything leaves.
    from.rest();
    let reader = device_keys(to).device_id();
    let seal_for = from.look(|db| {
        let cards = spaces::cards(db, space)?;
        let (_, _, wire) = cards.into_iter().find(|(device, ..)| *device == reader).expect("a card of the reader");
        SignedCard::parse(&wire)?.read()
    });
    let wires = batches_of(from, space);
    let content = EnvelopeContent { batches: wires, ..EnvelopeContent::new(*space) };
    seal_bundle(content, &seal_for.sealing_pk)
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
pub(crate) fn seal_bundle(content: EnvelopeContent, sealing_pk: &[u8; 32]) -> Vec<u8> {
    let mut entropy = SeededEntropy::new("seal");
    let pieces = envelope::split(content).expect("content that fits");
    let sealed: Vec<Vec<u8>> =
        pieces.iter().map(|piece| envelope::seal(piece, sealing_pk, &mut entropy).expect("sealing")).collect();
    let mut file = Vec::new();
    write_bundle(&mut file, &sealed).expect("writing to memory");
    file
}
