//! `belay phones`: the devices that read and write for each of us, and putting one out.

use super::words::typed_words;
use super::{tell, tell_list};
use crate::failure::{Done, Trouble};
use crate::find::{self, short_in};
use crate::host::Host;
use crate::output::Edge;
use crate::seen::{self, Called, Yes};
use belay::companion::{DeviceRow, Entered, UnlockWith};
use belay::crypto::kdf::PassphraseCost;
use belay::error::Code;
use belay::ids::{DeviceId, SpaceId};
use belay::library::Arg;
use belay::view::{Answer, Ask};
use serde::Serialize;
use std::collections::BTreeSet;

/// Your phones and those of your people, and what to do when one is lost.
#[derive(Debug, clap::Subcommand)]
#[command(after_help = "Examples:\n  belay phones list\n  belay phones remove kq4m\n  belay phones reset --keep kq4m")]
pub enum Phones {
    /// Every phone that is or was one of yours or of your people.
    #[command(after_help = "Examples:\n  belay phones list\n  belay phones list --json")]
    List,
    /// Remove a phone. What it writes later is kept out.
    #[command(
        after_help = "Examples:\n  belay phones remove kq4m    (shows whose it is, and asks)\n  belay phones remove kq4m --with-words\n  belay phones remove kq4m --seen kq4m    (one of yours)\n  belay phones remove 7v2c --seen Theo    (one of Theo's)"
    )]
    Remove {
        /// Which phone, as the list shows it.
        id: String,
        /// You have read whose it is. For a phone of yours its first signs, else the name.
        #[arg(long, value_name = "ID or NAME")]
        seen: Option<String>,
    },
    /// Give this phone a new lock, as when someone copied your vault.
    #[command(after_help = "Example:\n  belay phones renew")]
    Renew,
    /// Begin again with the words on your paper: only this phone, and those you keep, count then.
    #[command(
        after_help = "Examples:\n  belay phones reset\n  belay phones reset --keep kq4m\n  belay phones reset --seen 7v2c    (names which end, and asks)"
    )]
    Reset {
        /// Another phone of yours to keep. May be given again.
        #[arg(long, value_name = "ID")]
        keep: Vec<String>,
        /// You have read which phones end: the first signs of the first of them.
        #[arg(long, value_name = "ID")]
        seen: Option<String>,
    },
}

/// A phone in one space.
#[derive(Serialize)]
struct Row {
    space: SpaceId,
    /// What I call its owner; nothing for mine.
    name: Option<String>,
    #[serde(flatten)]
    is: DeviceRow,
}

/// What was done, for other programs.
#[derive(Serialize)]
struct Did {
    id: Option<DeviceId>,
    left: Vec<SpaceId>,
}

impl Phones {
    /// Does it.
    pub fn run(self, host: &Host) -> Done {
        match self {
            Phones::List => list(host),
            Phones::Remove { id, seen } => remove(host, &id, seen.as_deref()),
            Phones::Renew => renew(host),
            Phones::Reset { keep, seen } => reset(host, &keep, seen.as_deref()),
        }
    }
}

/// Every phone of every space, mine first.
fn rows(host: &Host) -> Done<Vec<Row>> {
    let companion = host.open()?;
    let mut rows = Vec::new();
    let own = companion.own_space()?;
    rows.extend(companion.devices(&own)?.into_iter().map(|is| Row { space: own, name: None, is }));
    for person in find::people(host)? {
        for is in companion.devices(&person.space)? {
            let name = (!is.mine).then(|| person.name.as_str().to_owned());
            rows.push(Row { space: person.space, name, is });
        }
    }
    Ok(rows)
}

fn ids(rows: &[Row]) -> BTreeSet<String> {
    rows.iter().map(|row| row.is.id.to_string()).collect()
}

/// A phone by the beginning of its id, in a space where it counts if there is one.
fn which<'a>(rows: &'a [Row], typed: &str) -> Done<&'a Row> {
    let start = find::tidy(typed);
    let fits = |row: &&Row| start.len() >= find::SHORT_MIN && row.is.id.to_string().starts_with(&start);
    let found: Vec<&Row> = rows.iter().filter(fits).collect();
    let one = found.first().filter(|first| found.iter().all(|row| row.is.id == first.is.id)).copied();
    let counts = found.iter().find(|row| row.is.active).copied();
    one.map(|one| counts.unwrap_or(one)).ok_or_else(|| Trouble::from(Code::NotFound).with_command("belay phones list"))
}

fn list(host: &Host) -> Done {
    let rows = rows(host)?;
    if host.flags.json {
        return tell_list(host, "phones", &rows, None, rows.len() as u64);
    }
    let all = ids(&rows);
    let mut shown = BTreeSet::new();
    for row in rows.iter().filter(|row| shown.insert(row.is.id)) {
        let owner = match &row.name {
            Some(name) => host.say("term-phone-of", &[("name", Arg::Text(name))]),
            None => host.say("term-phone-mine", &[]),
        };
        let counts = rows.iter().any(|other| other.is.id == row.is.id && other.is.active);
        let standing = match () {
            () if row.is.contested => host.say("term-phone-both", &[]),
            () if !counts && row.is.this => host.say("term-phone-this-out", &[]),
            () if !counts => host.say("term-phone-out", &[]),
            () if row.is.this => host.say("term-phone-this", &[]),
            () => String::new(),
        };
        let short = short_in(&row.is.id.to_string(), &all);
        host.page.item_beside(Edge::Bare, "", &format!("{short}  {owner}"), &standing);
    }
    Ok(())
}

fn remove(host: &Host, typed: &str, seen: Option<&str>) -> Done {
    let with = host.ask_how()?;
    let companion = host.open_as(PassphraseCost::DEFAULT, with.clone())?;
    let rows = rows(host)?;
    let row = which(&rows, typed)?;
    if row.is.this {
        return Err(host.told_with("Duplicate", "term-phone-here", &[], "belay phones renew", 11));
    }
    if !row.is.active {
        return Err(host.told_with("Duplicate", "term-phone-gone", &[], "belay phones list", 11));
    }
    confirm(host, &rows, row, seen)?;
    companion.remove_device(&row.space, &row.is.id, &with, &host.now())?;
    if host.flags.json {
        return tell(host, "removed", &Did { id: Some(row.is.id), left: Vec::new() });
    }
    host.page.line(&host.say("term-phone-removed", &[]));
    Ok(())
}

/// Shows whose phone goes and what that ends, and waits for its id, or for the name of whoever has it. Ids look alike:
/// the wrong one would shut out a person.
fn confirm(host: &Host, rows: &[Row], row: &Row, seen: Option<&str>) -> Done {
    let whole = row.is.id.to_string();
    let short = short_in(&whole, &ids(rows));
    let (asked, called, ask) = match &row.name {
        Some(name) => (name.as_str(), Called::Name(name), "term-phone-ask-name"),
        None => (short.as_str(), Called::Id(&whole), "term-phone-ask-id"),
    };
    let with_words = if host.flags.with_words { " --with-words" } else { "" };
    let command = format!("belay phones remove {short}{with_words} {}", super::option("--seen", asked));
    let args = &[("asked", Arg::Text(asked))];
    seen::wait(host, &Yes { called, seen, ask, args, not_yet: "term-phone-not-yet", command: &command }, || {
        for line in ends(rows, row) {
            host.page.line(&host.say(line, &[("name", Arg::Text(asked)), ("id", Arg::Text(&short))]));
        }
        Ok(())
    })
}

/// What is said before a phone goes.
fn ends(rows: &[Row], row: &Row) -> &'static [&'static str] {
    let same = |other: &&Row| other.space == row.space && other.is.member == row.is.member && other.is.active;
    match row.name {
        None => &["term-phone-goes-mine", "term-phone-goes-later"],
        Some(_) if rows.iter().filter(same).count() > 1 => &["term-phone-goes-of", "term-phone-goes-later"],
        Some(_) => &["term-phone-goes-only", "term-phone-goes-all"],
    }
}

fn renew(host: &Host) -> Done {
    let with = host.ask_how()?;
    let companion = host.open_as(PassphraseCost::DEFAULT, with.clone())?;
    let new = match &with {
        UnlockWith::RecoveryWords(_) => Some(super::init::new_passphrase(host, None, host.given_passphrase()?)?),
        _ => None,
    };
    let made = companion.renew_device(&with, new.as_ref(), &host.now())?.device;
    let left = left(&made.spaces);
    if host.flags.json {
        return tell(host, "renewed", &Did { id: Some(made.device), left });
    }
    host.page.line(&host.say("term-phone-renewed", &[]));
    told_left(host, &left, "belay phones reset")?;
    host.page.line(&host.say("term-phone-next", &[]));
    let old = short_in(&made.from.to_string(), &ids(&rows(host)?));
    let command = format!("belay phones remove {old}");
    host.page.line(&host.say("term-next", &[("command", Arg::Text(&command))]));
    Ok(())
}

/// The other phones that are mine in my own space and count there.
fn others_of_mine(rows: &[Row]) -> Vec<&Row> {
    rows.iter().filter(|row| row.name.is_none() && row.is.active && !row.is.this).collect()
}

/// Where this phone was taken out by another of mine: what is kept out by it, and how it begins again. Nothing where it
/// counts.
pub fn say_if_out(host: &Host) -> Done {
    let Some(command) = out_here(host)? else { return Ok(()) };
    host.page.line(&host.say("term-out-mine", &[]));
    if let Answer::Status(status) = host.read(Ask::Status)?
        && status.kept_out > 0
    {
        host.page.line(&host.say("kept-out-count", &[("count", Arg::Number(status.kept_out))]));
        host.page.line(&host.say("term-next", &[("command", Arg::Text("belay history --kept-out"))]));
    }
    host.page.line(&host.say("term-out-mine-back", &[]));
    host.page.line(&host.say("term-next", &[("command", Arg::Text(&command))]));
    Ok(())
}

/// The command by which this phone begins again, where another of mine took it out. It keeps those that count.
pub fn out_here(host: &Host) -> Done<Option<String>> {
    let companion = host.open()?;
    let own = companion.own_space()?;
    if companion.devices(&own)?.iter().any(|phone| phone.this && phone.active) {
        return Ok(None);
    }
    let rows = rows(host)?;
    let all = ids(&rows);
    let others = rows.iter().filter(|row| row.space == own && row.is.active);
    let keep: String = others.map(|row| format!(" --keep {}", short_in(&row.is.id.to_string(), &all))).collect();
    Ok(Some(format!("belay phones reset{keep}")))
}

/// Names the phones that end, and waits for the id of the first.
fn confirm_reset(host: &Host, rows: &[Row], keep: &[DeviceId], seen: Option<&str>) -> Done {
    let mut ends: Vec<DeviceId> = others_of_mine(rows).into_iter().map(|row| row.is.id).collect();
    ends.sort();
    ends.dedup();
    ends.retain(|id| !keep.contains(id));
    let Some(first) = ends.first().map(DeviceId::to_string) else { return Ok(()) };
    let all = ids(rows);
    let short = short_in(&first, &all);
    let kept: String = keep.iter().map(|id| format!(" --keep {}", short_in(&id.to_string(), &all))).collect();
    let command = format!("belay phones reset{kept} --seen {short}");
    let args = &[("id", Arg::Text(&short))];
    let (ask, not_yet) = ("term-phones-reset-ask", "term-phones-reset-not-yet");
    seen::wait(host, &Yes { called: Called::Id(&first), seen, ask, args, not_yet, command: &command }, || {
        host.page.line(&host.say("term-phones-reset-ends", &[]));
        for id in &ends {
            host.page.item(Edge::Bare, "  ", &short_in(&id.to_string(), &all));
        }
        let command = format!("belay phones reset{kept} --keep {short}");
        host.page.line(&host.say("term-phones-reset-keep", &[("command", Arg::Text(&command))]));
        Ok(())
    })
}

fn reset(host: &Host, keep: &[String], seen: Option<&str>) -> Done {
    let words = typed_words(host, || super::words::differ(host))?;
    let companion = host.open_as(PassphraseCost::DEFAULT, UnlockWith::RecoveryWords(words.clone()))?;
    let rows = rows(host)?;
    let keep = keep.iter().map(|typed| which(&rows, typed).map(|row| row.is.id)).collect::<Done<Vec<DeviceId>>>()?;
    confirm_reset(host, &rows, &keep, seen)?;
    let made = companion.reset_with_words(&words, &keep, &host.now())?;
    let left = left(&made.spaces);
    if host.flags.json {
        return tell(host, "reset", &Did { id: None, left });
    }
    host.page.line(&host.say("term-phones-reset", &[]));
    told_left(host, &left, "belay phones list")
}

/// Spaces in which nothing could be written.
fn left(spaces: &[Entered]) -> Vec<SpaceId> {
    spaces.iter().filter(|entered| entered.refused.is_some()).map(|entered| entered.space).collect()
}

fn told_left(host: &Host, left: &[SpaceId], command: &str) -> Done {
    let people = find::people(host)?;
    // What has ended is written in by nobody, so nothing of it waits.
    let has_ended = |space: &SpaceId| people.iter().any(|row| row.space == *space && row.stage.code == "left");
    if !left.iter().all(has_ended) {
        host.page.line(&host.say("term-phones-refused", &[]));
        host.page.line(&host.say("term-next", &[("command", Arg::Text(command))]));
    }
    Ok(())
}
