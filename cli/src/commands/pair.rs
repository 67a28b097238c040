//! `belay pair`: three files and two numbers.

use super::status::is_unheard;
use super::tell_list;
use crate::failure::{Done, Told, Trouble};
use crate::files;
use crate::find::{self, short_in};
use crate::host::Host;
use crate::output::json::instant;
use crate::prompt;
use crate::seen::Called;
use belay::companion::Companion;
use belay::crypto::words::RecoveryWords;
use belay::error::{Code, Failure, Field};
use belay::exchange::flow::{PairingStage, Step};
use belay::exchange::pairing::{
    EXPIRES_MAX_MS, EXPIRES_MIN_MS, InviteTerms, SecretKind, armor, look_at, six_digits, spaced,
};
use belay::ids::ExchangeId;
use belay::library::Arg;
use belay::space::Role;
use belay::text::fold;
use belay::view::RelationshipRow;
use serde::Serialize;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// How an invitation is answered.
const JOIN: &str = "belay pair join FILE NAME";
/// An hour in milliseconds.
const HOUR_MS: i64 = 3_600_000;

/// Begin to share with someone, by file.
#[derive(Debug, clap::Subcommand)]
#[command(
    after_help = "Three files go to and fro, then you read six digits to each other:\n  belay pair invite Theo --as person\n  belay pair join FILE Mara\n  belay pair take FILE\n  belay pair digits"
)]
pub enum Pair {
    /// Invite someone.
    #[command(
        after_help = "Examples:\n  belay pair invite Theo --as person\n  belay pair invite Theo --as person --for 24h --out theo.belay"
    )]
    Invite {
        /// What you call this person. Only you see it.
        name: String,
        /// Who you are in this: the person it is about, or the supporter who stands by.
        #[arg(long = "as", value_name = "person|supporter", value_parser = ["person", "supporter"], hide_possible_values = true)]
        role: String,
        /// How long it works, from 1h to 14d.
        #[arg(long = "for", value_name = "TIME", default_value = "72h")]
        time: String,
        /// Put no secret in the file; 24 words carry it, to be told in person.
        #[arg(long)]
        words: bool,
        /// The file to write.
        #[arg(long, value_name = "FILE", conflicts_with = "text")]
        out: Option<PathBuf>,
        /// Show it as text to paste, and write no file.
        #[arg(long)]
        text: bool,
    },
    /// Answer an invitation.
    #[command(after_help = "Example:\n  belay pair join mara.belay Mara")]
    Join {
        /// The invitation. A single dash reads it from standard input.
        file: PathBuf,
        /// What you call this person. Only you see it.
        name: String,
        /// The file to write.
        #[arg(long, value_name = "FILE", conflicts_with = "text")]
        out: Option<PathBuf>,
        /// Show the answer as text to paste, and write no file.
        #[arg(long)]
        text: bool,
    },
    /// Take in the file that came back.
    #[command(after_help = "Example:\n  belay pair take theo.belay")]
    Take {
        /// The file. A single dash reads it from standard input.
        file: PathBuf,
        /// The file to write.
        #[arg(long, value_name = "FILE", conflicts_with = "text")]
        out: Option<PathBuf>,
        /// Show the next one as text to paste, and write no file.
        #[arg(long)]
        text: bool,
    },
    /// Type the digits that the other person reads out. Digits that differ end the pairing.
    #[command(after_help = "Examples:\n  belay pair digits\n  belay pair digits 118 054 --with Theo")]
    Digits {
        /// The six digits. Without them you are asked.
        digits: Vec<String>,
        /// With whom, where there are several.
        #[arg(long, value_name = "NAME")]
        with: Option<String>,
    },
    /// Stop a pairing that is not done.
    #[command(after_help = "Example:\n  belay pair cancel Theo")]
    Cancel {
        /// With whom.
        name: String,
    },
    /// All pairings.
    #[command(after_help = "Example:\n  belay pair list")]
    List,
}

/// Whether it is neither done nor ended.
fn is_open(stage: PairingStage) -> bool {
    !matches!(stage, PairingStage::Done | PairingStage::Ended)
}

/// What the next file is called and how it is announced.
struct Next {
    what: &'static str,
    sentence: &'static str,
}

impl Pair {
    /// Does it.
    pub fn run(self, host: &Host) -> Done {
        match self {
            Pair::Invite { name, role, time, words, out, text } => {
                let my_role = if role == "supporter" { Role::Supporter } else { Role::Person };
                let by = if words { SecretKind::Words } else { SecretKind::InFile };
                files::is_free(host, out.as_ref())?;
                let expires_in_ms = read_time(host, &time)?;
                let there = there_already(host, &name, text, None)?;
                let terms = InviteTerms { expires_in_ms, by, ..InviteTerms::relationship(my_role) };
                let step = once(host, |companion| companion.pair_invite(terms, &name, &host.now()))?;
                let next = Next { what: "invitation", sentence: "term-invite-written" };
                give(host, &step, &next, out.as_ref(), text)?;
                // A block to paste stands alone, and words to be told come next.
                if !text && !words {
                    host.page.line(&host.say("term-invite-next", &[("name", Arg::Text(&step.nickname))]));
                    host.page.line_of_data("  belay pair join FILE NAME");
                }
                told_words(host, &step);
                there.iter().for_each(|line| host.page.line(line));
                Ok(())
            }
            Pair::Join { file, name, out, text } => {
                files::is_free(host, out.as_ref())?;
                let invitation = files::read_message(host, &file)?;
                let shown = look_at(&invitation).map_err(|error| not_that_file(host, error.into(), "join"))?;
                let words = match shown.by {
                    SecretKind::Words => Some(ask_words(host)?),
                    SecretKind::InFile => None,
                };
                let join = |companion: &Companion| companion.pair_join(&invitation, words.as_ref(), &name, &host.now());
                let step = once(host, join).map_err(|trouble| match trouble.code() {
                    Some(Code::Duplicate) => host.told("Duplicate", "term-invitation-own", 11),
                    _ => trouble,
                })?;
                let next = Next { what: "reply", sentence: "term-reply-written" };
                give(host, &step, &next, out.as_ref(), text)?;
                there_already(host, &name, text, Some(&step.id))?.iter().for_each(|line| host.page.line(line));
                Ok(())
            }
            Pair::Take { file, out, text } => {
                files::is_free(host, out.as_ref())?;
                let message = files::read_message(host, &file)?;
                let step = once(host, |companion| companion.pair_take(&message, &host.now())).map_err(|trouble| {
                    if look_at(&message).is_ok() {
                        return host.told_with("UnsupportedType", "term-file-invites", &[], JOIN, 3);
                    }
                    not_that_file(host, trouble, "take")
                })?;
                let next = Next { what: "completion", sentence: "term-completion-written" };
                give(host, &step, &next, out.as_ref(), text)
            }
            Pair::Digits { digits, with } => type_digits(host, &digits.concat(), with.as_deref()),
            Pair::Cancel { name } => {
                let step = one(host, Some(&name), is_open, "belay pair cancel")?;
                once(host, |companion| companion.pair_cancel(&step.id, &host.now()))?;
                given_up(host, &step);
                Ok(())
            }
            Pair::List => list(host),
        }
    }
}

/// A file that is something else: which command takes it.
fn not_that_file(host: &Host, trouble: Trouble, tried: &str) -> Trouble {
    let Some(code @ (Code::Corrupt | Code::UnsupportedType)) = trouble.code() else { return trouble };
    let (id, command) = match tried {
        "join" => ("term-file-no-invitation", "belay pair take FILE\nbelay bundle in FILE"),
        _ => ("term-file-no-reply", "belay pair join FILE NAME\nbelay bundle in FILE"),
    };
    host.told_with(&format!("{code:?}"), id, &[], command, trouble.exit())
}

/// Does a step; before the first save the recovery notice comes first.
fn once<T>(host: &Host, work: impl Fn(&Companion) -> Result<T, Failure>) -> Done<T> {
    let companion = host.open()?;
    match work(companion) {
        Err(failure) if failure.code() == Code::NeedsAcknowledgement => {
            prompt::acknowledge(host, companion)?;
            Ok(work(companion)?)
        }
        other => Ok(other?),
    }
}

/// `72h`, `3d`: in milliseconds.
fn read_time(host: &Host, text: &str) -> Done<i64> {
    let number = |digits: &str, unit: i64| digits.trim().parse::<i64>().ok().and_then(|count| count.checked_mul(unit));
    let read = match (text.strip_suffix('h'), text.strip_suffix('d')) {
        (Some(hours), _) => number(hours, HOUR_MS),
        (_, Some(days)) => number(days, 24 * HOUR_MS),
        _ => None,
    };
    let read = read.ok_or_else(|| host.usage("term-usage-value", &[], "--for 72h"))?;
    if !(EXPIRES_MIN_MS..=EXPIRES_MAX_MS).contains(&read) {
        return Err(host.told_with("OutOfRange", "term-time-bounds", &[], "--for 72h", 3));
    }
    Ok(read)
}

fn ask_words(host: &Host) -> Done<RecoveryWords> {
    let typed = match prompt::is_typed() {
        true => prompt::secret(host, "term-pair-words-ask")?,
        false => {
            let line = prompt::line()?.ok_or_else(|| host.told("Locked", "term-words-nowhere", 5))?;
            belay::secret::SecretText::new(line)
        }
    };
    // Read for the secret they carry, and gone after it.
    RecoveryWords::parse(typed.expose()).map_err(|_| host.told("WrongSecret", "term-pair-words-other", 5))
}

fn told_words(host: &Host, step: &Step) {
    let Some(words) = &step.words else { return };
    host.page.line(&host.say("term-pair-words", &[("name", Arg::Text(&step.nickname))]));
    host.page.inside(crate::output::Edge::Bare, 2, &words.list().join(" "));
}

/// Gives the file of a step, and the digits where it has come to them.
fn give(host: &Host, step: &Step, next: &Next, out: Option<&PathBuf>, as_text: bool) -> Done {
    let name = ("name", Arg::Text(&step.nickname));
    if let Some(bytes) = &step.send {
        if as_text {
            host.page.raw(&armor(bytes)?);
        } else {
            let written = files::write(host, out, &step.nickname, next.what, bytes)?;
            let until = host.phrases.until_label(step.expires_ms, &host.now());
            let args = [("file", Arg::Text(&written.file)), name, ("until", Arg::Text(&until))];
            host.page.line(&host.say(if written.is_again { "term-file-again" } else { next.sentence }, &args));
            files::say_older(host, &written);
        }
    }
    if let Some(digits) = &step.digits {
        let digits = spaced(digits);
        host.page.line(&host.say("term-digits-mine", &[name, ("digits", Arg::Text(&digits))]));
        host.page.line(&host.say("term-next", &[("command", Arg::Text("belay pair digits"))]));
    }
    Ok(())
}

/// That someone of this name is here already, or invited: two of one name are hard to tell apart. A block to paste stands
/// alone.
fn there_already(host: &Host, name: &str, as_text: bool, but: Option<&ExchangeId>) -> Done<Vec<String>> {
    if as_text {
        return Ok(Vec::new());
    }
    let steps = once(host, |companion| companion.pairings(&host.now()))?;
    let is_other = |step: &Step| is_open(step.stage) && Some(&step.id) != but;
    let is_invited = steps.iter().any(|step| is_other(step) && fold(&step.nickname) == fold(name));
    // Whoever has left is out of the way: the name is free.
    let is_there = |row: &RelationshipRow| row.stage.code != "left" && fold(row.name.as_str()) == fold(name);
    let person = find::people(host)?.into_iter().find(is_there);
    let id = match (&person, is_invited) {
        (Some(_), _) => "term-pair-there",
        (None, true) => "term-pair-there-open",
        (None, false) => return Ok(Vec::new()),
    };
    let named = person.as_ref().map_or(name, |row| row.name.as_str());
    let others = find::others_called(host, name, None)?.join(", ");
    let next = format!("belay pair cancel {}", super::named(name));
    let next = if is_invited { "belay pair list" } else { next.as_str() };
    let args = [("name", Arg::Text(named)), ("ids", Arg::Text(&others))];
    Ok(vec![host.say(id, &args), host.say("term-next", &[("command", Arg::Text(next))])])
}

/// What it was that is given up.
fn given_up(host: &Host, step: &Step) {
    let until = host.phrases.until_label(step.expires_ms, &host.now());
    let id = match step.stage {
        PairingStage::Invited => "term-pair-given-up-invitation",
        PairingStage::Replied => "term-pair-given-up-answer",
        _ => "term-pair-given-up-digits",
    };
    host.page.line(&host.say(id, &[("name", Arg::Text(&step.nickname)), ("until", Arg::Text(&until))]));
}

/// The pairing that is meant: by name or by the beginning of its id, or the only one at that stage.
fn one(host: &Host, name: Option<&str>, at: impl Fn(PairingStage) -> bool, command: &str) -> Done<Step> {
    let mut steps = once(host, |companion| companion.pairings(&host.now()))?;
    let ids = ids(&steps);
    let is_it =
        |step: &Step, typed: &str| fold(typed) == fold(&step.nickname) || Called::Id(&step.id.to_string()).is(typed);
    steps.retain(|step| at(step.stage) && name.is_none_or(|name| is_it(step, name)));
    if steps.len() > 1 {
        let same =
            |step: &&Step| steps.iter().filter(|other| fold(&other.nickname) == fold(&step.nickname)).count() > 1;
        let called = |step: &Step| match same(&step) {
            true => short_in(&step.id.to_string(), &ids),
            false => super::named(&step.nickname),
        };
        let commands: Vec<String> = steps.iter().map(|step| format!("{command} {}", called(step))).collect();
        let until = |step: &Step| host.phrases.until_label(step.expires_ms, &host.now());
        let told = |step: &Step| {
            host.say("term-id-beside", &[("id", Arg::Text(&called(step))), ("text", Arg::Text(&until(step)))])
        };
        let all = steps.iter().map(told).collect::<Vec<_>>().join(", ");
        let args = [("names", Arg::Text(&all))];
        return Err(host.told_with("NotFound", "term-pair-several", &args, &commands.join("\n"), 4));
    }
    let missing = || host.told_with("NotFound", "term-pair-none", &[], "belay pair list", 4);
    steps.into_iter().next().ok_or_else(missing)
}

fn type_digits(host: &Host, given: &str, with: Option<&str>) -> Done {
    let step = one(host, with, |stage| stage == PairingStage::Digits, "belay pair digits --with")?;
    let name = ("name", Arg::Text(&step.nickname));
    let mut given = Some(given.to_owned()).filter(|given| !given.is_empty());
    if let Some(digits) = step.digits.as_ref().filter(|_| given.is_none()) {
        host.page.line(&host.say("term-digits-mine", &[name, ("digits", Arg::Text(&spaced(digits)))]));
    }
    if prompt::is_typed() {
        host.page.line(&host.say("term-digits-once", &[]));
    }
    loop {
        let was_given = given.is_some();
        let typed = match given.take() {
            Some(given) => given,
            None => prompt::ask(host, "term-digits-ask", &[name])?.ok_or(Code::Empty.of(Field::Digits))?,
        };
        let six = six_digits(&typed).ok();
        // Whoever reads one's own screen to oneself has compared nothing.
        if six.is_some() && six == step.digits {
            if was_given && !prompt::is_typed() {
                return Err(host.told_with("InvalidText", "term-digits-own", &[name], "belay pair digits", 3));
            }
            let (label, next) = (host.say("term-digits-own", &[name]), host.say("term-digits-own.next", &[name]));
            host.page.line(&format!("{label} {next}"));
            continue;
        }
        if let Some(six) = six.filter(|_| prompt::is_typed()) {
            let looked = [name, ("digits", Arg::Text(&spaced(&six)))];
            let answer = prompt::ask(host, "term-digits-look", &looked)?.ok_or(Code::Empty.of(Field::Digits))?;
            if !answer.trim().is_empty() {
                given = Some(answer).filter(|answer| six_digits(answer).is_ok());
                continue;
            }
        }
        match once(host, |companion| companion.pair_digits(&step.id, &typed, &host.now())) {
            Ok(_) => {
                host.page.line(&host.say("term-digits-same", &[name]));
                host.page.line(&host.say("term-digits-theirs", &[name]));
                return Ok(());
            }
            // Only what is no six digits is asked for again; other digits end it.
            Err(trouble) if trouble.code() == Some(Code::InvalidText) && (!was_given || prompt::is_typed()) => {
                host.page.line(&host.say("term-digits-form", &[]));
            }
            Err(trouble) if trouble.code() == Some(Code::InvalidText) => {
                let (label, exit) = (host.say("term-digits-form", &[]), trouble.exit());
                return Err(Told { code: "InvalidText".into(), label, exit, ..Told::default() }.into());
            }
            Err(trouble) => return Err(trouble),
        }
    }
}

#[derive(Serialize)]
struct Row<'a> {
    id: String,
    /// Once it is done.
    space: Option<String>,
    name: &'a str,
    stage: PairingStage,
    label: String,
    digits: Option<&'a str>,
    until: String,
}

fn ids(steps: &[Step]) -> BTreeSet<String> {
    steps.iter().map(|step| step.id.to_string()).collect()
}

fn list(host: &Host) -> Done {
    let steps = once(host, |companion| companion.pairings(&host.now()))?;
    let people = find::people(host)?;
    let unheard = |step: &Step| people.iter().any(|row| Some(row.space) == step.space && is_unheard(row));
    let label = |step: &Step| match step.stage {
        PairingStage::Invited => "term-pair-invited",
        PairingStage::Replied => "term-pair-replied",
        PairingStage::Digits => "term-pair-digits",
        PairingStage::Done if unheard(step) => "term-pair-done-here",
        PairingStage::Done => "term-pair-done",
        PairingStage::Ended => "term-pair-ended",
    };
    let rows: Vec<Row<'_>> = steps
        .iter()
        .map(|step| Row {
            id: step.id.to_string(),
            space: step.space.map(|space| space.to_string()),
            name: &step.nickname,
            stage: step.stage,
            label: host.say(label(step), &[]),
            digits: step.digits.as_deref(),
            until: instant(step.expires_ms),
        })
        .collect();
    if host.flags.json {
        return tell_list(host, "pairings", &rows, None, rows.len() as u64);
    }
    if rows.is_empty() {
        host.page.line(&host.say("term-people-none", &[]));
    }
    let all = ids(&steps);
    let spaces: BTreeSet<String> = people.iter().map(|row| row.space.to_string()).collect();
    let is_double = |row: &&RelationshipRow| {
        people.iter().filter(|other| fold(other.name.as_str()) == fold(row.name.as_str())).count() > 1
    };
    let doubles: BTreeSet<String> = people.iter().filter(is_double).map(|row| row.space.to_string()).collect();
    let line = |(row, step): (&Row<'_>, &Step)| {
        // An id is shown where a name does not tell which: of what is done that of the person, which other commands take.
        let same = |other: &&Step| fold(&other.nickname) == fold(&step.nickname) && is_open(other.stage);
        let several = is_open(step.stage) && steps.iter().filter(same).count() > 1;
        let person = step.space.filter(|_| step.stage == PairingStage::Done).map(|space| space.to_string());
        let person = person.filter(|space| spaces.contains(space) && doubles.contains(space));
        let name = match person {
            Some(space) => format!("{}  {}", row.name, short_in(&space, &spaces)),
            None if several => format!("{}  {}", row.name, short_in(&row.id, &all)),
            None => row.name.to_owned(),
        };
        let waits = matches!(row.stage, PairingStage::Invited | PairingStage::Replied);
        let until = || if waits { host.phrases.until_label(step.expires_ms, &host.now()) } else { String::new() };
        (vec![name], row.label.clone(), row.digits.map(spaced).unwrap_or_else(until))
    };
    host.page.table(&rows.iter().zip(&steps).map(line).collect::<Vec<_>>());
    Ok(())
}
