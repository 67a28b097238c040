//! What somebody with a copied phone would do. For tests and for the demo; no app has a use for it.

use super::{Answered, Companion};
use crate::batch::{Batch, to_send};
use crate::clock::Moment;
use crate::command::Desk;
use crate::document::order;
use crate::document::plan::{EntryState, steps};
use crate::envelope::{self, EnvelopeContent};
use crate::error::{Code, Error, Result};
use crate::exchange::write_bundle;
use crate::identity::SignedCard;
use crate::ids::{BatchId, DocId, SpaceId};
use crate::projection::HeldLog;
use crate::space::SignedStatement;
use crate::store::{batches, documents, spaces};

/// Writes a line into a plan's own document without asking whether this phone may, signs it with this phone's key, and
/// makes a bundle of everything for every phone of the space, the copied one as well. Nothing that a receiver relies on
/// is asked on the way.
///
/// # Errors
/// `Locked`; `NotFound` for a plan that is not here.
pub fn forge_line(by: &Companion, plan: &DocId, part: &str, text: &str, at: &Moment) -> Answered<Vec<u8>> {
    by.with_session(|session, entropy| {
        let forged = session.write(entropy, at, |desk| {
            let space = documents::get(desk.db, plan)?.ok_or(Code::NotFound)?.space;
            let entry = EntryState {
                part: part.to_owned(),
                text: text.to_owned(),
                order: order::make_between(None, None, desk.entropy),
                ..EntryState::default()
            };
            let id = desk.make_element();
            desk.write(plan, &steps::add_entry(id, &entry))?;
            desk.close_all(Some(&space))?;
            bundle_for_all(desk, space)
        })?;
        Ok(forged.value)
    })
}

/// Treats a document as one whose snapshot does not load back: what hostile bytes that passed every gate would do.
///
/// # Errors
/// `Locked`.
pub fn poison(on: &Companion, doc: &DocId, at: &Moment) -> Answered<()> {
    on.with_session(|session, entropy| {
        session.write(entropy, at, |desk| {
            desk.close_all(None)?;
            crate::command::freeze(desk, doc)
        })?;
        Ok(())
    })
}

fn bundle_for_all(desk: &mut Desk<'_>, space: SpaceId) -> Result<Vec<u8>> {
    let cards = spaces::cards(desk.db, &space)?;
    let cards = cards.iter().map(|(_, _, wire)| SignedCard::parse(wire)).collect::<Result<Vec<_>>>()?;
    let statements = spaces::statements(desk.db, &space)?;
    let ids = to_send(None, &HeldLog { db: desk.db, space });
    let content = EnvelopeContent {
        space,
        statements: statements.iter().map(|(_, wire)| SignedStatement::parse(wire)).collect::<Result<_>>()?,
        cards: cards.clone(),
        batches: ids.iter().map(|id| wire(desk, id)).collect::<Result<_>>()?,
        holdings: None,
    };
    let mut envelopes = Vec::new();
    for card in &cards {
        let sealing = card.read()?.sealing_pk;
        for piece in envelope::split(content.clone())? {
            envelopes.push(envelope::seal(&piece, &sealing, desk.entropy)?);
        }
    }
    let mut bytes = Vec::new();
    write_bundle(&mut bytes, &envelopes)?;
    Ok(bytes)
}

fn wire(desk: &Desk<'_>, id: &BatchId) -> Result<Vec<u8>> {
    let record = batches::get(desk.db, id)?.ok_or(Error::Broken("hostile: a batch that is in the log"))?;
    let signature = record.signature.as_slice().try_into().map_err(|_| Code::Corrupt)?;
    Ok(Batch { header_bytes: record.header, signature, payload: record.payload }.encode())
}
