//! `belay forget`, `belay forgotten` and `belay purge`: letting something go, and what each phone said of it.

use super::{done, draft, note, tell, tell_list, undo};
use crate::failure::Done;
use crate::find::{self, Ids, Object, short_in};
use crate::host::Host;
use crate::output::Edge;
use crate::seen::{self, Called, Yes};
use belay::command::{Command, ForgetCommand};
use belay::crypto::kdf::PassphraseCost;
use belay::error::Code;
use belay::library::Arg;
use belay::view::{Answer, Ask, ForgottenRow};
use serde::Serialize;
use std::collections::BTreeSet;

/// Let a note, goal or plan of yours go, from everyone's screens.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  belay forget kq4m    (shows what goes, and asks)\n  belay forget kq4m --seen kq4m\n  belay forget wellness --keep-what-it-says\n\nIt cannot be undone. A note can go into the trash instead: belay note trash kq4m"
)]
pub struct Forget {
    /// Which note, goal or plan.
    object: String,
    /// Let only its past go: what it says now stays, in a new one.
    #[arg(long)]
    keep_what_it_says: bool,
    /// You have read what goes: the first signs of its id.
    #[arg(long, value_name = "ID")]
    seen: Option<String>,
}

impl Forget {
    /// What it is about, as it was typed.
    pub fn about(&self) -> &str {
        &self.object
    }

    /// Does it.
    pub fn run(self, host: &Host) -> Done {
        let object = find::object(host, &self.object)?;
        let doc = object.id();
        // A copy is taken back, which ends what was agreed to as well; it has no past to let go of.
        if let Object::Copy(copy) = object {
            return super::share::take_back(host, &find::copy(host, &copy.to_string())?);
        }
        let command =
            if self.keep_what_it_says { ForgetCommand::Past { doc } } else { ForgetCommand::Everything { doc } };
        self.confirm(host, object, &command)?;
        let applied = host.apply(&[Command::Forget(command)])?;
        let id = if self.keep_what_it_says { "term-forget-past" } else { "term-forget-all" };
        done(host, &applied, &host.say(id, &[]))?;
        if !host.flags.json {
            host.page.line(&host.say("term-next", &[("command", Arg::Text("belay forgotten"))]));
        }
        Ok(())
    }

    /// Shows what goes, and waits for its id: no undo brings it back.
    fn confirm(&self, host: &Host, object: Object, command: &ForgetCommand) -> Done {
        // What is refused is said before anything is asked.
        host.open()?.preview(&Command::Forget(command.clone()), &host.now())?;
        let whole = object.id().to_string();
        let short = Ids::read(host)?.short(&whole);
        let kept = if self.keep_what_it_says { " --keep-what-it-says" } else { "" };
        let command = format!("belay forget {short}{kept} --seen {short}");
        let yes = Yes {
            called: Called::Id(&whole),
            seen: self.seen.as_deref(),
            ask: "term-forget-ask",
            args: &[("id", Arg::Text(&short))],
            not_yet: "term-forget-not-yet",
            command: &command,
        };
        seen::wait(host, &yes, || self.show(host, object, &short))
    }

    /// What goes, who can see it, and what can be done instead.
    fn show(&self, host: &Host, object: Object, short: &str) -> Done {
        let (words, audience) = shown(host, object)?;
        host.page.item_beside(Edge::Bare, &format!("{short}  "), &words, &audience);
        let page = if self.keep_what_it_says { "term-forget-ends-past" } else { "term-forget-ends" };
        host.page.line(&host.say(page, &[]));
        host.page.line(&host.say("term-forget-days", &[]));
        if !self.keep_what_it_says {
            for number in draft::numbers_of(host, &object.id())? {
                let command = format!("belay draft show {number}");
                host.page.line(&host.say("term-forget-draft", &[("command", Arg::Text(&command))]));
            }
        }
        if let (Object::Note(id), false) = (object, self.keep_what_it_says) {
            note::show_given(host, id)?;
            let command = format!("belay note trash {short}");
            host.page.line(&host.say("term-forget-or-trash", &[("command", Arg::Text(&command))]));
        }
        Ok(())
    }
}

/// The first words of what goes, and who can see it.
fn shown(host: &Host, object: Object) -> Done<(String, String)> {
    Ok(match object {
        Object::Note(id) => match host.read(Ask::Note { id })? {
            Answer::Note(note) => (undo::first_words(&note), note.audience.label),
            _ => return Err(Code::NotFound.into()),
        },
        Object::Goal(id) => {
            let goal = find::goal_detail(host, id)?;
            (goal.title.into_string(), goal.audience.label)
        }
        Object::Plan(id) | Object::Copy(id) => {
            let plan = find::plan_detail(host, id)?;
            (plan.title.into_string(), plan.audience.label)
        }
    })
}

/// What was let go, and which phone has said so.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  belay forgotten\n  belay forgotten --let-go kq4m    (shows what goes, and asks)\n  belay forgotten --let-go kq4m --seen kq4m"
)]
pub struct Forgotten {
    /// Let go of what you wrote in this one too, and nobody copied.
    #[arg(long, value_name = "ID")]
    let_go: Option<String>,
    /// You have read what goes: the first signs of its id.
    #[arg(long, value_name = "ID", requires = "let_go")]
    seen: Option<String>,
}

impl Forgotten {
    /// Whether it does more than look.
    pub fn writes(&self) -> bool {
        self.let_go.is_some()
    }

    /// Does it.
    pub fn run(self, host: &Host) -> Done {
        if let Some(typed) = &self.let_go {
            let row = find::forgotten(host, typed)?;
            let doc = row.doc;
            self.confirm(host, &row)?;
            let applied = host.apply(&[Command::Forget(ForgetCommand::LetGo { doc })])?;
            return done(host, &applied, &host.say("term-forgotten-let-go", &[]));
        }
        let rows = find::all_forgotten(host)?;
        if host.flags.json {
            return tell_list(host, "forgotten", &rows, None, rows.len() as u64);
        }
        if rows.is_empty() {
            host.page.line(&host.say("term-forgotten-none", &[]));
        }
        let all: BTreeSet<String> = rows.iter().map(|row| row.doc.to_string()).collect();
        for row in &rows {
            show(host, row, &short_in(&row.doc.to_string(), &all));
        }
        Ok(())
    }

    /// Shows what goes, and waits for its id: nothing brings it back.
    fn confirm(&self, host: &Host, row: &ForgottenRow) -> Done {
        let (whole, short) = ids_of(host, row)?;
        let command = format!("belay forgotten --let-go {short} --seen {short}");
        let yes = Yes {
            called: Called::Id(&whole),
            seen: self.seen.as_deref(),
            ask: "term-let-go-ask",
            args: &[("id", Arg::Text(&short))],
            not_yet: "term-let-go-not-yet",
            command: &command,
        };
        seen::wait(host, &yes, || {
            show(host, row, &short);
            Ok(())
        })
    }
}

/// Its id, and how that is typed.
fn ids_of(host: &Host, row: &ForgottenRow) -> Done<(String, String)> {
    let all = find::all_forgotten(host)?.iter().map(|row| row.doc.to_string()).collect();
    let whole = row.doc.to_string();
    let short = short_in(&whole, &all);
    Ok((whole, short))
}

fn show(host: &Host, row: &ForgottenRow, id: &str) {
    let out = &host.page;
    out.item_beside(Edge::Bare, "", &format!("{}  {id}", row.label), &row.when.label);
    let stage = match row.days {
        Some(days) => host.say("term-forgotten-days", &[("days", Arg::Number(days.into()))]),
        None => row.stage.label.clone(),
    };
    out.inside(Edge::Bare, 2, &stage);
    if row.kept > 0 {
        out.inside(Edge::Bare, 2, &host.say("term-forgotten-kept", &[("count", Arg::Number(row.kept))]));
    }
    for words in &row.words {
        out.item(Edge::Bare, "    ", words.as_str());
    }
    for receipt in &row.receipts {
        out.item_beside(Edge::Bare, "  ", receipt.by.name.as_str(), &receipt.stage.label);
    }
}

/// Ask every phone to drop the words of what you let go, at once.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  belay purge kq4m    (as belay forgotten shows it; shows what goes, and asks)\n  belay purge kq4m --seen kq4m"
)]
pub struct Purge {
    /// Which of the things you let go.
    id: String,
    /// You have read what goes: the first signs of its id.
    #[arg(long, value_name = "ID")]
    seen: Option<String>,
}

#[derive(Serialize)]
struct Purged {
    id: String,
}

impl Purge {
    /// Does it. The secret that opens the vault is asked for, since it cannot be taken back.
    pub fn run(self, host: &Host) -> Done {
        let with = host.ask_how()?;
        let companion = host.open_as(PassphraseCost::DEFAULT, with.clone())?;
        let row = find::forgotten(host, &self.id)?;
        let doc = row.doc;
        // What is refused is said before anything is asked.
        if row.by.as_ref().is_some_and(|by| !by.is_me) {
            return Err(Code::NotOwner.into());
        }
        let person = find::people(host)?.into_iter().find(|person| person.space == row.space);
        match person.as_ref().map(|person| person.stage.code.as_str()) {
            Some("left") => return Err(Code::RelationshipEnded.into()),
            Some("put-out") => return Err(Code::Revoked.into()),
            _ => self.confirm(host, &row)?,
        }
        companion.purge(&[doc], &with, &host.now())?;
        if host.flags.json {
            return tell(host, "purged", &Purged { id: doc.to_string() });
        }
        host.page.line(&host.say("term-purged", &[]));
        host.page.line(&host.say("term-next", &[("command", Arg::Text("belay forgotten"))]));
        Ok(())
    }

    /// Shows what goes, and waits for its id: after it, nothing brings the words back from the phones that heard.
    fn confirm(&self, host: &Host, row: &ForgottenRow) -> Done {
        let (whole, short) = ids_of(host, row)?;
        let with_words = if host.flags.with_words { " --with-words" } else { "" };
        let command = format!("belay purge {short}{with_words} --seen {short}");
        let yes = Yes {
            called: Called::Id(&whole),
            seen: self.seen.as_deref(),
            ask: "term-purge-ask",
            args: &[("id", Arg::Text(&short))],
            not_yet: "term-purge-not-yet",
            command: &command,
        };
        seen::wait(host, &yes, || {
            show(host, row, &short);
            host.page.line(&host.say("term-purge-goes", &[]));
            Ok(())
        })
    }
}
