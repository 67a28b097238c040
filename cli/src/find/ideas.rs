//! Ideas that nobody can decide on any more.

use super::{Ids, Missing, Named, all, goals, pick, plans};
use crate::failure::{Done, Trouble};
use crate::host::Host;
use belay::ids::{DocId, ElementId};
use belay::library::Arg;
use belay::view::{Answer, Ask};
use std::collections::BTreeMap;

/// What became of it, and what it was for.
struct Over {
    doc: DocId,
    is_taken_back: bool,
}

/// An idea that was decided on or taken back before is not called unknown: what became of it, its history says.
pub fn over(host: &Host, typed: &str, trouble: Trouble) -> Trouble {
    let Ok(all) = all_over(host) else { return trouble };
    let named = all.into_iter().map(|(id, over)| Named { id: id.to_string(), names: Vec::new(), is: over });
    let Ok(over) = pick(host, typed, named.collect(), Missing::Idea) else { return trouble };
    let short = Ids::read(host).map(|ids| ids.short(&over.doc.to_string())).unwrap_or_default();
    let what = if over.is_taken_back { "taken-back" } else { "decided" };
    let command = format!("belay history {short}");
    host.told_with("Duplicate", "term-idea-over", &[("what", Arg::Text(what))], &command, 11).as_it_is()
}

/// By the stories of all plans and goals; looked for only where an idea is not found.
fn all_over(host: &Host) -> Done<BTreeMap<ElementId, Over>> {
    let plans = plans(host)?.into_iter().map(|row| row.id);
    let docs: Vec<DocId> = plans.chain(goals(host)?.into_iter().map(|row| row.id)).collect();
    let mut found = BTreeMap::new();
    for doc in docs {
        let rows = all(
            host,
            |at| Ask::History { of: doc, at },
            |answer| match answer {
                Answer::History(page) => Some(page),
                _ => None,
            },
        )?;
        for row in rows {
            let is_taken_back = row.act == "idea-taken";
            let is_over = is_taken_back || matches!(row.act.as_str(), "idea-added" | "idea-changed" | "idea-declined");
            if let Some(id) = row.element.filter(|_| is_over) {
                // The newest first.
                found.entry(id).or_insert(Over { doc, is_taken_back });
            }
        }
    }
    Ok(found)
}
