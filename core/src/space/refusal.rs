//! Why a statement does not count.

use crate::error::{Code, Error};

/// Why a statement does not count; the same on every device that holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub enum Refusal {
    /// Not the CBOR of its type, or a list in it is unsorted, repeated or out of bounds.
    Malformed,
    /// More bytes than a statement may have.
    TooBig,
    /// No member, or more than eight.
    MemberCount,
    /// A member without a device, or with more than eight.
    DeviceCount,
    /// Members not in the order of their roots.
    Unsorted,
    /// Two members with one root.
    DuplicateRoot,
    /// One device or one key named twice.
    SharedDevice,
    /// Roles that a space of this kind cannot have.
    RolesDoNotFit,
    /// A sealed root that is empty or too large.
    SealedRoot,
    /// Not as many signatures as the statement needs.
    SignatureCount,
    /// A signature that does not verify, or one by another than the statement names.
    SignatureInvalid,
    /// The Genesis of another space.
    OtherSpace,
    /// About one who is no member.
    UnknownMember,
    /// Removes a device that nothing in its past adds.
    UnknownDevice,
    /// Signed by a key that was no active admin of the member concerned, by what the statement itself stands on.
    NotAdmin,
    /// Signed by an active admin of a member whose role may not do this.
    RoleMayNot,
    /// Adds a device that a RootReset in its past put out.
    PutOut,
    /// Its past holds as many statements of its member as there may be.
    StatementCount,
}

impl Refusal {
    /// The code an app would see.
    pub fn code(self) -> Code {
        match self {
            Refusal::TooBig => Code::TooBig,
            Refusal::MemberCount | Refusal::DeviceCount | Refusal::StatementCount => Code::TooMany,
            Refusal::DuplicateRoot | Refusal::SharedDevice => Code::Duplicate,
            Refusal::SignatureCount | Refusal::SignatureInvalid => Code::SignatureInvalid,
            Refusal::OtherSpace => Code::NotForThisDevice,
            Refusal::UnknownMember | Refusal::NotAdmin => Code::NotAMember,
            Refusal::UnknownDevice => Code::NotFound,
            Refusal::RoleMayNot => Code::NotOwner,
            Refusal::PutOut => Code::Revoked,
            Refusal::Malformed | Refusal::Unsorted | Refusal::RolesDoNotFit | Refusal::SealedRoot => Code::Corrupt,
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        refusal.code().into()
    }
}
