//! `belay leave`: an end to what is shared with someone. It shows first what ends and what stays; their name is the yes.

use super::tell;
use crate::failure::Done;
use crate::find::{self, Ids, short_in};
use crate::host::Host;
use crate::seen::{self, Called, Yes};
use belay::command::{Command, ConsentCommand};
use belay::companion::COMMANDS_MAX;
use belay::crypto::kdf::PassphraseCost;
use belay::ids::{DocId, SpaceId};
use belay::library::Arg;
use belay::text::fold;
use belay::view::{Ownership, OwnershipKind, RelationshipRow};
use serde::Serialize;

/// End what you share with someone, for good.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  belay leave Theo    (shows what ends, and asks)\n  belay leave Theo --seen Theo\n  belay leave Theo --with-copies\n\nYou both keep what is here, to be read. You can give no more to each other in this place. A plan or goal of yours can go on for you alone: see `belay go-on --help`.\n\nA copy that may not have come there yet is taken back first. One that is there stays there: see `belay shared`."
)]
pub struct Leave {
    /// With whom, by their whole name.
    name: String,
    /// Let copies go along that may not be there yet.
    #[arg(long)]
    with_copies: bool,
    /// You have read what ends: their name once more.
    #[arg(long, value_name = "NAME")]
    seen: Option<String>,
}

#[derive(Serialize)]
struct Left<'a> {
    space: String,
    name: &'a str,
    /// Copies that may not have been there yet.
    not_carried: u64,
    /// Whether they were taken back before.
    taken_back: bool,
}

impl Leave {
    /// Does it. The secret that opens the vault is asked for, since it cannot be taken back.
    pub fn run(self, host: &Host) -> Done {
        let with = host.ask_how()?;
        let companion = host.open_as(PassphraseCost::DEFAULT, with.clone())?;
        let person = find::person(host, &self.name)?;
        let name = person.name.as_str();
        self.is_named(host, &person)?;
        if person.stage.code == "left" {
            return Err(host.told_with("RelationshipEnded", "term-left-before", &[], "belay plan list", 7));
        }
        let copies = companion.not_carried(&person.space)?;
        let (not_carried, taken_back) = (copies.len() as u64, !self.with_copies && !copies.is_empty());
        let goes_on = mine_in(host, &person.space)?;
        self.confirm(host, name, &goes_on, not_carried)?;
        if not_carried > 0 && !host.flags.json {
            let id = if taken_back { "term-leave-takes-back" } else { "term-leave-gives" };
            host.page.line(&host.say(id, &[("count", Arg::Number(not_carried)), ("name", Arg::Text(name))]));
        }
        if taken_back {
            // While it is shared it can be asked for; afterwards nothing can.
            let back = |copy: &DocId| Command::Consent(ConsentCommand::TakeBack { copy: *copy });
            for some in copies.chunks(COMMANDS_MAX) {
                host.apply(&some.iter().map(back).collect::<Vec<_>>())?;
            }
        }
        companion.leave(&person.space, &with, &host.now())?;
        if host.flags.json {
            return tell(host, "left", &Left { space: person.space.to_string(), name, not_carried, taken_back });
        }
        let with_name = [("name", Arg::Text(name))];
        host.page.line(&host.say("term-left", &with_name));
        if person.phones == 0 {
            host.page.line(&host.say("term-left-no-phone", &with_name));
        } else {
            let command = format!("belay bundle out {}", super::named(name));
            host.page.line(&host.say("term-left-tell", &with_name));
            host.page.line(&host.say("term-next", &[("command", Arg::Text(&command))]));
        }
        for (id, title) in &goes_on {
            let command = format!("belay go-on {id}");
            let args = [("title", Arg::Text(title)), ("command", Arg::Text(&command))];
            host.page.line(&host.say("term-left-go-on", &args));
        }
        Ok(())
    }

    /// An id alone ends nothing; where two have one name, this one gets a name of its own first.
    fn is_named(&self, host: &Host, person: &RelationshipRow) -> Done {
        let name = person.name.as_str();
        let people = find::people(host)?;
        let same = |row: &&RelationshipRow| {
            row.space != person.space && row.stage.code != "left" && fold(row.name.as_str()) == fold(name)
        };
        let others = people.iter().filter(same).count();
        if others > 0 {
            let short = short_in(&person.space.to_string(), &people.iter().map(|row| row.space.to_string()).collect());
            let command = format!("belay name NAME --of {short}\nbelay leave NAME");
            let paired = find::paired(host, &person.space);
            let known = if paired.is_empty() { "no" } else { "yes" };
            let args =
                [("count", Arg::Number(others as u64)), ("known", Arg::Text(known)), ("paired", Arg::Text(&paired))];
            return Err(host.told_with("NeedsConfirmation", "term-leave-same-name", &args, &command, 7));
        }
        if fold(name) != fold(&self.name) {
            let command = format!("belay leave {}", super::named(name));
            return Err(host.told_with("NeedsConfirmation", "term-leave-name", &[], &command, 7));
        }
        Ok(())
    }

    /// Shows what ends and what stays, and waits for the name. It is an end for good: nothing of it is done unseen.
    fn confirm(&self, host: &Host, name: &str, goes_on: &[(String, String)], not_carried: u64) -> Done {
        let with_copies = if self.with_copies { " --with-copies" } else { "" };
        let command = super::seen_again("belay leave", name, with_copies);
        let with_name = [("name", Arg::Text(name))];
        let yes = Yes {
            called: Called::Name(name),
            seen: self.seen.as_deref(),
            ask: "term-leave-ask",
            args: &with_name,
            not_yet: "term-leave-not-yet",
            command: &command,
        };
        seen::wait(host, &yes, || {
            for id in ["term-leave-ends", "term-leave-stays", "term-leave-copies"] {
                host.page.line(&host.say(id, &with_name));
            }
            if not_carried > 0 {
                let id = if self.with_copies { "term-leave-will-give" } else { "term-leave-will-take-back" };
                host.page.line(&host.say(id, &[("count", Arg::Number(not_carried)), ("name", Arg::Text(name))]));
            }
            if !goes_on.is_empty() {
                host.page.line(&host.say("term-leave-go-on", &[]));
            }
            for (id, title) in goes_on {
                host.page.line(&host.say("term-undone-what", &[("id", Arg::Text(id)), ("text", Arg::Text(title))]));
            }
            Ok(())
        })
    }
}

/// The plans and goals of mine that are shared there: id as it is typed, and title.
fn mine_in(host: &Host, space: &SpaceId) -> Done<Vec<(String, String)>> {
    let (ids, mut found) = (Ids::read(host)?, Vec::new());
    let mine = |ownership: &Ownership| ownership.kind == OwnershipKind::Mine;
    for row in find::plans(host)?.into_iter().filter(|row| row.space == *space && mine(&row.ownership)) {
        found.push((ids.short(&row.id.to_string()), row.title.into_string()));
    }
    for row in find::goals(host)?.into_iter().filter(|row| mine(&row.ownership)) {
        if find::goal_detail(host, row.id)?.space == *space {
            found.push((ids.short(&row.id.to_string()), row.title.into_string()));
        }
    }
    Ok(found)
}
