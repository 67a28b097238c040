//! A person at a field: the driver of boundary.md in a few lines, with a clock that moves as fast as fingers do.

use belay::command::TextTarget;
use belay::companion::{Resend, Saved, Selection, Settle, Splice16, TextChange, TextMerge, TextNow, TextOpened};
use belay::editing::{Splice, apply};
use belay::error::Failure;
use belay::ids::TextSession;
use belay_tests::{Device, text};

/// As an editor counts.
pub fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

pub fn splice(at: usize, remove: usize, insert: &str) -> Splice16 {
    let number = |units: usize| u32::try_from(units).expect("short");
    Splice16 { at: number(at), remove: number(remove), insert: text(insert) }
}

pub fn applied(to: &str, splices: &[Splice16]) -> String {
    apply(to, &splices.iter().map(Splice::from).collect::<Vec<_>>()).expect("patches fit what the field shows")
}

/// Whether the patches of an answer go into the field.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    Patches,
    Nothing,
}

/// Somebody who types in one field.
pub struct Typist {
    pub opened: TextOpened,
    /// What the field shows.
    pub field: String,
    accepted: u64,
}

impl Typist {
    #[track_caller]
    pub fn at(device: &Device, target: &TextTarget) -> Typist {
        Self::attempt(device, target).unwrap_or_else(|failure| panic!("{}: {failure:?}", device.name))
    }

    pub fn attempt(device: &Device, target: &TextTarget) -> Result<Typist, Failure> {
        let opened = device.companion.text_open(target, &device.at())?;
        Ok(Typist { field: opened.text.as_str().to_owned(), accepted: 0, opened })
    }

    pub fn session(&self) -> TextSession {
        self.opened.session
    }

    /// What the field says after a change that it shows already.
    pub fn now(&self, change: TextChange, settle: Settle) -> TextNow {
        let length = u32::try_from(units(&self.field)).expect("short");
        let selection = Selection { start: length, end: length };
        TextNow { accepted: self.accepted, length, change, selection, settle }
    }

    /// One call, which moves the clock by so many milliseconds.
    pub fn say(&self, device: &Device, now: &TextNow, after_ms: i64) -> Result<TextMerge, Failure> {
        let at = device.at();
        device.set_clock(at.unix_ms + after_ms);
        device.companion.text_sync(&self.session(), now, &at)
    }

    fn take(&mut self, merge: &TextMerge, takes: Takes) {
        assert_eq!(merge.resend, Resend::No);
        if takes == Takes::Patches {
            self.field = applied(&self.field, &merge.patches);
            self.accepted = merge.version;
        }
    }

    /// A key: something at a place, and the answer taken.
    #[track_caller]
    pub fn key(&mut self, device: &Device, change: Splice16, settle: Settle) -> TextMerge {
        self.key_after(device, change, settle, 50, Takes::Patches)
    }

    #[track_caller]
    pub fn key_after(
        &mut self,
        device: &Device,
        change: Splice16,
        settle: Settle,
        after_ms: i64,
        takes: Takes,
    ) -> TextMerge {
        self.field = applied(&self.field, std::slice::from_ref(&change));
        let now = self.now(TextChange::Splices { splices: vec![change] }, settle);
        let merge = self.say(device, &now, after_ms).unwrap_or_else(|failure| panic!("{}: {failure:?}", device.name));
        self.take(&merge, takes);
        merge
    }

    /// Words at the end of the field.
    #[track_caller]
    pub fn types(&mut self, device: &Device, words: &str, settle: Settle) -> TextMerge {
        self.key(device, splice(units(&self.field), 0, words), settle)
    }

    /// Nothing typed.
    #[track_caller]
    pub fn rests(&mut self, device: &Device, settle: Settle) -> TextMerge {
        let now = self.now(TextChange::None, settle);
        let merge = self.say(device, &now, 50).unwrap_or_else(|failure| panic!("{}: {failure:?}", device.name));
        self.take(&merge, Takes::Patches);
        merge
    }

    /// The whole text instead of splices.
    #[track_caller]
    pub fn shows(&mut self, device: &Device, whole: &str, settle: Settle) -> TextMerge {
        whole.clone_into(&mut self.field);
        let now = self.now(TextChange::Whole { text: text(whole) }, settle);
        let merge = self.say(device, &now, 50).unwrap_or_else(|failure| panic!("{}: {failure:?}", device.name));
        self.take(&merge, Takes::Patches);
        merge
    }

    #[track_caller]
    pub fn closes(self, device: &Device) -> TextMerge {
        let now = self.now(TextChange::None, Settle::Typing);
        let closed = device.companion.text_close(&self.session(), &now, &device.at());
        closed.unwrap_or_else(|failure| panic!("{}: {failure:?}", device.name))
    }
}

/// Whether words are safe from a death.
pub fn is_safe(merge: &TextMerge) -> bool {
    merge.saved != Saved::InMemory
}
