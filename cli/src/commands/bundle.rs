//! `belay bundle`: what the other has not seen yet, as a file, and back.

use super::tell;
use crate::failure::{Done, Told, Trouble};
use crate::files;
use crate::find;
use crate::host::Host;
use crate::output::Edge;
use belay::companion::{BroughtKind, BundleReport, KNOWN_BY_BYTES};
use belay::error::{Code, Failure};
use belay::exchange::Scope;
use belay::exchange::flow::PairingStage;
use belay::ids::DocId;
use belay::library::Arg;
use belay::view::{ForgottenRow, OwnershipKind, PlanRow, RelationshipRow};
use serde::Serialize;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Carry changes to each other, by file.
#[derive(Debug, clap::Subcommand)]
#[command(after_help = "Examples:\n  belay bundle out Theo\n  belay bundle in theo-sunday.belay")]
pub enum Bundle {
    /// Write what someone has not seen yet.
    #[command(
        after_help = "Examples:\n  belay bundle out Theo\n  belay bundle out Theo --everything --out theo.belay\n  belay bundle out --mine"
    )]
    Out {
        /// For whom.
        #[arg(required_unless_present = "mine")]
        name: Option<String>,
        /// For your own other phones: your notes, and all you share.
        #[arg(long, conflicts_with = "name")]
        mine: bool,
        /// All of it, also what was sent before.
        #[arg(long)]
        everything: bool,
        /// The file to write.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Take in what someone brought.
    #[command(after_help = "Example:\n  belay bundle in theo-sunday.belay")]
    In {
        /// The file. A single dash reads it from standard input.
        file: PathBuf,
    },
}

#[derive(Serialize)]
struct Written<'a> {
    file: &'a str,
    bytes: usize,
    changes: u64,
    phones: u64,
}

/// What came, with what the page says of parts that are another's now.
#[derive(Serialize)]
struct Taken<'a> {
    #[serde(flatten)]
    report: &'a BundleReport,
    taken_over: Vec<String>,
}

impl Bundle {
    /// Does it.
    pub fn run(self, host: &Host) -> Done {
        match self {
            Bundle::Out { name, mine: _, everything, out } => write(host, name.as_deref(), everything, out.as_ref()),
            Bundle::In { file } => {
                if file.is_dir() {
                    return Err(files::bundles_in(host, &file));
                }
                let mut from = files::open(host, &file)?;
                let before = Before { forgotten: find::all_forgotten(host)?, mine: mine(host)? };
                let report = host
                    .open()?
                    .bundle_in(&mut from, &host.now())
                    .map_err(|failure| own(host, &file, &failure).unwrap_or_else(|| not_read(host, failure)))?;
                if host.flags.json {
                    let taken_over = taken_over(host, &before)?;
                    return tell(host, "bundle", &Taken { report: &report, taken_over });
                }
                show(host, &report, &before)
            }
        }
    }
}

/// One that went out from here, where it is taken in here.
fn own(host: &Host, file: &Path, failure: &Failure) -> Option<Trouble> {
    if failure.code() != Code::NotForThisDevice || file == Path::new("-") {
        return None;
    }
    let mut head = Vec::new();
    File::open(file).ok()?.take(KNOWN_BY_BYTES as u64).read_to_end(&mut head).ok()?;
    let is_own = host.open().ok()?.is_carried_out(&head).is_ok_and(|is_own| is_own);
    is_own.then(|| host.told("NotForThisDevice", "term-bundle-own", 8))
}

/// A file that is no bundle may be one of a pairing.
fn not_read(host: &Host, failure: Failure) -> Trouble {
    let commands = "belay pair join FILE NAME\nbelay pair take FILE";
    let people = || find::people(host).unwrap_or_default();
    match failure.code() {
        Code::NotForThisDevice if people().iter().any(|row| row.stage.code == "put-out") => {
            host.told_with("NotForThisDevice", "term-bundle-closed-out", &[], "belay phones reset", 8)
        }
        Code::NotForThisDevice => host.told("NotForThisDevice", "term-bundle-closed", 8),
        Code::Corrupt => host.told_with("Corrupt", "term-file-no-bundle", &[], commands, 8),
        _ => failure.into(),
    }
}

/// Whose digits are still to be typed, where it can be only one.
fn waits_for(host: &Host) -> Done<Option<String>> {
    let steps = host.open()?.pairings(&host.now())?;
    let mut open = steps.into_iter().filter(|step| step.stage == PairingStage::Digits);
    Ok(open.next().filter(|_| open.next().is_none()).map(|step| step.nickname))
}

/// Without a name for my own other phones.
fn write(host: &Host, name: Option<&str>, everything: bool, out: Option<&PathBuf>) -> Done {
    files::is_free(host, out)?;
    let scope = if everything { Scope::Everything } else { Scope::SinceLast };
    let mut is_put_out = false;
    let (space, whose) = match name {
        Some(name) => {
            let person = find::person(host, name)?;
            is_put_out = person.stage.code == "put-out";
            (person.space, person.name.as_str().to_owned())
        }
        None => (host.open()?.own_space()?, host.say("term-file-mine", &[])),
    };
    if let Some(again) = super::phones::out_here(host)?.filter(|_| name.is_none()) {
        return Err(host.told_with("Revoked", "term-out-mine-file", &[], &again, 6));
    }
    let made = host.open()?.bundle_out(&space, scope, &host.now()).map_err(|failure| match failure.code() {
        Code::NotFound if name.is_none() => {
            host.told_with("NotFound", "term-no-other-phone", &[], "belay backup FOLDER\nbelay phones list", 4)
        }
        _ => Trouble::from(failure),
    })?;
    let written = files::write(host, out, &whose, "bundle", &made.bytes)?;
    // The file is there; that it is known again does not count as much.
    let _ = host.open()?.carried_out(&made.bytes, &host.now());
    let file = &written.file;
    if host.flags.json {
        let row = Written { file, bytes: made.bytes.len(), changes: made.batches, phones: made.devices };
        return tell(host, "bundle-written", &row);
    }
    let size = files::size(host, made.bytes.len() as u64);
    let args = [("file", Arg::Text(file)), ("size", Arg::Text(&size)), ("name", Arg::Text(&whose))];
    let id = if name.is_some() { "term-bundle-written" } else { "term-bundle-written-mine" };
    host.page.line(&host.say(id, &args));
    files::say_older(host, &written);
    if is_put_out {
        host.page.line(&host.say("term-put-out", &[]));
        host.page.line(&host.say("term-next", &[("command", Arg::Text("belay phones reset"))]));
    }
    Ok(())
}

/// What a bundle brought, in sentences.
fn show(host: &Host, report: &BundleReport, before: &Before) -> Done {
    let people = find::people(host)?;
    let here: Vec<&RelationshipRow> = people.iter().filter(|row| report.spaces.contains(&row.space)).collect();
    let names = here.iter().map(|row| row.name.as_str()).collect::<Vec<_>>().join(", ");
    let name = ("name", Arg::Text(&names));
    if report.too_early {
        let label = match waits_for(host)? {
            Some(name) => host.say("term-bundle-too-early", &[("name", Arg::Text(&name))]),
            None => host.say("term-bundle-too-early-someone", &[]),
        };
        let next = host.say("term-bundle-too-early.next", &[]);
        let command = "belay pair digits".to_owned();
        return Err(Told { code: "NotInForce".into(), label, next, command, exit: 7, ..Told::default() }.into());
    }
    let brought: Vec<String> = brought(host, report)?.into_iter().chain(let_go(host, &before.forgotten)?).collect();
    let page = &host.page;
    let is_mine = report.spaces.contains(&host.open()?.own_space()?);
    page.line(&host.say(if is_mine { "term-bundle-from-mine" } else { "term-bundle-from" }, &[name]));
    let is_over = here.iter().any(|row| matches!(row.stage.code.as_str(), "left" | "put-out"));
    if brought.is_empty() && (report.new > 0 || !is_over) {
        let said = match report.new {
            0 => host.say("term-bundle-nothing-new", &[]),
            new => host.say("term-brought-changes", &[("count", Arg::Number(new))]),
        };
        page.inside(Edge::Bare, 2, &said);
    }
    for line in &brought {
        page.inside(Edge::Bare, 2, line);
    }
    taken_over(host, before)?.iter().for_each(|line| page.line(line));
    let taken = [("taken", Arg::Number(report.new)), ("already", Arg::Number(report.already))];
    page.line(&host.say("term-taken-in", &taken));
    left_out(host, report, is_mine, &names).iter().for_each(|line| page.line(line));
    for (row, equal) in here.iter().zip(&report.equal) {
        let with = [("name", Arg::Text(row.name.as_str()))];
        match equal {
            Some(true) => {
                let state = super::status::state_short(host, &row.space)?;
                page.item_beside(Edge::Bare, "", &host.say("term-same-words", &with), &state);
            }
            _ if matches!(row.stage.code.as_str(), "left" | "put-out") => super::status::over(host, row, 0),
            // Nothing goes to where no phone counts.
            _ if row.phones == 0 => {}
            _ => page.line(&host.say("term-not-yet-same", &with)),
        }
    }
    if is_mine {
        super::phones::say_if_out(host)?;
    }
    read_next(host, report)
}

/// Most commands that are named for what came.
const NEXT_TOLD: usize = 3;

/// Where what came can be read.
fn read_next(host: &Host, report: &BundleReport) -> Done {
    let about = |id: DocId| report.brought.iter().any(|item| item.about == id && item.kind != BroughtKind::Copy);
    let plans = find::plans(host)?;
    let by_kind = |row: &PlanRow| plans.iter().filter(|other| other.template == row.template).count() == 1;
    let ids = find::Ids::read(host)?;
    let came = plans.iter().filter(|row| about(row.id)).map(|row| {
        let name = if by_kind(row) { row.template.clone() } else { ids.short(&row.id.to_string()) };
        format!("belay plan show {name}")
    });
    let goals = find::goals(host)?;
    let came_goals = goals.iter().filter(|row| about(row.id));
    let all: Vec<String> =
        came.chain(came_goals.map(|row| format!("belay goal show {}", ids.short(&row.id.to_string())))).collect();
    let all = if all.len() > NEXT_TOLD { vec!["belay plan list".to_owned()] } else { all };
    for command in &all {
        host.page.line(&host.say("term-next", &[("command", Arg::Text(command))]));
    }
    Ok(())
}

/// What did not come in, and why.
fn left_out(host: &Host, report: &BundleReport, is_mine: bool, names: &str) -> Vec<String> {
    let not_taken = if is_mine { "term-not-taken-in-mine" } else { "term-not-taken-in" };
    let told = [
        ("term-kept-out", report.kept_out),
        ("term-waiting-in", report.waiting),
        ("kept-out-newer-app", report.newer),
        (not_taken, report.not_taken),
        ("term-sealed-to-earlier", report.not_for_me),
        ("error-truncated", u64::from(report.truncated)),
    ];
    let counted = told.into_iter().filter(|(_, count)| *count > 0);
    counted.map(|(id, count)| host.say(id, &[("count", Arg::Number(count)), ("name", Arg::Text(names))])).collect()
}

/// What was here before a bundle came.
struct Before {
    forgotten: Vec<ForgottenRow>,
    mine: Mine,
}

/// The parts where I write, by plan and key.
type Mine = BTreeSet<(DocId, String)>;

/// In plans of others: whoever owns a plan hears nothing new of its parts.
fn mine(host: &Host) -> Done<Mine> {
    let mut found = Mine::new();
    for row in find::plans(host)?.iter().filter(|row| row.ownership.kind != OwnershipKind::Mine) {
        let parts = find::plan_detail(host, row.id)?.parts.into_iter();
        let mine = parts.filter(|part| part.ownership.kind != OwnershipKind::Theirs);
        found.extend(mine.map(|part| (row.id, part.key)));
    }
    Ok(found)
}

/// Whoever wrote in a part and does not any more hears so at once.
fn taken_over(host: &Host, before: &Before) -> Done<Vec<String>> {
    let after = mine(host)?;
    let mut lines = Vec::new();
    for (plan, key) in before.mine.difference(&after) {
        let plan = match find::plan_detail(host, *plan) {
            Err(trouble) if trouble.code() == Some(Code::NotFound) => continue,
            plan => plan?,
        };
        let Some(part) = plan.parts.iter().find(|part| part.key == *key) else { continue };
        let args = [("name", Arg::Text(part.ownership.name.as_str())), ("part", Arg::Text(part.title.as_str()))];
        lines.push(host.say("history-part-owner-alone", &args));
    }
    Ok(lines)
}

/// What was let go elsewhere, and what phones said of what is let go.
fn let_go(host: &Host, before: &[ForgottenRow]) -> Done<Option<String>> {
    let after = find::all_forgotten(host)?;
    let count = after.iter().filter(|row| before.iter().all(|known| known.doc != row.doc)).count();
    if count > 0 {
        return Ok(Some(host.say("term-brought-let-go", &[("count", Arg::Number(count as u64))])));
    }
    let said =
        after.iter().any(|row| before.iter().any(|known| known.doc == row.doc && known.receipts != row.receipts));
    Ok(said.then(|| host.say("term-brought-receipts", &[])))
}

/// One sentence a kind and part.
fn brought(host: &Host, report: &BundleReport) -> Done<Vec<String>> {
    let mut lines = Vec::new();
    let mut others = 0;
    // One document's ideas and another's are told together.
    let of = |kind: BroughtKind| report.brought.iter().filter(|item| item.kind == kind).map(|item| item.count).sum();
    let told = [
        (BroughtKind::Idea, "term-brought-ideas"),
        (BroughtKind::Decision, "term-brought-decisions"),
        (BroughtKind::Comment, "term-brought-comments"),
        (BroughtKind::Copy, "term-brought-copies"),
    ];
    for (kind, id) in told {
        let count: u64 = of(kind);
        if count > 0 {
            lines.push(host.say(id, &[("count", Arg::Number(count))]));
        }
    }
    for item in &report.brought {
        let count = ("count", Arg::Number(item.count));
        let line = match item.kind {
            BroughtKind::Idea | BroughtKind::Decision | BroughtKind::Comment | BroughtKind::Copy => continue,
            BroughtKind::Edit if !item.part.is_empty() => {
                let part = match find::plan_detail(host, item.about) {
                    Ok(plan) => plan.parts.into_iter().find(|part| part.key == item.part).map(|part| part.title),
                    Err(trouble) if trouble.code() == Some(Code::NotFound) => None,
                    Err(trouble) => return Err(trouble),
                };
                let part = part.map(belay::text::PersonText::into_string).unwrap_or_else(|| item.part.clone());
                host.say("term-brought-edits", &[count, ("part", Arg::Text(&part))])
            }
            BroughtKind::Edit | BroughtKind::Other => {
                others += item.count;
                continue;
            }
        };
        lines.push(line);
    }
    if others > 0 {
        lines.push(host.say("term-brought-changes", &[("count", Arg::Number(others))]));
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::Flags;

    #[test]
    fn what_could_not_be_taken_in_is_said() {
        let host = Host::new(Flags { language: Some("en".into()), ..Flags::default() });
        let mut report = BundleReport {
            spaces: Vec::new(),
            new: 1,
            already: 0,
            waiting: 0,
            kept_out: 0,
            newer: 0,
            not_for_me: 0,
            not_taken: 0,
            truncated: false,
            too_early: false,
            brought: Vec::new(),
            equal: Vec::new(),
            changes: belay::projection::Changes::default(),
        };
        assert_eq!(left_out(&host, &report, false, "Theo"), [""; 0]);
        (report.not_taken, report.kept_out) = (2, 1);
        let lines: Vec<String> =
            left_out(&host, &report, false, "Theo").iter().map(|line| belay::library::strip_isolates(line)).collect();
        let [kept_out, not_taken] = lines.as_slice() else { panic!("{lines:?}") };
        assert!(kept_out.starts_with("Kept out 1."), "{kept_out}");
        assert_eq!(not_taken, "2 parts could not be taken in. The rest is here. Ask Theo to send all again.");
    }
}
