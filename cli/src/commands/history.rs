//! `belay history`: who changed what, and what was kept out.

use super::{Paging, done, page_end, tell_list};
use crate::failure::Done;
use crate::find;
use crate::host::Host;
use crate::output::Edge;
use belay::command::{Command, Deed, KeptOutCommand};
use belay::error::Code;
use belay::library::Arg;
use belay::view::{Answer, Ask, HistoryRow, KeptOutRow};
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
        let of = find::object(host, object)?.id();
        let answer = host.read(Ask::History { of, at: self.paging.at() })?;
        let Answer::History(page) = answer else { return Err(Code::Internal.into()) };
        if host.flags.json {
            return tell_list(host, "history", &page.rows, page.next.as_ref(), page.total.unwrap_or_default());
        }
        for row in &page.rows {
            line(host, row);
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
