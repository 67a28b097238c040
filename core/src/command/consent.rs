//! Giving a copy of a note, or of a part of it, and taking it back. What goes is what was shown, word for word: giving
//! names the hash of a preview, and one that is not current any more is `Stale` (boundary.md, "Consent").

use super::forgetting::{forget, may_go_on};
use super::{Command, Deed, Desk, Outcome, Purpose, Subject, may};
use crate::batch::Birth;
use crate::cbor;
use crate::crypto::hash::sha256;
use crate::document::Kind;
use crate::document::consent;
use crate::document::copy::{COPY_SCALARS_MAX, COPY_TITLE_SCALARS_MAX, Copied, Extent, steps};
use crate::error::{Code, Error, Field, Result};
use crate::ids::{ChangeId, DocId, Hash32, MemberId, Rev, SpaceId};
use crate::library::{Arg, Phrases, strip_isolates};
use crate::projection::People;
use crate::projection::copies::{copies_of, copy_line, note_of, note_words};
use crate::space::{audience, may_write_content};
use crate::store::documents;
use crate::text::PersonText;
use minicbor::Encode;
use minicbor::bytes::ByteArray;
use rusqlite::Connection;
use unicode_segmentation::UnicodeSegmentation;

/// The wording that stands beside the preview of what is given, in this order: its hash is kept with the consent. The
/// first takes `$name`.
pub const GIVE_WORDING: [&str; 2] = ["share-preview", "audience-known"];

/// What I agree to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConsentCommand {
    /// Gives a frozen copy to the others of a space: later changes of the note stay with me.
    Give {
        /// What, and to whom.
        gift: GiftDraft,
        /// The hash of a preview of exactly this.
        preview: Hash32,
    },
    /// Asks every phone to let go of a copy that I gave. It is out of sight at once; its words go as those of everything
    /// that is forgotten, after 30 days or by a purge.
    TakeBack {
        /// Which.
        copy: DocId,
    },
}

/// What is to be given, and to whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GiftDraft {
    /// A note of mine.
    pub note: DocId,
    /// A part of its body; `None`: all of it. Ends that cut a letter as people see it are moved outwards.
    pub part: Option<TextRange>,
    /// Whether its title goes along.
    pub title: WithTitle,
    /// The space of those who get it.
    pub to: SpaceId,
    /// The language the wording beside the preview is shown in.
    pub language: String,
}

impl GiftDraft {
    /// The command to preview: it names no preview yet, and nobody gives under it.
    pub fn unseen(self) -> Command {
        Command::Consent(ConsentCommand::Give { gift: self, preview: Hash32([0; 32]) })
    }
}

/// A stretch of a text in UTF-16 units, its end not among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the fields")]
pub struct TextRange {
    pub start: u32,
    pub end: u32,
}

/// Whether a title goes along.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the meaning")]
pub enum WithTitle {
    #[default]
    LeftOut,
    Included,
}

/// What giving would let out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivePreview {
    /// What has to be confirmed first.
    pub confirmation: Option<Purpose>,
    /// Everyone who would be able to read it, me among them (invariant I30).
    pub audience: Vec<MemberId>,
    /// Exactly what leaves: the title where it goes along, then the text, a line each.
    pub leaves: Vec<PersonText>,
    /// Stands for these words, these readers and this wording, and nothing else.
    pub hash: Hash32,
}

/// Everything that is decided when something is given.
struct Offer {
    preview: GivePreview,
    copied: (String, String, Extent),
    wording: [u8; 32],
    language: &'static str,
}

/// What giving would let out, and to whom.
///
/// # Errors
/// `NotFound` for a note or a space that is not there; `InTrash`; `RangeInvalid` for an empty part and one beyond the
/// text; `Empty` where there are no words in it; `TooLong`; `Duplicate` where those people have these words already; `NotAMember` for a space without another member;
/// `NotInForce`, `RelationshipEnded`, `Revoked`, `NewerSchema`.
pub fn preview_give(db: &Connection, gift: &GiftDraft) -> Result<GivePreview> {
    Ok(offer(db, gift)?.preview)
}

pub(super) fn perform(desk: &mut Desk<'_>, command: &ConsentCommand) -> Result<Outcome> {
    match command {
        ConsentCommand::Give { gift, preview } => give(desk, gift, preview),
        ConsentCommand::TakeBack { copy } => take_back(desk, copy),
    }
}

fn offer(db: &Connection, gift: &GiftDraft) -> Result<Offer> {
    let people = People::of(db, &gift.to)?;
    if people.is_own() || people.others().is_empty() {
        return Code::NotAMember.err();
    }
    may_write_content(people.state())?;
    may(db, Subject::Note(&gift.note), Deed::Give)?;
    let note = note_words(db, &gift.note)?.ok_or(Code::NotFound)?;
    let (text, extent) = cut(&note.body, gift.part)?;
    let title = match gift.title {
        WithTitle::Included => note.title,
        WithTitle::LeftOut => String::new(),
    };
    check(&title, text)?;
    refuse_given(db, gift, &title, text)?;
    let (wording, language) = give_wording(&gift.language);
    let audience: Vec<MemberId> = audience(&people.membership).into_iter().collect();
    let confirmation = note.extra_lock.then_some(Purpose::ExtraLock);
    let record = documents::get(db, &gift.note)?.ok_or(Code::NotFound)?;
    let shown = Shown { note: gift.note, to: gift.to, title: &title, text, extent: extent.name() };
    let beside = Beside { audience: audience.clone(), wording: wording.into(), language };
    // A note's nonce is random and never leaves my own phones: nobody who finds the hash can try words on it.
    let hash = Hash32(sha256(&[b"belay/give/1", &record.nonce, &cbor::encode(&shown), &cbor::encode(&beside)]));
    let lines = (!title.is_empty()).then_some(title.as_str()).into_iter().chain(text.split('\n'));
    let leaves = lines.filter(|_| !text.is_empty() || !title.is_empty()).map(PersonText::from).collect();
    let preview = GivePreview { confirmation, audience, leaves, hash };
    let text = text.to_owned();
    Ok(Offer { preview, copied: (title, text, extent), wording, language })
}

/// What a preview's hash stands for: the words and where they go,
#[derive(Encode)]
#[cbor(array)]
struct Shown<'a> {
    #[n(0)]
    note: DocId,
    #[n(1)]
    to: SpaceId,
    #[n(2)]
    title: &'a str,
    #[n(3)]
    text: &'a str,
    #[n(4)]
    extent: &'a str,
}

/// and what is said beside them.
#[derive(Encode)]
#[cbor(array)]
struct Beside<'a> {
    #[n(0)]
    audience: Vec<MemberId>,
    #[n(1)]
    wording: ByteArray<32>,
    #[n(2)]
    language: &'a str,
}

/// The part of a body, moved outwards to whole letters as people see them.
fn cut(body: &str, part: Option<TextRange>) -> Result<(&str, Extent)> {
    let Some(TextRange { start, end }) = part else { return Ok((body, Extent::Whole)) };
    let (start, end) = (start as usize, end as usize);
    let units = body.encode_utf16().count();
    if start >= end || end > units {
        return Err(Code::RangeInvalid.of(Field::Body).max(units).actual(end).into());
    }
    let (mut from, mut to, mut at) = (0, body.len(), 0);
    for (byte, grapheme) in body.grapheme_indices(true) {
        if at <= start {
            from = byte;
        }
        if at >= end {
            to = byte;
            break;
        }
        at += grapheme.encode_utf16().count();
    }
    let text = body.get(from..to).ok_or(Error::Broken("consent: a cut between letters"))?;
    Ok((text, if text.len() == body.len() { Extent::Whole } else { Extent::Part }))
}

fn check(title: &str, text: &str) -> Result<()> {
    if title.trim().is_empty() && text.trim().is_empty() {
        return Err(Code::Empty.of(Field::Body).into());
    }
    for (field, words, max) in [(Field::Title, title, COPY_TITLE_SCALARS_MAX), (Field::Body, text, COPY_SCALARS_MAX)] {
        let actual = words.chars().count();
        if actual > max {
            return Err(Code::TooLong.of(field).max(max).actual(actual).into());
        }
    }
    Ok(())
}

/// The same words are with the same people already: a second tap gives nothing twice.
fn refuse_given(db: &Connection, gift: &GiftDraft, title: &str, text: &str) -> Result<()> {
    for copy in copies_of(db, &gift.note)? {
        let is_theirs = documents::get(db, &copy)?.is_some_and(|record| record.space == gift.to);
        // What was taken back has no line.
        let line = copy_line(db, &copy)?.filter(|line| is_theirs && line.title == title && line.text == text);
        if line.is_some() {
            return Err(Code::Duplicate.of(Field::Body).into());
        }
    }
    Ok(())
}

/// The hash of the wording beside a preview as the catalogue has it, its placeable standing for itself, and the language it
/// is in: that one, or English where it is not there yet.
pub fn give_wording(language: &str) -> ([u8; 32], &'static str) {
    let phrases = Phrases::new(&[language]);
    let said = GIVE_WORDING.map(|id| strip_isolates(&phrases.say(id, &[("name", Arg::Text("{ $name }"))])));
    (sha256(&[b"belay/wording/1", said.join("\n").as_bytes()]), phrases.language())
}

fn give(desk: &mut Desk<'_>, gift: &GiftDraft, shown: &Hash32) -> Result<Outcome> {
    let Offer { preview, copied: (title, text, extent), wording, language } = offer(desk.db, gift)?;
    if preview.hash != *shown {
        return Err(Code::Stale.detail().current(rev(desk, &gift.note)?).into());
    }
    if preview.confirmation.is_some() && preview.confirmation != desk.marks.confirmed {
        return Code::NeedsConfirmation.err();
    }
    let stamp = desk.at.stamp();
    let at_ms = stamp.unix_ms;
    let giving = steps::give(&Copied { title, text, extent, at_ms, zone: stamp.zone }, desk.entropy.bytes());
    let writer = Some(desk.member(&gift.to)?);
    let kind = Kind::Copy.number();
    let birth = Birth { space: gift.to, kind, writer, about: None, key: None, nonce: giving.nonce };
    let copy = birth.doc();
    desk.documents.begin(desk.db, birth)?;
    for steps in &giving.writes {
        desk.write(&copy, steps)?;
    }
    let agreed = consent::agree(copy, gift.note, gift.to, (wording, language), at_ms);
    desk.write_in(consent_to(desk, &copy)?, &agreed)?;
    Ok(Outcome { made: Some(copy), touched: vec![copy, gift.note], element: None })
}

fn take_back(desk: &mut Desk<'_>, copy: &DocId) -> Result<Outcome> {
    may(desk.db, Subject::Copy(copy), Deed::TakeBack)?;
    let record = documents::get(desk.db, copy)?.ok_or(Code::NotFound)?;
    forget(desk, &record, None)?;
    let consent = consent_to(desk, copy)?;
    let note = note_of(desk.db, copy)?;
    // Nothing that befell the record of it keeps a copy from being taken back.
    if documents::get(desk.db, &consent.doc())?.is_some() && may_go_on(desk.db, &consent.doc()).is_ok() {
        desk.write(&consent.doc(), &[consent::withdraw(desk.at.unix_ms)])?;
    }
    Ok(Outcome { touched: std::iter::once(*copy).chain(note).collect(), ..Outcome::default() })
}

/// The birth of what says that I agreed to a copy: one a copy, in my own space.
fn consent_to(desk: &Desk<'_>, copy: &DocId) -> Result<Birth> {
    let space = desk.me.own;
    let writer = Some(desk.member(&space)?);
    Ok(Birth { space, kind: Kind::Consent.number(), writer, about: None, key: None, nonce: copy.0 })
}

fn rev(desk: &Desk<'_>, note: &DocId) -> Result<Rev> {
    let heads = documents::heads(desk.db, note)?;
    Ok(Rev::of(&heads.chunks(ChangeId::LEN).filter_map(ChangeId::from_slice).collect::<Vec<_>>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(body: &str, start: u32, end: u32) -> Result<String, Code> {
        let cut = cut(body, Some(TextRange { start, end }));
        cut.map(|(text, _)| text.to_owned()).map_err(|error| error.code())
    }

    #[test]
    fn a_part_is_whole_letters_and_nothing_beyond_the_text() {
        assert_eq!(part("one two three", 4, 7).as_deref(), Ok("two"));
        assert_eq!(part("one two three", 0, 13).as_deref(), Ok("one two three"));
        for (start, end) in [(0, 0), (5, 5), (7, 4), (0, 14), (13, 14), (u32::MAX, u32::MAX), (0, u32::MAX)] {
            assert_eq!(part("one two three", start, end), Err(Code::RangeInvalid), "{start}..{end}");
        }
        assert_eq!(part("", 0, 1), Err(Code::RangeInvalid));
        // A family of eight units, and an accent that stands by itself.
        let body = "a👩‍👩‍👧b e\u{301}c نقول";
        let family = 9;
        assert_eq!("a👩‍👩‍👧".encode_utf16().count(), 9);
        for (start, end) in [(1, 2), (2, 3), (family - 1, family), (1, family), (3, 5)] {
            assert_eq!(part(body, start, end).as_deref(), Ok("👩‍👩‍👧"), "{start}..{end}");
        }
        assert_eq!(part(body, family + 2, family + 3).as_deref(), Ok("e\u{301}"));
        assert_eq!(part(body, family + 3, family + 5).as_deref(), Ok("e\u{301}c"));
        assert_eq!(part(body, 0, 2).as_deref(), Ok("a👩‍👩‍👧"));
        let extent = |start, end| cut("abc", Some(TextRange { start, end })).map(|(_, extent)| extent).ok();
        assert_eq!((extent(0, 3), extent(0, 2)), (Some(Extent::Whole), Some(Extent::Part)));
    }

    #[test]
    fn the_wording_is_that_of_its_language_and_one_that_is_not_there_is_english() {
        let (english, spelled) = (give_wording("en"), give_wording("en-GB"));
        assert_eq!(english, spelled);
        assert_eq!(give_wording("xx"), (english.0, "en"));
    }
}
