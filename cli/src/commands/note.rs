//! `belay note`: private notes.

use super::{Paging, done, draft, first, optional, page_end, person_text, tell, tell_list, unchanged};
use crate::failure::{Done, Trouble};
use crate::find::{self, Ids};
use crate::host::Host;
use crate::output::Edge;
use crate::prompt;
use belay::command::{Command, NoteCommand, NoteDraft, NoteField, TextEdit, TextTarget};
use belay::error::{Code, Field};
use belay::ids::DocId;
use belay::library::Arg;
use belay::view::{Answer, Ask, At, NoteDetail, NoteFilter, NoteRow, ParagraphKind, ShareFilter};

/// Write notes for you alone.
#[derive(Debug, clap::Subcommand)]
#[command(after_help = "Examples:\n  belay note add The radio helped.\n  belay note list\n  belay note show kq4m")]
pub enum Note {
    /// Keep a new note.
    #[command(
        after_help = "Examples:\n  belay note add The radio helped.\n  echo \"Slept well.\" | belay note add --tag sleep\n  belay note add    (opens your editor)"
    )]
    Add {
        /// The words. Without them your editor opens, or standard input is read.
        #[arg(allow_negative_numbers = true)]
        words: Vec<String>,
        /// A title.
        #[arg(long)]
        title: Option<String>,
        /// A tag; may be given again.
        #[arg(long = "tag", value_name = "TAG")]
        tags: Vec<String>,
    },
    /// All your notes, newest first.
    #[command(after_help = "Examples:\n  belay note list\n  belay note list --tag sleep\n  belay note list --trash")]
    List {
        /// Only with this tag.
        #[arg(long)]
        tag: Option<String>,
        /// Those in the trash.
        #[arg(long)]
        trash: bool,
        /// Which page.
        #[command(flatten)]
        paging: Paging,
    },
    /// Read a note.
    #[command(after_help = "Examples:\n  belay note show kq4m\n  belay note show kq4m --numbers")]
    Show {
        /// Which note: the first signs of its id, as the list shows them.
        note: String,
        /// Number its paragraphs, as `share --paragraph` counts them.
        #[arg(long)]
        numbers: bool,
    },
    /// Change a note.
    #[command(
        after_help = "Examples:\n  belay note edit kq4m    (opens your editor)\n  belay note edit kq4m Slept well.\n  belay note edit kq4m --title Nights"
    )]
    Edit {
        /// Which note: the first signs of its id, as the list shows them.
        note: String,
        /// The whole new text. Without it your editor opens, or standard input is read.
        #[arg(allow_negative_numbers = true)]
        words: Vec<String>,
        /// The whole new text, as one word for the shell.
        #[arg(long, conflicts_with = "words")]
        text: Option<String>,
        /// The new title.
        #[arg(long)]
        title: Option<String>,
    },
    /// Add a tag.
    #[command(after_help = "Example:\n  belay note tag kq4m sleep")]
    Tag {
        /// Which note: the first signs of its id, as the list shows them.
        note: String,
        /// The tag.
        tag: String,
    },
    /// Take a tag off.
    #[command(after_help = "Example:\n  belay note untag kq4m sleep")]
    Untag {
        /// Which note: the first signs of its id, as the list shows them.
        note: String,
        /// The tag.
        tag: String,
    },
    /// Keep a note on top.
    #[command(after_help = "Example:\n  belay note pin kq4m")]
    Pin {
        /// Which note: the first signs of its id, as the list shows them.
        note: String,
    },
    /// Let it lie among the others again.
    #[command(after_help = "Example:\n  belay note unpin kq4m")]
    Unpin {
        /// Which note: the first signs of its id, as the list shows them.
        note: String,
    },
    /// Put a note in the trash. You can bring it back.
    #[command(after_help = "Example:\n  belay note trash kq4m")]
    Trash {
        /// Which note: the first signs of its id, as the list shows them.
        note: String,
    },
    /// Bring a note back.
    #[command(after_help = "Example:\n  belay note restore kq4m")]
    Restore {
        /// Which note: the first signs of its id, as the list shows them.
        note: String,
    },
}

impl Note {
    /// Which note it is about, as it was typed.
    pub fn about(&self) -> Option<&str> {
        match self {
            Note::Edit { note, .. } | Note::Tag { note, .. } | Note::Untag { note, .. } => Some(note),
            _ => None,
        }
    }

    /// Does it.
    pub fn run(self, host: &Host) -> Done {
        match self {
            Note::Add { words, title, tags } => add(host, &words, title.as_ref(), &tags),
            Note::List { tag, trash, paging } => list(host, tag.as_ref(), trash, &paging),
            Note::Show { note, numbers } => show(host, &note, numbers),
            Note::Edit { note, words, text, title } => {
                // Said in so many words: all of them go.
                let empties = text.as_deref() == Some("");
                let text = text.or_else(|| (!words.is_empty()).then(|| words.join(" ")));
                edit(host, &note, text, title, empties)
            }
            Note::Tag { note, tag } => {
                let note = find::note(host, &note)?;
                let command = NoteCommand::AddTag { note, tag: person_text(&tag) };
                say_done(host, note, command, "term-tag-added", Some(&tag)).map_err(|trouble| match trouble.code() {
                    Some(Code::Duplicate) => {
                        tag_trouble(host, note, "Duplicate", "term-tag-there", &tag, 11).being_so()
                    }
                    _ => trouble,
                })
            }
            Note::Untag { note, tag } => {
                let note = find::note(host, &note)?;
                let command = NoteCommand::TakeTag { note, tag: person_text(&tag) };
                say_done(host, note, command, "term-tag-removed", Some(&tag)).map_err(|trouble| match trouble.code() {
                    Some(Code::NotFound) => tag_trouble(host, note, "NotFound", "term-tag-none", &tag, 4).being_so(),
                    _ => trouble,
                })
            }
            Note::Pin { note } => pin(host, &note, true),
            Note::Unpin { note } => pin(host, &note, false),
            Note::Trash { note } => act(host, &note, "term-note-trashed", |note| NoteCommand::Trash { note }),
            Note::Restore { note } => {
                let restored = act(host, &note, "term-note-restored", |note| NoteCommand::Restore { note });
                restored.map_err(|trouble| match trouble.code() {
                    Some(Code::Duplicate) => {
                        let short = find::note(host, &note).and_then(|id| Ok(Ids::read(host)?.short(&id.to_string())));
                        let command = format!("belay note show {}", short.unwrap_or(note));
                        host.told_with("Duplicate", "term-note-not-in-trash", &[], &command, 11).being_so()
                    }
                    _ => trouble,
                })
            }
        }
    }
}

/// A tag that is there already, or not there: which ones are, `note show` says.
fn tag_trouble(host: &Host, note: DocId, code: &str, id: &str, tag: &str, exit: u8) -> Trouble {
    let short = Ids::read(host).map(|ids| ids.short(&note.to_string())).unwrap_or_else(|_| note.to_string());
    let args = [("id", Arg::Text(&short)), ("tag", Arg::Text(tag))];
    host.told_with(code, id, &args, &format!("belay note show {short}"), exit)
}

/// What lies in the trash is brought back before anything is done with it: by which command.
fn back_first(host: &Host, note: DocId, trouble: Trouble) -> Trouble {
    match (trouble.code(), Ids::read(host)) {
        (Some(Code::InTrash), Ok(ids)) => {
            trouble.with_command(&format!("belay note restore {}", ids.short(&note.to_string())))
        }
        _ => trouble,
    }
}

/// Lays it on top or among the others; where it lies there already nothing is done.
fn pin(host: &Host, typed: &str, on_top: bool) -> Done {
    let note = detail(host, find::note(host, typed)?)?;
    if note.pinned == on_top && note.stage.code != "trash" {
        let short = Ids::read(host)?.short(&note.id.to_string());
        let id = if on_top { "term-unchanged-pinned" } else { "term-unchanged-unpinned" };
        return unchanged(host, id, &[("id", Arg::Text(&short))]);
    }
    let (id, note) = (note.id, note.id);
    match on_top {
        true => say_done(host, id, NoteCommand::Pin { note }, "term-note-pinned", None),
        false => say_done(host, id, NoteCommand::Unpin { note }, "term-note-unpinned", None),
    }
}

fn act(host: &Host, typed: &str, id: &str, command: impl Fn(DocId) -> NoteCommand) -> Done {
    let note = find::note(host, typed)?;
    say_done(host, note, command(note), id, None)
}

fn say_done(host: &Host, note: DocId, command: NoteCommand, id: &str, tag: Option<&str>) -> Done {
    let applied = host.apply(&[Command::Note(command)]).map_err(|trouble| back_first(host, note, trouble))?;
    let short = Ids::read(host)?.short(&note.to_string());
    let mut args = vec![("id", Arg::Text(&short))];
    args.extend(tag.map(|tag| ("tag", Arg::Text(tag))));
    done(host, &applied, &host.say(id, &args))
}

fn add(host: &Host, words: &[String], title: Option<&String>, tags: &[String]) -> Done {
    // A title alone is a note too; whoever gives one without words may not want to write more.
    let body = if words.is_empty() && title.is_some() && prompt::is_typed() {
        String::new()
    } else {
        prompt::words(host, words, "")?
    };
    let draft = NoteDraft {
        title: optional(title),
        body: body.into(),
        tags: tags.iter().map(|tag| person_text(tag)).collect(),
    };
    let applied = host.apply(&[Command::Note(NoteCommand::Create { draft })])?;
    let made = first(&applied)?.made.ok_or(Code::Internal)?;
    done(host, &applied, &kept_as(host, made)?)?;
    if host.flags.json {
        return Ok(());
    }
    super::phones::say_if_out(host)?;
    draft::say_waiting(host)
}

/// Where a new note is, and who sees it.
pub fn kept_as(host: &Host, note: DocId) -> Done<String> {
    let short = Ids::read(host)?.short(&note.to_string());
    let kept = host.say("term-note-kept", &[("id", Arg::Text(&short))]);
    Ok(format!("{kept} {}", host.phrases.audience(&[])))
}

fn list(host: &Host, tag: Option<&String>, trash: bool, paging: &Paging) -> Done {
    let filter = NoteFilter { tag: tag.map(|tag| person_text(&belay::text::fold(tag))), trash };
    let Answer::Notes(page) = host.read(Ask::Notes { filter, at: paging.at() })? else {
        return Err(Code::Internal.into());
    };
    if host.flags.json {
        return tell_list(host, "notes", &page.rows, page.next.as_ref(), page.total.unwrap_or_default());
    }
    if page.rows.is_empty() {
        let id = match (trash, tag) {
            (true, _) => "term-trash-none",
            (_, Some(_)) => "term-notes-none-tagged",
            _ => "term-notes-none",
        };
        host.page.line(&host.say(id, &[]));
        return draft::say_waiting(host);
    }
    let ids = Ids::read(host)?;
    let lines: Vec<_> = page.rows.iter().map(|row| line(host, row, &ids)).collect();
    host.page.table(&lines);
    host.page.line(&host.say("term-notes-count", &[("count", Arg::Number(page.total.unwrap_or_default()))]));
    page_end(host, page.next.as_ref());
    draft::say_waiting(host)
}

fn line(host: &Host, row: &NoteRow, ids: &Ids) -> (Vec<String>, String, String) {
    let mut words = [row.title.as_str(), row.snippet.as_str()].map(str::to_owned).to_vec();
    words.retain(|text| !text.is_empty());
    let pin = if row.pinned { host.say("term-pinned", &[]) } else { String::new() };
    words.push(pin);
    words.retain(|text| !text.is_empty());
    (vec![ids.short(&row.id.to_string()), row.when.label.clone()], words.join("  "), row.audience.clone())
}

fn detail(host: &Host, note: DocId) -> Done<NoteDetail> {
    match host.read(Ask::Note { id: note })? {
        Answer::Note(note) => Ok(*note),
        _ => Err(Code::NotFound.into()),
    }
}

fn show(host: &Host, typed: &str, numbers: bool) -> Done {
    let note = detail(host, find::note(host, typed)?)?;
    if host.flags.json {
        return tell(host, "note", &note);
    }
    let page = &host.page;
    if !note.title.is_empty() {
        page.line(note.title.as_str());
        page.gap();
    }
    let wide = note.paragraphs.len().to_string().len();
    for (number, paragraph) in (1..).zip(&note.paragraphs) {
        let mark = match paragraph.kind {
            ParagraphKind::Plain => "",
            ParagraphKind::Bullet => "- ",
            ParagraphKind::Unchecked => "[ ] ",
            ParagraphKind::Checked => "[x] ",
        };
        let number = if numbers { format!("{number:wide$}  ") } else { String::new() };
        page.item(Edge::Bare, &format!("{number}{mark}"), paragraph.text.as_str());
    }
    page.gap();
    if !note.tags.is_empty() {
        let tags: Vec<&str> = note.tags.iter().map(belay::text::PersonText::as_str).collect();
        page.line(&host.say("term-tags", &[("tags", Arg::Text(&tags.join(", ")))]));
    }
    page.line(&host.say("kept-at", &[("when", Arg::Text(&note.when.long))]));
    if note.stage.code == "trash" {
        page.line(&note.stage.label);
    }
    page.line(&note.audience.label);
    show_given(host, note.id)
}

/// A note is its writer's alone, but of what was given of it a reader would like to hear.
pub fn show_given(host: &Host, note: DocId) -> Done {
    let filter = ShareFilter { note: Some(note), ..ShareFilter::default() };
    let Answer::Shares(copies) = host.read(Ask::Shares { filter, at: At::default() })? else {
        return Err(Code::Internal.into());
    };
    if copies.rows.iter().any(|copy| copy.taken_back.is_none()) {
        host.page.line(&host.say("term-note-given", &[("command", Arg::Text("belay shared"))]));
    }
    Ok(())
}

fn edit(host: &Host, typed: &str, text: Option<String>, title: Option<String>, empties: bool) -> Done {
    let note = detail(host, find::note(host, typed)?)?;
    let change = |field, base, text: String| {
        Command::Note(NoteCommand::Edit { note: note.id, field, base, text: TextEdit::Whole(text.into()) })
    };
    let mut commands = Vec::new();
    let only_title = title.is_some() && text.is_none();
    let mut in_editor = None;
    if let Some(title) = title {
        if title.trim().is_empty() && !title.is_empty() && !note.title.is_empty() {
            let command = format!("belay note edit {} --title ''", Ids::read(host)?.short(&note.id.to_string()));
            let field = host.phrases.field(Field::Title);
            let args = [("field", Arg::Text(&field))];
            return Err(host.told_with("Empty", "term-field-emptied", &args, &command, 3));
        }
        commands.push(change(NoteField::Title, note.rev.clone(), title));
    }
    if !only_title {
        let body = match text {
            Some(text) => text,
            None if prompt::is_typed() => {
                let edited = draft::Edited::open(host, &TextTarget::Note { note: note.id })?;
                let words = crate::editor::edit(host, &edited.before, Some(&edited.target))?;
                in_editor = edited.done();
                words
            }
            None => prompt::words(host, &[], note.body.as_str())?,
        };
        // A slip of a hand, or of an editor: words go away by a command that says so.
        if !empties && body.trim().is_empty() && !note.body.as_str().trim().is_empty() {
            let short = Ids::read(host)?.short(&note.id.to_string());
            let command = format!("belay note trash {short}\nbelay note edit {short} --text ''");
            return Err(host.told_with("Empty", "term-note-emptied", &[], &command, 3));
        }
        if body != note.body.as_str() {
            commands.push(change(NoteField::Body, note.rev.clone(), body));
        }
    }
    if commands.is_empty() {
        return super::same(host);
    }
    commands.extend(in_editor);
    let applied = host.apply(&commands).map_err(|trouble| back_first(host, note.id, trouble))?;
    let now = host.now();
    let when = host.phrases.when_inside(&now.stamp(), &now);
    done(host, &applied, &host.say("term-note-changed", &[("when", Arg::Text(&when))]))
}
