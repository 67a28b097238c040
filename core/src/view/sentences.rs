//! Each act of history as a sentence of the catalogue.

use super::history::Line;
use super::look::Look;
use super::parts::Frame;
use crate::document::Kind;
use crate::document::act::ActKind;
use crate::document::goal::{GoalStage, StepStage, TEXT_FIELDS};
use crate::document::lane::IdeaKind;
use crate::document::plan::PartOwner;
use crate::error::Result;
use crate::ids::MemberId;
use crate::library::Arg;
use crate::projection::People;
use crate::projection::lines;
use crate::store::documents::DocumentRecord;
use crate::store::forgetting;
use rusqlite::{OptionalExtension, params};

/// Tells what was done to one note, goal or plan.
pub(super) struct Story<'a> {
    look: &'a Look<'a>,
    record: &'a DocumentRecord,
    people: &'a People,
    frame: Option<Frame<'a>>,
    title: String,
}

/// An act in words.
pub(super) struct Told {
    /// A whole sentence.
    pub label: String,
    /// Whether before and after are words of a person; else they are names of the code.
    pub has_words: bool,
}

/// What is filled in.
#[derive(Default)]
struct Names {
    part: String,
    owner: String,
    author: Option<MemberId>,
}

impl<'a> Story<'a> {
    pub fn of(look: &'a Look<'a>, record: &'a DocumentRecord, people: &'a People) -> Result<Self> {
        let kind = Kind::from_number(record.kind);
        // Of a forgotten plan nothing is left but that it was one.
        let is_shown = !forgetting::is_hidden(look.db(), &record.id)?;
        let frame = if kind == Some(Kind::Plan) && is_shown { Some(Frame::of(look, record, people)?) } else { None };
        let title: Option<String> = look
            .db()
            .prepare_cached("SELECT title FROM goal WHERE doc = ?1")?
            .query_row([record.id], |row| row.get(0))
            .optional()?;
        let title = title
            .filter(|title| !title.is_empty())
            .unwrap_or_else(|| look.say(if kind == Some(Kind::Copy) { "kind-copy" } else { "kind-plan" }, &[]));
        Ok(Story { look, record, people, frame, title })
    }

    /// The sentence of one line.
    pub fn tell(&self, line: &Line) -> Result<Told> {
        let mut names = Names::default();
        let mut has_words = !matches!(line.act, Some(ActKind::GoalState | ActKind::PartOwner) | None);
        let mut part = line.field.clone();
        if let Some(id) = line.element.filter(|_| line.act.is_some_and(is_about_idea)) {
            if let Some(idea) = lines::idea(self.look.db(), &id)? {
                // What a move carries is an order key.
                has_words &= idea.kind != IdeaKind::Move;
                (part, names.author) = (idea.part, Some(idea.by));
            } else {
                names.author = lines::decisions(self.look.db(), &self.record.id, &id)?.last().map(|known| known.by);
            }
        }
        names.part = self.part(&part)?;
        let id = self.phrase(line, &mut names)?;
        Ok(Told { label: self.say(&id, line, &names), has_words })
    }

    /// What a part is called; for a goal, the goal.
    fn part(&self, key: &str) -> Result<String> {
        match &self.frame {
            Some(frame) if !key.is_empty() => Ok(frame.title_of(key)?.into_string()),
            _ => Ok(self.title.clone()),
        }
    }

    fn say(&self, id: &str, line: &Line, names: &Names) -> String {
        let me = self.people.me();
        let who = |member: MemberId| if member == me { "you" } else { "other" };
        let name = self.look.name(self.people, &line.member);
        let someone = || self.look.say("someone", &[]);
        let author = names.author.map_or_else(someone, |author| self.look.name(self.people, &author));
        let of = names.author.map_or("other", who);
        let new = line.after.as_deref().filter(|new| !new.is_empty()).map_or_else(someone, str::to_owned);
        let args = [
            ("who", Arg::Text(who(line.member))),
            ("name", Arg::Text(&name)),
            ("part", Arg::Text(&names.part)),
            ("tag", Arg::Text(&line.field)),
            ("owner", Arg::Text(&names.owner)),
            ("of", Arg::Text(of)),
            ("author", Arg::Text(&author)),
            ("new", Arg::Text(&new)),
        ];
        self.look.say(id, &args)
    }

    fn phrase(&self, line: &Line, names: &mut Names) -> Result<String> {
        let Some(act) = line.act else { return Ok("history-other".into()) };
        let after = line.after.as_deref().unwrap_or_default();
        Ok(match act {
            ActKind::GoalField => {
                let known = TEXT_FIELDS.iter().find(|field| **field == line.field).unwrap_or(&"title");
                format!("history-goal-field-{}", known.replace('_', "-"))
            }
            ActKind::GoalState => {
                format!("history-goal-state-{}", GoalStage::from_name(after).unwrap_or_default().name())
            }
            ActKind::StepMarked if line.field.is_empty() => "history-step-mark-gone".into(),
            ActKind::StepState | ActKind::StepMarked => {
                format!("history-step-state-{}", StepStage::from_name(&line.field).unwrap_or_default().name())
            }
            ActKind::PartSkipped if !self.is_skipped_by(line)? => "history-part-unskipped".into(),
            ActKind::PartOwner => self.owner(line, after, names).into(),
            other => fixed(other).into(),
        })
    }

    /// The act says only that it changed; a part begins as not left out, so every second time takes it in again.
    fn is_skipped_by(&self, line: &Line) -> Result<bool> {
        let times: i64 = self
            .look
            .db()
            .prepare_cached(
                "SELECT count(*) FROM history WHERE subject = ?5 AND doc = ?1 AND act = ?2 AND field = ?3 AND id <= ?4",
            )?
            .query_row(params![line.doc, ActKind::PartSkipped as u8, line.field, line.id, self.record.id], |row| {
                row.get(0)
            })?;
        Ok(times % 2 == 1)
    }

    fn owner(&self, line: &Line, after: &str, names: &mut Names) -> &'static str {
        let writer = self.record.writer;
        let owner = match PartOwner::from_name(after).unwrap_or_default() {
            PartOwner::Both => return "history-part-owner-both",
            PartOwner::Each => return "history-part-owner-each",
            PartOwner::Person => writer,
            PartOwner::Supporter => {
                self.people.membership.members.keys().find(|member| Some(**member) != writer).copied()
            }
        };
        match owner {
            Some(owner) if owner == self.people.me() => "history-part-owner-mine",
            Some(owner) if owner == line.member => "history-part-owner-alone",
            _ => {
                let name = owner.map(|owner| self.look.name(self.people, &owner));
                names.owner = name.unwrap_or_else(|| self.look.say("role-supporter", &[]));
                "history-part-owner-theirs"
            }
        }
    }
}

fn is_about_idea(act: ActKind) -> bool {
    use ActKind::{IdeaAdded, IdeaBack, IdeaChanged, IdeaDeclined, IdeaGiven, IdeaTaken};
    matches!(act, IdeaGiven | IdeaTaken | IdeaBack | IdeaAdded | IdeaChanged | IdeaDeclined)
}

/// The phrase of an act that has one whatever its field says; of the others, the one to begin with.
pub(super) fn fixed(act: ActKind) -> &'static str {
    match act {
        ActKind::NoteMade => "history-note-written",
        ActKind::NoteTitle => "history-note-title",
        ActKind::NoteBody => "history-note-changed",
        ActKind::TagAdded => "history-note-tag-added",
        ActKind::TagTaken => "history-note-tag-removed",
        ActKind::Pinned => "history-note-pinned",
        ActKind::Unpinned => "history-note-unpinned",
        ActKind::Trashed => "history-note-trashed",
        ActKind::Restored => "history-note-restored",
        ActKind::GoalMade => "history-goal-made",
        ActKind::GoalField => "history-goal-field-title",
        ActKind::GoalState => "history-goal-state-exploring",
        ActKind::StepAdded => "history-step-added",
        ActKind::StepText => "history-step-text",
        ActKind::StepState | ActKind::StepMarked => "history-step-state-planned",
        ActKind::StepMoved => "history-step-moved",
        ActKind::StepWho => "history-step-named",
        ActKind::StepTaken => "history-step-taken-out",
        ActKind::PlanMade => "history-plan-made",
        ActKind::PlanTitle => "history-plan-renamed",
        ActKind::PartAdded => "history-part-added",
        ActKind::PartOwner => "history-part-owner-both",
        ActKind::PartSkipped => "history-part-skipped",
        ActKind::PartTaken => "history-part-taken-out",
        ActKind::EntryAdded => "history-line-added",
        ActKind::EntryText => "history-line-changed",
        ActKind::EntryMoved => "history-line-moved",
        ActKind::EntryTaken => "history-line-taken-out",
        ActKind::EntryBack => "history-line-back",
        ActKind::IdeaGiven => "history-idea-given",
        ActKind::IdeaTaken => "history-idea-taken-back",
        ActKind::IdeaBack => "history-idea-back",
        ActKind::IdeaAdded => "history-idea-added",
        ActKind::IdeaChanged => "history-idea-added-as",
        ActKind::IdeaDeclined => "history-idea-not-added",
        ActKind::Commented => "history-comment-added",
        ActKind::NameChanged => "history-name-changed",
        ActKind::SpaceNamed => "history-space-named",
        ActKind::CopyGiven => "history-copy-given",
    }
}
