//! What a command would do, seen by doing it and taking it back. The rehearsal throws dice of its own, the same every time,
//! so that the same command on the same state reads the same.

use super::ask::Purpose;
use super::consent::{GivePreview, preview_give};
use super::{Command, ConsentCommand, Desk, ForgetCommand, Outcome, Preview, Warning};
use crate::crypto::hash::sha256;
use crate::document::plan::DecisionState;
use crate::document::{Kind, Scalar, Step, is_words};
use crate::error::Result;
use crate::ids::{DocId, Hash32, MemberId, SpaceId};
use crate::projection::lines;
use crate::secret::Entropy;
use crate::space::audience;
use crate::store::documents::{self, DocumentRecord};
use crate::text::PersonText;
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet};

/// Randomness that is none, for what is taken back before anyone sees it.
#[derive(Debug, Default)]
pub struct Rehearsal {
    thrown: u64,
}

impl Entropy for Rehearsal {
    fn fill(&mut self, bytes: &mut [u8]) {
        for piece in bytes.chunks_mut(32) {
            self.thrown += 1;
            let dice = sha256(&[b"belay/rehearsal/1", &self.thrown.to_be_bytes()]);
            piece.iter_mut().zip(dice).for_each(|(byte, die)| *byte = die);
        }
    }
}

/// The confirmation that a command needs: only giving words of a note with a lock of its own does. The compiler asks for
/// a line for each new room.
///
/// # Errors
/// Those of the database.
pub fn confirmation_for(db: &Connection, command: &Command) -> Result<Option<Purpose>> {
    match command {
        Command::Consent(ConsentCommand::Give { gift, .. }) => {
            Ok(lines::has_extra_lock(db, &gift.note)?.then_some(Purpose::ExtraLock))
        }
        Command::Note(_) | Command::Goal(_) | Command::Plan(_) | Command::Talk(_) | Command::Relationship(_) => {
            Ok(None)
        }
        Command::KeptOut(_) | Command::Forget(_) | Command::Undo { .. } | Command::Consent(_) | Command::Draft(_) => {
            Ok(None)
        }
    }
}

/// The command that a rehearsal does: a gift is given under the hash that is current, since the preview is where that comes
/// from.
///
/// # Errors
/// Those of [`preview_give`].
pub fn rehearsed(db: &Connection, command: &Command) -> Result<(Command, Option<GivePreview>)> {
    let Command::Consent(ConsentCommand::Give { gift, .. }) = command else { return Ok((command.clone(), None)) };
    let given = preview_give(db, gift)?;
    Ok((Command::Consent(ConsentCommand::Give { gift: gift.clone(), preview: given.hash }), Some(given)))
}

/// Looks at a command that was just done in a rehearsal whose desk keeps every step. `undone`: whether a token takes it
/// back.
///
/// # Errors
/// Those of the database.
pub fn preview(desk: &mut Desk<'_>, command: &Command, outcome: &Outcome, undone: bool) -> Result<Preview> {
    let steps = desk.marks.steps.take().unwrap_or_default();
    let records = records(desk, &steps, outcome)?;
    let mut readers: BTreeMap<SpaceId, Vec<MemberId>> = BTreeMap::new();
    let mut shared = BTreeSet::new();
    for record in records.values().filter(|_| !is_local(command)) {
        let people = desk.people(&record.space)?;
        let all = audience(&people.membership);
        if all.len() > 1 {
            shared.insert(record.id);
        }
        readers.insert(record.space, all);
    }
    let audience: BTreeSet<MemberId> = readers.values().flatten().copied().collect();
    let outgoing = steps.iter().filter(|(doc, _)| shared.contains(doc));
    let leaves: Vec<PersonText> = outgoing.flat_map(|(_, steps)| words_in(steps)).map(PersonText::from).collect();
    let mut said = Digest::default();
    said.add(b"belay/preview/1");
    said.add(named(command, outcome).as_bytes());
    for (doc, steps) in &steps {
        said.add(&doc.0);
        steps.iter().for_each(|step| said.add_step(step));
    }
    for (space, members) in &readers {
        said.add(&space.0);
        members.iter().for_each(|member| said.add(&member.0));
    }
    let mut warnings = warnings_of(desk, command, undone)?;
    if !leaves.is_empty() {
        warnings.insert(Warning::StaysInHistory);
    }
    Ok(Preview {
        confirmation: confirmation_for(desk.db, command)?,
        audience: audience.into_iter().collect(),
        leaves,
        warnings: warnings.into_iter().collect(),
        hash: Hash32(sha256(&[&said.0])),
    })
}

/// The same for a gift: its preview was there before, and is the one that giving takes the hash of.
///
/// # Errors
/// Those of the database.
pub fn preview_gift(desk: &Desk<'_>, command: &Command, given: GivePreview) -> Result<Preview> {
    let mut warnings = warnings_of(desk, command, false)?;
    warnings.insert(Warning::StaysInHistory);
    let GivePreview { confirmation, audience, leaves, hash } = given;
    Ok(Preview { confirmation, audience, leaves, warnings: warnings.into_iter().collect(), hash })
}

/// What the person should know of a command that was done.
///
/// # Errors
/// Those of the database.
pub fn warnings_of(desk: &Desk<'_>, command: &Command, undone: bool) -> Result<BTreeSet<Warning>> {
    let mut found = BTreeSet::new();
    if !undone {
        found.insert(Warning::Lasting);
    }
    if let Command::Forget(
        ForgetCommand::Everything { .. } | ForgetCommand::Past { .. } | ForgetCommand::LetGo { .. },
    ) = command
    {
        found.insert(Warning::WordsGo);
    }
    if let Command::Forget(ForgetCommand::Past { doc }) = command {
        let me = documents::get(desk.db, doc)?.map(|record| desk.member(&record.space)).transpose()?;
        let theirs = |about: &DocumentRecord| {
            about.kind == Kind::Column.number() && about.writer.is_some() && about.writer != me
        };
        if documents::about(desk.db, doc)?.iter().any(theirs) {
            found.insert(Warning::OthersWordsStay);
        }
    }
    if desk.marks.partly {
        found.insert(Warning::Partly);
    }
    Ok(found)
}

/// Whether nothing of it is ever carried.
fn is_local(command: &Command) -> bool {
    matches!(command, Command::Forget(ForgetCommand::LetGo { .. }))
}

/// The documents that a command wrote or spoke of.
fn records(
    desk: &Desk<'_>,
    steps: &[(DocId, Vec<Step>)],
    outcome: &Outcome,
) -> Result<BTreeMap<DocId, DocumentRecord>> {
    let docs: BTreeSet<DocId> = steps.iter().map(|(doc, _)| *doc).chain(outcome.touched.iter().copied()).collect();
    let mut found = BTreeMap::new();
    for doc in docs {
        found.extend(documents::get(desk.db, &doc)?.map(|record| (doc, record)));
    }
    Ok(found)
}

/// What tells commands apart that write no steps.
fn named(command: &Command, outcome: &Outcome) -> String {
    let room = match command {
        Command::Forget(ForgetCommand::Everything { .. }) => "forget",
        Command::Forget(ForgetCommand::Past { .. }) => "forget-past",
        Command::Forget(ForgetCommand::LetGo { .. }) => "let-go",
        Command::Consent(_) => "take-back",
        Command::KeptOut(super::KeptOutCommand::Adopt { batch }) => return format!("adopt {batch}"),
        _ => "write",
    };
    let touched: Vec<String> = outcome.touched.iter().map(ToString::to_string).collect();
    format!("{room} {}", touched.join(" "))
}

/// The words that steps put in, in the order they are written.
fn words_in(steps: &[Step]) -> Vec<&str> {
    // An idea to move something has a place for its wording.
    let is_move = |step: &Step| {
        matches!(step, Step::Set(path, Scalar::Str(kind)) if path.len() == 3
        && path.first().is_some_and(|first| first == "ideas") && path.last().is_some_and(|last| last == "kind") && kind == "move")
    };
    let moves = steps.iter().any(is_move);
    let mut words = Vec::new();
    for step in steps {
        match step {
            Step::Text(_, text) => words.push(text.as_str()),
            Step::Splice(_, splices) => words.extend(splices.iter().map(|splice| splice.insert.as_str())),
            Step::Set(path, Scalar::Str(text)) => {
                let tag = path.first().is_some_and(|first| first == "tags");
                let wording = path.get(2).is_some_and(|key| key == "alternatives");
                if tag || (path.last().is_some_and(|key| is_words(key)) && !(wording && moves)) {
                    words.push(text);
                }
            }
            Step::Set(..) | Step::Map(_) | Step::Remove(_) => {}
        }
    }
    words.retain(|text| !text.trim().is_empty());
    words
}

/// Pieces with their lengths, so that no two lists of pieces read the same.
#[derive(Default)]
struct Digest(Vec<u8>);

impl Digest {
    fn add(&mut self, piece: &[u8]) {
        self.0.extend((piece.len() as u64).to_be_bytes());
        self.0.extend(piece);
    }

    fn add_path(&mut self, kind: u8, path: &[String]) {
        self.add(&[kind, u8::try_from(path.len()).unwrap_or(u8::MAX)]);
        path.iter().for_each(|key| self.add(key.as_bytes()));
    }

    fn add_step(&mut self, step: &Step) {
        match step {
            Step::Set(path, scalar) => {
                self.add_path(1, path);
                self.add_scalar(path, scalar);
            }
            Step::Map(path) => self.add_path(2, path),
            Step::Text(path, text) => {
                self.add_path(3, path);
                self.add(text.as_bytes());
            }
            Step::Splice(path, splices) => {
                self.add_path(4, path);
                for splice in splices {
                    self.add(&(splice.at as u64).to_be_bytes());
                    self.add(&(splice.remove as u64).to_be_bytes());
                    self.add(splice.insert.as_bytes());
                }
            }
            Step::Remove(path) => self.add_path(5, path),
        }
    }

    /// Times are left out: they are those of the moment it is done.
    fn add_scalar(&mut self, path: &[String], scalar: &Scalar) {
        let is_time = path.last().is_some_and(|key| key.ends_with("_ms"));
        // What kind it is first: words that read like a number or like nothing are neither.
        self.add(&[match scalar {
            Scalar::Int(_) => 1,
            Scalar::Str(_) => 2,
            Scalar::Bool(_) => 3,
            Scalar::Bytes(_) => 4,
            Scalar::Null => 5,
        }]);
        match scalar {
            Scalar::Int(_) if is_time => self.add(b"a time"),
            Scalar::Int(number) => self.add(&number.to_be_bytes()),
            Scalar::Str(text) => self.add(text.as_bytes()),
            Scalar::Bool(truth) => self.add(&[u8::from(*truth)]),
            Scalar::Bytes(bytes) => match DecisionState::from_scalar(scalar) {
                Some(decision) if path.first().is_some_and(|first| first == "decisions") => {
                    let timeless = DecisionState { at_ms: 0, ..decision };
                    if let Scalar::Bytes(bytes) = timeless.to_scalar() {
                        self.add(&bytes);
                    }
                }
                _ => self.add(bytes),
            },
            Scalar::Null => self.add(b"nothing"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_read_like_something_else_hash_otherwise() {
        let of = |scalar: Scalar| {
            let mut said = Digest::default();
            said.add_step(&Step::Set(vec!["area".to_owned()], scalar));
            said.0
        };
        assert_ne!(of("nothing".into()), of(Scalar::Null));
        assert_ne!(of("\u{1}".into()), of(true.into()));
        assert_ne!(of("\0\0\0\0\0\0\0\u{7}".into()), of(7.into()));
        assert_ne!(of("area".into()), of(Scalar::Bytes(b"area".to_vec())));
    }
}
