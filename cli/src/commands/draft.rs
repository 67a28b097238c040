//! `belay draft`: words that were written and are not kept yet.

use super::{Paging, done, page_end, tell, tell_list};
use crate::failure::{Done, Trouble};
use crate::host::Host;
use crate::output::Edge;
use belay::command::{Command, DraftCommand, TextTarget};
use belay::error::Code;
use belay::library::Arg;
use belay::view::{Answer, Ask, At, DraftDetail, DraftRow, Page};
use std::io::Write;

/// Words that you wrote and that are not kept yet.
#[derive(Debug, clap::Subcommand)]
#[command(after_help = "Examples:\n  belay draft list\n  belay draft show 1\n  belay draft discard 1")]
pub enum Draft {
    /// All of them, newest first.
    #[command(after_help = "Example:\n  belay draft list")]
    List {
        /// Which page.
        #[command(flatten)]
        paging: Paging,
    },
    /// Read one.
    #[command(after_help = "Example:\n  belay draft show 1")]
    Show {
        /// Its number, as the list shows it.
        number: usize,
    },
    /// Let one go.
    #[command(after_help = "Example:\n  belay draft discard 1")]
    Discard {
        /// Its number, as the list shows it.
        number: usize,
    },
}

impl Draft {
    /// Does it.
    pub fn run(self, host: &Host) -> Done {
        match self {
            Draft::List { paging } => list(host, &paging.at()),
            Draft::Show { number } => show(host, number),
            Draft::Discard { number } => {
                let target = numbered(host, number)?.target;
                let applied = host.apply(&[Command::Draft(DraftCommand::Discard { target })])?;
                done(host, &applied, &host.say("term-draft-gone", &[]))
            }
        }
    }
}

fn page(host: &Host, at: &At) -> Done<Page<DraftRow>> {
    match host.read(Ask::Drafts { at: at.clone() })? {
        Answer::Drafts(page) => Ok(page),
        _ => Err(Code::Internal.into()),
    }
}

fn numbered(host: &Host, number: usize) -> Done<DraftRow> {
    let rows = page(host, &At { limit: 200, ..At::default() })?.rows;
    let row = number.checked_sub(1).and_then(|at| rows.into_iter().nth(at));
    row.ok_or_else(|| Trouble::from(Code::NotFound).with_command("belay draft list"))
}

fn list(host: &Host, at: &At) -> Done {
    let page = page(host, at)?;
    if host.flags.json {
        return tell_list(host, "drafts", &page.rows, page.next.as_ref(), page.total.unwrap_or_default());
    }
    if page.rows.is_empty() {
        host.page.line(&host.say("term-drafts-none", &[]));
    }
    for (at, row) in (1..).zip(&page.rows) {
        let gone = if row.is_there { String::new() } else { host.say("term-draft-alone", &[]) };
        let words = format!("{}  {}", row.when.label, row.snippet.as_str());
        host.page.item_beside(Edge::Bare, &format!("{at}. "), &words, &gone);
    }
    page_end(host, page.next.as_ref());
    Ok(())
}

fn show(host: &Host, number: usize) -> Done {
    let target = numbered(host, number)?.target;
    let draft = match host.read(Ask::Draft { target })? {
        Answer::Draft(draft) => *draft,
        _ => return Err(Code::Internal.into()),
    };
    if host.flags.json {
        return tell::<DraftDetail>(host, "draft", &draft);
    }
    for line in draft.text.as_str().lines() {
        host.page.line(line);
    }
    host.page.gap();
    host.page.line(&host.say("kept-at", &[("when", Arg::Text(&draft.when.long))]));
    Ok(())
}

/// A field that the person's editor is opened for.
pub struct Edited {
    /// Which.
    pub target: TextTarget,
    /// The text, with words of theirs that are not kept yet.
    pub before: String,
    has_draft: bool,
}

impl Edited {
    /// As it is now.
    pub fn open(host: &Host, target: &TextTarget) -> Done<Edited> {
        let opened = host.open()?.text_open(target, &host.now())?;
        let (before, has_draft) = (opened.text.into_string(), opened.recovered.is_some());
        Ok(Edited { target: opened.target, before, has_draft })
    }

    /// What lets go of the words that were not kept, once they are.
    pub fn done(&self) -> Option<Command> {
        self.has_draft.then(|| Command::Draft(DraftCommand::Discard { target: self.target.clone() }))
    }
}

/// Keeps the words of an editor as a draft and says so: once it is closed, it shows them nowhere else.
pub fn keep(host: &Host, edited: &Edited, words: &str, trouble: Trouble) -> Trouble {
    let (target, before) = (edited.target.clone(), Some(edited.before.as_str().into()));
    let keep = Command::Draft(DraftCommand::Keep { target, text: words.into(), before });
    // Said only where it is so.
    if host.apply(&[keep]).is_err() {
        return trouble;
    }
    let _ = writeln!(std::io::stderr().lock(), "{}", host.say("term-draft-kept", &[]));
    trouble.with_command("belay draft list")
}
