//! `belay draft`: words that were written and are not kept yet.

use super::meant::{Meant, Places, ToBe};
use super::plan_lines::Waiting;
use super::{Paging, done, first, page_end, tell, tell_list};
use crate::failure::{Done, Trouble};
use crate::find;
use crate::host::{Held, Host};
use crate::output::Edge;
use crate::prompt;
use crate::seen::{self, Called, Yes};
use belay::command::{Command, DraftCommand, NoteCommand, NoteDraft, StepDraft, TalkCommand, TextTarget};
use belay::companion::{Fate, TextChange, TextNow};
use belay::error::Code;
use belay::ids::{DocId, ElementId};
use belay::library::Arg;
use belay::secret::{Entropy, SystemEntropy};
use belay::text::PersonText;
use belay::view::{Answer, Ask, At, DraftDetail, DraftRow, Page};
use serde::Serialize;

/// Words that you wrote and that are not kept yet.
#[derive(Debug, clap::Subcommand)]
#[command(
    after_help = "Examples:\n  belay draft list\n  belay draft show 1\n  belay draft edit 1\n  belay draft discard 1"
)]
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
    /// Go on with one, and keep it where it was meant.
    #[command(
        after_help = "Examples:\n  belay draft edit 1    (opens your editor)\n  belay draft edit 1 --as-it-is\n\nWhat was meant for something that is gone becomes a note."
    )]
    Edit {
        /// Its number, as the list shows it.
        number: usize,
        /// Keep it as it reads now.
        #[arg(long)]
        as_it_is: bool,
    },
    /// Let one go. Nothing brings it back.
    #[command(
        after_help = "Examples:\n  belay draft discard 1    (shows the words, and asks)\n  belay draft discard 1 --seen 1"
    )]
    Discard {
        /// Its number, as the list shows it.
        number: usize,
        /// You have read it: its number once more.
        #[arg(long, value_name = "N")]
        seen: Option<String>,
    },
}

impl Draft {
    /// Does it.
    pub fn run(self, host: &Host) -> Done {
        match self {
            Draft::List { paging } => list(host, &paging.at()),
            Draft::Show { number } => show(host, number),
            Draft::Edit { number, as_it_is } => edit(host, number, as_it_is),
            Draft::Discard { number, seen } => {
                let target = numbered(host, number)?.target;
                ask_first(host, number, seen.as_deref())?;
                let applied = host.apply(&[let_go(target)])?;
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

/// The numbers of the drafts of an object: words of it that are nowhere else.
pub fn numbers_of(host: &Host, doc: &DocId) -> Done<Vec<usize>> {
    let rows = find::drafts(host)?;
    let of_it = rows.iter().enumerate().filter(|(_, row)| row.target.objects().contains(doc));
    Ok(of_it.map(|(place, _)| place + 1).collect())
}

/// Says that words wait which are not kept yet, wherever somebody looks for them.
pub fn say_waiting(host: &Host) -> Done {
    let waiting = page(host, &At { limit: 1, total: true, ..At::default() })?.total.unwrap_or_default();
    if waiting > 0 {
        host.page.line(&host.say("term-drafts-wait", &[("count", Arg::Number(waiting))]));
    }
    Ok(())
}

/// Nothing brings words back that are let go here: they are read once more.
fn ask_first(host: &Host, number: usize, seen: Option<&str>) -> Done {
    let draft = opened(host, number)?;
    let number = number.to_string();
    let command = format!("belay draft discard {number} --seen {number}");
    let yes = Yes {
        called: Called::Name(&number),
        seen,
        ask: "term-draft-discard-ask",
        args: &[("number", Arg::Text(&number))],
        not_yet: "term-draft-not-yet",
        command: &command,
    };
    seen::wait(host, &yes, || {
        draft.text.as_str().lines().for_each(|line| host.page.item(Edge::Bare, "  ", line));
        Ok(())
    })
}

fn numbered(host: &Host, number: usize) -> Done<DraftRow> {
    let rows = page(host, &At { limit: 200, ..At::default() })?.rows;
    let row = number.checked_sub(1).and_then(|at| rows.into_iter().nth(at));
    row.ok_or_else(|| host.told_with("NotFound", "term-number-none", &[], "belay draft list", 4))
}

fn list(host: &Host, at: &At) -> Done {
    let page = page(host, at)?;
    let places = Places::read(host, &page.rows.iter().map(|row| &row.target).collect::<Vec<_>>())?;
    if host.flags.json {
        let told = page.rows.iter().map(|row| Told { row, for_label: places.called(host, &row.target) });
        let rows: Vec<_> = told.collect();
        return tell_list(host, "drafts", &rows, page.next.as_ref(), page.total.unwrap_or_default());
    }
    if page.rows.is_empty() {
        host.page.line(&host.say("term-drafts-none", &[]));
    }
    for (at, row) in (1..).zip(&page.rows) {
        let meant = if row.is_there { places.called(host, &row.target) } else { host.say("term-draft-alone", &[]) };
        let words = format!("{}  {}", row.when.label, row.snippet.as_str());
        host.page.item_beside(Edge::Bare, &format!("{at}. "), &words, &meant);
    }
    page_end(host, page.next.as_ref());
    Ok(())
}

/// A draft, for other programs, with what it was for.
#[derive(Serialize)]
struct Told<'a, T: Serialize> {
    #[serde(flatten)]
    row: &'a T,
    for_label: String,
}

fn opened(host: &Host, number: usize) -> Done<DraftDetail> {
    let target = numbered(host, number)?.target;
    match host.read(Ask::Draft { target })? {
        Answer::Draft(draft) => Ok(*draft),
        _ => Err(Code::Internal.into()),
    }
}

fn edit(host: &Host, number: usize, as_it_is: bool) -> Done {
    let draft = opened(host, number)?;
    let meant = Places::read(host, &[&draft.target])?.meant(&draft.target);
    // What it was for is gone: the words are a note of their own from here on.
    let is_gone = !draft.is_there || matches!(meant, Meant::Gone);
    let target = if draft.is_there { draft.target.clone() } else { new_note() };
    match draft.why.filter(|_| draft.is_there) {
        Some(Code::NotAMember) if matches!(target, TextTarget::Comment { .. }) => {
            return Err(super::comment::alone(host));
        }
        Some(why) => return Err(why.into()),
        None => {}
    }
    let part = match &meant {
        Meant::ToBe(ToBe::Line { plan, part } | ToBe::Lines { plan, part }, _) => {
            Some(Waiting::open(host, *plan, part)?)
        }
        _ => None,
    };
    if let (Some(part), Meant::ToBe(ToBe::Lines { .. }, beside)) = (&part, &meant) {
        part.is_as_shown(host, *beside, number)?;
    }
    if matches!(target, TextTarget::Suggestion { .. }) {
        return Err(host.told_with("UnsupportedType", "term-draft-idea", &[], "belay suggest --help", 3));
    }
    // Nor do words out of a pipe take a draft's place unseen.
    if !as_it_is && crate::editor::named().is_none() {
        let commands = format!("belay draft edit {number} --as-it-is\nexport EDITOR=nano");
        return Err(host.told_with("Usage", "term-draft-no-editor", &[], &commands, 2));
    }
    let text = if as_it_is {
        draft.text.as_str().to_owned()
    } else {
        prompt::words_for(host, &[], draft.text.as_str(), Some(&draft.target))?
    };
    match (part, &meant) {
        (Some(part), Meant::ToBe(ToBe::Lines { .. }, _)) => return part.write_all(host, &text, let_go(draft.target)),
        (Some(part), Meant::ToBe(_, beside)) => return part.add(host, &text, *beside, let_go(draft.target)),
        _ => {}
    }
    match target {
        TextTarget::NewNote { .. } if let Meant::ToBe(ToBe::Step { goal, who, kind }, beside) = meant => {
            let step = StepDraft { text: text.into(), who, kind, by_date: None };
            super::goal::add_step(host, goal, step, beside, let_go(draft.target))
        }
        TextTarget::NewNote { .. } => {
            let note = NoteDraft { body: text.into(), ..NoteDraft::default() };
            let applied = host.apply(&[Command::Note(NoteCommand::Create { draft: note }), let_go(draft.target)])?;
            let note = first(&applied)?.made.ok_or(Code::Internal)?;
            if is_gone && !host.flags.json {
                host.page.line(&host.say("term-draft-now-a-note", &[]));
            }
            done(host, &applied, &super::note::kept_as(host, note)?)
        }
        TextTarget::Comment { on } => {
            let comment = TalkCommand::Comment { on, text: text.into(), quote: PersonText::default() };
            let applied = host.apply(&[Command::Talk(comment)])?;
            // One that is sent as it was kept took its draft along.
            match host.apply(&[let_go(draft.target)]) {
                Err(trouble) if trouble.code() != Some(Code::NotFound) => Err(trouble),
                _ => done(host, &applied, &host.say("term-comment-kept", &[])),
            }
        }
        target => settle(host, &target, text),
    }
}

fn let_go(target: TextTarget) -> Command {
    Command::Draft(DraftCommand::Discard { target })
}

/// Writes a text where it belongs, over whatever came since.
fn settle(host: &Host, target: &TextTarget, text: String) -> Done {
    let companion = host.open()?;
    let opened = companion.text_open(target, &host.now())?;
    let length = u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX);
    let change = TextChange::Whole { text: text.into() };
    let merge =
        companion.text_close(&opened.session, &TextNow { length, change, ..TextNow::default() }, &host.now())?;
    // Whatever becomes of them, they lie in the vault now.
    host.held();
    match merge.fate {
        Fate::KeptAsDraft { why } => return Err(Trouble::from(why).with_command("belay draft list")),
        Fate::AsSuggestion => return Err(Trouble::from(Code::SuggestOnly).with_command("belay draft list")),
        Fate::Fine => {}
    }
    if host.flags.json {
        return tell_list::<()>(host, "done", &[], None, 0);
    }
    let now = host.now();
    let when = host.phrases.when_inside(&now.stamp(), &now);
    host.page.line(&host.say("term-note-changed", &[("when", Arg::Text(&when))]));
    Ok(())
}

fn show(host: &Host, number: usize) -> Done {
    let draft = opened(host, number)?;
    let places = Places::read(host, &[&draft.target])?;
    let for_label = if draft.is_there { places.called(host, &draft.target) } else { host.say("term-draft-alone", &[]) };
    if host.flags.json {
        return tell(host, "draft", &Told { row: &draft, for_label });
    }
    for line in draft.text.as_str().lines() {
        host.page.line(line);
    }
    host.page.gap();
    if !for_label.is_empty() {
        host.page.line(&host.say("term-draft-for", &[("what", Arg::Text(&for_label))]));
    }
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

/// Most UTF-16 code units that are kept as one draft; what is longer is kept as several.
const DRAFT_UNITS_MAX: usize = belay::editing::session::TEXT_UNITS_MAX;

/// Words of an editor that the command did not keep become drafts, and that is said: once it is closed, the editor shows
/// them nowhere else. Where nothing can be kept at all they are shown, to be copied by hand; no file is left with them.
pub fn keep_held(host: &Host, trouble: Trouble) -> Trouble {
    let Some(held) = host.held() else { return trouble };
    let words = beside_before(host, &held);
    let pieces = pieces(&words, DRAFT_UNITS_MAX);
    let kept = match (held.target, pieces.as_slice()) {
        // A note to be has no name yet.
        (Some(target), [_]) if target != (TextTarget::NewNote { draft: None }) => vec![(target, words.as_str())],
        _ => pieces.iter().map(|piece| (new_note(), *piece)).collect(),
    };
    // The list shows the newest first, so that the beginning stands on top.
    for (target, words) in kept.iter().rev() {
        let (target, before) = (target.clone(), Some(held.before.as_str().into()));
        let keep = Command::Draft(DraftCommand::Keep { target, text: (*words).into(), before });
        // The piece before is kept, this one is at stake still.
        host.stops.hold();
        if host.apply(&[keep]).is_err() {
            host.page.line(&host.say("term-draft-not-kept", &[]));
            host.page.gap();
            held.words.lines().for_each(|line| host.page.line_of_data(line));
            return trouble;
        }
    }
    let said = host.say("term-draft-kept", &[("count", Arg::Number(kept.len() as u64))]);
    let next = host.say("term-next", &[("command", Arg::Text("belay draft list"))]);
    host.beside(&format!("{said}\n{next}"));
    trouble
}

/// The words, below those of a draft that the field did not show: a comment is begun with an empty field each time.
fn beside_before(host: &Host, held: &Held) -> String {
    let target = held.target.clone().filter(|target| matches!(target, TextTarget::Comment { .. }));
    let draft = target.filter(|_| held.before.is_empty()).and_then(|target| host.read(Ask::Draft { target }).ok());
    match draft {
        Some(Answer::Draft(draft)) => format!("{}\n{}", draft.text.as_str(), held.words),
        _ => held.words.clone(),
    }
}

fn new_note() -> TextTarget {
    let mut entropy = SystemEntropy::default();
    TextTarget::NewNote { draft: Some(ElementId((&mut entropy as &mut dyn Entropy).bytes())) }
}

/// A text in pieces of at most so many UTF-16 code units, cut between lines where there are lines, else between signs.
fn pieces(text: &str, max: usize) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let mut units = 0;
        let fits = rest.char_indices().find_map(|(at, sign)| {
            units += sign.len_utf16();
            (units > max).then_some(at)
        });
        let Some(fits) = fits else {
            found.push(rest);
            break;
        };
        let (piece, _) = rest.split_at(fits);
        let line = piece.rfind('\n').map(|at| at + 1).filter(|at| *at > fits / 2);
        let (piece, after) = rest.split_at(line.unwrap_or(fits));
        found.push(piece);
        rest = after;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_all_of_a_text() {
        for text in ["", "one", "one\ntwo\nthree\nfour", "no line ends in this at all", "\u{1f469}\u{1f469}\u{1f469}"] {
            for max in 2..12 {
                let pieces = pieces(text, max);
                assert_eq!(pieces.concat(), text);
                assert!(
                    pieces.iter().all(|piece| !piece.is_empty() && piece.encode_utf16().count() <= max),
                    "{pieces:?}"
                );
            }
        }
        assert_eq!(pieces("one\ntwo\nthree", 9), ["one\ntwo\n", "three"]);
    }
}
