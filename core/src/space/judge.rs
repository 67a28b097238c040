//! Whether a statement counts: decided by what lies in its own past, once and for ever (protocol.md §3).

use super::bits::Bits;
use super::roll::{Act, Counted, Roll};
use super::standing::Standing;
use super::{DEVICES_MAX, DeviceAdd, DeviceRemove, Leave, Refusal, RootReset, STATEMENTS_MAX, Statement};
use crate::identity::DeviceEntry;
use crate::ids::{DeviceId, MemberId, StatementId};

impl<'a> Roll<'a> {
    /// The number of a statement that counts, or why it does not.
    pub fn judge(&mut self, id: StatementId, statement: &'a Statement, past: &Bits) -> Result<usize, Refusal> {
        let (act, about, by) = match statement {
            Statement::DeviceAdd(add) => (self.add(add, past)?, vec![add.member], Some((add.member, add.by))),
            Statement::DeviceRemove(removal) => {
                let (author, about) = self.remove(removal, past)?;
                let act = Act::Remove { device: removal.device, cut: &removal.cut };
                (act, about, Some((author, removal.by)))
            }
            Statement::Leave(leave) => {
                let author = self.leave(leave, past)?;
                (Act::Leave { cut: &leave.cut }, vec![leave.member], Some((author, leave.by)))
            }
            Statement::RootReset(reset) => (self.reset(reset)?, vec![reset.member], None),
            // The walk judges neither.
            Statement::Genesis(_) | Statement::Unknown(_) => return Err(Refusal::Malformed),
        };
        Ok(self.count(Counted { id, act, about, by, past: past.clone() }))
    }

    fn add(&mut self, add: &DeviceAdd, past: &Bits) -> Result<Act<'a>, Refusal> {
        self.check_owner(&add.member, &add.device)?;
        let standing = self.standing(&add.member, past);
        let signers = standing.signers(self, &add.by);
        if signers.len() == 0 {
            return Err(Refusal::NotAdmin);
        }
        self.check_room(&add.member, &standing, past)?;
        let claim = self.claim(&add.device);
        let device = add.device.device_id();
        if self.is_put_out(&add.member, &device, &standing) {
            return Err(Refusal::PutOut);
        }
        // Else an admin key could hide behind a device that people know.
        if standing.active(self).any(|other| other != claim && self.claimed(other).0 == device) {
            return Err(Refusal::SharedDevice);
        }
        if standing.device_count(self) >= DEVICES_MAX {
            return Err(Refusal::DeviceCount);
        }
        Ok(Act::Add { claim, signers })
    }

    /// Who removes it, and from whom: from themselves if it is theirs, else from whoever claims it.
    fn remove(&mut self, removal: &DeviceRemove, past: &Bits) -> Result<(MemberId, Vec<MemberId>), Refusal> {
        let claims_it = |(member, roll): (&MemberId, &super::roll::MemberRoll)| {
            roll.additions.get(&removal.device).is_some_and(|added| lies_in(added, past)).then_some(*member)
        };
        let owners: Vec<MemberId> = self.members.iter().filter_map(claims_it).collect();
        if owners.is_empty() {
            return Err(Refusal::UnknownDevice);
        }
        self.first_allowed(&removal.by, past, |author, leads| {
            if owners.contains(author) { Some(vec![*author]) } else { leads.then(|| owners.clone()) }
        })
    }

    fn leave(&mut self, leave: &Leave, past: &Bits) -> Result<MemberId, Refusal> {
        if !self.members.contains_key(&leave.member) {
            return Err(Refusal::UnknownMember);
        }
        let allowed = |author: &MemberId, leads: bool| (leads || *author == leave.member).then_some(());
        self.first_allowed(&leave.by, past, allowed).map(|(author, ())| author)
    }

    /// Of the members for whom this key is an active admin, the first who may.
    fn first_allowed<T>(
        &mut self,
        admin_pk: &[u8; 32],
        past: &Bits,
        allowed: impl Fn(&MemberId, bool) -> Option<T>,
    ) -> Result<(MemberId, T), Refusal> {
        let authors: Vec<MemberId> =
            self.admins.get(admin_pk).map(|(_, members)| members.iter().copied().collect()).unwrap_or_default();
        let mut refusal = Refusal::NotAdmin;
        for author in authors {
            let standing = self.standing(&author, past);
            if standing.signers(self, admin_pk).len() == 0 {
                continue;
            }
            let leads = self.members.get(&author).is_some_and(|roll| roll.role.leads());
            let room = self.check_room(&author, &standing, past);
            match (allowed(&author, leads), room) {
                (Some(found), Ok(())) => return Ok((author, found)),
                (Some(_), Err(full)) => refusal = refusal.max(full),
                (None, _) => refusal = refusal.max(Refusal::RoleMayNot),
            }
        }
        Err(refusal)
    }

    fn reset(&mut self, reset: &'a RootReset) -> Result<Act<'a>, Refusal> {
        let mut claims = Bits::default();
        for entry in &reset.devices {
            self.check_owner(&reset.member, entry)?;
            claims.insert(self.claim(entry));
        }
        Ok(Act::Reset { claims, cut: &reset.cut })
    }

    /// No key that Genesis gives to someone else. A claim on a device that came later is not refused, or whoever
    /// hears of a device first could keep it from its owner: each claim counts for its own member alone.
    fn check_owner(&self, member: &MemberId, entry: &DeviceEntry) -> Result<(), Refusal> {
        if !self.members.contains_key(member) {
            return Err(Refusal::UnknownMember);
        }
        let is_foreign = |key: [u8; 32]| self.genesis_keys.get(&key).is_some_and(|owner| owner != member);
        let foreign = [entry.signing, entry.admin, entry.static_pk].into_iter().any(is_foreign);
        if foreign { Err(Refusal::SharedDevice) } else { Ok(()) }
    }

    /// How many statements an admin of the member wrote, of those that still count after the RootReset that stands.
    pub fn written(&self, member: &MemberId, standing: &Standing, past: &Bits) -> usize {
        let Some(roll) = self.members.get(member) else { return 0 };
        let written = roll.written.both(past);
        match standing.reset {
            None => written.len(),
            Some(reset) => written.iter().filter(|number| self.at(*number).past.contains(reset)).count(),
        }
    }

    fn check_room(&self, author: &MemberId, standing: &Standing, past: &Bits) -> Result<(), Refusal> {
        let is_full = self.written(author, standing, past) >= STATEMENTS_MAX;
        if is_full { Err(Refusal::StatementCount) } else { Ok(()) }
    }

    /// Whether the standing RootReset knew the device and does not name it: such keys never come back by an addition.
    fn is_put_out(&self, member: &MemberId, device: &DeviceId, standing: &Standing) -> bool {
        let Some(reset) = standing.reset.map(|reset| self.at(reset)) else { return false };
        let Act::Reset { claims, .. } = &reset.act else { return false };
        let named = claims.iter().any(|claim| self.claimed(claim).0 == *device);
        let added = self.members.get(member).and_then(|roll| roll.additions.get(device));
        !named && added.is_some_and(|added| lies_in(added, &reset.past))
    }
}

/// Whether one of these lies in a past; Genesis lies in all.
fn lies_in(numbers: &Bits, past: &Bits) -> bool {
    numbers.meets(past)
}
