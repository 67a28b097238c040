//! What a space is for, who its members are in it, and whether it may hold content yet.

use crate::error::{Code, Result};

/// What a space is for (protocol.md §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub enum SpaceKind {
    /// My devices.
    #[n(1)]
    Own,
    /// A person and those who support them.
    #[n(2)]
    Relationship,
    /// A person and those who care for them.
    #[n(3)]
    Carer,
    /// A worker's team.
    #[n(4)]
    Team,
}

/// What a member is in a space, fixed by its Genesis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub enum Role {
    /// The one whose space it is.
    #[n(1)]
    Person,
    /// A peer supporter.
    #[n(2)]
    Supporter,
    /// A carer.
    #[n(3)]
    Carer,
    /// Who made the team.
    #[n(4)]
    Lead,
    /// One of the team.
    #[n(5)]
    Member,
}

impl Role {
    /// Whether this one may put others out: the person whose space it is, in a team its lead (protocol.md §3).
    pub fn leads(self) -> bool {
        matches!(self, Role::Person | Role::Lead)
    }
}

impl SpaceKind {
    /// The number it is written as.
    pub fn code(self) -> u32 {
        match self {
            SpaceKind::Own => 1,
            SpaceKind::Relationship => 2,
            SpaceKind::Carer => 3,
            SpaceKind::Team => 4,
        }
    }
    /// The kind with this number.
    pub fn from_code(code: u32) -> Option<Self> {
        [SpaceKind::Own, SpaceKind::Relationship, SpaceKind::Carer, SpaceKind::Team]
            .into_iter()
            .find(|kind| kind.code() == code)
    }
    /// Whether a space of this kind can have exactly these roles: one person (a team: one lead) who may remove
    /// others, at least two members except in `own`, and no role from another kind.
    pub fn fits(self, roles: &[Role]) -> bool {
        let (first, others): (Role, &[Role]) = match self {
            SpaceKind::Own => return roles == [Role::Person],
            SpaceKind::Relationship | SpaceKind::Carer => (Role::Person, &[Role::Supporter, Role::Carer]),
            SpaceKind::Team => (Role::Lead, &[Role::Member]),
        };
        let leading = roles.iter().filter(|role| **role == first).count();
        let following = roles.iter().filter(|role| others.contains(role)).count();
        leading == 1 && following >= 1 && leading + following == roles.len()
    }
}

/// How far a space has come on this device; local, never part of what is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub enum SpaceState {
    /// Paired, but the other's digits were not yet typed into this device.
    #[n(1)]
    Introduced,
    /// The digits were typed and agreed.
    #[n(2)]
    Checked,
    /// Someone left: what was shared stays readable.
    #[n(3)]
    Ended,
    /// This device was removed: what it holds stays readable.
    #[n(4)]
    PutOut,
}

impl SpaceState {
    /// The number it is stored as.
    pub fn code(self) -> u8 {
        match self {
            SpaceState::Introduced => 1,
            SpaceState::Checked => 2,
            SpaceState::Ended => 3,
            SpaceState::PutOut => 4,
        }
    }
    /// The state with this number.
    pub fn from_code(code: u8) -> Option<Self> {
        [SpaceState::Introduced, SpaceState::Checked, SpaceState::Ended, SpaceState::PutOut]
            .into_iter()
            .find(|state| state.code() == code)
    }
}

/// Whether what a space holds may be read, and what comes for it be taken in.
///
/// # Errors
/// `NotInForce` before the digits were typed.
pub fn may_read_content(state: SpaceState) -> Result<()> {
    if state == SpaceState::Introduced { Code::NotInForce.err() } else { Ok(()) }
}

/// Whether words may be written into a space. The one place where agreements will be asked too.
///
/// # Errors
/// `NotInForce` before the digits were typed, `RelationshipEnded` after the end, `Revoked` on a device that was removed.
pub fn may_write_content(state: SpaceState) -> Result<()> {
    match state {
        SpaceState::Introduced => Code::NotInForce.err(),
        SpaceState::Checked => Ok(()),
        SpaceState::Ended => Code::RelationshipEnded.err(),
        SpaceState::PutOut => Code::Revoked.err(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Role::*;

    #[test]
    fn roles_fit_their_kind() {
        assert!(SpaceKind::Own.fits(&[Person]));
        assert!(SpaceKind::Relationship.fits(&[Supporter, Person]));
        assert!(SpaceKind::Carer.fits(&[Person, Carer, Supporter]));
        assert!(SpaceKind::Team.fits(&[Member, Lead, Member]));
        for (kind, roles) in [
            (SpaceKind::Own, &[][..]),
            (SpaceKind::Own, &[Person, Person]),
            (SpaceKind::Relationship, &[Person]),
            (SpaceKind::Relationship, &[Person, Person]),
            (SpaceKind::Relationship, &[Supporter, Supporter]),
            (SpaceKind::Relationship, &[Person, Supporter, Lead]),
            (SpaceKind::Team, &[Lead, Lead]),
            (SpaceKind::Team, &[Member, Member]),
        ] {
            assert!(!kind.fits(roles), "{kind:?} {roles:?}");
        }
    }

    #[test]
    fn content_waits_for_the_digits_and_can_be_read_after_the_end() {
        let told = |state, said: fn(SpaceState) -> Result<()>| said(state).err().map(|error| error.code());
        for (state, read, write) in [
            (SpaceState::Introduced, Some(Code::NotInForce), Some(Code::NotInForce)),
            (SpaceState::Checked, None, None),
            (SpaceState::Ended, None, Some(Code::RelationshipEnded)),
            (SpaceState::PutOut, None, Some(Code::Revoked)),
        ] {
            assert_eq!(told(state, may_read_content), read);
            assert_eq!(told(state, may_write_content), write);
            assert_eq!(SpaceState::from_code(state.code()), Some(state));
        }
        assert_eq!(SpaceState::from_code(0), None);
        assert_eq!(SpaceState::from_code(5), None);
    }
}
