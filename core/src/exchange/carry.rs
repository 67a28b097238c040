//! What is carried: everything the other's devices lack, sealed for each; and what a bundle brings.

use super::asking::asks;
use super::bundle::write_bundle;
use super::intake::{Taken, log_heads, take_in};
use super::outside::Outside;
use super::pieces::in_pieces;
use super::statements::removal_of;
use crate::batch::{Batch, CardRev, Holdings, LogView, SignedHoldings, covers, to_send, told};
use crate::command::Desk;
use crate::crypto::seal::{self, OpeningKey};
use crate::envelope::{self, EnvelopeContent};
use crate::error::{Code, Error, Result};
use crate::identity::{SignedCard, SpaceKeys};
use crate::ids::{BatchId, DeviceId, SpaceId};
use crate::projection::{HeldLog, People};
use crate::secret::SecretBytes;
use crate::space::{SignedStatement, may_read_content};
use crate::store::{batches, singles, spaces};
use std::collections::{BTreeSet, VecDeque};

/// How much goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everything since what the other last said to hold.
    SinceLast,
    /// Everything.
    Everything,
}

/// A bundle ready to be carried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// The file.
    pub bytes: Vec<u8>,
    /// Envelopes in it.
    pub envelopes: u64,
    /// Devices it is for.
    pub devices: u64,
    /// Batches in it, each counted once.
    pub batches: u64,
    /// Whether it is sealed to a card that came more than 60 days ago: the other may have renewed its keys since.
    pub old_card: bool,
}

/// Age from which a card warns its writer (protocol.md §7).
const CARD_OLD_DAYS: i64 = 60;
const DAY_MS: i64 = 86_400_000;

/// Whose devices a bundle is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// The other members'.
    Theirs,
    /// Mine, but this one.
    Mine,
}

/// Makes a bundle for the other members of a space; after its end too, so that they hear of it, and from a
/// device that was removed, so that what it wrote late can be read and adopted. A device that is out gets the statements
/// that put it out and what lies under them, nothing else. The bundle of my own space is for my other devices, and
/// carries every space of mine, that one first.
///
/// # Errors
/// `NotInForce` before the digits were compared, `NotFound` for a space this device is not in or where nobody else gave
/// a card; those of the database.
pub fn bundle_out(desk: &mut Desk<'_>, space: &SpaceId, scope: Scope) -> Result<Outgoing> {
    let people = desk.people(space)?;
    may_read_content(people.state())?;
    let mut filling = Filling::default();
    if people.is_own() {
        filling.fill(desk, &people, scope, Whose::Mine)?;
        for other in spaces::all_spaces(desk.db)?.into_iter().map(|record| record.id).filter(|other| other != space) {
            let people = desk.people(&other)?;
            if may_read_content(people.state()).is_ok() {
                filling.fill(desk, &people, scope, Whose::Mine)?;
            }
        }
    } else {
        filling.fill(desk, &people, scope, Whose::Theirs)?;
    }
    let Filling { envelopes, carried, devices, old_card } = filling;
    if envelopes.is_empty() {
        return Code::NotFound.err();
    }
    let mut bytes = Vec::new();
    write_bundle(&mut bytes, &envelopes)?;
    write_point!("bundle-made");
    let (devices, batches) = (devices.len() as u64, carried.len() as u64);
    Ok(Outgoing { bytes, envelopes: envelopes.len() as u64, devices, batches, old_card })
}

/// A bundle as it fills.
#[derive(Default)]
struct Filling {
    envelopes: Vec<Vec<u8>>,
    carried: BTreeSet<BatchId>,
    devices: BTreeSet<DeviceId>,
    old_card: bool,
}

impl Filling {
    fn fill(&mut self, desk: &mut Desk<'_>, people: &People, scope: Scope, whose: Whose) -> Result<()> {
        let space = people.record.id;
        desk.close_all(Some(&space))?;
        let holdings = my_holdings(desk, people)?;
        let log = HeldLog { db: desk.db, space };
        let mut outside = Outside::new(desk, people);
        for (device, sealing_pk) in receivers(desk, people, whose)? {
            let theirs = match scope {
                Scope::SinceLast => theirs(desk, &space, &device)?,
                Scope::Everything => None,
            };
            let mut ids = to_send(theirs.as_ref(), &log);
            obliged(desk, &mut outside, &log, theirs.as_ref(), &mut ids)?;
            let content = content(desk, people, &ids, holdings.clone())?;
            self.carried.extend(ids);
            self.seal(desk, content, &sealing_pk)?;
            let came = spaces::card_came_ms(desk.db, &space, &device)?.unwrap_or(desk.at.unix_ms);
            self.old_card |= desk.at.unix_ms.saturating_sub(came) > CARD_OLD_DAYS * DAY_MS;
            self.devices.insert(device);
        }
        for (device, sealing_pk) in put_out(desk, people, whose)? {
            let statements = removal_of(desk, people, &device)?;
            self.seal(desk, EnvelopeContent { statements, ..EnvelopeContent::new(space) }, &sealing_pk)?;
        }
        Ok(())
    }

    fn seal(&mut self, desk: &mut Desk<'_>, content: EnvelopeContent, sealing_pk: &[u8; 32]) -> Result<()> {
        for piece in envelope::split(content)? {
            self.envelopes.push(envelope::seal(&piece, sealing_pk, desk.entropy)?);
        }
        Ok(())
    }
}

/// Leaves out what lies outside a cut that stands, but for what is asked for by name, and for my own words: whoever may
/// write there can take them over. Who has a batch and asks for its words is not sent its header again and again.
fn obliged(
    desk: &Desk<'_>,
    outside: &mut Outside<'_>,
    log: &HeldLog<'_>,
    theirs: Option<&Holdings>,
    ids: &mut Vec<BatchId>,
) -> Result<()> {
    let asks = theirs.map(|holdings| holdings.asks.as_slice()).unwrap_or_default();
    let asked: BTreeSet<BatchId> = asks.iter().filter_map(|ask| log.holding(ask)).collect();
    let mut dry = BTreeSet::new();
    if let Some(theirs) = theirs.filter(|_| !asked.is_empty()) {
        for id in told(theirs, log).intersection(&asked) {
            let record =
                batches::get(desk.db, id)?.map(|record| super::forgetting::outgoing(desk, record)).transpose()?;
            if record.is_none_or(|record| record.payload.is_none()) {
                dry.insert(*id);
            }
        }
    }
    ids.retain(|id| {
        let Some(entry) = log.entry(id).filter(|_| !dry.contains(id)) else { return false };
        entry.device == desk.me.device || asked.contains(id) || !outside.has(&entry.device, id)
    });
    Ok(())
}

/// The active devices a bundle is for, with the keys to seal for.
fn receivers(desk: &Desk<'_>, people: &People, whose: Whose) -> Result<Vec<(DeviceId, [u8; 32])>> {
    let mut all = sealing_keys(desk, people)?;
    let is_meant = |device: &DeviceId| {
        let mine = people.membership.member_of(device) == Some(people.me());
        *device != desk.me.device && mine == (whose == Whose::Mine)
    };
    all.retain(|(device, _)| is_meant(device) && people.membership.is_active(device));
    Ok(all)
}

/// The other devices that are out, with the keys to seal for: in a bundle for others those of all members, so that each
/// of them hears of it.
fn put_out(desk: &Desk<'_>, people: &People, whose: Whose) -> Result<Vec<(DeviceId, [u8; 32])>> {
    let mut all = sealing_keys(desk, people)?;
    let mine = |device: &DeviceId| people.membership.member_of(device) == Some(people.me());
    all.retain(|(device, _)| {
        *device != desk.me.device && !people.membership.is_active(device) && (whose == Whose::Theirs || mine(device))
    });
    Ok(all)
}

/// Whoever cannot be sealed for keeps the others from nothing.
fn sealing_keys(desk: &Desk<'_>, people: &People) -> Result<Vec<(DeviceId, [u8; 32])>> {
    let mut found = Vec::new();
    for (device, _, wire) in spaces::cards(desk.db, &people.record.id)? {
        let Some(standing) = people.membership.device(&device) else { continue };
        let card = SignedCard::parse(&wire)?.verify(&standing.entry.signing)?;
        if seal::is_usable(&card.sealing_pk) {
            found.push((device, card.sealing_pk));
        }
    }
    Ok(found)
}

/// What a device last said to hold.
pub(super) fn theirs(desk: &Desk<'_>, space: &SpaceId, device: &DeviceId) -> Result<Option<Holdings>> {
    let signed = spaces::holdings(desk.db, space, device)?;
    Ok(signed.and_then(|bytes| SignedHoldings::parse(&bytes)).map(|(_, holdings)| holdings))
}

/// What I hold of a space, unsigned.
fn held(desk: &Desk<'_>, people: &People, counter: u64) -> Result<Holdings> {
    let space = people.record.id;
    let cards = spaces::cards(desk.db, &space)?;
    let rev = |rev: u64| u32::try_from(rev).unwrap_or(u32::MAX);
    Ok(Holdings {
        space,
        device: desk.me.device,
        counter,
        statements: people.membership.heads.iter().copied().collect(),
        logs: log_heads(desk, people)?,
        cards: cards.into_iter().map(|(device, card_rev, _)| CardRev { device, rev: rev(card_rev) }).collect(),
        asks: asks(desk, people, counter)?,
    })
}

fn my_holdings(desk: &Desk<'_>, people: &People) -> Result<Vec<u8>> {
    let counter = singles::next(desk.db, "holdings")?.unsigned_abs();
    Ok(held(desk, people, counter)?.sign(&desk.me.signing).encode())
}

fn content(desk: &Desk<'_>, people: &People, ids: &[BatchId], holdings: Vec<u8>) -> Result<EnvelopeContent> {
    let space = people.record.id;
    let statements = spaces::statements(desk.db, &space)?;
    let cards = spaces::cards(desk.db, &space)?;
    let active = cards.iter().filter(|(device, ..)| people.membership.is_active(device));
    let wire = |id: &BatchId| -> Result<Vec<u8>> {
        let record = batches::get(desk.db, id)?.ok_or(Error::Broken("carry: a batch that is in the log"))?;
        let record = super::forgetting::outgoing(desk, record)?;
        let signature = record.signature.as_slice().try_into().map_err(|_| Code::Corrupt)?;
        Ok(Batch { header_bytes: record.header, signature, payload: record.payload }.encode())
    };
    Ok(EnvelopeContent {
        space,
        statements: statements.iter().map(|(_, wire)| SignedStatement::parse(wire)).collect::<Result<_>>()?,
        cards: active.map(|(_, _, wire)| SignedCard::parse(wire)).collect::<Result<_>>()?,
        batches: ids.iter().map(wire).collect::<Result<_>>()?,
        holdings: Some(holdings),
    })
}

/// What one envelope brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    /// It was for this device, in this space.
    Mine(SpaceId, Taken),
    /// No key of this device opens it: for someone else, or sealed to an older key. The two cannot be told apart.
    NotMine,
}

/// Opens one envelope and takes in what it brings.
///
/// # Errors
/// Those of the database. Bytes that open and make no sense count as [`Opened::NotMine`]: nothing is applied.
pub fn take_envelope(desk: &mut Desk<'_>, bytes: &[u8]) -> Result<Opened> {
    let openers = Openers::of(desk)?;
    let mut order: Vec<usize> = (0..openers.keys.len()).collect();
    match openers.open(bytes, &mut order)? {
        Some(content) => Ok(Opened::Mine(content.space, take_in(desk, &content)?)),
        None => Ok(Opened::NotMine),
    }
}

/// Opens several envelopes and takes in what they bring. Those that carry nothing but batches go along with the one before
/// them, as one: to judge a document again for every letter of it costs as much as the document is long.
///
/// # Errors
/// Those of [`take_envelope`], of any of them; the caller rolls back, and tries them one by one.
pub fn take_envelopes(desk: &mut Desk<'_>, envelopes: &[Vec<u8>]) -> Result<Vec<Opened>> {
    let mut opened = Vec::new();
    let mut ahead: Option<EnvelopeContent> = None;
    let mut openers = Openers::of(desk)?;
    let mut contents = VecDeque::from(openers.open_all(envelopes));
    while let Some(content) = contents.pop_front() {
        let Some(content) = content? else {
            opened.push(Opened::NotMine);
            continue;
        };
        let is_plain = content.statements.is_empty() && content.cards.is_empty() && content.holdings.is_none();
        match &mut ahead {
            Some(before) if is_plain && before.space == content.space => before.batches.extend(content.batches),
            _ => {
                if let Some(before) = ahead.replace(content) {
                    opened.push(Opened::Mine(before.space, take_in(desk, &before)?));
                    // What came may have renewed keys, or ended some.
                    let now = Openers::of(desk)?;
                    if now.stored != openers.stored {
                        let left = envelopes.len() - contents.len();
                        contents = now.open_all(envelopes.get(left..).unwrap_or_default()).into();
                        openers = now;
                    }
                }
            }
        }
    }
    if let Some(before) = ahead {
        opened.push(Opened::Mine(before.space, take_in(desk, &before)?));
    }
    Ok(opened)
}

/// The keys of every space, read once for several envelopes. Which one opens an envelope cannot be seen from outside, and each
/// that is tried costs as much as a signature: the space that the last one was for is tried first.
struct Openers {
    keys: Vec<(SpaceId, Vec<OpeningKey>)>,
    stored: Vec<(SpaceId, SecretBytes)>,
}

impl Openers {
    fn of(desk: &Desk<'_>) -> Result<Self> {
        let stored = spaces::space_keys(desk.db)?;
        let keys = |(space, stored): &(SpaceId, SecretBytes)| {
            Ok((*space, SpaceKeys::from_stored(stored.expose())?.opening_keys()))
        };
        Ok(Openers { keys: stored.iter().map(keys).collect::<Result<_>>()?, stored })
    }

    /// Opens each, in their order.
    fn open_all(&self, envelopes: &[Vec<u8>]) -> Vec<Result<Option<EnvelopeContent>>> {
        in_pieces(envelopes, |some| {
            let mut order: Vec<usize> = (0..self.keys.len()).collect();
            some.iter().map(|bytes| self.open(bytes, &mut order)).collect()
        })
    }

    /// Opens one; the space that it is for comes to the front of the order.
    fn open(&self, bytes: &[u8], order: &mut [usize]) -> Result<Option<EnvelopeContent>> {
        for at in 0..order.len() {
            let Some((space, keys)) = order.get(at).and_then(|which| self.keys.get(*which)) else { break };
            match envelope::open(bytes, keys) {
                // A key opens only what is of its own space: one relationship cannot speak into another.
                Ok(content) if content.space == *space => {
                    order.swap(0, at);
                    return Ok(Some(content));
                }
                Ok(_) | Err(Error::Refused(_)) => {}
                Err(other) => return Err(other),
            }
        }
        Ok(None)
    }
}

/// Whether both sides said that they hold the same; `None` before the other side said anything.
///
/// # Errors
/// Those of the database.
pub fn is_equal(desk: &Desk<'_>, people: &People) -> Result<Option<bool>> {
    let space = people.record.id;
    let mine = held(desk, people, 0)?;
    let log = HeldLog { db: desk.db, space };
    let mut equal = None;
    for (device, _) in receivers(desk, people, Whose::Theirs)? {
        if let Some(theirs) = theirs(desk, &space, &device)? {
            let same =
                mine.tells_same_statements(&theirs) && covers(&mine, &theirs, &log) && covers(&theirs, &mine, &log);
            equal = Some(equal.unwrap_or(true) && same);
        }
    }
    Ok(equal)
}
