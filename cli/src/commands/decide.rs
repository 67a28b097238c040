//! `belay decide`: what becomes of an idea. No reason is asked.

use super::done;
use crate::failure::{Done, Told};
use crate::find;
use crate::host::Host;
use belay::command::{Command, Decision, TalkCommand};
use belay::error::Code;
use belay::library::Arg;
use belay::view::IdeaDetail;

/// Say what becomes of an idea.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  belay decide p3xd --add\n  belay decide p3xd --add-as \"Walk to the river, even for 5 minutes\"\n  belay decide p3xd --not-this"
)]
#[command(group = clap::ArgGroup::new("choice").required(true).args(["add", "add_as", "not_this"]))]
pub struct Decide {
    /// Which idea.
    idea: String,
    /// Add it word for word. The number says which of several ways to say it.
    #[arg(long, value_name = "N", num_args = 0..=1, default_missing_value = "1")]
    add: Option<u32>,
    /// Add it in your words.
    #[arg(long, value_name = "TEXT")]
    add_as: Option<String>,
    /// Do not add it. Nobody asks why.
    #[arg(long)]
    not_this: bool,
    /// You have read how the line reads now.
    #[arg(long)]
    as_it_reads_now: bool,
}

impl Decide {
    /// Does it.
    pub fn run(self, host: &Host) -> Done {
        let idea = find::idea(host, &self.idea)?;
        let decision = match (self.add, &self.add_as) {
            (Some(number), _) => Decision::Add(number.saturating_sub(1)),
            (None, Some(text)) => Decision::AddAs(text.as_str().into()),
            (None, None) => Decision::Decline,
        };
        if let Decision::Add(at) = decision
            && at > 0
            && at as usize >= idea.alternatives.len()
        {
            let count = Arg::Number(idea.alternatives.len() as u64);
            return Err(host.told_with("OutOfRange", "term-choice-none", &[("count", count)], "belay ideas", 3));
        }
        let as_given = matches!(decision, Decision::Add(_));
        // Words that changed since are shown first; the flag says that they were read.
        if idea.stale && decision != Decision::Decline && !self.as_it_reads_now {
            super::ideas::whole(host, &idea, &[&idea]);
            return Err(stale(host, &idea));
        }
        let command = TalkCommand::Decide { idea: idea.id, decision, seen: idea.rev.clone() };
        let applied = host.apply(&[Command::Talk(command)])?;
        let id = match (self.not_this, as_given) {
            (true, _) => "term-idea-not-added",
            (false, true) => "term-idea-added",
            (false, false) => "term-idea-added-as",
        };
        let args = [("part", Arg::Text(idea.target_label.as_str())), ("name", Arg::Text(idea.by.name.as_str()))];
        done(host, &applied, &host.say(id, &args))?;
        waiting(host, &idea)
    }
}

fn stale(host: &Host, idea: &IdeaDetail) -> crate::failure::Trouble {
    let told = host.phrases.error(Code::Stale);
    let short = idea.id.to_string();
    let short = short.get(..find::SHORT_MIN).unwrap_or_default();
    let command = format!("belay decide {short} --add --as-it-reads-now");
    Told { code: "Stale".into(), label: told.label, next: told.next, command, exit: 11, ..Told::default() }.into()
}

/// What waits to go to whoever gave the idea, and how it gets there.
fn waiting(host: &Host, idea: &IdeaDetail) -> Done {
    if host.flags.json {
        return Ok(());
    }
    let with = find::people(host)?.into_iter().find(|row| row.people.iter().any(|one| one.member == idea.by.member));
    if let Some(row) = with {
        let name = row.name.as_str();
        let command = format!("belay bundle out {}", super::named(name));
        let waits = host.say("term-waiting-to-go", &[("count", Arg::Number(row.waiting)), ("name", Arg::Text(name))]);
        let next = host.say("term-next", &[("command", Arg::Text(&command))]);
        host.page.line(&format!("{waits}  {next}"));
    }
    Ok(())
}

/// Take back an idea of yours.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  belay take-back p3xd")]
pub struct TakeBack {
    /// Which idea.
    idea: String,
}

impl TakeBack {
    /// Does it.
    pub fn run(self, host: &Host) -> Done {
        let idea = find::idea(host, &self.idea)?.id;
        let applied = host.apply(&[Command::Talk(TalkCommand::Withdraw { idea })])?;
        done(host, &applied, &host.say("term-idea-taken-back", &[]))
    }
}
