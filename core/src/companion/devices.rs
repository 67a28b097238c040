use super::session::Session;
use super::{Answered, Companion, UnlockWith};
use crate::clock::Moment;
use crate::command::Desk;
use crate::crypto::sign::SigningKey;
use crate::error::{Code, Field, Result};
use crate::exchange;
use crate::ids::{DeviceId, MemberId, SpaceId};
use crate::projection::{Changes, People};
use crate::secret::Entropy;
use crate::vault;

/// A device of a space, as this one sees it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct DeviceRow {
    /// Which.
    pub id: DeviceId,
    /// Whose.
    pub member: MemberId,
    /// Whether it is one of mine.
    pub mine: bool,
    /// Whether it is this one.
    pub this: bool,
    /// Whether it counts: what it writes now is accepted, and what is shared is sealed for it.
    pub active: bool,
    /// Two additions give it different keys: someone with an admin key meddled.
    pub contested: bool,
}

impl Companion {
    /// Every device that was ever one of a space's, mine first, the active ones before those that are out.
    ///
    /// # Errors
    /// `Locked`; `NotFound` for a space this device is not in.
    pub fn devices(&self, space: &SpaceId) -> Answered<Vec<DeviceRow>> {
        self.with_session(|session, _| {
            let people = session.store.read(|db| People::of(db, space))?;
            let this = session.me.device;
            let mut rows: Vec<DeviceRow> = people
                .membership
                .members
                .iter()
                .flat_map(|(member, held)| held.devices.iter().map(move |(id, standing)| (*member, *id, standing)))
                .map(|(member, id, standing)| DeviceRow {
                    id,
                    member,
                    mine: member == people.me(),
                    this: id == this,
                    active: standing.active,
                    contested: standing.contested,
                })
                .collect();
            rows.sort_by_key(|row| (!row.mine, !row.active, !row.this, row.member, row.id));
            Ok(rows)
        })
    }

    /// Removes a device from each of my spaces that has it and where I may: mine everywhere, another member's where I am
    /// the person (in a team: the lead). What it wrote as far as this device holds it stays; what it writes later is
    /// kept out and listed. A secret is typed for it.
    ///
    /// # Errors
    /// `Locked`; those of the secret: `WrongSecret`, `NeedsConfirmation{Key}` for a keystore's key, which gives no
    /// admin rights; `NotFound` for a device that is not active in `space`, `Duplicate` for this very device,
    /// `NotOwner`, `NotAMember`, `NotInForce`, `RelationshipEnded`, `Revoked`, `TooMany`. Nothing is changed then.
    pub fn remove_device(
        &self,
        space: &SpaceId,
        device: &DeviceId,
        with: &UnlockWith,
        at: &Moment,
    ) -> Answered<Changes> {
        self.as_admin(with, at, |desk, admin| exchange::remove_device(desk, space, device, admin))
    }

    /// Leaves a space for good. What was shared stays readable; nobody can write in it for me any more.
    ///
    /// # Errors
    /// As [`Companion::remove_device`]; `NotFound` for my own space.
    pub fn leave(&self, space: &SpaceId, with: &UnlockWith, at: &Moment) -> Answered<Changes> {
        self.as_admin(with, at, |desk, admin| exchange::leave(desk, space, admin))
    }

    /// One transaction with the admin key that a typed secret gives; the key is wiped right after.
    pub(super) fn as_admin(
        &self,
        with: &UnlockWith,
        at: &Moment,
        work: impl FnOnce(&mut Desk<'_>, &SigningKey) -> Result<()>,
    ) -> Answered<Changes> {
        self.with_session(|session: &mut Session, entropy: &mut dyn Entropy| {
            let (_, admin) = vault::unlock(&session.lock, with, at)?;
            let admin = admin.ok_or(Code::NeedsConfirmation.of(Field::Key))?;
            let done = session.write(entropy, at, |desk| work(desk, &admin))?;
            session.changes_of(done.commit)
        })
    }
}
