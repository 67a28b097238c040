use super::look::Look;
use super::records::CommentDetail;
use crate::document::act::ActKind;
use crate::error::Result;
use crate::ids::ElementId;
use crate::projection::{People, lines};
use crate::store::documents::DocumentRecord;
use rusqlite::{OptionalExtension, params};

/// The comments about a plan or goal by its members, oldest first.
pub(super) fn about(look: &Look<'_>, record: &DocumentRecord, people: &People) -> Result<Vec<CommentDetail>> {
    let lines = lines::comments(look.db(), &record.id)?.into_iter();
    let lines = lines.filter(|line| people.membership.members.contains_key(&line.by));
    lines
        .map(|line| {
            let zone = zone_of(look, &line.id, ActKind::Commented)?;
            Ok(CommentDetail {
                by: look.person(people, &line.by),
                when: look.when(line.at_ms, &zone),
                id: line.id,
                part: line.part,
                element: line.element,
                text: line.text.into(),
                quote: line.quote.into(),
            })
        })
        .collect()
}

/// The zone in which something in a lane was said: its own record has none, but the act that brought it has.
pub(super) fn zone_of(look: &Look<'_>, element: &ElementId, act: ActKind) -> Result<String> {
    let zone = look
        .db()
        .prepare_cached("SELECT zone FROM history WHERE element = ?1 AND act = ?2 ORDER BY id LIMIT 1")?
        .query_row(params![element, act as u8], |row| row.get(0))
        .optional()?;
    Ok(zone.unwrap_or_else(|| look.at().zone.clone()))
}
