//! Own words that count no longer are written again on what stands (protocol.md §5).

use super::evidence::Held;
use crate::batch::{Acceptance, Birth, Reason};
use crate::command::{Desk, make_again};
use crate::error::{Error, Result};
use crate::ids::BatchId;
use crate::projection::{People, Unsaid};
use crate::space::may_write_content;
use crate::store::batches::{self, Stage};
use crate::store::named;
use std::collections::BTreeMap;

/// How often words are written again: once for the batch itself, once more where the new one is stranded too. After
/// that they stay listed, and a tap takes them over; so no two devices write for ever.
const TIMES_MAX: usize = 2;
/// Batches made again at once; more stay listed.
const AT_ONCE_MAX: usize = 64;

/// Makes those batches of mine again that counted here until now and count no longer, in the order they were written.
///
/// # Errors
/// Those of the database.
pub(super) fn make_stranded_again(
    desk: &mut Desk<'_>,
    people: &People,
    birth: &Birth,
    held: &BTreeMap<BatchId, Held>,
    was: &BTreeMap<BatchId, u32>,
    acceptance: &Acceptance,
    unsaid: &mut Unsaid,
) -> Result<()> {
    let may = may_write_content(people.state()).is_ok()
        && people.membership.is_active(&desk.me.device)
        && birth.writer.is_none_or(|writer| writer == people.me());
    if !may {
        return Ok(());
    }
    let again = |id: &BatchId| {
        use Reason::{DependsOnUnaccepted, LostTwin, OutsideCut};
        matches!(acceptance.others.get(id), Some(LostTwin | DependsOnUnaccepted | OutsideCut))
    };
    let mut mine: Vec<(&BatchId, &Held)> = held
        .iter()
        .filter(|(id, held)| held.header.device == desk.me.device && was.contains_key(*id) && again(id))
        .collect();
    mine.sort_by_key(|(id, held)| (held.facts.start_op, **id));
    if !mine.is_empty() {
        // They are written as a command would.
        unsaid.say(desk.db)?;
    }
    let (mut made, limit) = (0, AT_ONCE_MAX);
    for (id, one) in mine {
        if made < limit && times(held, one) < TIMES_MAX && !is_made_again(desk, id)? {
            made += usize::from(make(desk, birth, id)?);
        }
    }
    Ok(())
}

/// How many batches before this one it makes again, one behind the other.
fn times(held: &BTreeMap<BatchId, Held>, of: &Held) -> usize {
    let first = of.header.again_of;
    std::iter::successors(first, |id| held.get(id).and_then(|held| held.header.again_of)).take(TIMES_MAX).count()
}

/// Whether a batch of this device, or one that counts, makes it again already.
fn is_made_again(desk: &Desk<'_>, id: &BatchId) -> Result<bool> {
    for by in named::made_again(desk.db, id)? {
        let by = batches::get(desk.db, &by)?;
        if by.is_some_and(|by| by.device == desk.me.device || by.stage == Stage::Accepted) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn make(desk: &mut Desk<'_>, birth: &Birth, id: &BatchId) -> Result<bool> {
    match make_again(desk, birth, id) {
        // What cannot be written again stays listed; it holds nothing else up.
        Err(Error::Refused(_)) => {
            desk.documents.forget(&birth.doc());
            Ok(false)
        }
        other => other,
    }
}

/// Makes a batch again that was taken over and still does not count, though nothing is outside a cut any more.
///
/// # Errors
/// Those of the database.
pub(super) fn make_adopted_again(desk: &mut Desk<'_>, birth: &Birth, id: &BatchId) -> Result<()> {
    let Some(record) = batches::get(desk.db, id)?.filter(|record| record.doc == birth.doc()) else { return Ok(()) };
    let reason = Reason::from_number(record.reason).filter(|_| record.stage == Stage::Aside);
    if matches!(reason, Some(Reason::LostTwin | Reason::DependsOnUnaccepted)) && !is_made_again(desk, id)? {
        make(desk, birth, id)?;
    }
    Ok(())
}
