//! `belay undo`: taking back what was done last in this vault, and never something else.

use super::{done, history};
use crate::args;
use crate::failure::{Done, Told, Trouble};
use crate::find::Ids;
use crate::host::Host;
use crate::output::Edge;
use belay::command::{Applied, Command, DoneHere, DoneKind, Warning};
use belay::error::Code;
use belay::ids::DocId;
use belay::library::Arg;
use belay::view::{Answer, Ask, At, NoteDetail};

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
        let (last, way) = host.open()?.done_lately()?;
        let asked = if self.before { way.clone() } else { last.clone() };
        let Some((what, token)) = asked.and_then(|asked| Some((asked.what, asked.undo?))) else {
            return Err(not_undone(host, last.as_ref(), way.filter(|_| !self.before).as_ref()));
        };
        let since_ms = host.now().unix_ms;
        let applied = host.apply(&[Command::Undo { token }])?;
        let partly = applied.warnings.contains(&Warning::Partly);
        let again = what == DoneKind::TakenBack;
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
        show_undone(host, &applied, since_ms)?;
        if applied.undo.is_some() {
            let id = if again { "term-redo-again" } else { "term-undo-again" };
            host.page.line(&host.say(id, &[("command", Arg::Text("belay undo"))]));
        }
        Ok(())
    }
}

/// Why there is no undo of what was done last, and what there is instead.
fn not_undone(host: &Host, last: Option<&DoneHere>, way: Option<&DoneHere>) -> Trouble {
    let what = last.map_or("nothing", |last| word(last.what));
    let before = way.map(|way| about(host, way));
    let instead = match last.map(|last| last.what) {
        _ if before.is_some() => "belay undo --before",
        Some(DoneKind::LetGo) => "belay forgotten",
        Some(DoneKind::Given | DoneKind::CopyTakenBack) => "belay shared",
        Some(DoneKind::Named) => "belay name NAME",
        Some(DoneKind::PlanBegun | DoneKind::Said | DoneKind::Adopted) => "belay history PLAN",
        _ => "belay status",
    };
    let label = host.say("term-undo-none", &[("what", Arg::Text(what))]);
    let next = match &before {
        Some(before) => host.say("term-undo-before", &[("before", Arg::Text(before))]),
        None => host.say("term-undo-instead", &[]),
    };
    Told { code: "NotFound".into(), label, next, command: instead.into(), exit: 4, ..Told::default() }.into()
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
    let shown = done.docs.iter().filter(|doc| named_as(host, doc).is_some());
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
        (Stands::Writes | Stands::Besides(_), Err(_)) => DoneKind::NotDone,
    };
    if let Some(companion) = host.opened() {
        let _ = companion.done_besides(what, &host.now());
    }
}

/// What it was about, and what was done to it now, in the words of its history.
fn show_undone(host: &Host, applied: &Applied, since_ms: i64) -> Done {
    let ids = Ids::read(host)?;
    let mut named = false;
    for id in applied.outcomes.iter().flat_map(|outcome| &outcome.touched) {
        let Some((name, stage)) = named_as(host, id) else { continue };
        let short = ids.short(&id.to_string());
        host.page.line(&host.say("term-undone-what", &[("id", Arg::Text(&short)), ("text", Arg::Text(&name))]));
        let Answer::History(page) = host.read(Ask::History { of: *id, at: At::default() })? else {
            return Err(Code::Internal.into());
        };
        for row in page.rows.iter().take_while(|row| row.when.unix_ms >= since_ms) {
            history::act(host, row);
        }
        if !stage.is_empty() {
            host.page.inside(Edge::Bare, 2, &stage);
        }
        named = true;
    }
    // What has no page of its own is what someone is called.
    if named { Ok(()) } else { super::name::show(host) }
}

/// The title of a note, or else its first words.
pub fn first_words(note: &NoteDetail) -> String {
    let first = note.paragraphs.first().map_or("", |paragraph| paragraph.text.as_str());
    if note.title.is_empty() { first.to_owned() } else { note.title.as_str().to_owned() }
}

/// The first words of what an id stands for; and of a note that went into the trash again, that it did.
fn named_as(host: &Host, id: &DocId) -> Option<(String, String)> {
    if let Ok(Answer::Note(note)) = host.read(Ask::Note { id: *id }) {
        let text = first_words(&note);
        let in_trash = note.stage.code == "trash";
        return Some((text, if in_trash { note.stage.label } else { String::new() }));
    }
    let title = match (host.read(Ask::Goal { id: *id }), host.read(Ask::Plan { id: *id })) {
        (Ok(Answer::Goal(goal)), _) => goal.title,
        (_, Ok(Answer::Plan(plan))) => plan.title,
        _ => return None,
    };
    Some((title.into_string(), String::new()))
}
