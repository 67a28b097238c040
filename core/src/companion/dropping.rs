//! What is given to a vault while it is locked: a quick note, what another app shares, an editor's last words.
//!
//! Each becomes a note at the next unlock, exactly once: the note's id follows from the drop's, so that one whose file
//! could not be taken away in time is known. What is refused stays in its file and is tried again at every unlock.

use super::Answered;
use super::session::{ACKNOWLEDGED, Session, drop_keys};
use crate::cbor;
use crate::clock::Moment;
use crate::command::{Desk, NoteDraft, create_note};
use crate::crypto::hash::sha256;
use crate::error::{Code, Error, Failure, Field, Result};
use crate::ids::{DocId, ElementId};
use crate::secret::{Entropy, SecretText, sweeping_deep};
use crate::store::singles;
use crate::text::{PersonText, Shape};
use crate::vault;
use minicbor::bytes::ByteArray;
use std::path::Path;

/// Which text an editor had open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DropTarget {
    /// The note, goal or plan; `None` for one that was not made yet.
    pub doc: Option<DocId>,
    /// The entry or step in it.
    pub element: Option<ElementId>,
    /// Which text of it, at most 40 bytes: `body`, `title`, a goal's field.
    pub field: String,
}

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
    /// The whole text of an editor that the vault was locked under, as far as it was typed; at most 1 MiB.
    EditorWords {
        /// Where they belong.
        target: DropTarget,
        /// As typed: nothing is trimmed, cut or refused for its signs.
        text: PersonText,
    },
}

/// What became of what was dropped in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DropsTaken {
    /// How many are in the vault now.
    pub taken: u32,
    /// How many wait still: the recovery notice is not understood yet, or the disk is full.
    pub waiting: u32,
    /// How many files nothing here opens; they are kept as they are.
    pub unread: u32,
}

const FIELD_MAX_BYTES: usize = 40;
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
    #[n(7)]
    doc: Option<DocId>,
    #[n(8)]
    element: Option<ElementId>,
    #[n(9)]
    field: Option<String>,
}

impl Drop for Wire {
    fn drop(&mut self) {
        // The words are wiped with the text that takes them over.
        drop(SecretText::new(std::mem::take(&mut self.text)));
        drop(SecretText::new(self.title.take().unwrap_or_default()));
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
            doc: None,
            element: None,
            field: None,
        };
        match what {
            DropIn::QuickNote { text } => wire.text = Shape::Body.check(Field::Body, text.as_str())?,
            DropIn::Shared { title, text } => {
                wire.kind = KIND_SHARED;
                wire.title = Some(Shape::Title.check(Field::Title, title.as_str())?);
                wire.text = Shape::Body.check(Field::Body, text.as_str())?;
            }
            DropIn::EditorWords { target, text } => {
                if target.field.len() > FIELD_MAX_BYTES {
                    return Err(Code::TooLong.of(Field::Name).max(FIELD_MAX_BYTES).actual(target.field.len()).into());
                }
                wire.kind = KIND_EDITOR;
                wire.text = text.as_str().to_owned();
                (wire.doc, wire.element, wire.field) = (target.doc, target.element, Some(target.field.clone()));
            }
        }
        let is_empty = |text: &str| text.trim().is_empty();
        if is_empty(&wire.text) && wire.title.as_deref().is_none_or(is_empty) {
            return Err(Code::Empty.of(Field::Body).into());
        }
        Ok(wire)
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
        let mut told = DropsTaken { taken: 0, waiting: count(box_of.names.len()), unread: count(box_of.unread) };
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
            match self.write(entropy, &wire.moment(at), |desk| take_in(desk, &wire)) {
                Ok(_) => {
                    vault::clear(&folder, &name);
                    told.waiting -= 1;
                    told.taken += 1;
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
        // Where drafts of open texts are kept (`texting`), these words become one, by `wire.doc`, `element` and `field`.
        return keep_editor_words(desk, wire);
    }
    let title = PersonText::new(wire.title.clone().unwrap_or_default());
    let draft = NoteDraft { title, body: PersonText::new(wire.text.clone()), tags: Vec::new() };
    create_note(desk, &draft, nonce(wire, 0)).map(|_| ())
}

/// As many notes as it takes: an editor may hold more than a note may, and nothing is cut.
fn keep_editor_words(desk: &mut Desk<'_>, wire: &Wire) -> Result<()> {
    let (_, most) = Shape::Body.bounds();
    // A note holds no control signs; what was beside them is kept.
    let kept: Vec<char> =
        wire.text.replace("\r\n", "\n").chars().map(|sign| if is_kept(sign) { sign } else { ' ' }).collect();
    for (number, part) in kept.chunks(most).enumerate() {
        let body = PersonText::new(part.iter().collect::<String>());
        if !body.as_str().trim().is_empty() {
            let draft = NoteDraft { title: PersonText::default(), body, tags: Vec::new() };
            create_note(desk, &draft, nonce(wire, number))?;
        }
    }
    Ok(())
}

fn is_kept(sign: char) -> bool {
    matches!(sign, '\n' | '\t') || !sign.is_control()
}

/// The same drop makes the same notes.
fn nonce(wire: &Wire, number: usize) -> [u8; 32] {
    sha256(&[b"belay/drop/note/1", &wire.id[..], &(number as u64).to_be_bytes()])
}
