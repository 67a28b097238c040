//! `belay history`: who changed what, and what was kept out.

use super::{Paging, done, page_end, tell_list};
use crate::failure::Done;
use crate::find::{self, Ids, Object};
use crate::host::Host;
use crate::output::Edge;
use belay::command::{Command, Deed, KeptOutCommand, PlanCommand};
use belay::error::Code;
use belay::library::Arg;
use belay::view::{Answer, Ask, At, HistoryRow, KeptOutRow, PlanDetail};
use std::collections::BTreeSet;

/// Who changed what, or what was kept out.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  belay history wellness\n  belay history --kept-out\n  belay history --put-in kq4m"
)]
#[command(group = clap::ArgGroup::new("of").required(true).args(["object", "kept_out", "put_in"]))]
pub struct History {
    /// Which note, goal, plan or copy.
    object: Option<String>,
    /// What was kept out, and why.
    #[arg(long)]
    kept_out: bool,
    /// Put in something that was kept out, where it is yours to write.
    #[arg(long, value_name = "ID")]
    put_in: Option<String>,
    /// Which page.
    #[command(flatten)]
    paging: Paging,
}

impl History {
    /// Whether it does more than look.
    pub fn writes(&self) -> bool {
        self.put_in.is_some()
    }

    /// Does it.
    pub fn run(self, host: &Host) -> Done {
        match (&self.object, &self.put_in) {
            (Some(object), _) => self.of(host, object),
            (None, Some(typed)) => put_in(host, typed),
            (None, None) => self.kept_out(host),
        }
    }

    fn of(&self, host: &Host, object: &str) -> Done {
        let object = find::object(host, object)?;
        let of = object.id();
        let answer = host.read(Ask::History { of, at: self.paging.at() })?;
        let Answer::History(page) = answer else { return Err(Code::Internal.into()) };
        if host.flags.json {
            return tell_list(host, "history", &page.rows, page.next.as_ref(), page.total.unwrap_or_default());
        }
        let plan = if let Object::Plan(id) = object { Some(find::plan_detail(host, id)?) } else { None };
        let crossed = plan.as_ref().map(|plan| crossed(plan, &page.rows)).unwrap_or_default();
        for row in &page.rows {
            line(host, row);
            if let Some(plan) = plan.as_ref().filter(|_| crossed.iter().any(|other| std::ptr::eq(*other, row))) {
                say_crossed(host, plan, row, 2)?;
            }
        }
        page_end(host, page.next.as_ref());
        Ok(())
    }

    fn kept_out(&self, host: &Host) -> Done {
        let answer = host.read(Ask::KeptOut { at: self.paging.at() })?;
        let Answer::KeptOut(page) = answer else { return Err(Code::Internal.into()) };
        if host.flags.json {
            return tell_list(host, "kept-out", &page.rows, page.next.as_ref(), page.total.unwrap_or_default());
        }
        host.page.line(&host.say("kept-out-count", &[("count", Arg::Number(page.total.unwrap_or_default()))]));
        let ids = page.rows.iter().map(|row| row.id.to_string()).collect();
        for row in &page.rows {
            kept_out_line(host, row, &ids);
        }
        page_end(host, page.next.as_ref());
        Ok(())
    }
}

/// The last words of lines that were taken out by someone who had not seen them: they were written meanwhile.
fn crossed<'r>(plan: &PlanDetail, rows: &'r [HistoryRow]) -> Vec<&'r HistoryRow> {
    let is_here =
        |row: &HistoryRow| plan.parts.iter().flat_map(|part| &part.entries).any(|at| Some(at.id) == row.element);
    let mut seen = BTreeSet::new();
    // The newest first, so the first of a line are its last words.
    let written = rows.iter().filter(|row| row.act == "entry-text" && row.element.is_some());
    let last = written.filter(|row| seen.insert(row.element) && !is_here(row));
    let unseen = |row: &&HistoryRow| {
        let taken = rows.iter().find(|other| other.act == "entry-taken" && other.element == row.element);
        taken.is_some_and(|taken| taken.before != row.after && row.after.is_some())
    };
    last.filter(unseen).collect()
}

/// That it happened, and how the line comes back.
fn say_crossed(host: &Host, plan: &PlanDetail, row: &HistoryRow, indent: usize) -> Done {
    let Some(element) = row.element else { return Ok(()) };
    host.page.inside(Edge::Bare, indent, &host.say("term-line-crossed", &[]));
    let back = Command::Plan(PlanCommand::BringBack { plan: plan.id, entry: element });
    if host.open()?.preview(&back, &host.now()).is_ok() {
        let short = Ids::read(host)?.short(&plan.id.to_string());
        let line = find::short_taken(host, plan, &element)?;
        let command = format!("belay plan line back {short} {line}");
        host.page.inside(Edge::Bare, indent, &host.say("term-back", &[("command", Arg::Text(&command))]));
    }
    Ok(())
}

/// Says below a plan which lines were taken out while they were written anew, with those words: nothing else there shows
/// them.
pub fn say_all_crossed(host: &Host, plan: &PlanDetail) -> Done {
    let at = At { limit: CROSSED_LOOKED, ..At::default() };
    let Answer::History(page) = host.read(Ask::History { of: plan.id, at })? else { return Ok(()) };
    for row in crossed(plan, &page.rows) {
        host.page.gap();
        host.page.item_beside(Edge::Bare, "", &row.label, &row.when.label);
        sides(host, row, "  ");
        say_crossed(host, plan, row, 2)?;
    }
    Ok(())
}

/// How far back it is looked for.
const CROSSED_LOOKED: u32 = 200;

fn line(host: &Host, row: &HistoryRow) {
    host.page.item_beside(Edge::Bare, "", &row.label, &row.when.label);
    sides(host, row, "  ");
}

/// One act, below what it was done to.
pub fn act(host: &Host, row: &HistoryRow) {
    host.page.inside(Edge::Bare, 2, &row.label);
    sides(host, row, "    ");
}

fn sides(host: &Host, row: &HistoryRow, indent: &str) {
    let sides = [("term-before", &row.before), ("term-after", &row.after)];
    for (id, words) in sides {
        if let Some(words) = words.as_ref().filter(|words| !words.is_empty()) {
            host.page.item(Edge::Bare, &format!("{indent}{}  ", host.say(id, &[])), words.as_str());
        }
    }
}

fn kept_out_line(host: &Host, row: &KeptOutRow, ids: &BTreeSet<String>) {
    let from = match &row.by {
        Some(by) => {
            let args = [("name", Arg::Text(by.name.as_str())), ("when", Arg::Text(&row.when.label))];
            host.say("kept-out-from", &args)
        }
        None => row.when.label.clone(),
    };
    host.page.item_beside(Edge::Bare, "  ", &row.label, &from);
    for piece in &row.words {
        host.page.item(Edge::Bare, &format!("    {}  ", host.say("term-kept-out-says", &[])), piece.as_str());
    }
    if row.may.allows(Deed::Adopt) {
        let command = format!("belay history --put-in {}", find::short_in(&row.id.to_string(), ids));
        host.page.inside(Edge::Bare, 4, &host.say("term-next", &[("command", Arg::Text(&command))]));
    }
}

/// Puts in a change that was kept out: it counts from now on.
fn put_in(host: &Host, typed: &str) -> Done {
    let kept = find::kept_out(host, typed)?;
    let command = Command::KeptOut(KeptOutCommand::Adopt { batch: kept.id });
    let applied = host.apply(&[command])?;
    done(host, &applied, &host.say("term-put-in", &[]))
}
