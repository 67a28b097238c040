//! The kinds of document and the seed of each.

use crate::batch::{Birth, Seeds, derive_seed_actor};
use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId, Automerge, ChangeHash, ObjType, ROOT, ReadDoc, TextEncoding};

/// What a document is. The number travels in its birth and never changes its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[allow(missing_docs, reason = "each kind is a folder of this room")]
pub enum Kind {
    Note = 1,
    Goal = 2,
    /// A plan's frame and the parts its owner writes.
    Plan = 3,
    /// One part of a plan that every member writes.
    Joint = 4,
    /// One member's part of a plan.
    Column = 5,
    /// Where one member suggests and comments on a plan or goal.
    Lane = 6,
    Profile = 7,
    /// The spaces I am in and what I call their members.
    Spaces = 8,
    /// A copy of a note, given to the others of a space.
    Copy = 9,
    /// What I agreed to.
    Consent = 10,
}

impl Kind {
    /// The kind behind its number; `None` for one that a newer app made.
    pub fn from_number(number: u32) -> Option<Self> {
        use Kind::*;
        [Note, Goal, Plan, Joint, Column, Lane, Profile, Spaces, Copy, Consent]
            .into_iter()
            .find(|kind| kind.number() == number)
    }

    /// The number that travels.
    pub fn number(self) -> u32 {
        self as u32
    }

    /// How many operations the kind's seed has: what is written first goes on behind them.
    pub fn seed_operations(self) -> u64 {
        self.containers().len() as u64
    }

    /// The containers of the kind's seed, in their order: part of the format, never changed, only followed by a
    /// later seed.
    fn containers(self) -> &'static [(&'static str, ObjType)] {
        use ObjType::{Map, Text};
        match self {
            Kind::Note => &[("title", Text), ("body", Text), ("tags", Map), ("layers", Map), ("links", Map)],
            Kind::Goal => &[
                ("title", Text),
                ("why", Text),
                ("towards", Text),
                ("away_from", Text),
                ("steps", Map),
                ("strengths", Map),
                ("supports", Map),
                ("decisions", Map),
            ],
            Kind::Plan => &[("title", Text), ("parts", Map), ("entries", Map), ("decisions", Map)],
            Kind::Joint | Kind::Column => &[("entries", Map), ("decisions", Map)],
            Kind::Lane => &[("ideas", Map), ("comments", Map), ("marks", Map)],
            Kind::Profile => &[("more", Map)],
            Kind::Spaces => &[("spaces", Map), ("names", Map)],
            Kind::Copy => &[("pieces", Map)],
            Kind::Consent => &[("more", Map)],
        }
    }
}

/// The seeds of the kinds this build knows.
#[derive(Clone, Copy, Debug, Default)]
pub struct KnownSeeds;

/// A document with nothing but its seed, and the seed's hash.
pub(super) fn seeded(birth: &Birth) -> Option<(Automerge, ChangeHash)> {
    let kind = Kind::from_number(birth.kind)?;
    let actor = derive_seed_actor(&birth.doc());
    let mut doc = Automerge::new_with_encoding(TextEncoding::Utf16CodeUnit).with_actor(ActorId::from(actor.0));
    let mut tx = doc.transaction();
    for (name, object) in kind.containers() {
        tx.put_object(ROOT, *name, *object).ok()?;
    }
    let (hash, _) = tx.commit_with(CommitOptions::default().with_time(0));
    Some((doc, hash?))
}

impl Seeds for KnownSeeds {
    fn seed(&self, birth: &Birth) -> Option<Vec<u8>> {
        let (doc, hash) = seeded(birth)?;
        doc.get_change_by_hash(&hash).map(|change| change.raw_bytes().to_vec())
    }
}
