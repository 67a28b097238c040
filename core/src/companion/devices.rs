use super::session::Session;
use super::{Answered, Companion, UnlockWith};
use crate::clock::Moment;
use crate::command::Desk;
use crate::crypto::sign::SigningKey;
use crate::crypto::words::RecoveryWords;
use crate::error::{Code, Field, Result};
use crate::exchange::{self, Entered, Keep};
use crate::ids::{DeviceId, MemberId, SpaceId};
use crate::projection::{Changes, People};
use crate::secret::Entropy;
use crate::space::DEVICES_MAX;
use crate::store::spaces;
use crate::vault;
use rusqlite::Connection;
use std::collections::BTreeSet;

/// A member that began again with the words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BegunAgain {
    /// Each space of mine, and why nothing was written in it where nothing was.
    pub spaces: Vec<Entered>,
    /// What it touched.
    pub changes: Changes,
}

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
    /// kept out and listed. A secret is typed for it. With the words a device of mine is put out by beginning again
    /// without it, which nobody who knows its secret can undo.
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
        match with {
            UnlockWith::RecoveryWords(words) if self.is_mine(space, device)? => {
                self.end_device(space, device, words, at)
            }
            _ => self.as_admin(with, at, |desk, admin| exchange::remove_device(desk, space, device, admin)),
        }
    }

    fn is_mine(&self, space: &SpaceId, device: &DeviceId) -> Answered<bool> {
        self.with_session(|session, _| {
            let people = session.store.read(|db| People::of(db, space))?;
            Ok(*device != session.me.device && people.membership.active_devices_of(&people.me()).contains(device))
        })
    }

    fn end_device(&self, space: &SpaceId, device: &DeviceId, words: &RecoveryWords, at: &Moment) -> Answered<Changes> {
        self.with_session(|session, entropy| {
            Ok(begin_again(session, words, Keep::AllBut(device), Some(space), entropy, at)?.changes)
        })
    }

    /// Begins again with the words in each of my spaces: this device and those in `keep` are mine from then on, every
    /// other one is out, and whatever such a one added or removed counts no more. For a device that someone else can
    /// open, and for coming back where this one is out. What the others wrote as far as this device holds it stays; what
    /// it does not hold yet is kept out and listed until this is done again with it. Who fears that this vault was
    /// copied gives it new keys first ([`Companion::renew_device`]).
    ///
    /// # Errors
    /// `Locked`; `WrongSecret{RecoveryWords}`; `NotFound` for a device in `keep` that was never mine, `TooMany` above
    /// eight; `Unwritable`, `StorageFull`. Nothing is changed then.
    pub fn reset_with_words(&self, words: &RecoveryWords, keep: &[DeviceId], at: &Moment) -> Answered<BegunAgain> {
        let keep: BTreeSet<DeviceId> = keep.iter().copied().collect();
        self.with_session(|session, entropy| {
            let others = keep.iter().filter(|id| **id != session.me.device);
            let count = others.clone().count() + 1;
            if count > DEVICES_MAX {
                return Err(Code::TooMany.detail().max(DEVICES_MAX).actual(count).into());
            }
            let mine = session.store.read(my_devices)?;
            if !others.clone().all(|id| mine.contains(id)) {
                return Code::NotFound.err();
            }
            begin_again(session, words, Keep::Only(&keep), None, entropy, at)
        })
    }

    /// Leaves a space for good. What was shared stays readable; nobody can write in it for me any more.
    ///
    /// # Errors
    /// As [`Companion::remove_device`]; `NotFound` for my own space.
    pub fn leave(&self, space: &SpaceId, with: &UnlockWith, at: &Moment) -> Answered<Changes> {
        self.as_admin(with, at, |desk, admin| exchange::leave(desk, space, admin))
    }

    /// One transaction with the admin key that a typed secret gives; the key is wiped right after.
    fn as_admin(
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

/// `must` is the space in which it has to work, or nothing is done.
fn begin_again(
    session: &mut Session,
    words: &RecoveryWords,
    keep: Keep<'_>,
    must: Option<&SpaceId>,
    entropy: &mut dyn Entropy,
    at: &Moment,
) -> Result<BegunAgain> {
    let recovery = vault::derive_recovery_key(words);
    if recovery.public() != session.recovery_public {
        return Err(Code::WrongSecret.of(Field::RecoveryWords).into());
    }
    let entry = session.keys.entry(session.admin_public);
    let done = session.write(entropy, at, |desk| {
        let spaces = exchange::begin_again(desk, &entry, &recovery, keep)?;
        let refused = spaces.iter().find(|entered| Some(&entered.space) == must).and_then(|entered| entered.refused);
        refused.map_or(Ok(spaces), Code::err)
    })?;
    Ok(BegunAgain { spaces: done.value, changes: session.changes_of(done.commit)? })
}

/// Every device that was ever mine in some space.
fn my_devices(db: &Connection) -> Result<BTreeSet<DeviceId>> {
    let mut devices = BTreeSet::new();
    for record in spaces::all_spaces(db)? {
        let people = People::of(db, &record.id)?;
        let mine = people.membership.members.get(&people.me());
        devices.extend(mine.into_iter().flat_map(|mine| mine.devices.keys().copied()));
    }
    Ok(devices)
}
