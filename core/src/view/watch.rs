//! What an answer depends on. It is gathered while the answer is made: whoever reads a row says of what kind it is, or
//! which object it belongs to, and every time that is shown says when it reads otherwise.

use crate::ids::ObjectId;
use crate::projection::{Changes, Extent, Matter};
use serde::Serialize;
use std::collections::BTreeSet;

/// When an answer has to be asked for again: where a change touches one of these, and at `until_ms`.
///
/// It may be met though the answer is the same: lists depend on all of their kind, names on my whole list of names for
/// people, and what waits, what was kept out or forgotten on every log. It is never unmet where the answer is another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Watch {
    /// Everything of these kinds.
    pub kinds: Vec<Matter>,
    /// These, and whatever has one of them as its parent.
    pub objects: Vec<ObjectId>,
    /// Until then time alone changes nothing, where the host's zone and language stay; `None`: it never does.
    pub until_ms: Option<i64>,
}

impl Watch {
    /// Whether the answer may be another after these changes.
    pub fn is_met_by(&self, changes: &Changes) -> bool {
        changes.extent == Extent::Everything
            || changes.touched.iter().any(|touched| {
                let belongs = |object: &ObjectId| touched.of == *object || touched.parent == Some(*object);
                self.kinds.contains(&touched.kind) || self.objects.iter().any(belongs)
            })
    }
}

/// A [`Watch`] in the making.
#[derive(Debug, Default)]
pub(super) struct Needs {
    pub kinds: BTreeSet<Matter>,
    pub objects: BTreeSet<ObjectId>,
    pub until_ms: Option<i64>,
}

impl Needs {
    pub fn watch(&self) -> Watch {
        Watch {
            kinds: self.kinds.iter().copied().collect(),
            objects: self.objects.iter().copied().collect(),
            until_ms: self.until_ms,
        }
    }
}
