//! Every type of statement but Genesis, which pairing makes: a tablet added, a device removed, a member who leaves,
//! and one who starts again.

use crate::Examples;
use crate::pairing::Pairing;
use crate::recipe::{Seeded, block};
use belay::crypto::sign::SigningKey;
use belay::identity::{DeviceEntry, DeviceKeys};
use belay::ids::{BatchId, DeviceId, MemberId, StatementId};
use belay::secret::Secret32;
use belay::space::{
    Cut, DeviceAdd, DeviceRemove, Leave, Membership, Role, RootReset, SignedStatement, Statement, evaluate,
};

pub struct Statements {
    genesis: SignedStatement,
    pub add: SignedStatement,
    remove: SignedStatement,
    leave: SignedStatement,
    reset: SignedStatement,
    mara: MemberId,
    theo: MemberId,
    tablet: DeviceId,
}

/// A log up to one batch.
fn up_to(device: DeviceId, head: u8) -> Vec<Cut> {
    vec![Cut { device, heads: vec![BatchId([head; 32])] }]
}

fn key(seed: &str, number: u64) -> SigningKey {
    SigningKey::from_seed(Secret32::new(block(seed, number)))
}

impl Statements {
    pub fn of(pairing: &Pairing) -> Self {
        let genesis = pairing.paired.genesis.clone();
        let (mara, theo) = (pairing.paired.my_member, pairing.paired.their_member);
        let (admin, root, their_admin) = (key("mara", 3), key("mara", 5), key("theo", 3));
        let their_device = pairing.member(Role::Supporter).devices[0].device_id();
        let tablet = tablet();
        let parents = vec![genesis.id()];
        let by = admin.public();
        let add = Statement::DeviceAdd(DeviceAdd { member: mara, device: tablet, parents: parents.clone(), by });
        let add = SignedStatement::sign(&add, &[&admin]);
        let remove = DeviceRemove { device: their_device, cut: up_to(their_device, 0x11), parents, by };
        let remove = SignedStatement::sign(&Statement::DeviceRemove(remove), &[&admin]);
        let parents = sorted([add.id(), remove.id()]);
        let by = their_admin.public();
        let leave = Leave { member: theo, cut: up_to(their_device, 0x11), parents: vec![genesis.id()], by };
        let leave = SignedStatement::sign(&Statement::Leave(leave), &[&their_admin]);
        let my_device = pairing.mara.keys.device_id();
        let cut = up_to(my_device, 0x12);
        let reset = RootReset { member: mara, devices: vec![tablet], cut, parents, by: root.public() };
        let reset = SignedStatement::sign(&Statement::RootReset(reset), &[&root]);
        let made = Statements { genesis, add, remove, leave, reset, mara, theo, tablet: tablet.device_id() };
        made.count();
        made
    }

    fn with(&self, more: &[&SignedStatement]) -> Membership {
        let all: Vec<_> = [&self.genesis].into_iter().chain(more.iter().copied()).cloned().collect();
        let found = evaluate(self.genesis.space_id(), &all).expect("a good Genesis");
        assert!(found.refused.is_empty() && found.waiting.is_empty(), "{:?}", found.refused);
        found
    }

    /// They decide what the page says they decide.
    fn count(&self) {
        let actives = |more: &[&SignedStatement]| {
            let found = self.with(more);
            (found.active_devices_of(&self.mara).len(), found.active_devices_of(&self.theo).len())
        };
        assert_eq!(actives(&[]), (1, 1));
        assert_eq!(actives(&[&self.add]), (2, 1));
        assert_eq!(actives(&[&self.add, &self.remove]), (2, 0));
        assert_eq!(actives(&[&self.leave]), (1, 0));
        assert_eq!(actives(&[&self.add, &self.remove, &self.leave, &self.reset]), (1, 0));
        let all = self.with(&[&self.add, &self.remove, &self.leave, &self.reset]);
        assert_eq!(all.active_devices(), [self.tablet]);
    }

    pub fn examples(&self) -> Examples {
        [
            ("device-add", self.add.to_wire().as_slice().into()),
            ("device-add-id", self.add.id().0.as_slice().into()),
            ("device-remove", self.remove.to_wire().as_slice().into()),
            ("device-remove-id", self.remove.id().0.as_slice().into()),
            ("leave", self.leave.to_wire().as_slice().into()),
            ("root-reset", self.reset.to_wire().as_slice().into()),
        ]
        .into()
    }
}

fn sorted(mut ids: [StatementId; 2]) -> Vec<StatementId> {
    ids.sort();
    ids.to_vec()
}

/// Blocks 1 to 3 of `tablet`: signing, static and admin key.
fn tablet() -> DeviceEntry {
    let entropy = &mut Seeded::new("tablet");
    let keys = DeviceKeys::make(entropy);
    keys.entry(SigningKey::make(entropy).public())
}
