//! Plans: the list, and one plan with all that stands in it.

use super::comments;
use super::ideas;
use super::look::{Look, READABLE};
use super::page::{Key, Wanted};
use super::parts::Frame;
use super::records::{At, IdeaDetail, Page, PlanDetail, PlanRow};
use crate::command::{Deed, Subject, allowed};
use crate::document::Kind;
use crate::error::{Code, Result};
use crate::ids::{DocId, MemberId, SpaceId};
use crate::library;
use crate::text::PersonText;
use rusqlite::named_params;
use std::collections::BTreeMap;

pub(super) fn list(look: &Look<'_>, at: &At) -> Result<Page<PlanRow>> {
    let wanted = Wanted::read(look, ("plans", ""), 1, at)?;
    let base = format!(
        "FROM plan JOIN document ON document.id = plan.doc JOIN space ON space.id = document.space WHERE {READABLE}"
    );
    let total: i64 = look.db().prepare_cached(&format!("SELECT count(*) {base}"))?.query_row([], |row| row.get(0))?;
    let mut query = look.db().prepare_cached(&format!(
        "SELECT plan.doc, document.space, document.writer, plan.template, plan.title, plan.changed_ms, plan.zone {base}
         AND (:changed IS NULL OR plan.changed_ms < :changed OR (plan.changed_ms = :changed AND plan.doc > :doc))
         ORDER BY plan.changed_ms DESC, plan.doc LIMIT :limit"
    ))?;
    let after = wanted.after.as_ref();
    let lines = query.query_map(
        named_params! {
            ":changed": after.map(|key| key.number(0)),
            ":doc": after.map(|key| key.id.clone()),
            ":limit": i64::try_from(wanted.limit + 1).unwrap_or(i64::MAX),
        },
        |row| {
            let of: (DocId, SpaceId, Option<MemberId>) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let texts: (String, String) = (row.get(3)?, row.get(4)?);
            Ok((of, texts, row.get::<_, i64>(5)?, row.get::<_, String>(6)?))
        },
    )?;
    let mut rows = Vec::new();
    for line in lines {
        let ((id, space, writer), (template, title), changed_ms, zone) = line?;
        let people = look.people(&space)?;
        let row = PlanRow {
            id,
            space,
            title: title_of(look, &template, title),
            template,
            ownership: look.owned_by(&people, writer),
            when: look.when(changed_ms, &zone),
            audience: look.audience_short(&people),
        };
        rows.push((Key { numbers: vec![changed_ms], id: id.0.to_vec() }, row));
    }
    Ok(wanted.page(rows, total.unsigned_abs()))
}

/// A plan's own title, else its template's; one of a newer app is just a plan.
pub(super) fn title_of(look: &Look<'_>, template: &str, own: String) -> PersonText {
    if !own.is_empty() {
        return own.into();
    }
    let known = library::template(template).map(library::Template::title_id);
    look.say(known.as_deref().unwrap_or("kind-plan"), &[]).into()
}

pub(super) fn detail(look: &Look<'_>, id: &DocId) -> Result<PlanDetail> {
    let (record, people) = look.open(id, &[Kind::Plan])?;
    let frame = Frame::of(look, &record, &people)?;
    let title: String =
        look.db().prepare_cached("SELECT title FROM plan WHERE doc = ?1")?.query_row([id], |row| row.get(0))?;
    let mut open: BTreeMap<String, Vec<IdeaDetail>> = BTreeMap::new();
    for idea in ideas::open_about(look, &record, &people)? {
        open.entry(idea.part.clone()).or_default().push(idea);
    }
    Ok(PlanDetail {
        id: *id,
        space: record.space,
        title: title_of(look, &frame.template, title),
        ownership: look.owned_by(&people, record.writer),
        parts: frame.parts(open)?,
        template: frame.template,
        comments: comments::about(look, &record, &people)?,
        audience: look.audience(&people),
        repair: super::forgotten::repair(look, id)?,
        rev: look.rev(id)?.ok_or(Code::NotFound)?,
        may: allowed(look.db(), Subject::Plan(id), &[Deed::Edit, Deed::AddPart, Deed::Comment])?,
    })
}
