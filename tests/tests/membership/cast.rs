//! People and their phones, with keys made of their names, and statements by them on any past.

use belay::crypto::sign::SigningKey;
use belay::identity::{DeviceEntry, DeviceKeys, member_id};
use belay::ids::{BatchId, DeviceId, MemberId, SpaceId, StatementId};
use belay::space::{
    Cut, DeviceAdd, DeviceRemove, Genesis, Leave, MemberEntry, Membership, Role, RootReset, SignedStatement, SpaceKind,
    Statement, evaluate,
};
use belay_tests::SeededEntropy;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// A phone, and the admin key that its person's secret opens.
#[derive(Clone)]
pub struct Phone {
    pub entry: DeviceEntry,
    pub id: DeviceId,
    pub admin: SigningKey,
}

impl Phone {
    pub fn named(name: &str) -> Self {
        let entropy = &mut SeededEntropy::new(format!("{name}'s phone"));
        let keys = DeviceKeys::make(entropy);
        let admin = SigningKey::make(entropy);
        let entry = keys.entry(admin.public());
        Phone { entry, id: entry.device_id(), admin }
    }
    /// The same phone, with an admin key behind it that its owner does not know.
    pub fn with_hidden_key(&self, name: &str) -> Self {
        let admin = SigningKey::make(&mut SeededEntropy::new(format!("{name}'s hidden key")));
        Phone { entry: DeviceEntry { admin: admin.public(), ..self.entry }, id: self.id, admin }
    }
}

/// Phones by number, made once.
pub fn phone(number: usize) -> &'static Phone {
    static PHONES: OnceLock<Vec<Phone>> = OnceLock::new();
    &PHONES.get_or_init(|| (0..64).map(|number| Phone::named(&number.to_string())).collect())[number]
}

pub struct Person {
    pub id: MemberId,
    pub root: SigningKey,
}

/// A space and its people.
pub struct Cast {
    pub genesis: SignedStatement,
    pub people: Vec<Person>,
}

impl Cast {
    /// A space of these members; each with their phones.
    pub fn new(kind: SpaceKind, members: &[(Role, Vec<&Phone>)]) -> Self {
        let mut people = Vec::new();
        let mut entries = Vec::new();
        for (number, (role, phones)) in members.iter().enumerate() {
            let root = SigningKey::make(&mut SeededEntropy::new(format!("root {number}")));
            let mut devices: Vec<DeviceEntry> = phones.iter().map(|phone| phone.entry).collect();
            devices.sort_unstable();
            let root_pk = root.public();
            entries.push(MemberEntry { role: *role, root_pk, sealed_root: vec![7; 80], devices });
            people.push(Person { id: member_id(&root_pk), root });
        }
        let genesis = Genesis::new(kind, entries, [9; 32]);
        genesis.check().expect("a good Genesis");
        let roots: Vec<&SigningKey> = people.iter().map(|person| &person.root).collect();
        let genesis = SignedStatement::sign(&Statement::Genesis(genesis), &roots);
        Cast { genesis, people }
    }
    /// Mara with these phones, Theo with those.
    pub fn pair(mara: &[&Phone], theo: &[&Phone]) -> Self {
        Self::new(SpaceKind::Relationship, &[(Role::Person, mara.to_vec()), (Role::Supporter, theo.to_vec())])
    }
    pub fn space(&self) -> SpaceId {
        self.genesis.space_id()
    }
    pub fn mara(&self) -> MemberId {
        self.people[0].id
    }
    pub fn theo(&self) -> MemberId {
        self.people[1].id
    }
    /// What Genesis and these make of the space.
    pub fn with(&self, statements: &[&SignedStatement]) -> Membership {
        let mut all = vec![self.genesis.clone()];
        all.extend(statements.iter().map(|statement| (*statement).clone()));
        evaluate(self.space(), &all).expect("a good Genesis")
    }
}

fn sorted(past: &[&SignedStatement]) -> Vec<StatementId> {
    let mut parents: Vec<StatementId> = past.iter().map(|statement| statement.id()).collect();
    parents.sort_unstable();
    parents.dedup();
    parents
}

/// Heads of one batch each, told apart by a number.
pub fn heads(of: &[(&Phone, u8)]) -> Vec<Cut> {
    let heads: BTreeMap<DeviceId, BatchId> = of.iter().map(|(phone, head)| (phone.id, BatchId([*head; 32]))).collect();
    heads.into_iter().map(|(device, head)| Cut { device, heads: vec![head] }).collect()
}

pub fn add(by: &Phone, member: MemberId, new: &Phone, past: &[&SignedStatement]) -> SignedStatement {
    let add = DeviceAdd { member, device: new.entry, parents: sorted(past), by: by.admin.public() };
    SignedStatement::sign(&Statement::DeviceAdd(add), &[&by.admin])
}

pub fn remove(by: &Phone, old: &Phone, cut: Vec<Cut>, past: &[&SignedStatement]) -> SignedStatement {
    let removal = DeviceRemove { device: old.id, cut, parents: sorted(past), by: by.admin.public() };
    SignedStatement::sign(&Statement::DeviceRemove(removal), &[&by.admin])
}

pub fn leave(by: &Phone, member: MemberId, cut: Vec<Cut>, past: &[&SignedStatement]) -> SignedStatement {
    let leave = Leave { member, cut, parents: sorted(past), by: by.admin.public() };
    SignedStatement::sign(&Statement::Leave(leave), &[&by.admin])
}

pub fn reset(by: &Person, phones: &[&Phone], cut: Vec<Cut>, past: &[&SignedStatement]) -> SignedStatement {
    let mut devices: Vec<DeviceEntry> = phones.iter().map(|phone| phone.entry).collect();
    devices.sort_unstable();
    let reset = RootReset { member: by.id, devices, cut, parents: sorted(past), by: by.root.public() };
    SignedStatement::sign(&Statement::RootReset(reset), &[&by.root])
}
