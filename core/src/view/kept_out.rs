//! Changes that were kept out, with the reason; nothing of what they hold.

use super::look::{Look, kebab};
use super::page::{Key, Wanted};
use super::records::{At, KeptOutRow, Page};
use crate::batch::{Header, Refusal};
use crate::error::Result;
use crate::ids::BatchId;
use crate::library::Arg;
use crate::projection::People;
use crate::store::batches::{self, BatchRecord, Stage};
use crate::store::documents;
use rusqlite::params;

/// The batches that do not count and the ones that never can ([`Stage::Aside`], [`Stage::Refused`]).
const BASE: &str = "FROM batch JOIN space ON space.id = batch.space WHERE batch.stage IN (4, 6)";

/// How many there are.
pub(super) fn count(look: &Look<'_>) -> Result<u64> {
    let total: i64 = look.db().prepare_cached(&format!("SELECT count(*) {BASE}"))?.query_row([], |row| row.get(0))?;
    Ok(total.unsigned_abs())
}

/// The newest come first.
pub(super) fn list(look: &Look<'_>, at: &At) -> Result<Page<KeptOutRow>> {
    let wanted = Wanted::read(look, ("kept-out", ""), 1, at)?;
    let mut query = look.db().prepare_cached(&format!(
        "SELECT batch.position, batch.id {BASE} AND (?1 IS NULL OR batch.position < ?1)
         ORDER BY batch.position DESC LIMIT ?2"
    ))?;
    let after = wanted.after.as_ref().map(|key| key.number(0));
    let limit = i64::try_from(wanted.limit + 1).unwrap_or(i64::MAX);
    let found: Vec<(i64, BatchId)> = query
        .query_map(params![after, limit], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let mut rows = Vec::new();
    for (position, id) in found {
        if let Some(batch) = batches::get(look.db(), &id)? {
            rows.push((Key { numbers: vec![position], id: Vec::new() }, row(look, &batch)?));
        }
    }
    Ok(wanted.page(rows, count(look)?))
}

fn row(look: &Look<'_>, batch: &BatchRecord) -> Result<KeptOutRow> {
    let people = look.people(&batch.space)?;
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
    })
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

/// From here on the number of a batch set aside counts [`crate::batch::Reason`] in the order of its variants.
const ASIDE: u8 = 100;

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
    match batch.reason.checked_sub(ASIDE) {
        Some(0) => named("unknown-device", "kept-out-unknown-phone"),
        Some(1) => named("not-a-writer", NOT_A_WRITER),
        Some(2) => named("outside-cut", "kept-out-removed-phone"),
        Some(3) => named("lost-twin", "kept-out-two-of-one"),
        Some(4) => named("depends-on-unaccepted", "kept-out-waiting"),
        Some(5) => named("again-of", "kept-out-made-again"),
        _ => named("other", "kept-out-not-allowed"),
    }
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
