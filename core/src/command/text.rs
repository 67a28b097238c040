//! Editing a text at the revision a screen showed (protocol.md §4, "Editing text").

use super::TextEdit;
use crate::document::{Doc, Path, State, View};
use crate::editing::{self, Edit, Splice};
use crate::error::{Code, Error, Field, Result};
use crate::ids::Rev;
use crate::projection::Loaded;
use crate::text::Shape;
use std::borrow::Cow;

/// What to write at the current heads for an edit made at `base`; nothing where it changes nothing.
///
/// `pick` gives the text out of the document's state.
///
/// # Errors
/// `Stale{current}` for an unknown revision or a text that was replaced since; those of the text's shape. An over-long
/// text that came of merging may be shortened step by step, never made longer.
pub(super) fn rebased(
    loaded: &Loaded,
    path: &Path,
    base: &Rev,
    edit: &TextEdit,
    shape: (Shape, Field),
    pick: impl Fn(&State) -> Option<&str>,
) -> Result<Vec<Splice>> {
    // What it says now is known: a long text is not read out of the merge engine for each letter.
    let now = pick(&loaded.state);
    let read = |view: View<'_>| pick(&State::read(loaded.kind, view)).map(str::to_owned);
    rebased_on(&loaded.doc, now, path, base, edit, shape, read)
}

/// The same, where `read` gives the text out of the document at any heads.
pub(super) fn rebased_on(
    doc: &Doc,
    now: Option<&str>,
    path: &Path,
    base: &Rev,
    edit: &TextEdit,
    (shape, field): (Shape, Field),
    read: impl Fn(View<'_>) -> Option<String>,
) -> Result<Vec<Splice>> {
    let heads = base.heads().ok_or_else(|| Code::Stale.detail().current(doc.rev()))?;
    let stale = || Error::from(Code::Stale.detail().current(doc.rev()));
    let now = now.ok_or(Code::NotFound)?;
    // Reading an older state walks through all that was ever typed; mostly the screen shows the newest.
    let is_newest = *base == doc.rev();
    let (arrived, then) = if is_newest {
        (Vec::new(), Cow::Borrowed(now))
    } else {
        (doc.arrived_since(path, &heads)?, Cow::Owned(doc.at(&heads, &read)?.ok_or_else(stale)?))
    };
    let splices = match edit {
        TextEdit::Whole(text) => {
            let whole = bounded(shape, field, text.as_str(), &then)?;
            editing::rebase(&then, now, &arrived, Edit::Whole(&whole))?
        }
        TextEdit::Splices(splices) => {
            allowed(shape, field, &editing::apply(&then, splices)?, &then)?;
            editing::rebase(&then, now, &arrived, Edit::Splices(splices))?
        }
    };
    if !is_newest {
        allowed(shape, field, &editing::apply(now, &splices)?, now)?;
    }
    Ok(splices)
}

/// The text as the shape keeps it; one that is over the bound passes where it is shorter than what is there.
pub(super) fn bounded(shape: Shape, field: Field, text: &str, there: &str) -> Result<String> {
    allowed(shape, field, text, there)?;
    Ok(shape.check(field, text).unwrap_or_else(|_| text.to_owned()))
}

/// Whether [`bounded`] gives it, for whoever does not need it again.
fn allowed(shape: Shape, field: Field, text: &str, there: &str) -> Result<()> {
    match shape.allows(field, text) {
        Err(error) if error.code() == Code::TooLong && text.chars().count() < there.chars().count() => Ok(()),
        other => other,
    }
}

/// The state of a document as one kind's own; `NotFound` where it is another's.
macro_rules! state_of {
    ($desk:expr, $doc:expr, $variant:ident) => {
        match &$desk.load($doc)?.state {
            crate::document::State::$variant(state) => state.clone(),
            _ => return crate::error::Code::NotFound.err(),
        }
    };
}
pub(super) use state_of;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::{Birth, derive_actor};
    use crate::document::{Kind, Step};
    use crate::ids::{DeviceId, SpaceId};

    /// A small deterministic generator (xorshift64*): runs are named by their seed.
    struct Seeded(u64);
    impl Seeded {
        fn below(&mut self, bound: usize) -> usize {
            self.0 ^= self.0 >> 12;
            self.0 ^= self.0 << 25;
            self.0 ^= self.0 >> 27;
            (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % bound.max(1)
        }
    }

    const PIECES: [&str; 9] = ["we say ", "early", "👩‍👩‍👧", "نقول ", "我們說", "é", "\n", "🇵🇹", "pause. "];

    /// Replaces a random stretch of graphemes. What is put in is marked with letters of the writer's own alphabet, so
    /// that every one of them can be found again.
    fn typed(seed: &mut Seeded, text: &str, mark: &str) -> String {
        use unicode_segmentation::UnicodeSegmentation;
        let graphemes: Vec<&str> = text.graphemes(true).collect();
        let from = seed.below(graphemes.len() + 1);
        let to = (from + seed.below(3)).min(graphemes.len());
        let piece = PIECES[seed.below(PIECES.len())];
        [&graphemes[..from].concat(), mark, piece, mark, &graphemes[to..].concat()].concat()
    }

    fn note(seed: u8) -> Doc {
        let birth = Birth {
            space: SpaceId([1; 32]),
            kind: Kind::Note.number(),
            writer: None,
            about: None,
            key: None,
            nonce: [seed; 32],
        };
        Doc::born(birth).unwrap()
    }

    fn body(view: View<'_>) -> Option<String> {
        Some(view.tree().words("body"))
    }

    fn edit(doc: &mut Doc, who: u8, base: &Rev, text: &str) -> Vec<Vec<u8>> {
        let path = vec!["body".to_owned()];
        let edit = TextEdit::Whole(text.into());
        let splices =
            rebased_on(doc, body(doc.now()).as_deref(), &path, base, &edit, (Shape::Body, Field::Body), body).unwrap();
        let actor = derive_actor(&DeviceId([who; 32]), &doc.id(), &[who; 16]);
        doc.perform(actor, &[Step::Splice(path, splices)]).unwrap()
    }

    /// Two people type in one paragraph apart; some of it is accepted while the other still looks at an older text.
    /// `BELAY_TYPING_RUNS` sets how many runs (10,000 by default).
    #[test]
    fn two_people_typing_apart_keep_every_letter() {
        let runs = std::env::var("BELAY_TYPING_RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(10_000);
        for run in 1..=runs {
            let mut seed = Seeded(u64::wrapping_mul(run, 0x9E37_79B9_7F4A_7C15) | 1);
            let (mut mara, mut theo) = (note(1), note(1));
            let base = PIECES.iter().cycle().skip(seed.below(9)).take(6).copied().collect::<String>();
            let base_rev = mara.rev();
            theo.apply(edit(&mut mara, 1, &base_rev, &base)).unwrap();
            let shown = theo.rev();
            let from_mara = edit(&mut mara, 1, &shown, &typed(&mut seed, &base, "ꙮ"));
            // Theo's screen still shows the base when Mara's words come in.
            if seed.below(2) == 0 {
                theo.apply(from_mara.clone()).unwrap();
            }
            let wanted = typed(&mut seed, &base, "ꙭ");
            let from_theo = edit(&mut theo, 2, &shown, &wanted);
            mara.apply(from_theo).unwrap();
            theo.apply(from_mara).unwrap();
            let (hers, his) = (body(mara.now()).unwrap(), body(theo.now()).unwrap());
            assert_eq!(hers, his, "run {run}");
            for mark in ["ꙮ", "ꙭ"] {
                assert_eq!(hers.matches(mark).count(), 2, "run {run}: {mark} in {hers:?} of {base:?}");
            }
            assert_eq!(mara.hash(), theo.hash(), "run {run}");
        }
    }

    #[test]
    fn the_sentence_of_the_story_merges() {
        let (mut mara, mut theo) = (note(2), note(2));
        let start = mara.rev();
        theo.apply(edit(&mut mara, 1, &start, "We say when we need a pause.")).unwrap();
        let shown = theo.rev();
        let hers = edit(&mut mara, 1, &shown, "We say when we need a pause, no reason asked.");
        let his = edit(&mut theo, 2, &shown, "We say early when we need a pause.");
        mara.apply(his).unwrap();
        theo.apply(hers).unwrap();
        assert_eq!(body(mara.now()).unwrap(), "We say early when we need a pause, no reason asked.");
        assert_eq!(body(theo.now()), body(mara.now()));
    }

    #[test]
    fn an_unknown_or_broken_revision_is_stale_and_an_over_long_text_may_only_shrink() {
        let mut doc = note(3);
        let first = doc.rev();
        edit(&mut doc, 1, &first, &"x".repeat(99_990));
        let path = vec!["body".to_owned()];
        let attempt = |doc: &Doc, base: &Rev, text: &str| {
            let edit = TextEdit::Whole(text.into());
            rebased_on(doc, body(doc.now()).as_deref(), &path, base, &edit, (Shape::Body, Field::Body), body)
                .map_err(|error| error.code())
        };
        assert_eq!(attempt(&doc, &Rev::from_token("zz"), "a"), Err(Code::Stale));
        assert_eq!(attempt(&doc, &note(4).rev(), "a"), Err(Code::Stale));
        // Both sides were within the bound; what came of merging is not.
        let long = attempt(&doc, &first, &"y".repeat(50));
        assert_eq!(long, Err(Code::TooLong));
        assert!(attempt(&doc, &doc.rev(), &"x".repeat(99_000)).is_ok());
    }

    #[test]
    fn what_a_newer_app_wrote_survives_an_edit() {
        let mut doc = note(5);
        let actor = derive_actor(&DeviceId([9; 32]), &doc.id(), &[9; 16]);
        let unknown = [
            Step::Set(vec!["mood_colour".into()], "blue".into()),
            Step::Map(vec!["layers".into(), "later".into()]),
            Step::Text(vec!["layers".into(), "later".into(), "words".into()], "seen differently now".into()),
        ];
        doc.perform(actor, &unknown).unwrap();
        let rev = doc.rev();
        edit(&mut doc, 1, &rev, "a plain edit");
        let tree = doc.now().tree();
        assert_eq!(tree.str("mood_colour"), Some("blue"));
        assert_eq!(tree.get("layers").unwrap().get("later").unwrap().words("words"), "seen differently now");
        let again = Doc::load(doc.birth().clone(), &doc.snapshot().unwrap()).unwrap();
        assert_eq!(again.hash(), doc.hash());
    }
}
