//! A plan in a story: what it shows on a device, and the commands about it in few words.

use crate::{Device, text, whole};
use belay::command::{Decision, PlanCommand, TalkCommand, Target, homes};
use belay::document::lane::IdeaKind;
use belay::document::plan::PartOwner;
use belay::error::Code;
use belay::ids::{ChangeId, DocId, ElementId, Rev, SpaceId};
use belay::projection::{People, lines};
use belay::store::documents;

/// A plan. The same value speaks of it on every device.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Its document.
    pub id: DocId,
}

/// A line of a plan as one device shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: ElementId,
    /// The document it is shown from.
    pub doc: DocId,
    /// Its words.
    pub text: String,
    /// What an edit names.
    pub rev: Rev,
}

impl Plan {
    /// Makes a plan from a template in a space, or in one's own.
    #[track_caller]
    pub fn made_by(maker: &Device, space: Option<SpaceId>, template: &str) -> Self {
        let title = text("");
        let made = maker.apply(PlanCommand::Create { space, template: template.to_owned(), title });
        Plan { id: made.made.expect("a plan") }
    }

    /// The lines of a part as they are shown on a device, in their order.
    #[track_caller]
    pub fn shown(&self, on: &Device, part: &str) -> Vec<Entry> {
        on.look(|db| {
            let record = documents::get(db, &self.id)?.ok_or(Code::NotFound)?;
            let people = People::of(db, &record.space)?;
            let parts = lines::parts(db, &self.id)?;
            let part = parts.iter().find(|line| line.key == part).ok_or(Code::NotFound)?;
            let mut shown = Vec::new();
            for home in homes(&people, &record, part) {
                let heads = documents::heads(db, &home.doc())?;
                let heads: Vec<ChangeId> = heads.chunks(32).filter_map(ChangeId::from_slice).collect();
                for line in lines::entries(db, &home.doc(), &part.key)?.into_iter().filter(|line| !line.gone) {
                    let rev = Rev::of(&heads);
                    shown.push((line.place, Entry { id: line.id, doc: line.doc, text: line.text, rev }));
                }
            }
            shown.sort_by(|(a_place, a), (b_place, b)| (a_place, a.id).cmp(&(b_place, b.id)));
            Ok(shown.into_iter().map(|(_, entry)| entry).collect())
        })
    }

    /// The words of a part on a device.
    #[track_caller]
    pub fn words(&self, on: &Device, part: &str) -> Vec<String> {
        self.shown(on, part).into_iter().map(|entry| entry.text).collect()
    }

    /// The one line with these words.
    #[track_caller]
    pub fn line(&self, on: &Device, part: &str, words: &str) -> Entry {
        let found = self.shown(on, part).into_iter().find(|entry| entry.text == words);
        found.unwrap_or_else(|| panic!("{}: no line reads {words:?}", on.name))
    }

    /// Adds a line at the end of a part.
    pub fn add(&self, part: &str, words: &str) -> PlanCommand {
        PlanCommand::AddEntry { plan: self.id, part: part.to_owned(), text: text(words), after: None }
    }

    /// Rewrites a line as it was shown.
    pub fn rewrite(&self, entry: &Entry, words: &str) -> PlanCommand {
        PlanCommand::EditEntry { plan: self.id, entry: entry.id, base: entry.rev.clone(), text: whole(words) }
    }

    /// Takes a line out.
    pub fn take(&self, entry: ElementId) -> PlanCommand {
        PlanCommand::TakeEntry { plan: self.id, entry }
    }

    /// Hands a part over.
    pub fn hand_over(&self, part: &str, owner: PartOwner) -> PlanCommand {
        PlanCommand::SetOwner { plan: self.id, part: part.to_owned(), owner }
    }

    /// A part, or a line in it, as a target.
    pub fn target(&self, part: &str, element: Option<ElementId>) -> Target {
        Target { doc: self.id, part: Some(part.to_owned()), element }
    }

    /// An idea for something new in a part.
    pub fn suggest(&self, part: &str, words: &str) -> TalkCommand {
        TalkCommand::Suggest {
            on: self.target(part, None),
            kind: IdeaKind::Add,
            alternatives: vec![text(words)],
            why: text(""),
            after: None,
        }
    }

    /// An idea for other words in a line.
    pub fn suggest_change(&self, part: &str, element: ElementId, words: &str) -> TalkCommand {
        TalkCommand::Suggest {
            on: self.target(part, Some(element)),
            kind: IdeaKind::Change,
            alternatives: vec![text(words)],
            why: text(""),
            after: None,
        }
    }

    /// What the owner does with an idea.
    pub fn decide(idea: ElementId, decision: Decision) -> TalkCommand {
        TalkCommand::Decide { idea, decision, seen: None }
    }
}
