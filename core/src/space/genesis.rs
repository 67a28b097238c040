//! Genesis: the statement that makes a space and fixes its members (protocol.md §3).

use super::{DEVICES_MAX, MEMBERS_MAX, Refusal, Role, SpaceKind};
use crate::error::Result;
use crate::identity::{DeviceEntry, MemberRoot, SEALED_ROOT_MAX_BYTES, member_id};
use crate::ids::MemberId;
use std::collections::BTreeSet;
use std::fmt;

/// A member as Genesis names them.
#[derive(Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub struct MemberEntry {
    /// What the member is in this space.
    #[n(1)]
    pub role: Role,
    /// The public half of the member's root.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub root_pk: [u8; 32],
    /// The private half, sealed to the member's recovery key.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub sealed_root: Vec<u8>,
    /// 1–8 devices, sorted by their keys.
    #[n(4)]
    pub devices: Vec<DeviceEntry>,
}

impl MemberEntry {
    /// A member with a fresh root and these devices.
    pub fn new(role: Role, root: &MemberRoot, devices: &[DeviceEntry]) -> Self {
        let mut devices = devices.to_vec();
        devices.sort_unstable();
        MemberEntry { role, root_pk: root.root_pk, sealed_root: root.sealed.clone(), devices }
    }
    /// The member's id in this space.
    pub fn member_id(&self) -> MemberId {
        member_id(&self.root_pk)
    }
}

impl fmt::Debug for MemberEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MemberEntry({:?}, {:?}, {:?})", self.member_id(), self.role, self.devices)
    }
}

/// What makes a space. Its id is SHA-256 of the statement's body.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub struct Genesis {
    /// What the space is for.
    #[n(1)]
    pub kind: SpaceKind,
    /// 1–8 members, sorted by `root_pk`.
    #[n(2)]
    pub members: Vec<MemberEntry>,
    /// Makes the id unique.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub nonce: [u8; 32],
}

impl Genesis {
    /// The Genesis of these members in their one possible order; [`Genesis::check`] says whether it can stand.
    pub fn new(kind: SpaceKind, mut members: Vec<MemberEntry>, nonce: [u8; 32]) -> Self {
        members.sort_unstable_by_key(|member| member.root_pk);
        Genesis { kind, members, nonce }
    }

    /// Whether it can make a space, whoever signed it.
    ///
    /// # Errors
    /// The first rule it breaks.
    pub fn check(&self) -> Result<(), Refusal> {
        if self.members.is_empty() || self.members.len() > MEMBERS_MAX {
            return Err(Refusal::MemberCount);
        }
        for (member, next) in self.members.iter().zip(self.members.iter().skip(1)) {
            match member.root_pk.cmp(&next.root_pk) {
                std::cmp::Ordering::Less => {}
                std::cmp::Ordering::Equal => return Err(Refusal::DuplicateRoot),
                std::cmp::Ordering::Greater => return Err(Refusal::Unsorted),
            }
        }
        let roles: Vec<Role> = self.members.iter().map(|member| member.role).collect();
        if !self.kind.fits(&roles) {
            return Err(Refusal::RolesDoNotFit);
        }
        self.members.iter().try_for_each(check_member)?;
        self.check_keys()
    }

    /// Every key has one use and one owner, so that no signature can be read as another's.
    fn check_keys(&self) -> Result<(), Refusal> {
        let mut seen = BTreeSet::new();
        for member in &self.members {
            let keys = member.devices.iter().flat_map(|device| [device.signing, device.admin, device.static_pk]);
            if !std::iter::once(member.root_pk).chain(keys).all(|key| seen.insert(key)) {
                return Err(Refusal::SharedDevice);
            }
        }
        Ok(())
    }
}

fn check_member(member: &MemberEntry) -> Result<(), Refusal> {
    if member.devices.is_empty() || member.devices.len() > DEVICES_MAX {
        return Err(Refusal::DeviceCount);
    }
    if !member.devices.is_sorted() {
        return Err(Refusal::Malformed);
    }
    if member.sealed_root.is_empty() || member.sealed_root.len() > SEALED_ROOT_MAX_BYTES {
        return Err(Refusal::SealedRoot);
    }
    Ok(())
}
