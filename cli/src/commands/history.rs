//! `belay history`: who changed what, and what was kept out.

use super::{Paging, page_end, tell_list};
use crate::failure::Done;
use crate::find;
use crate::host::Host;
use crate::output::Edge;
use belay::error::Code;
use belay::library::Arg;
use belay::view::{Answer, Ask, HistoryRow, KeptOutRow};

/// Who changed what, or what was kept out.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  belay history wellness\n  belay history --kept-out")]
#[command(group = clap::ArgGroup::new("of").required(true).args(["object", "kept_out"]))]
pub struct History {
    /// Which note, goal or plan.
    object: Option<String>,
    /// What was kept out, and why.
    #[arg(long)]
    kept_out: bool,
    /// Which page.
    #[command(flatten)]
    paging: Paging,
}

impl History {
    /// Does it.
    pub fn run(self, host: &Host) -> Done {
        match &self.object {
            Some(object) => self.of(host, object),
            None => self.kept_out(host),
        }
    }

    fn of(&self, host: &Host, object: &str) -> Done {
        let of = find::object(host, object)?.id();
        let answer = host.read(Ask::History { of, at: self.paging.at() })?;
        let Answer::History(page) = answer else { return Err(Code::Internal.into()) };
        if host.flags.json {
            return tell_list(host, "history", &page.rows, page.next.as_ref(), page.total);
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
            return tell_list(host, "kept-out", &page.rows, page.next.as_ref(), page.total);
        }
        host.page.line(&host.say("kept-out-count", &[("count", Arg::Number(page.total))]));
        for row in &page.rows {
            kept_out_line(host, row);
        }
        page_end(host, page.next.as_ref());
        Ok(())
    }
}

fn line(host: &Host, row: &HistoryRow) {
    host.page.item_beside(Edge::Bare, "", &row.label, &row.when.label);
    let sides = [("term-before", &row.before), ("term-after", &row.after)];
    for (id, words) in sides {
        if let Some(words) = words.as_ref().filter(|words| !words.is_empty()) {
            host.page.item(Edge::Bare, &format!("  {}  ", host.say(id, &[])), words.as_str());
        }
    }
}

fn kept_out_line(host: &Host, row: &KeptOutRow) {
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
}
