//! The statements that count, and what each says of whom; filled while the walk goes from Genesis on.
//!
//! A statement that counts gets a number when it is judged; what it was judged on never changes, so neither does that.

use super::bits::Bits;
use super::standing::Standing;
use super::{Cut, Genesis, Role};
use crate::identity::DeviceEntry;
use crate::ids::{DeviceId, MemberId, StatementId};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// A device with the keys that an addition gives it, by the number the roll gave it.
pub(super) type Claim = usize;

/// What a statement that counts does.
#[derive(Debug)]
pub(super) enum Act<'a> {
    Genesis,
    /// `signers` are the claims whose admin key signed, active by what lies in its past.
    Add {
        claim: Claim,
        signers: Bits,
    },
    Remove {
        device: DeviceId,
        cut: &'a [Cut],
    },
    Leave {
        cut: &'a [Cut],
    },
    Reset {
        claims: Bits,
        cut: &'a [Cut],
    },
}

/// A statement that counts.
#[derive(Debug)]
pub(super) struct Counted<'a> {
    pub id: StatementId,
    pub act: Act<'a>,
    /// The members it changes something for.
    pub about: Vec<MemberId>,
    /// The member and admin key that signed; nothing for roots.
    pub by: Option<(MemberId, [u8; 32])>,
    /// The numbers of all that lies before it.
    pub past: Bits,
}

/// What counts of one member.
#[derive(Debug)]
pub(super) struct MemberRoll {
    pub role: Role,
    pub root_pk: [u8; 32],
    /// Devices that Genesis names.
    pub genesis: Bits,
    /// Statements that change something for the member.
    pub about: Bits,
    pub resets: Bits,
    pub leaves: Bits,
    /// Statements signed by an admin of the member.
    pub written: Bits,
    /// The statements that add a device, whether or not they stand.
    pub additions: BTreeMap<DeviceId, Bits>,
}

/// All that counts, and what was worked out on the way.
pub(super) struct Roll<'a> {
    pub counted: Vec<Counted<'a>>,
    pub members: BTreeMap<MemberId, MemberRoll>,
    /// Claims by their numbers.
    claims: Vec<(DeviceId, DeviceEntry)>,
    numbers: BTreeMap<(DeviceId, DeviceEntry), Claim>,
    /// The first claim ever made on the device of each claim, and of each device.
    first_of: Vec<Claim>,
    first_claims: BTreeMap<DeviceId, Claim>,
    /// Claims with this admin key, and the members who made them.
    pub admins: BTreeMap<[u8; 32], (Bits, BTreeSet<MemberId>)>,
    /// Whose a key is by Genesis.
    pub genesis_keys: BTreeMap<[u8; 32], MemberId>,
    /// How a member stood after some of the statements about them.
    pub memo: BTreeMap<(MemberId, Bits), Rc<Standing>>,
}

impl<'a> Roll<'a> {
    /// The roll at the beginning. Genesis has the number 0 and lies in every past.
    pub fn new(id: StatementId, genesis: &Genesis) -> Self {
        let mut roll = Roll {
            counted: Vec::new(),
            members: BTreeMap::new(),
            claims: Vec::new(),
            numbers: BTreeMap::new(),
            first_of: Vec::new(),
            first_claims: BTreeMap::new(),
            admins: BTreeMap::new(),
            genesis_keys: BTreeMap::new(),
            memo: BTreeMap::new(),
        };
        for member in &genesis.members {
            let own = MemberRoll {
                role: member.role,
                root_pk: member.root_pk,
                genesis: Bits::default(),
                about: Bits::default(),
                resets: Bits::default(),
                leaves: Bits::default(),
                written: Bits::default(),
                additions: BTreeMap::new(),
            };
            let member_id = member.member_id();
            roll.members.insert(member_id, own);
            roll.genesis_keys.insert(member.root_pk, member_id);
            for entry in &member.devices {
                let keys = [entry.signing, entry.admin, entry.static_pk];
                roll.genesis_keys.extend(keys.map(|key| (key, member_id)));
                let claim = roll.claim(entry);
                roll.members.entry(member_id).and_modify(|own| own.genesis.insert(claim));
                roll.note_addition(&member_id, claim, 0);
            }
        }
        let act = Act::Genesis;
        roll.counted.push(Counted { id, act, about: Vec::new(), by: None, past: Bits::default() });
        roll
    }

    /// The number of a device with these keys.
    pub fn claim(&mut self, entry: &DeviceEntry) -> Claim {
        let key = (entry.device_id(), *entry);
        *self.numbers.entry(key).or_insert_with(|| {
            self.claims.push(key);
            let number = self.claims.len() - 1;
            self.first_of.push(*self.first_claims.entry(key.0).or_insert(number));
            number
        })
    }
    /// The first claim ever made on a device: its name in sets of devices.
    pub fn first_claim(&self, device: &DeviceId) -> Option<Claim> {
        self.first_claims.get(device).copied()
    }
    /// The first claim ever made on the same device as this claim.
    pub fn first_of(&self, claim: Claim) -> Claim {
        *self.first_of.get(claim).expect("claims are numbered here")
    }
    /// What a claim says.
    pub fn claimed(&self, claim: Claim) -> &(DeviceId, DeviceEntry) {
        self.claims.get(claim).expect("claims are numbered here")
    }
    /// A statement that counts, by its number.
    pub fn at(&self, number: usize) -> &Counted<'a> {
        self.counted.get(number).expect("statements are numbered here")
    }

    /// A statement counts from now on.
    pub fn count(&mut self, counted: Counted<'a>) -> usize {
        let number = self.counted.len();
        let after = self.after(&counted, number);
        let added: Vec<Claim> = match &counted.act {
            Act::Add { claim, .. } => vec![*claim],
            Act::Reset { claims, .. } => claims.iter().collect(),
            _ => Vec::new(),
        };
        for member in &counted.about {
            added.iter().for_each(|claim| self.note_addition(member, *claim, number));
            let Some(roll) = self.members.get_mut(member) else { continue };
            roll.about.insert(number);
            match &counted.act {
                Act::Reset { .. } => roll.resets.insert(number),
                Act::Leave { .. } => roll.leaves.insert(number),
                _ => {}
            }
        }
        if let Some((author, _)) = &counted.by {
            self.members.entry(*author).and_modify(|roll| roll.written.insert(number));
        }
        self.counted.push(counted);
        self.memo.extend(after);
        number
    }

    fn note_addition(&mut self, member: &MemberId, claim: Claim, number: usize) {
        let (device, entry) = *self.claimed(claim);
        let (claims, members) = self.admins.entry(entry.admin).or_default();
        claims.insert(claim);
        members.insert(*member);
        if let Some(roll) = self.members.get_mut(member) {
            roll.additions.entry(device).or_default().insert(number);
        }
    }
}
