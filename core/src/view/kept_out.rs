//! Changes that were kept out, with the reason; the words of those that people may read and take over.

use super::look::{Look, kebab};
use super::page::{Args, Key, Wanted};
use super::records::{Anchor, At, Page, Person, When};
use crate::batch::{Body, Header, Reason, Refusal, added_words};
use crate::command::{Act, Answer as CommandAnswer, Deed, Grounds, May, adoptable};
use crate::document::is_words;
use crate::error::{Error, Result};
use crate::ids::{BatchId, DocId, SpaceId};
use crate::library::Arg;
use crate::projection::{Matter, People};
use crate::store::batches::{self, BatchRecord, Stage};
use crate::store::documents;
use crate::text::PersonText;
use rusqlite::{OptionalExtension, Row, params_from_iter};
use serde::Serialize;

/// A change that was kept out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "the names are the fields")]
pub struct KeptOutRow {
    pub id: BatchId,
    pub space: SpaceId,
    /// Whose key signed it; nobody where the signature names a device that is not known.
    pub by: Option<Person>,
    pub doc: DocId,
    /// A stable name of the reason.
    pub reason: String,
    pub label: String,
    pub when: When,
    /// The words it would put in, in pieces, where people may read them: some 2,000 letters at most, `…` for the rest.
    /// Nothing of what can never count.
    pub words: Vec<PersonText>,
    /// Whether I may take it over; nothing is offered for what can never count.
    pub may: May,
}

/// The batches that do not count and the ones that never can ([`Stage::Aside`], [`Stage::Refused`]).
const BASE: &str = "FROM batch CROSS JOIN name ON name.id = batch.space
    CROSS JOIN space ON space.id = name.value WHERE batch.stage IN (4, 6)";

/// How many there are.
pub(super) fn count(look: &Look<'_>) -> Result<u64> {
    look.needs(&[Matter::KeptOut, Matter::Space]);
    let total: i64 = look.db().prepare_cached(&format!("SELECT count(*) {BASE}"))?.query_row([], |row| row.get(0))?;
    Ok(total.unsigned_abs())
}

/// The newest come first.
pub(super) fn list(look: &Look<'_>, at: &At) -> Result<Page<KeptOutRow>> {
    look.needs(&[Matter::KeptOut, Matter::Space, Matter::Log, Matter::OwnLog]);
    let wanted = Wanted::read(look, ("kept-out", ""), 1, at, |anchor| place_of(look, anchor))?;
    let found = wanted.gather(|leg| {
        let mut args = Args::default();
        let tail = leg.tail(&["batch.position"], None, &mut args);
        let mut query = look.db().prepare_cached(&format!("SELECT batch.position, batch.id {BASE}{tail}"))?;
        let keyed = |row: &Row<'_>| Ok((Key { numbers: vec![row.get(0)?], id: Vec::new() }, row.get::<_, BatchId>(1)?));
        Ok(query.query_map(params_from_iter(args.0), keyed)?.collect::<rusqlite::Result<Vec<_>>>()?)
    })?;
    let (mut rows, mut grounds) = (Vec::new(), Grounds::default());
    for (_, id) in &found.rows {
        if let Some(batch) = batches::get(look.db(), id)? {
            rows.push(row(look, &batch, &mut grounds)?);
        }
    }
    wanted.page(found, rows, || count(look))
}

/// One that is gone has no place any more.
fn place_of(look: &Look<'_>, anchor: &Anchor) -> Result<Option<Key>> {
    let Anchor::Change { id } = anchor else { return Ok(None) };
    let mut query = look.db().prepare_cached("SELECT position FROM batch WHERE id = ?1")?;
    let position: Option<i64> = query.query_row([id], |row| row.get(0)).optional()?;
    Ok(position.map(|position| Key { numbers: vec![position], id: Vec::new() }))
}

/// One of them, if there is any; by an index of its own.
pub(super) const ANY: &str = "SELECT 1 FROM batch WHERE batch.stage IN (4, 6) LIMIT 1";

/// Whether there is any.
pub(super) fn is_any(look: &Look<'_>) -> Result<bool> {
    look.needs(&[Matter::KeptOut, Matter::Space]);
    Ok(look.db().prepare_cached(ANY)?.exists([])?)
}

fn row(look: &Look<'_>, batch: &BatchRecord, grounds: &mut Grounds) -> Result<KeptOutRow> {
    let people = look.people(&batch.space)?;
    look.stands_on(batch.doc);
    let (reason, phrase) = reason(batch);
    let signed = !matches!(reason.as_str(), "bad-signature" | "unknown-device");
    let signer = people.membership.member_of(&batch.device).filter(|_| signed);
    let (claimed_ms, zone) = match Header::parse(&batch.header) {
        Ok(header) => (header.claimed.unix_ms, header.claimed.zone),
        Err(_) => (0, String::new()),
    };
    let label = match phrase {
        NOT_A_WRITER => not_a_writer(look, batch, &people)?,
        phrase => look.say(phrase, &[]),
    };
    Ok(KeptOutRow {
        id: batch.id,
        space: batch.space,
        by: signer.map(|member| look.person(&people, &member)),
        doc: batch.doc,
        reason,
        label,
        when: look.when(claimed_ms, &zone),
        words: words(batch),
        may: may(look, &people, batch, grounds)?,
    })
}

/// Most letters of one change that a list shows.
const WORDS_MAX: usize = 2_000;

fn is_readable(batch: &BatchRecord) -> bool {
    batch.stage == Stage::Aside && Reason::from_number(batch.reason).is_some_and(Reason::is_readable)
}

/// What it would put in. Only what passed the gate and may be read is opened.
fn words(batch: &BatchRecord) -> Vec<PersonText> {
    let body = batch.payload.as_ref().filter(|_| is_readable(batch)).and_then(|payload| Body::decode(payload).ok());
    let (mut left, mut shown) = (WORDS_MAX, Vec::new());
    for piece in body.map(|body| added_words(&body, is_words)).unwrap_or_default() {
        if left == 0 {
            shown.push("…".into());
            break;
        }
        let length = piece.chars().count();
        let fits = if length <= left { piece } else { piece.chars().take(left).chain(['…']).collect() };
        left = left.saturating_sub(length);
        shown.push(fits.into());
    }
    shown
}

fn may(look: &Look<'_>, people: &People, batch: &BatchRecord, grounds: &mut Grounds) -> Result<May> {
    if !is_readable(batch) {
        return Ok(May::default());
    }
    let answer = match adoptable(look.db(), people, batch, grounds) {
        Ok(()) => CommandAnswer::Yes,
        Err(Error::Refused(detail)) => CommandAnswer::No { why: detail.code, until_ms: detail.until_ms },
        Err(other) => return Err(other),
    };
    Ok(May { acts: vec![Act { deed: Deed::Adopt, answer }] })
}

/// Whoever may write there is named, seen from here; an unknown document has nobody to name.
fn not_a_writer(look: &Look<'_>, batch: &BatchRecord, people: &People) -> Result<String> {
    let writer = documents::get(look.db(), &batch.doc)?.and_then(|record| record.writer);
    Ok(match writer {
        Some(writer) if writer == people.me() => look.say("kept-out-not-a-writer-mine", &[]),
        Some(writer) => look.say(NOT_A_WRITER, &[("name", Arg::Text(&look.name(people, &writer)))]),
        None => look.say("kept-out-not-a-writer-unknown", &[]),
    })
}

const NOT_A_WRITER: &str = "kept-out-not-a-writer";

/// The reason's stable name and its phrase. One of a newer app has a phrase that is true of all.
fn reason(batch: &BatchRecord) -> (String, &'static str) {
    let named = |name: &str, phrase| (name.to_owned(), phrase);
    if batch.stage == Stage::Refused {
        let refusal = Refusal::from_number(batch.reason);
        return refusal.map_or_else(
            || named("other", "kept-out-not-allowed"),
            |refusal| (kebab(&format!("{refusal:?}")), refused(refusal)),
        );
    }
    let Some(reason) = Reason::from_number(batch.reason) else { return named("other", "kept-out-not-allowed") };
    let phrase = match reason {
        Reason::UnknownDevice => "kept-out-unknown-phone",
        Reason::NotAWriter => NOT_A_WRITER,
        Reason::OutsideCut => "kept-out-removed-phone",
        Reason::LostTwin => "kept-out-two-of-one",
        Reason::DependsOnUnaccepted => "kept-out-waiting",
        Reason::AgainOf => "kept-out-made-again",
    };
    named(&kebab(&format!("{reason:?}")), phrase)
}

fn refused(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::TooBig => "kept-out-too-big",
        Refusal::Malformed => "kept-out-unreadable",
        Refusal::BadPayload | Refusal::BadChunk => "kept-out-damaged",
        Refusal::BadSignature => "kept-out-signature",
        Refusal::UnknownDevice => "kept-out-unknown-phone",
        Refusal::BrokenChain | Refusal::WrongSequence | Refusal::WrongStart => "kept-out-out-of-order",
        Refusal::WrongBirth | Refusal::WrongSpace => "kept-out-wrong-place",
        Refusal::NotCanonical | Refusal::NotAllowedOperation | Refusal::Empty => "kept-out-not-allowed",
        Refusal::WrongActor => "kept-out-another-name",
        Refusal::WrongDependency | Refusal::UnknownTarget => "kept-out-names-missing",
        Refusal::NotAWriter => NOT_A_WRITER,
    }
}
