//! Mara, who writes a note for herself alone, and those she knows, who know nothing of each other.

use belay::command::{ConsentCommand, GiftDraft, NoteCommand, NoteDraft, Preview, TextRange, Warning, WithTitle};
use belay::ids::{DocId, SpaceId};
use belay::view::{Answer, Ask, At, CopyDetail, NoteDetail, ShareFilter, ShareRow};
use belay_tests::{Device, World, pair, text, until_quiet};

/// Words of the note that are not given. No catalogue and no template has them.
pub const TITLE: &str = "Quarrelsome heron";
pub const BEFORE: &str = "Obstinate kestrel before dawn.";
pub const AFTER: &str = "Melancholy bittern, all evening.";
pub const TAG: &str = "wistful-plover";
/// What is given of it.
pub const EXCERPT: &str = "The radio helped, 👩‍👩‍👧 نقول. Then I slept.";

pub struct Scene {
    world: World,
    pub mara: Device,
    pub theo: Device,
    /// What she shares with Theo.
    pub space: SpaceId,
    pub note: DocId,
}

impl Scene {
    pub fn new(seed: &str) -> Self {
        let world = World::new(seed);
        let (mara, theo, space) = world.mara_and_theo();
        let note = note(&mara);
        Scene { world, mara, theo, space, note }
    }

    /// Someone else whom Mara knows, and what those two share.
    pub fn other(&self) -> (Device, SpaceId) {
        let ana = self.world.person("Anastasia");
        let space = pair(&self.mara, &ana);
        (ana, space)
    }

    /// The excerpt, for Theo.
    pub fn part(&self) -> GiftDraft {
        GiftDraft { part: Some(excerpt()), ..whole(self.note, self.space) }
    }

    /// Gives the excerpt to Theo, and he has it.
    pub fn given(&self) -> DocId {
        let copy = give(&self.mara, &self.part());
        self.tell();
        copy
    }

    pub fn tell(&self) {
        until_quiet(&self.mara, &self.theo, &self.space);
    }
}

pub fn body() -> String {
    format!("{BEFORE}\n{EXCERPT}\n{AFTER}")
}

pub fn note(on: &Device) -> DocId {
    let draft = NoteDraft { title: text(TITLE), body: text(&body()), tags: vec![text(TAG)] };
    on.apply(NoteCommand::Create { draft }).made.expect("a note")
}

/// Where the excerpt stands, in UTF-16 units.
pub fn excerpt() -> TextRange {
    let units = |text: &str| u32::try_from(text.encode_utf16().count()).expect("a short text");
    let start = units(BEFORE) + 1;
    TextRange { start, end: start + units(EXCERPT) }
}

pub fn whole(note: DocId, to: SpaceId) -> GiftDraft {
    GiftDraft { note, part: None, title: WithTitle::LeftOut, to, language: "en".to_owned() }
}

#[track_caller]
pub fn previewed(on: &Device, gift: &GiftDraft) -> Preview {
    let seen = on.companion.preview(&gift.clone().unseen(), &on.at());
    let shown = seen.unwrap_or_else(|failure| panic!("{}: {failure:?}", on.name));
    assert_eq!(shown.warnings, [Warning::Lasting, Warning::StaysInHistory]);
    shown
}

/// What was previewed is given.
#[track_caller]
pub fn give(on: &Device, gift: &GiftDraft) -> DocId {
    let preview = previewed(on, gift).hash;
    on.apply(ConsentCommand::Give { gift: gift.clone(), preview }).made.expect("a copy")
}

pub fn take_back(on: &Device, copy: DocId) {
    on.apply(ConsentCommand::TakeBack { copy });
}

pub fn shares(on: &Device, filter: ShareFilter) -> Vec<ShareRow> {
    match on.ask(Ask::Shares { filter, at: At::default() }) {
        Answer::Shares(page) => page.rows,
        other => panic!("{other:?}"),
    }
}

/// The only copy that a device knows of.
#[track_caller]
pub fn only(on: &Device) -> ShareRow {
    let mut rows = shares(on, ShareFilter::default());
    assert_eq!(rows.len(), 1, "{}: {rows:?}", on.name);
    rows.remove(0)
}

#[track_caller]
pub fn copy(on: &Device, id: DocId) -> CopyDetail {
    match on.ask(Ask::Copy { id }) {
        Answer::Copy(detail) => *detail,
        other => panic!("{other:?}"),
    }
}

pub fn note_detail(on: &Device, id: DocId) -> NoteDetail {
    match on.ask(Ask::Note { id }) {
        Answer::Note(detail) => *detail,
        other => panic!("{other:?}"),
    }
}

/// Whether these bytes are among everything that an opened vault can give away: every row, index, waiting and kept-out
/// byte, inflated too, and every word of every document.
pub fn gives_away(device: &Device, bytes: &[u8]) -> bool {
    let mut found = false;
    let see = &mut |seen: &[u8]| found |= seen.windows(bytes.len()).any(|window| window == bytes);
    device.companion.everything_readable(see).expect("an open vault");
    found
}
