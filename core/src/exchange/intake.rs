//! What an opened envelope brings becomes part of what is held: statements, cards, then batches through the gate and
//! acceptance, then rows. One envelope is one transaction.

use super::healing::Again;
use super::outside::Outside;
use super::pieces::in_pieces;
use super::settling::{settle_all, settle_some};
use super::statements::{settle_stage, take_statements};
use crate::batch::{Batch, Body, Header, LogHead, Place, SignedHoldings, place};
use crate::command::Desk;
use crate::crypto::seal;
use crate::envelope::EnvelopeContent;
use crate::error::Result;
use crate::identity::{SignedCard, replaces};
use crate::ids::{BatchId, ChangeId, DeviceId, DocId};
use crate::projection::{Cause, HeldLog, People, caused_by};
use crate::space::{Statement, may_read_content};
use crate::store::batches::{self, BatchRecord, Stage};
use crate::store::waiting::{self, WaitingRoom};
use crate::store::{named, spaces};
use crate::view::keep_foreign_card;
use std::collections::{BTreeMap, BTreeSet};

/// What became of what came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Batches that were not here before.
    pub new: u64,
    /// Batches that were here already.
    pub already: u64,
    /// Batches that wait for something that is not here yet.
    pub waiting: u64,
    /// Batches that were kept out.
    pub kept_out: u64,
    /// Batches that need a newer app.
    pub newer: u64,
    /// Batches of what was forgotten that lost their words here.
    pub dropped: u64,
    /// Whether content came before the digits were compared; it is sent again.
    pub too_early: bool,
    /// Whether whoever made it knows that I left.
    pub knows_i_left: bool,
}

/// Takes in an envelope's content for a space this device is in.
///
/// # Errors
/// `NotFound` for a space this device is not in; those of the database.
pub fn take_in(desk: &mut Desk<'_>, content: &EnvelopeContent) -> Result<Taken> {
    let space = content.space;
    caused_by(desk.db, Cause::Theirs)?;
    // Also says whether this device is in the space at all.
    desk.people(&space)?;
    let counts_anew = take_statements(desk, content)?;
    write_point!("intake-statements");
    let people = settle_stage(desk, desk.people(&space)?)?;
    take_cards(desk, &people, &content.cards)?;
    let mut taken = Taken::default();
    if may_read_content(people.state()).is_err() {
        taken.too_early = !content.batches.is_empty();
        return Ok(taken);
    }
    // A foreign change is never applied on top of an open batch.
    desk.close_all(Some(&space))?;
    let came = receive_all(desk, &people, &content.batches, &mut taken)?;
    write_point!("intake-received");
    super::settling::settle_healed(desk, &people, &came.healed, &mut taken)?;
    // A cut covers what lies under its heads once they are here: in other documents too.
    let covered = |came: &Came| cut_heads(&people).iter().any(|head| came.batches.contains(head));
    if counts_anew || covered(&came) {
        settle_all(desk, &people, &mut taken)?;
    } else {
        settle_some(desk, &people, &came.docs, &mut taken)?;
    }
    // What waits without its chain is taken in once something that counts turned out to need it.
    while let Some(came) = receive_needed(desk, &people, &mut taken)? {
        settle_some(desk, &people, &came.docs, &mut taken)?;
        if covered(&came) {
            settle_all(desk, &people, &mut taken)?;
        }
    }
    taken.dropped = super::forgetting::drop_due(desk, Some(&people))? as u64;
    taken.waiting = waiting::count(desk.db, &space)?;
    taken.waiting += batches::count(desk.db, &space, Stage::Received, Stage::Received)?;
    write_point!("intake-settled");
    if let Some(bytes) = &content.holdings {
        take_holdings(desk, &people, bytes)?;
    }
    let me = people.me();
    taken.knows_i_left = content
        .statements
        .iter()
        .any(|signed| matches!(signed.statement(), Ok(Statement::Leave(leave)) if leave.member == me));
    Ok(taken)
}

/// Every batch that a cut names: how far logs count hangs on these.
pub(super) fn cut_heads(people: &People) -> BTreeSet<BatchId> {
    let devices = people.membership.members.values().flat_map(|member| member.devices.values());
    devices.flat_map(|standing| &standing.bounds.cuts).flatten().copied().collect()
}

fn take_cards(desk: &Desk<'_>, people: &People, cards: &[SignedCard]) -> Result<()> {
    let mut known: BTreeMap<DeviceId, Vec<u8>> =
        spaces::cards(desk.db, &people.record.id)?.into_iter().map(|(device, _, wire)| (device, wire)).collect();
    for card in cards {
        let Ok(told) = card.read() else { continue };
        let Some(standing) = people.membership.device(&told.device) else { continue };
        if told.space != people.record.id || card.verify(&standing.entry.signing).is_err() {
            continue;
        }
        // It would take the place of one that reaches the device.
        if !seal::is_usable(&told.sealing_pk) {
            continue;
        }
        let newer = match known.get(&told.device).map(|wire| SignedCard::parse(wire)) {
            Some(Ok(old)) => replaces(&old, card),
            _ => true,
        };
        if told.device == desk.me.device {
            if newer {
                keep_foreign_card(desk.db, &told.space, &told.device)?;
            }
        } else if newer {
            let wire = card.to_wire();
            spaces::put_card(desk.db, &told.space, &told.device, told.card_rev, &wire, desk.at.unix_ms)?;
            // Two of one device may come at once, in any order.
            known.insert(told.device, wire);
        }
    }
    Ok(())
}

fn take_holdings(desk: &Desk<'_>, people: &People, bytes: &[u8]) -> Result<()> {
    let Some((signed, holdings)) = SignedHoldings::parse(bytes) else { return Ok(()) };
    let known = people.membership.device(&holdings.device).filter(|_| holdings.device != desk.me.device);
    // What a device that is out says it holds is of no use to anybody.
    let sound = holdings.space == people.record.id
        && people.membership.is_active(&holdings.device)
        && known.is_some_and(|standing| signed.verify(&holdings, &standing.entry.signing));
    if sound {
        spaces::put_holdings(desk.db, &holdings.space, &holdings.device, holdings.counter, bytes)?;
    }
    Ok(())
}

/// What found its place.
#[derive(Default)]
struct Came {
    batches: BTreeSet<BatchId>,
    docs: BTreeSet<DocId>,
    healed: BTreeSet<DocId>,
}

impl Came {
    fn add(&mut self, id: BatchId, doc: DocId) {
        self.batches.insert(id);
        self.docs.insert(doc);
    }
}

/// Receives what came, then what waited for it. A batch is opened and its signature looked at once when it comes; one
/// that waits is looked at again only when what it named came, so that a log sent backwards costs no more than one sent
/// forwards.
fn receive_all(desk: &Desk<'_>, people: &People, wires: &[Vec<u8>], taken: &mut Taken) -> Result<Came> {
    let (mut came, mut room) = (Came::default(), WaitingRoom::default());
    let mut outside = Outside::new(desk, people);
    let looked = in_pieces(wires, |some| some.iter().map(|bytes| look_at(people, bytes)).collect());
    for (bytes, looked) in wires.iter().zip(looked) {
        match receive(desk, &mut outside, looked, false, taken)? {
            Received::New(id, doc) => came.add(id, doc),
            Received::Healed(id, doc) => {
                came.add(id, doc);
                came.healed.insert(doc);
            }
            Received::Waits(id, device) => {
                waiting::put(desk.db, &mut room, &people.record.id, &device, &id, bytes)?;
            }
            Received::Done => {}
        }
    }
    if !came.batches.is_empty() {
        receive_waiting(desk, people, &mut outside, &mut came, taken)?;
    }
    Ok(came)
}

fn receive_waiting<'a>(
    desk: &Desk<'_>,
    people: &'a People,
    outside: &mut Outside<'a>,
    came: &mut Came,
    taken: &mut Taken,
) -> Result<()> {
    let waiting = waiting::all(desk.db, &people.record.id)?;
    let mut followers: BTreeMap<BatchId, Vec<&[u8]>> = BTreeMap::new();
    for bytes in &waiting {
        let Ok((_, header)) = Batch::parse(bytes) else { continue };
        for prev in header.prev {
            followers.entry(prev).or_default().push(bytes);
        }
    }
    let mut new: Vec<BatchId> = came.batches.iter().copied().collect();
    while let Some(id) = new.pop() {
        for bytes in followers.remove(&id).unwrap_or_default() {
            let Ok((batch, _)) = Batch::parse(bytes) else { continue };
            match receive(desk, outside, look_at(people, bytes), false, taken)? {
                Received::Waits(..) => continue,
                Received::New(id, doc) => {
                    came.add(id, doc);
                    new.push(id);
                }
                Received::Healed(id, doc) => {
                    came.add(id, doc);
                    came.healed.insert(doc);
                }
                Received::Done => {}
            }
            waiting::remove(desk.db, &batch.id())?;
        }
    }
    Ok(())
}

/// Receives what waits for its chain, lies outside a cut and is needed by what counts: it comes in without its chain, and
/// so does what it says to stand on, in one go, so that a row of them costs no more than it is long.
fn receive_needed(desk: &Desk<'_>, people: &People, taken: &mut Taken) -> Result<Option<Came>> {
    let space = people.record.id;
    if !named::wants_any(desk.db)? && named::adopted_missing(desk.db, &space)?.is_empty() {
        return Ok(None);
    }
    let (mut came, mut outside) = (Came::default(), Outside::new(desk, people));
    let (mut holders, mut open) = (BTreeMap::new(), Vec::new());
    let mut lot: BTreeMap<BatchId, (Vec<u8>, Vec<ChangeId>)> = BTreeMap::new();
    for bytes in waiting::all(desk.db, &space)? {
        let Ok((batch, header)) = Batch::parse(&bytes) else { continue };
        let id = batch.id();
        if !outside.has(&header.device, &id) {
            continue;
        }
        if outside.is_needed(&id, batch.payload.as_deref())? {
            open.push(id);
        }
        let body = batch.payload.and_then(|payload| Body::decode(&payload).ok()).unwrap_or_default();
        holders.extend(body.changes.iter().map(|change| (change.id(), id)));
        lot.insert(id, (bytes, body.stands_on()));
    }
    let mut needed = Vec::new();
    while let Some(id) = open.pop() {
        if let Some((bytes, deps)) = lot.remove(&id) {
            open.extend(deps.iter().filter_map(|change| holders.get(change)).copied());
            needed.push(bytes);
        }
    }
    // What others stand on first.
    for bytes in needed.iter().rev() {
        if let Received::New(id, doc) = receive(desk, &mut outside, look_at(people, bytes), true, taken)? {
            waiting::remove(desk.db, &id)?;
            came.add(id, doc);
        }
    }
    Ok((!came.batches.is_empty()).then_some(came))
}

enum Received {
    /// It found its place.
    New(BatchId, DocId),
    /// Its log has a gap before it.
    Waits(BatchId, DeviceId),
    /// It was here, and damaged.
    Healed(BatchId, DocId),
    /// It was here, or is kept out.
    Done,
}

/// A batch whose size, shape and signature are good. A batch of an unknown device is not received, nor one that is signed by
/// another or for another space: its header proves nothing, so nothing of it is kept.
fn look_at(people: &People, bytes: &[u8]) -> Option<(Batch, Header)> {
    let (batch, header) = Batch::parse(bytes).ok()?;
    let known = people.membership.device(&header.device)?;
    let is_sound = header.space == people.record.id && batch.verify(&header, &known.entry.signing).is_ok();
    is_sound.then_some((batch, header))
}

/// Receives one batch that [`look_at`] let through: finds its place in its log. Whether it is needed is looked up unless it is
/// known.
fn receive(
    desk: &Desk<'_>,
    outside: &mut Outside<'_>,
    looked: Option<(Batch, Header)>,
    is_needed: bool,
    taken: &mut Taken,
) -> Result<Received> {
    let Some((batch, header)) = looked else {
        taken.kept_out += 1;
        return Ok(Received::Done);
    };
    let id = batch.id();
    let log = HeldLog { db: desk.db, space: header.space };
    let place = place(&id, &header, &log);
    let is_outside = outside.has(&header.device, &id);
    let may_need = is_outside && place != Place::Duplicate;
    let needed = may_need && (is_needed || outside.is_needed(&id, batch.payload.as_deref())?);
    match place {
        Place::Duplicate => match super::healing::came_again(desk, &id, &batch, &header.doc)? {
            Again::Filled => {
                taken.new += 1;
                return Ok(Received::New(id, header.doc));
            }
            Again::Healed => return Ok(Received::Healed(id, header.doc)),
            Again::Same => taken.already += 1,
        },
        Place::Broken => taken.kept_out += 1,
        Place::WaitsFor(_) if !needed => return Ok(Received::Waits(id, header.device)),
        Place::Next | Place::Fork if is_outside && !needed && !outside.has_room(&header.device, batch.len())? => {
            taken.kept_out += 1;
        }
        Place::Next | Place::Fork | Place::WaitsFor(_) => {
            batches::put(desk.db, &received(id, &header, batch), &header.prev)?;
            outside.came(&header.device, &id);
            taken.new += 1;
            return Ok(Received::New(id, header.doc));
        }
    }
    Ok(Received::Done)
}

fn received(id: BatchId, header: &Header, batch: Batch) -> BatchRecord {
    BatchRecord {
        id,
        space: header.space,
        device: header.device,
        seq: header.seq,
        doc: header.doc,
        header: batch.header_bytes,
        signature: batch.signature.to_vec(),
        payload: batch.payload,
        stage: Stage::Received,
        reason: 0,
        facts: Vec::new(),
    }
}

/// The heads of every log of a space: what holdings tell. What lies outside a cut that stands is no part of it.
pub(super) fn log_heads(desk: &Desk<'_>, people: &People) -> Result<Vec<LogHead>> {
    let mut outside = Outside::new(desk, people);
    let mut heads = Vec::new();
    for device in batches::devices(desk.db, &people.record.id)? {
        heads.extend(outside.heads(&device)?);
    }
    Ok(heads)
}
