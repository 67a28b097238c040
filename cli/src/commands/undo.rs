//! `belay undo`: taking back what was done last in this vault, and never something else.

use super::{done, undone};
use crate::args;
use crate::failure::{Done, Told, Trouble};
use crate::find::{self, Ids};
use crate::host::Host;
use belay::command::{Command, DoneHere, DoneKind, DoneThen, Warning};
use belay::error::Code;
use belay::ids::DocId;
use belay::library::Arg;
use belay::view::{Answer, Ask, NoteDetail};

/// Take back what was done last, as a change of its own. Once more puts it back.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  belay undo\n  belay undo --before\n\nOnce more puts it back. A copy you gave is taken back with `belay share --take-back`."
)]
pub struct Undo {
    /// Where what came last cannot be undone: what came before it.
    #[arg(long)]
    before: bool,
}

impl Undo {
    /// Does it. What others wrote since stays.
    pub fn run(self, host: &Host) -> Done {
        let turn = host.open()?.done_in_turn()?;
        let way = turn.iter().find(|then| then.done.undo.is_some());
        let asked = if self.before { way } else { turn.first() }.map(|then| then.done.clone());
        let Some((asked, token)) = asked.and_then(|asked| Some((asked.clone(), asked.undo?))) else {
            return Err(not_undone(host, &turn, way.filter(|_| !self.before)));
        };
        let was = undone::Was::read(host, &asked.docs)?;
        let since_ms = host.now().unix_ms;
        let applied =
            host.apply(&[Command::Undo { token }]).map_err(|trouble| changed_since(host, &asked.docs, trouble))?;
        let partly = applied.warnings.contains(&Warning::Partly);
        let again = asked.what == DoneKind::TakenBack;
        let id = match (again, partly) {
            (false, false) => "term-undone",
            (false, true) => "term-undone-partly",
            (true, false) => "term-redone",
            (true, true) => "term-redone-partly",
        };
        done(host, &applied, &host.say(id, &[]))?;
        if host.flags.json {
            return Ok(());
        }
        undone::show(host, &applied, since_ms, &was)?;
        if applied.undo.is_some() {
            let id = if again { "term-redo-again" } else { "term-undo-again" };
            host.page.line(&host.say(id, &[("command", Arg::Text("belay undo"))]));
        }
        Ok(())
    }
}

/// What was written since stays, and is shown by its history.
fn changed_since(host: &Host, docs: &[DocId], trouble: Trouble) -> Trouble {
    let (Some(Code::Stale), [doc, ..], Ok(ids)) = (trouble.code(), docs, Ids::read(host)) else { return trouble };
    let command = format!("belay history {}", ids.short(&doc.to_string()));
    host.told_with("Stale", "term-undo-changed", &[], &command, trouble.exit())
}

/// Most acts that are told between the last and the one that can be undone.
const BETWEEN_TOLD: usize = 3;

/// Why there is no undo of what was done last, what came before it, and what there is instead.
fn not_undone(host: &Host, turn: &[DoneThen], way: Option<&DoneThen>) -> Trouble {
    let last = turn.first().map(|then| then.done.what);
    let mut told = vec![host.say("term-undo-none", &[("what", Arg::Text(last.map_or("nothing", word)))])];
    let given = turn.iter().find_map(|then| given(host, &then.done));
    for then in turn.iter().skip(1).filter(|then| then.done.undo.is_none()).take(BETWEEN_TOLD) {
        let given = self::given(host, &then.done);
        let name = given.as_ref().map_or("none", |(_, name)| name.as_str());
        let args = [("what", Arg::Text(word(then.done.what))), ("name", Arg::Text(name))];
        told.push(host.say("term-undo-then", &args));
    }
    let (mut kind, mut before, mut commands) = ("none", String::new(), Vec::new());
    commands.extend(given.as_ref().map(|(id, _)| format!("belay share --take-back {id}")));
    if let Some(way) = way {
        (kind, before) = (way_of(host, way), about(host, &way.done));
        told.push(host.say("term-undo-way", &[("way", Arg::Text(kind)), ("before", Arg::Text(&before))]));
        commands.push("belay undo --before".into());
    }
    let copy = if given.is_some() { "yes" } else { "no" };
    let next = match commands.is_empty() {
        true => host.say("term-undo-instead", &[]),
        false => host.say(
            "term-undo-next",
            &[("copy", Arg::Text(copy)), ("way", Arg::Text(kind)), ("before", Arg::Text(&before))],
        ),
    };
    if commands.is_empty() {
        commands.push(instead(last).into());
    }
    let (label, command) = (told.join(" "), commands.join("\n"));
    Told { code: "NotFound".into(), label, next, command, exit: 4, ..Told::default() }.into()
}

/// Where to look, where nothing is undone.
fn instead(last: Option<DoneKind>) -> &'static str {
    match last {
        Some(DoneKind::LetGo) => "belay forgotten",
        Some(DoneKind::Given | DoneKind::CopyTakenBack) => "belay shared",
        Some(DoneKind::Named) => "belay name NAME",
        Some(DoneKind::PlanBegun | DoneKind::Said | DoneKind::Adopted) => "belay history PLAN",
        _ => "belay status",
    }
}

/// A copy that was given and not taken back since: its id as it is typed, and to whom.
fn given(host: &Host, done: &DoneHere) -> Option<(String, String)> {
    if done.what != DoneKind::Given {
        return None;
    }
    let copies = find::copies(host).ok()?;
    let copy = copies.iter().find(|row| done.docs.contains(&row.id) && row.taken_back.is_none())?;
    let names: Vec<&str> = copy.to.iter().map(|person| person.name.as_str()).collect();
    Some((Ids::read(host).ok()?.short(&copy.id.to_string()), names.join(", ")))
}

/// What was done that an undo would be about, as the catalogue calls it.
fn way_of(host: &Host, way: &DoneThen) -> &'static str {
    let is_note = |doc: &DocId| matches!(host.read(Ask::Note { id: *doc }), Ok(Answer::Note(_)));
    match (way.done.what, way.done.docs.first()) {
        (DoneKind::TakenBack, _) => "taken-back",
        (DoneKind::Written, Some(doc)) if way.made && is_note(doc) => "wrote",
        (DoneKind::Written, Some(doc)) if way.made && find::goal_detail(host, *doc).is_ok() => "began",
        _ => "changed",
    }
}

/// How the catalogue calls it.
fn word(what: DoneKind) -> &'static str {
    match what {
        DoneKind::PlanBegun => "plan-begun",
        DoneKind::Said => "said",
        DoneKind::Adopted => "adopted",
        DoneKind::LetGo => "let-go",
        DoneKind::Given => "given",
        DoneKind::CopyTakenBack => "copy-taken-back",
        DoneKind::WentOn => "went-on",
        DoneKind::Named => "named",
        DoneKind::People => "people",
        DoneKind::Carried => "carried",
        DoneKind::Vault => "vault",
        DoneKind::NotDone => "not-done",
        DoneKind::Written | DoneKind::TakenBack | DoneKind::PutBack | DoneKind::Lasting => "other",
    }
}

/// What it is about, by ids: these may end in a log, words may not.
fn about(host: &Host, done: &DoneHere) -> String {
    let Ok(ids) = Ids::read(host) else { return String::new() };
    let shown = done.docs.iter().filter(|doc| undone::named_as(host, doc).is_some());
    let short: Vec<String> = shown.map(|doc| ids.short(&doc.to_string())).collect();
    if short.is_empty() { host.say("term-undo-names", &[]) } else { short.join(", ") }
}

/// What a command is to what came before it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    /// It only looks.
    Reads,
    /// It writes by commands of the core, which remembers them itself.
    Writes,
    /// It does something else, and is the last that was done then.
    Besides(DoneKind),
}

/// What each command is.
pub fn stands(command: &args::Command) -> Stands {
    use super::{bundle::Bundle, draft::Draft, goal::Goal, note::Note, pair::Pair, phones::Phones, plan::Plan};
    use Stands::{Besides, Reads, Writes};
    use args::Command as C;
    match command {
        C::Note(Note::List { .. } | Note::Show { .. }) | C::Goal(Goal::List { .. } | Goal::Show { .. }) => Reads,
        C::Plan(Plan::List { .. } | Plan::Show { .. }) | C::Draft(Draft::List { .. } | Draft::Show { .. }) => Reads,
        C::Pair(Pair::List) | C::Phones(Phones::List) | C::Words(_) | C::Undo(_) => Reads,
        C::Demo(_) | C::Search(_) | C::Ideas(_) | C::Shared(_) | C::Audience(_) | C::Status(_) => Reads,
        C::Completions(_) | C::Init(_) | C::Restore(_) | C::Erase(_) => Reads,
        C::History(history) if !history.writes() => Reads,
        C::Forgotten(forgotten) if !forgotten.writes() => Reads,
        C::Name(name) if !name.writes() => Reads,
        C::Pair(_) | C::Phones(_) | C::Leave(_) => Besides(DoneKind::People),
        C::Bundle(Bundle::In { .. } | Bundle::Out { .. }) => Besides(DoneKind::Carried),
        C::Passphrase(_) | C::Backup(_) | C::Mend(_) | C::Purge(_) => Besides(DoneKind::Vault),
        C::Note(_) | C::Goal(_) | C::Plan(_) | C::Draft(_) | C::Suggest(_) | C::Decide(_) | C::TakeBack(_) => Writes,
        C::Comment(_) | C::Share(_) | C::History(_) | C::Name(_) | C::Forget(_) | C::Forgotten(_) => Writes,
        C::GoOn(_) => Writes,
    }
}

/// Keeps what came last, so that an undo never takes back what came before it as if it were that. The command itself
/// does not depend on it.
pub fn remember(host: &Host, stands: Stands, done: &Done) {
    let what = match (stands, done) {
        (Stands::Reads, _) | (Stands::Writes, Ok(())) => return,
        (Stands::Besides(what), Ok(())) => what,
        // What is so already changed nothing, and stands in nobody's way.
        (_, Err(Trouble::Told(told))) if told.is_so => return,
        (Stands::Writes | Stands::Besides(_), Err(_)) => DoneKind::NotDone,
    };
    if let Some(companion) = host.opened() {
        let _ = companion.done_besides(what, &host.now());
    }
}

/// The title of a note, or else its first words.
pub fn first_words(note: &NoteDetail) -> String {
    let first = note.paragraphs.first().map_or("", |paragraph| paragraph.text.as_str());
    if note.title.is_empty() { first.to_owned() } else { note.title.as_str().to_owned() }
}
