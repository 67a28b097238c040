//! One field that somebody types in: what it shows, what it has not seen yet, and what is not written yet.
//!
//! Three texts and what leads from one to the next. The document has `doc`; with what was typed and is not written it
//! reads `text`; the field shows `view`. Always `doc + unwritten = text = view + pending`, so no letter is ever in
//! one of them alone. Pure: splices and texts in, splices and texts out.

use super::hunks::{Hunk, align, compose, written};
use super::transform::{Tie, over};
use super::{Edit, Splice, apply, bytes_of, differences, put_in, typed_only, units};
use crate::error::{Code, Field, Result};

/// Most UTF-16 code units of a text under a session: five times the longest bound. What is longer is refused whole.
pub const TEXT_UNITS_MAX: usize = 1024 * 1024;
/// Most splices of one sync; an editor sends one.
pub const SPLICES_MAX: usize = 1_000;

/// The state of one text session.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct TextState {
    doc: String,
    unwritten: Vec<Splice>,
    text: String,
    view: String,
    pending: Vec<Splice>,
    // How many of `pending` the field was given under `version`; it took all up to `taken`.
    given: usize,
    version: u64,
    taken: u64,
}

/// What a field says that it did.
#[derive(Clone, Copy)]
pub struct FieldNow<'a> {
    /// The newest version whose patches it took.
    pub accepted: u64,
    /// How long its text is now, in UTF-16 code units.
    pub length: usize,
    /// What was done since the last call, on what it showed then.
    pub change: Option<Edit<'a>>,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It is in, and the text reads otherwise.
    Typed,
    /// It is in, and the text is what it was.
    Taken,
    /// The field shows something else than is known here: nothing is in, its whole text is needed.
    Resend,
}

/// What a field is to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patches {
    /// To be named as accepted once the splices are in the field.
    pub version: u64,
    /// What leads from what it shows to the text, each on the text as the one before left it.
    pub splices: Vec<Splice>,
    /// Where its selection lies then.
    pub selection: (usize, usize),
}

/// Words that are not written yet, as they are kept: by themselves, with the way back to what the document had and to
/// what the field showed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct KeptWords {
    /// All of the text.
    pub text: String,
    /// From the text to what the document had.
    pub back: Vec<Splice>,
    /// From the text to what the field showed.
    pub unseen: Vec<Splice>,
}

impl KeptWords {
    /// Words typed where nothing was.
    pub fn of_nothing(text: String) -> Self {
        KeptWords { back: vec![Splice::new(0, units(&text), "")], unseen: Vec::new(), text }
    }
}

impl TextState {
    /// A field that shows what the document has.
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        TextState { doc: text.clone(), text: text.clone(), view: text, ..TextState::default() }
    }

    /// As it was when the words were kept. Words without a way back that leads anywhere count as typed over nothing.
    pub fn of_kept(kept: &KeptWords) -> Self {
        let text = kept.text.clone();
        let doc = apply(&text, &kept.back).unwrap_or_default();
        let view = apply(&text, &kept.unseen).unwrap_or_else(|_| text.clone());
        let unwritten = inverse(&text, &kept.back).unwrap_or_else(|| differences(&doc, &text));
        let pending = inverse(&text, &kept.unseen).unwrap_or_default();
        TextState { doc, unwritten, text, view, pending, ..TextState::default() }
    }

    /// Kept words over what the document has by now, in a new field that shows all of it.
    pub fn recovered(kept: &KeptWords, now: &str) -> Self {
        if kept.text == now {
            return Self::new(now);
        }
        let mut state = Self::of_kept(kept);
        state.become_doc(now, None);
        state.shows_all()
    }

    /// The same text in another field, which shows all of it.
    #[must_use]
    pub fn shows_all(self) -> Self {
        TextState { view: self.text.clone(), pending: Vec::new(), given: 0, version: 0, taken: 0, ..self }
    }

    /// The document's text with what was typed.
    pub fn text(&self) -> &str {
        &self.text
    }
    /// What the document has.
    pub fn doc(&self) -> &str {
        &self.doc
    }
    /// What the field shows.
    pub fn view(&self) -> &str {
        &self.view
    }
    /// What leads from the document to the text.
    pub fn unwritten(&self) -> &[Splice] {
        &self.unwritten
    }
    /// What leads from the field to the text.
    pub fn pending(&self) -> &[Splice] {
        &self.pending
    }
    /// Whether something was typed that the document does not have.
    pub fn is_ahead(&self) -> bool {
        self.doc != self.text
    }

    /// Takes in what a field did, over what it had not seen then.
    ///
    /// A splice that would cut a surrogate pair takes the whole pair; one that would cut a grapheme cluster takes the
    /// letters along where something it had not seen is merged.
    ///
    /// # Errors
    /// `OutOfRange` for splices that do not fit the text which the field itself says it had; `TooMany` splices;
    /// `TooBig{max}`. Nothing is changed then.
    pub fn hear(&mut self, now: FieldNow<'_>) -> Result<Heard> {
        if let Some(heard) = self.hear_key(&now) {
            return Ok(heard);
        }
        let known = [self.version, self.taken].contains(&now.accepted);
        let took = if now.accepted == self.version { self.given } else { 0 };
        let (folded, left) = self.pending.split_at(took);
        let mut view = apply(&self.view, folded)?;
        let mut left = left.to_vec();
        let mine = match now.change {
            None => Vec::new(),
            Some(Edit::Splices(_)) if !known => return Ok(Heard::Resend),
            Some(Edit::Splices(splices)) => match fitting(&view, splices, now.length)? {
                Some(splices) => splices,
                None => return Ok(Heard::Resend),
            },
            Some(Edit::Whole(whole)) => {
                bounded(units(whole))?;
                if !known {
                    (view, left) = self.nearest(whole)?;
                }
                differences(&view, whole)
            }
        };
        let is_whole = matches!(now.change, Some(Edit::Whole(_)));
        let shown = apply(&view, &mine)?;
        if !is_whole && (!known || units(&shown) != now.length) {
            return Ok(Heard::Resend);
        }
        let met = meet(&view, &mine, &left)?;
        bounded(units(&met.text))?;
        let is_typed = met.text != self.text;
        if is_typed {
            let both: Vec<Splice> = self.unwritten.iter().chain(&met.mine).cloned().collect();
            self.unwritten = compact(&self.doc, &both)?;
        }
        (self.view, self.pending, self.text) = (shown, met.theirs, met.text);
        // What it never was given it cannot take later: the next number is beyond what it claims.
        (self.given, self.taken, self.version) = (0, now.accepted, self.version.max(now.accepted));
        Ok(if is_typed { Heard::Typed } else { Heard::Taken })
    }

    /// [`TextState::hear`] of one key in a field that shows all there is, as most are: it is put in where it belongs, and the
    /// rest of the text is not copied. `None`, and nothing done, for whatever else.
    fn hear_key(&mut self, now: &FieldNow<'_>) -> Option<Heard> {
        let Some(Edit::Splices([key])) = now.change else { return None };
        let bytes = bytes_of(&self.text, key).filter(|_| self.pending.is_empty() && now.accepted == self.version)?;
        let length = units(&self.text) - key.remove + units(&key.insert);
        if length != now.length || length > TEXT_UNITS_MAX {
            return None;
        }
        let is_typed = self.text.get(bytes)? != key.insert;
        if is_typed {
            if !self.unwritten.last_mut().is_some_and(|last| grow(last, key)) {
                let both: Vec<Splice> = self.unwritten.iter().chain([key]).cloned().collect();
                self.unwritten = compact(&self.doc, &both).ok()?;
            }
            self.unwritten.retain(|splice| splice.remove > 0 || !splice.insert.is_empty());
            put_in(&mut self.text, key)?;
            put_in(&mut self.view, key)?;
        }
        (self.given, self.taken) = (0, now.accepted);
        Some(if is_typed { Heard::Typed } else { Heard::Taken })
    }

    /// What a field showed that says it took what it was never given: whichever is nearer to its text.
    fn nearest(&self, whole: &str) -> Result<(String, Vec<Splice>)> {
        let cost = |from: &str| -> usize {
            differences(from, whole).iter().map(|splice| splice.remove + units(&splice.insert)).sum()
        };
        if cost(&self.text) < cost(&self.view) {
            return Ok((self.text.clone(), Vec::new()));
        }
        Ok((self.view.clone(), self.pending.clone()))
    }

    /// The document changed: `arrived` leads from what it had to what it has, where that is known and true.
    pub fn become_doc(&mut self, now: &str, arrived: Option<&[Splice]>) {
        if self.doc == now {
            return;
        }
        let arrived = arrived.filter(|arrived| apply(&self.doc, arrived).is_ok_and(|text| text == now));
        let found;
        let theirs = match arrived {
            Some(arrived) => arrived,
            None => {
                found = differences(&self.doc, now);
                &found
            }
        };
        let met = meet(&self.doc, &self.unwritten, theirs).expect("both sides are known to fit the document's text");
        self.doc = now.to_owned();
        self.unwritten = met.mine;
        self.text = met.text;
        self.pending.extend(met.theirs);
    }

    /// What was typed is written: the document has the text.
    pub fn wrote(&mut self) {
        self.doc.clone_from(&self.text);
        self.unwritten.clear();
    }

    /// What was put in by hand and is not written, by itself: nothing of what the document has.
    pub fn typed_only(&self) -> String {
        typed_only(&self.doc, &self.unwritten)
    }

    /// What the field is to do now, and where its selection lies then.
    pub fn give(&mut self, selection: (usize, usize)) -> Patches {
        let mut hunks = Vec::new();
        if !self.pending.is_empty() {
            let base: Vec<u16> = self.view.encode_utf16().collect();
            hunks = compose(&base, &self.pending).unwrap_or_default();
        }
        self.pending = splices_of(&hunks);
        self.given = self.pending.len();
        if self.given > 0 {
            self.version = self.version.saturating_add(1);
        }
        let length = units(&self.view);
        let (start, end) = (selection.0.min(length), selection.1.min(length));
        let selection = if start == end {
            let caret = carried(&hunks, start, Lean::Back);
            (caret, caret)
        } else {
            let (first, last) = (start.min(end), start.max(end));
            (carried(&hunks, first, Lean::On), carried(&hunks, last, Lean::Back))
        };
        Patches { version: self.version, splices: self.pending.clone(), selection }
    }

    /// The words as they are kept.
    pub fn kept(&self) -> KeptWords {
        KeptWords {
            text: self.text.clone(),
            back: inverse(&self.doc, &self.unwritten).unwrap_or_default(),
            unseen: inverse(&self.view, &self.pending).unwrap_or_default(),
        }
    }
}

fn bounded(length: usize) -> Result<()> {
    if length <= TEXT_UNITS_MAX {
        return Ok(());
    }
    Err(Code::TooBig.of(Field::Text).max(TEXT_UNITS_MAX).actual(length).into())
}

/// The splices, `None` where the field's text was another than `view`.
fn fitting(view: &str, splices: &[Splice], length: usize) -> Result<Option<Vec<Splice>>> {
    if splices.len() > SPLICES_MAX {
        return Err(Code::TooMany.of(Field::Text).max(SPLICES_MAX).actual(splices.len()).into());
    }
    bounded(splices.iter().map(|splice| units(&splice.insert)).sum())?;
    if let Some(one) = plain(view, splices) {
        return Ok(Some(one));
    }
    let base: Vec<u16> = view.encode_utf16().collect();
    match compose(&base, splices) {
        Ok(hunks) => Ok(Some(splices_of(&hunks))),
        Err(error) => {
            let put: usize = splices.iter().map(|splice| units(&splice.insert)).sum();
            let gone = splices.iter().fold(0_usize, |gone, splice| gone.saturating_add(splice.remove));
            // What contradicts itself is refused; what contradicts what is known here is asked for again.
            if length.saturating_add(gone) == base.len() + put { Err(error) } else { Ok(None) }
        }
    }
}

/// Two sides that began with one text.
struct Met {
    /// Mine, after theirs.
    mine: Vec<Splice>,
    /// Theirs, after mine.
    theirs: Vec<Splice>,
    /// Both.
    text: String,
}

fn meet(base: &str, mine: &[Splice], theirs: &[Splice]) -> Result<Met> {
    if theirs.is_empty() {
        return Ok(Met { mine: mine.to_vec(), theirs: Vec::new(), text: apply(base, mine)? });
    }
    let base: Vec<u16> = base.encode_utf16().collect();
    let mine = align(&base, compose(&base, mine)?);
    let theirs = align(&base, compose(&base, theirs)?);
    let moved = over(&mine, &theirs, Tie::MineLast);
    let text = apply(&written(&base, &theirs), &moved)?;
    let alone = written(&base, &mine);
    let mut others = over(&theirs, &mine, Tie::MineFirst);
    if apply(&alone, &others).ok().as_deref() != Some(&text) {
        others = differences(&alone, &text);
    }
    Ok(Met { mine: moved, theirs: others, text })
}

fn splices_of(hunks: &[Hunk]) -> Vec<Splice> {
    let (mut put, mut gone) = (0, 0);
    let splice = |hunk: &Hunk| {
        let at = hunk.removed.start + put - gone;
        put += hunk.insert.len();
        gone += hunk.removed.len();
        Splice { at, remove: hunk.removed.len(), insert: String::from_utf16_lossy(&hunk.insert) }
    };
    hunks.iter().map(splice).collect()
}

/// One splice that cuts no surrogate pair, as most keystrokes are: it is as short as it can be.
fn plain(base: &str, splices: &[Splice]) -> Option<Vec<Splice>> {
    let [one] = splices else { return None };
    bytes_of(base, one)?;
    let is_any = one.remove > 0 || !one.insert.is_empty();
    Some(if is_any { vec![one.clone()] } else { Vec::new() })
}

/// Puts a key into the words of the splice before it; false, and nothing done, where it reaches beyond them.
fn grow(last: &mut Splice, key: &Splice) -> bool {
    let at = key.at.checked_sub(last.at);
    at.is_some_and(|at| put_in(&mut last.insert, &Splice::new(at, key.remove, key.insert.as_str())).is_some())
}

/// The same change in as few splices as it takes.
fn compact(base: &str, splices: &[Splice]) -> Result<Vec<Splice>> {
    if let Some(one) = plain(base, splices) {
        return Ok(one);
    }
    let base: Vec<u16> = base.encode_utf16().collect();
    Ok(splices_of(&compose(&base, splices)?))
}

/// What leads back; `None` where the splices do not fit.
pub(super) fn inverse(base: &str, splices: &[Splice]) -> Option<Vec<Splice>> {
    let base: Vec<u16> = base.encode_utf16().collect();
    let back = |hunk: &Hunk| {
        let removed = base.get(hunk.removed.clone()).unwrap_or_default();
        // What lies before it is the base again by then.
        Splice { at: hunk.removed.start, remove: hunk.insert.len(), insert: String::from_utf16_lossy(removed) }
    };
    Some(compose(&base, splices).ok()?.iter().map(back).collect())
}

/// On which side of words put in right at a place the place stays.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lean {
    /// Beside the letter before it.
    Back,
    /// Beside the letter after it.
    On,
}

fn carried(hunks: &[Hunk], at: usize, lean: Lean) -> usize {
    let (mut put, mut gone) = (0, 0);
    for hunk in hunks {
        let (start, end) = (hunk.removed.start, hunk.removed.end);
        let before = start < at || (start == at && end == at && lean == Lean::On);
        if !before {
            break;
        }
        put += hunk.insert.len();
        gone += hunk.removed.len() - end.saturating_sub(at.max(start));
        if end > at {
            break;
        }
    }
    at + put - gone
}

crate::text::redacted!(TextState, KeptWords);
