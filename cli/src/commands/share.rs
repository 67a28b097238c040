//! `belay share` and `belay shared`: a copy of a note, or of a part of it, shown before it goes; and what went to and fro.

use super::{Paging, comment, done, named, option, page_end, tell, tell_list};
use crate::failure::{Done, Trouble};
use crate::find::{self, short_in};
use crate::host::Host;
use crate::output::Edge;
use crate::seen::{self, Called, Yes};
use belay::command::{Command, ConsentCommand, GIVE_WORDING, GiftDraft, TextRange, WithTitle};
use belay::error::Code;
use belay::ids::{DocId, short_hash};
use belay::library::Arg;
use belay::text::PersonText;
use belay::view::{Answer, Ask, NoteDetail, OwnershipKind, RelationshipRow, ShareFilter, ShareRow, ShareSide};
use serde::Serialize;

/// Give someone a copy of a note, or of a part of it.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  belay share kq4m --with Theo    (shows what would go, and asks)\n  belay share kq4m --paragraph 2..3 --with Theo\n  belay share kq4m --part 12..80 --title --with Theo --seen 9c1e-44d0\n  belay share --take-back p3xd"
)]
#[command(group = clap::ArgGroup::new("what").required(true).args(["note", "take_back"]))]
pub struct Share {
    /// Which note.
    #[arg(requires = "with")]
    note: Option<String>,
    /// To whom.
    #[arg(long, value_name = "NAME")]
    with: Option<String>,
    /// Only these paragraphs, as `note show --numbers` counts them.
    #[arg(long, value_name = "FROM..TO", conflicts_with = "part")]
    paragraph: Option<String>,
    /// Only these signs, counted from 1.
    #[arg(long, value_name = "FROM..TO")]
    part: Option<String>,
    /// The title goes along.
    #[arg(long)]
    title: bool,
    /// You have read what will go: the signs that stand below it.
    #[arg(long, value_name = "SIGNS")]
    seen: Option<String>,
    /// Take a copy of yours back.
    #[arg(long, value_name = "ID", conflicts_with_all = ["with", "paragraph", "part", "title", "seen"])]
    take_back: Option<String>,
}

impl Share {
    /// Does it. Nothing goes that was not shown.
    pub fn run(self, host: &Host) -> Done {
        if let Some(typed) = &self.take_back {
            return take_back(host, &find::copy(host, typed)?);
        }
        let (Some(note), Some(with)) = (&self.note, &self.with) else {
            return Err(host.usage("term-usage-missing", &[], "belay share NOTE --with NAME"));
        };
        let note = note_of(host, find::note(host, note)?)?;
        let person = find::person(host, with)?;
        let gift = GiftDraft {
            note: note.id,
            part: self.range(host, note.body.as_str())?,
            title: if self.title { WithTitle::Included } else { WithTitle::LeftOut },
            to: person.space,
            language: host.phrases.language().to_owned(),
        };
        let preview = host.open()?.preview(&gift.clone().unseen(), &host.now());
        let preview = preview.map_err(|failure| match failure.code() {
            Code::Duplicate => given_before(host, note.id, &person),
            _ => failure.into(),
        })?;
        let shown = signs(&preview.hash.0);
        if self.seen.as_ref().is_some_and(|seen| !Called::Signs(&shown).is(seen)) {
            return Err(host.told_with("Stale", "term-share-other", &[], &self.again(&person, None), 11));
        }
        if host.flags.json && self.seen.is_none() {
            let audience = [host.say("you", &[]), person.name.as_str().to_owned()].into();
            return tell(host, "share-preview", &Shown { leaves: &preview.leaves, audience, seen: shown });
        }
        let yes = Yes {
            called: Called::Signs(&shown),
            seen: self.seen.as_deref(),
            ask: "term-share-ask",
            args: &[("signs", Arg::Text(&shown))],
            not_yet: "term-share-not-yet",
            command: &self.again(&person, Some(&shown)),
        };
        seen::wait(host, &yes, || {
            show_preview(host, &person, &preview.leaves);
            Ok(())
        })?;
        let applied = host.apply(&[Command::Consent(ConsentCommand::Give { gift, preview: preview.hash })])?;
        done(host, &applied, &host.say("term-share-given", &[("name", name_of(&person))]))?;
        waits(host, &person);
        Ok(())
    }

    /// The command once more, as it is typed to give what was read.
    fn again(&self, person: &RelationshipRow, seen: Option<&str>) -> String {
        let mut words = vec!["belay share".to_owned(), self.note.clone().unwrap_or_default()];
        words.extend(self.paragraph.iter().map(|range| format!("--paragraph {range}")));
        words.extend(self.part.iter().map(|range| format!("--part {range}")));
        words.extend(self.title.then(|| "--title".to_owned()));
        words.push(option("--with", person.name.as_str()));
        words.extend(seen.map(|seen| format!("--seen {seen}")));
        words.join(" ")
    }

    fn range(&self, host: &Host, body: &str) -> Done<Option<TextRange>> {
        let (typed, by_paragraph) = match (&self.paragraph, &self.part) {
            (Some(typed), _) => (typed, true),
            (None, Some(typed)) => (typed, false),
            (None, None) => return Ok(None),
        };
        let usage = || host.usage("term-usage-value", &[], "belay share NOTE --paragraph 2..3 --with NAME");
        // Both ways to write it are at hand.
        let (from, to) = typed.split_once("..").or_else(|| typed.split_once('-')).unwrap_or((typed, typed));
        let (Ok(from), Ok(to)) = (from.parse::<usize>(), to.parse::<usize>()) else { return Err(usage()) };
        let range = if by_paragraph { paragraphs(body, from, to) } else { scalars(body, from, to) };
        range.map(Some).ok_or_else(|| {
            let trouble = Trouble::from(Code::RangeInvalid);
            let note = self.note.as_deref().unwrap_or("NOTE");
            if by_paragraph { trouble.with_command(&format!("belay note show {note} --numbers")) } else { trouble }
        })
    }
}

/// What would go, for other programs.
#[derive(Serialize)]
struct Shown<'a> {
    leaves: &'a [PersonText],
    audience: Vec<String>,
    seen: String,
}

fn units(text: &str) -> Option<u32> {
    u32::try_from(text.encode_utf16().count()).ok()
}

/// From the first sign of one paragraph to the last of another, both counted from 1; blank lines count for none.
fn paragraphs(body: &str, from: usize, to: usize) -> Option<TextRange> {
    let (mut at, mut number, mut start) = (0, 0, None);
    for line in body.split('\n') {
        let length = units(line)?;
        if !line.trim().is_empty() {
            number += 1;
            if number == from {
                start = Some(at);
            }
            if number == to {
                return Some(TextRange { start: start?, end: at + length });
            }
        }
        at += length + 1;
    }
    None
}

/// Both ends counted from 1 in Unicode scalars.
fn scalars(body: &str, from: usize, to: usize) -> Option<TextRange> {
    let place = |at: usize| {
        let text: String = body.chars().take(at).collect();
        (text.chars().count() == at).then(|| units(&text)).flatten()
    };
    Some(TextRange { start: place(from.checked_sub(1)?)?, end: place(to)? })
}

/// The first eight signs of a preview's hash, as they are typed.
fn signs(hash: &[u8; 32]) -> String {
    short_hash(hash).get(..9).unwrap_or_default().to_owned()
}

fn name_of(person: &RelationshipRow) -> Arg<'_> {
    Arg::Text(person.name.as_str())
}

fn show_preview(host: &Host, person: &RelationshipRow, leaves: &[PersonText]) {
    let [preview, known] = GIVE_WORDING;
    host.page.line(&host.say(preview, &[("name", name_of(person))]));
    host.page.gap();
    for line in leaves {
        host.page.item(Edge::Of(OwnershipKind::Mine), "", line.as_str());
    }
    host.page.gap();
    let others: Vec<&str> = person.people.iter().filter(|one| !one.is_me).map(|one| one.name.as_str()).collect();
    host.page.line(&host.say("term-share-would", &[("name", Arg::Text(&others.join(", ")))]));
    host.page.line(&host.say(known, &[]));
}

/// The same words are with the same person already: which copy that is, where it can be one only.
fn given_before(host: &Host, note: DocId, person: &RelationshipRow) -> Trouble {
    let rows = find::copies(host).unwrap_or_default();
    let is_it = |row: &&ShareRow| row.note == Some(note) && row.space == person.space && row.taken_back.is_none();
    let command = match rows.iter().filter(is_it).collect::<Vec<_>>().as_slice() {
        [one] => format!("belay shared {}", short_of(one, &rows)),
        _ => format!("belay shared {}", option("--with", person.name.as_str())),
    };
    host.told_with("Duplicate", "term-share-before", &[("name", name_of(person))], &command, 11)
}

fn short_of(row: &ShareRow, all: &[ShareRow]) -> String {
    short_in(&row.id.to_string(), &all.iter().map(|row| row.id.to_string()).collect())
}

/// How it gets to the other.
fn waits(host: &Host, person: &RelationshipRow) {
    if !host.flags.json {
        let command = format!("belay bundle out {}", named(person.name.as_str()));
        host.page.line(&host.say("term-next", &[("command", Arg::Text(&command))]));
    }
}

fn note_of(host: &Host, id: DocId) -> Done<NoteDetail> {
    match host.read(Ask::Note { id })? {
        Answer::Note(note) => Ok(*note),
        _ => Err(Code::NotFound.into()),
    }
}

/// Takes a copy back.
pub fn take_back(host: &Host, copy: &ShareRow) -> Done {
    if copy.side == ShareSide::Given && copy.taken_back.is_some() {
        let command = format!("belay shared {}", short_of(copy, &find::copies(host)?));
        return Err(host.told_with("Duplicate", "term-share-back-before", &[], &command, 11));
    }
    let applied = host.apply(&[Command::Consent(ConsentCommand::TakeBack { copy: copy.id })])?;
    done(host, &applied, &host.say("term-share-taken-back", &[]))?;
    if !host.flags.json {
        for person in &copy.to {
            let command = format!("belay bundle out {}", named(person.name.as_str()));
            host.page.line(&host.say("term-next", &[("command", Arg::Text(&command))]));
        }
    }
    Ok(())
}

/// Copies you gave, and copies given to you.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  belay shared\n  belay shared --with Theo\n  belay shared p3xd    (reads one)")]
pub struct Shared {
    /// Read this one.
    copy: Option<String>,
    /// Only with this person.
    #[arg(long, value_name = "NAME")]
    with: Option<String>,
    /// Which page.
    #[command(flatten)]
    paging: Paging,
}

impl Shared {
    /// Does it.
    pub fn run(self, host: &Host) -> Done {
        if let Some(typed) = &self.copy {
            let copy = find::copy(host, typed)?;
            return if copy.taken_back.is_some() { show_taken_back(host, &copy) } else { show(host, copy.id) };
        }
        let with = self.with.as_ref().map(|name| find::person(host, name)).transpose()?.map(|person| person.space);
        let filter = ShareFilter { with, ..ShareFilter::default() };
        let Answer::Shares(page) = host.read(Ask::Shares { filter, at: self.paging.at() })? else {
            return Err(Code::Internal.into());
        };
        if host.flags.json {
            return tell_list(host, "shared", &page.rows, page.next.as_ref(), page.total.unwrap_or_default());
        }
        if page.rows.is_empty() {
            host.page.line(&host.say("term-shared-none", &[]));
        }
        let all = find::copies(host)?;
        for row in &page.rows {
            line(host, row, &short_of(row, &all));
        }
        page_end(host, page.next.as_ref());
        Ok(())
    }
}

fn edge(row: &ShareRow) -> Edge {
    Edge::Of(match row.side {
        ShareSide::Given => OwnershipKind::Mine,
        ShareSide::Received => OwnershipKind::Theirs,
    })
}

fn line(host: &Host, row: &ShareRow, id: &str) {
    let out = &host.page;
    let words = [row.title.as_str(), row.snippet.as_str()].map(str::to_owned);
    let words = words.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("  ");
    out.item_beside(edge(row), &format!("{id}  "), &row.from_label, &row.when.label);
    if !words.is_empty() {
        out.inside(edge(row), 2, &words);
    }
    if row.stage_label.is_empty() {
        out.inside(edge(row), 2, &row.audience);
        return;
    }
    out.inside(edge(row), 2, &row.stage_label);
    for receipt in &row.receipts {
        out.item_beside(edge(row), "  ", receipt.by.name.as_str(), &receipt.stage.label);
    }
}

/// Its words are gone from here; what became of it is what there is to read.
fn show_taken_back(host: &Host, row: &ShareRow) -> Done {
    if host.flags.json {
        return tell(host, "copy-taken-back", row);
    }
    let out = &host.page;
    out.line(&row.from_label);
    out.line(&row.when.long);
    out.gap();
    out.line(&row.stage_label);
    row.receipts.iter().for_each(|one| out.item_beside(Edge::Bare, "  ", one.by.name.as_str(), &one.stage.label));
    Ok(())
}

fn show(host: &Host, id: DocId) -> Done {
    let Answer::Copy(copy) = host.read(Ask::Copy { id })? else { return Err(Code::NotFound.into()) };
    if host.flags.json {
        return tell(host, "copy", &*copy);
    }
    let out = &host.page;
    out.line(&copy.row.from_label);
    out.gap();
    if !copy.row.title.is_empty() {
        out.item(edge(&copy.row), "", copy.row.title.as_str());
    }
    for line in copy.text.as_str().split('\n') {
        out.item(edge(&copy.row), "", line);
    }
    out.gap();
    out.line(&copy.row.when.long);
    out.line(&copy.audience.label);
    comment::show(host, &copy.comments);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_and_signs_are_counted_from_one() {
        let body = "One\n\n\u{1f469} two\nthree\n";
        let range = |found: Option<TextRange>| found.map(|range| (range.start, range.end));
        assert_eq!(range(paragraphs(body, 1, 1)), Some((0, 3)));
        assert_eq!(range(paragraphs(body, 2, 3)), Some((5, 17)));
        assert_eq!(range(paragraphs(body, 3, 2)), None);
        assert_eq!(range(paragraphs(body, 1, 4)), None);
        assert_eq!(range(paragraphs(body, 0, 1)), None);
        assert_eq!(range(scalars(body, 1, 3)), Some((0, 3)));
        assert_eq!(range(scalars(body, 6, 6)), Some((5, 7)), "one sign of two units");
        assert_eq!(range(scalars(body, 0, 3)), None);
        assert_eq!(range(scalars(body, 1, 99)), None);
    }
}
