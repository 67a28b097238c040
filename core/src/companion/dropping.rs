//! What is given to a vault while it is locked: a quick note, what another app shares, an editor's last words.
//!
//! Each becomes a note or the draft of its field at the next unlock, exactly once: the note's id follows from the drop's,
//! so that one whose file could not be taken away in time is known. What cannot be taken in now stays in its file and is tried
//! again at every unlock. Whoever writes the folder can lay something in: what says nothing is taken away, what no way in
//! here lets through is set aside, and one unlock takes no more than the box holds.

use super::Answered;
use super::session::{ACKNOWLEDGED, Session, drop_keys};
use crate::cbor;
use crate::clock::Moment;
use crate::command::{Desk, NoteDraft, TextTarget, create_note, take_words, typed_since};
use crate::crypto::hash::sha256;
use crate::error::{Class, Code, Error, Failure, Field, Result};
use crate::ids::ElementId;
use crate::secret::{Entropy, SecretText, sweeping_deep};
use crate::store::singles;
use crate::text::{PersonText, Shape};
use crate::vault;
use minicbor::bytes::ByteArray;
use std::path::Path;

/// What is dropped in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DropIn {
    /// A note written before unlocking, 1–100,000 scalars.
    QuickNote {
        /// Its body.
        text: PersonText,
    },
    /// What another app shared.
    Shared {
        /// At most 200 scalars.
        title: PersonText,
        /// At most 100,000 scalars; one of the two says something.
        text: PersonText,
    },
    /// The whole text of an editor that the vault was locked under, as far as it was typed; at most 1 MiB. It becomes
    /// the draft of its field.
    EditorWords {
        /// Where they belong.
        target: TextTarget,
        /// As typed: nothing is trimmed, cut or refused for its signs.
        text: PersonText,
        /// What the field showed when the vault last answered it. Where its object is forgotten by then, only what was typed
        /// since goes into the draft, and without this nothing.
        before: Option<PersonText>,
    },
}

/// What became of what was dropped in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DropsTaken {
    /// How many are in the vault now.
    pub taken: u32,
    /// How many wait still: the recovery notice is not understood yet, or the disk is full.
    pub waiting: u32,
    /// How many files nothing here opens, or hold what breaks a bound; they are kept as they are.
    pub unread: u32,
}

/// Longest name of a field. Parts of a plan bear their names in it.
const TARGET_MAX_BYTES: usize = 1_024;
/// Most bytes of an editor's words with what of them is new, so that a drop holds both and their names.
const WORDS_MAX_BYTES: usize = vault::DROP_MAX_BYTES - 2 * TARGET_MAX_BYTES;
const KIND_NOTE: u8 = 1;
const KIND_SHARED: u8 = 2;
const KIND_EDITOR: u8 = 3;

/// The plaintext of a drop.
#[derive(minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
struct Wire {
    /// Random: names the drop for good.
    #[n(1)]
    id: ByteArray<16>,
    #[n(2)]
    kind: u8,
    #[n(3)]
    text: String,
    #[n(4)]
    title: Option<String>,
    #[n(5)]
    unix_ms: i64,
    #[n(6)]
    zone: String,
    /// The name of the field's target, and of the field in it ([`TextTarget::name`]).
    #[n(7)]
    target: Option<String>,
    #[n(8)]
    field: Option<String>,
    /// What of an editor's words was typed after the vault had last answered it.
    #[n(9)]
    typed: Option<String>,
}

impl Drop for Wire {
    fn drop(&mut self) {
        // The words are wiped with the text that takes them over.
        drop(SecretText::new(std::mem::take(&mut self.text)));
        drop(SecretText::new(self.title.take().unwrap_or_default()));
        drop(SecretText::new(self.typed.take().unwrap_or_default()));
    }
}

impl Wire {
    fn new(what: &DropIn, at: &Moment, entropy: &mut dyn Entropy) -> Result<Wire> {
        let mut wire = Wire {
            id: entropy.bytes::<16>().into(),
            kind: KIND_NOTE,
            text: String::new(),
            title: None,
            unix_ms: at.unix_ms,
            // It is looked up when it is used; an unknown one counts as UTC.
            zone: at.zone.chars().take(64).collect(),
            target: None,
            field: None,
            typed: None,
        };
        match what {
            DropIn::QuickNote { text } => wire.text = Shape::Body.check(Field::Body, text.as_str())?,
            DropIn::Shared { title, text } => {
                wire.kind = KIND_SHARED;
                wire.title = Some(Shape::Title.check(Field::Title, title.as_str())?);
                wire.text = Shape::Body.check(Field::Body, text.as_str())?;
            }
            DropIn::EditorWords { target, text, before } => {
                let (name, field) = target.name();
                let length = name.len() + field.len();
                if length > TARGET_MAX_BYTES {
                    return Err(Code::TooLong.of(Field::Name).max(TARGET_MAX_BYTES).actual(length).into());
                }
                wire.kind = KIND_EDITOR;
                wire.text = text.as_str().to_owned();
                (wire.target, wire.field) = (Some(name), Some(field));
                let typed = before.as_ref().map(|before| typed_since(before.as_str(), text.as_str())).transpose()?;
                // Where both do not fit, all of the text matters more than what to keep of it after a Forget.
                wire.typed = typed.filter(|typed| wire.text.len() + typed.len() <= WORDS_MAX_BYTES);
            }
        }
        if wire.is_blank() { Err(Code::Empty.of(Field::Body).into()) } else { Ok(wire) }
    }

    /// Whether it says nothing.
    fn is_blank(&self) -> bool {
        let is_blank = |text: &str| text.trim().is_empty();
        is_blank(&self.text) && self.title.as_deref().is_none_or(is_blank)
    }

    /// As claimed, but never later than now.
    fn moment(&self, at: &Moment) -> Moment {
        Moment { unix_ms: self.unix_ms.min(at.unix_ms), zone: self.zone.clone(), ..at.clone() }
    }
}

/// Seals something to the vault in `folder` and lays it into its drop box, durably, whole or not at all. Takes neither
/// lock nor secret: it works while the vault is locked, open here or open elsewhere. At most 256 things and 32 MiB wait.
///
/// # Errors
/// `Empty`, `TooLong`, `InvalidText`, `TooBig`; `TooMany{Folder}` where the box is full: the host keeps it and says so;
/// `NotFound{Folder}` where no vault is, `Unwritable{Header}` before the first unlock after a start and for a backup,
/// `NewerSchema`, `Corrupt`, `StorageFull`, `Unwritable`. Nothing is in the box then.
pub fn drop_in(folder: &Path, what: &DropIn, at: &Moment, entropy: &mut dyn Entropy) -> Answered<()> {
    let lay_in = || {
        let plain = cbor::encode_secret(&Wire::new(what, at, entropy)?);
        vault::lay_in(folder, plain.expose(), entropy)
    };
    sweeping_deep(lay_in).map_err(Failure::from)
}

impl Session {
    /// Takes in what waits in the drop box, each in its own transaction; a backup and a vault that cannot be written take
    /// nothing.
    ///
    /// # Errors
    /// Those of the database and of the disk; what was taken in before stays.
    pub fn take_drops(&mut self, entropy: &mut dyn Entropy, at: &Moment) -> Result<DropsTaken> {
        let folder = self.lock.folder().to_owned();
        let box_of = vault::waiting(&folder)?;
        let count = |many: usize| u32::try_from(many).unwrap_or(u32::MAX);
        let mut told =
            DropsTaken { taken: 0, waiting: count(box_of.names.len() + box_of.more), unread: count(box_of.unread) };
        let understood = || self.store.read(|db| Ok(singles::counter(db, ACKNOWLEDGED)? > 0));
        if box_of.names.is_empty() || self.store.frozen().is_some() || !understood()? {
            return Ok(told);
        }
        let keys = self.store.read(drop_keys)?;
        for name in box_of.names {
            let plain = vault::take_out(&folder, &name, self.opened.vault(), &keys)?;
            let Some(wire) = plain.as_ref().and_then(|plain| cbor::decode::<Wire>(plain.expose())) else {
                vault::set_aside(&folder, &name);
                told.waiting -= 1;
                told.unread += 1;
                continue;
            };
            // No call here lays in such a one.
            if wire.is_blank() {
                vault::clear(&folder, &name);
                told.waiting -= 1;
                continue;
            }
            match self.write(entropy, &wire.moment(at), |desk| take_in(desk, &wire)) {
                Ok(_) => {
                    write_point!("drop-taken");
                    vault::clear(&folder, &name);
                    told.waiting -= 1;
                    told.taken += 1;
                }
                // What breaks a bound does so at every unlock.
                Err(Error::Refused(detail)) if detail.code.class() == Class::Input => {
                    vault::set_aside(&folder, &name);
                    told.waiting -= 1;
                    told.unread += 1;
                }
                // One that is refused keeps the others from nothing.
                Err(Error::Refused(detail)) if detail.code != Code::Interrupted => (),
                Err(other) => return Err(other),
            }
        }
        Ok(told)
    }
}

fn take_in(desk: &mut Desk<'_>, wire: &Wire) -> Result<()> {
    if wire.kind == KIND_EDITOR {
        return keep_editor_words(desk, wire);
    }
    let title = PersonText::new(wire.title.clone().unwrap_or_default());
    let draft = NoteDraft { title, body: PersonText::new(wire.text.clone()), tags: Vec::new() };
    let nonce = sha256(&[b"belay/drop/note/1", &wire.id[..], &0_u64.to_be_bytes()]);
    create_note(desk, &draft, nonce).map(|_| ())
}

/// They become the draft of their field, the same draft however often; of a field that is not named, or that a newer app
/// names, that of a new note.
fn keep_editor_words(desk: &mut Desk<'_>, wire: &Wire) -> Result<()> {
    let named = wire.target.as_ref().zip(wire.field.as_ref());
    let target = named.and_then(|(target, field)| TextTarget::named(target, field));
    let target = target.filter(|target| *target != TextTarget::NewNote { draft: None });
    let target = target.unwrap_or(TextTarget::NewNote { draft: Some(ElementId(*wire.id)) });
    take_words(desk.db, &target, &wire.text, wire.typed.as_deref(), &desk.at.stamp())
}
