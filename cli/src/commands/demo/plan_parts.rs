//! Parts 5 and 6: one plan written apart, and an idea that is decided.

use super::phone::Phone;
use super::{Break, Story};
use crate::failure::Done;
use crate::files::size;
use crate::output::Edge;
use belay::command::{Command, Decision, Deed, PlanCommand, TalkCommand, Target, TextEdit};
use belay::document::lane::IdeaKind;
use belay::error::Code;
use belay::ids::DocId;
use belay::library::Arg;
use belay::text::PersonText;
use belay::view::{Answer, Ask, At, HistoryRow, OwnershipKind};

/// The parts of the wellness plan that the story is about.
pub(super) const TOOLBOX: &str = "toolbox";
const TOGETHER: &str = "looking-after-us";
const EVERYDAY: &str = "everyday";
/// Columns of what a quoted line is about.
const WIDE: usize = 9;

impl Story<'_> {
    pub(super) fn the_plan(&self) -> Done<DocId> {
        self.plan.get().ok_or_else(|| Code::Internal.into())
    }

    /// One file from one to the other; its size.
    pub(super) fn carry(&self, from: &Phone, to: &Phone, name: &str) -> Done<u64> {
        let file = self.carried().join(name);
        let bytes = from.bundle_to(&file, &self.shared()?)?;
        to.take(&file)?;
        Ok(bytes)
    }

    fn add_line(&self, phone: &Phone, part: &str, text: &str) -> Done {
        let (plan, part) = (self.the_plan()?, part.to_owned());
        phone.apply(Command::Plan(PlanCommand::AddEntry { plan, part, text: text.into(), after: None }))?;
        Ok(())
    }

    fn begin_plan(&self) -> Done {
        let create = PlanCommand::Create {
            space: Some(self.shared()?),
            template: "wellness".to_owned(),
            title: PersonText::default(),
        };
        let applied = self.mara.apply(Command::Plan(create))?;
        self.plan.set(applied.outcomes.first().and_then(|outcome| outcome.made));
        self.add_line(&self.mara, TOOLBOX, &self.say("demo-toolbox-line"))?;
        self.add_line(&self.mara, TOGETHER, &self.say("demo-sentence"))?;
        if self.broken == Some(Break::Note) {
            self.add_line(&self.mara, EVERYDAY, &self.say("demo-note-text"))?;
        }
        self.carry(&self.mara, &self.theo, "mara-begins.belay")?;
        Ok(())
    }

    /// The one line of the part in which both write.
    fn sentence(&self, phone: &Phone) -> Done<String> {
        let lines = phone.lines(self.the_plan()?, TOGETHER)?;
        Ok(lines.join("\n"))
    }

    fn write_sentence(&self, phone: &Phone, id: &str) -> Done {
        let plan = self.the_plan()?;
        let part = phone.part(plan, TOGETHER)?;
        let entry = part.entries.first().ok_or(Code::NotFound)?;
        let text = TextEdit::Whole(self.say(id).into());
        let edit = PlanCommand::EditEntry { plan, entry: entry.id, base: entry.rev.clone(), text };
        phone.apply(Command::Plan(edit))?;
        Ok(())
    }

    fn show_sentence(&self, about: &str, phone: &Phone, id: &str) -> Done {
        let found = self.sentence(phone)?;
        self.check(about, &self.say(id), &found)?;
        self.labelled(OwnershipKind::Both, "  ", about, WIDE, &found);
        Ok(())
    }

    /// A quoted line that begins with what it is about.
    fn labelled(&self, kind: OwnershipKind, lead: &str, about: &str, wide: usize, words: &str) {
        let plain = belay::library::strip_isolates(about);
        let blanks = wide.saturating_sub(plain.chars().count()).max(1);
        self.host.page.quote(Edge::Of(kind), &format!("{lead}{plain}{}", " ".repeat(blanks)), words);
    }

    pub(super) fn one_plan(&self) -> Done {
        self.begin_plan()?;
        self.owned_parts()?;
        self.show_sentence(&self.say("demo-before"), &self.theo, "demo-sentence")?;
        // Apart: neither has seen what the other types.
        self.write_sentence(&self.mara, "demo-sentence-one")?;
        self.write_sentence(&self.theo, "demo-sentence-two")?;
        self.show_sentence(&self.mara.name, &self.mara, "demo-sentence-one")?;
        self.show_sentence(&self.theo.name, &self.theo, "demo-sentence-two")?;
        let space = self.shared()?;
        let [to, fro] = ["mara-writes.belay", "theo-writes.belay"].map(|name| self.carried().join(name));
        let sizes = [self.mara.bundle_to(&to, &space)?, self.theo.bundle_to(&fro, &space)?];
        self.theo.take(&to)?;
        self.mara.take(&fro)?;
        let [one, two] = sizes.map(|bytes| size(self.host, bytes));
        let carried = self.host.say("demo-carried", &[("one", Arg::Text(&one)), ("two", Arg::Text(&two))]);
        self.host.page.inside(Edge::Bare, 2, &carried);
        self.show_sentence(&self.say("demo-after"), &self.mara, "demo-sentence-both")?;
        let merged = self.say("demo-merged");
        self.check(&merged, &self.sentence(&self.mara)?, &self.sentence(&self.theo)?)?;
        self.host.page.inside(Edge::Bare, 2, &merged);
        Ok(())
    }

    /// Whose each part is, from what each phone may do there.
    fn owned_parts(&self) -> Done {
        let (mara, theo, plan) = (&self.mara, &self.theo, self.the_plan()?);
        let mine = mara.part(plan, TOOLBOX)?;
        let theirs = theo.part(plan, TOOLBOX)?;
        let names = [("name", Arg::Text(mara.name.as_str())), ("other", Arg::Text(theo.name.as_str()))];
        let owned = self.host.say("demo-part-owned", &names);
        let tried = PlanCommand::AddEntry { plan, part: TOOLBOX.to_owned(), text: "-".into(), after: None };
        let tried = theo.companion.apply(&[Command::Plan(tried)], None, &theo.now());
        let refused = tried.is_err_and(|failure| failure.code() == Code::SuggestOnly);
        let can_suggest = theirs.may.allows(Deed::Suggest) && !theirs.may.allows(Deed::Add);
        self.check_is(&owned, refused && can_suggest && mine.may.allows(Deed::Add))?;
        self.labelled(OwnershipKind::Mine, "", mine.title.as_str(), 22, &owned);
        let both = self.say("demo-part-both");
        let together = [mara.part(plan, TOGETHER)?, theo.part(plan, TOGETHER)?];
        self.check_is(&both, together.iter().all(|part| part.may.allows(Deed::Add)))?;
        let [together, _] = together;
        self.labelled(OwnershipKind::Both, "", together.title.as_str(), 22, &both);
        Ok(())
    }

    pub(super) fn an_idea(&self) -> Done {
        let plan = self.the_plan()?;
        let (idea, own) = (self.say("demo-idea-text"), self.say("demo-idea-other-words"));
        let on = Target { doc: plan, part: Some(TOOLBOX.to_owned()), element: None };
        let (alternatives, why) = (vec![PersonText::from(idea.as_str())], PersonText::default());
        let suggest = TalkCommand::Suggest { on, kind: IdeaKind::Add, alternatives, why, after: None };
        self.theo.apply(Command::Talk(suggest))?;
        self.carry(&self.theo, &self.mara, "theo-suggests.belay")?;
        let waits = self.mara.part(plan, TOOLBOX)?.ideas;
        let waits = waits.first().ok_or(Code::NotFound)?;
        let given = self.say_of("demo-idea-given", &self.theo.name);
        let came = [waits.by.name.as_str(), waits.alternatives.first().map_or("", PersonText::as_str)].join(" ");
        self.check(&given, &[self.theo.name.as_str(), idea.as_str()].join(" "), &came)?;
        let add = self.host.say("demo-idea-add", &[("text", Arg::Text(&idea))]);
        self.labelled(OwnershipKind::Theirs, "", &given, 18, &add);

        let decision = Decision::AddAs(own.as_str().into());
        let decide = TalkCommand::Decide { idea: waits.id, decision, seen: waits.rev.clone() };
        self.mara.apply(Command::Talk(decide))?;
        if self.broken != Some(Break::Hash) {
            self.carry(&self.mara, &self.theo, "mara-decides.belay")?;
        }
        let added = self.say_of("demo-idea-added", &self.mara.name);
        let last = self.mara.lines(plan, TOOLBOX)?.pop().unwrap_or_default();
        self.check(&added, &own, &last)?;
        self.labelled(OwnershipKind::Mine, "", &added, 18, &format!("\"{own}\""));
        let kept = self.say("demo-idea-history-what");
        self.check_is(&kept, self.history_keeps(plan, &idea, &own)?)?;
        self.labelled(OwnershipKind::Mine, "", &self.say("demo-idea-history"), 18, &kept);
        Ok(())
    }

    /// What the history keeps: whose idea it was and who decided, and of the sentence that both changed the words
    /// before and after, each under the name of its writer.
    fn history_keeps(&self, plan: DocId, idea: &str, own: &str) -> Done<bool> {
        let Answer::History(page) = self.mara.read(Ask::History { of: plan, at: At::default() })? else {
            return Err(Code::Internal.into());
        };
        let theo = self.theo.name.as_str();
        let [before, one, two] = ["demo-sentence", "demo-sentence-one", "demo-sentence-two"].map(|id| self.say(id));
        let by_theo = |row: &HistoryRow| !row.by.is_me && row.by.name.as_str() == theo;
        // Newest first: who decided stands above whose idea it was, and names them.
        let decided = page.rows.iter().position(|row| row.by.is_me && row.label.contains(theo) && words(row, "", own));
        let given = page.rows.iter().position(|row| by_theo(row) && words(row, "", idea));
        let in_order = decided.zip(given).is_some_and(|(decided, given)| decided < given);
        let by_one = page.rows.iter().any(|row| row.by.is_me && words(row, &before, &one));
        let by_two = page.rows.iter().any(|row| by_theo(row) && words(row, &before, &two));
        Ok(in_order && by_one && by_two)
    }
}

/// Whether a row of the history has exactly these words before and after.
fn words(row: &HistoryRow, before: &str, after: &str) -> bool {
    let same = |text: &Option<PersonText>, words: &str| text.as_ref().map_or("", PersonText::as_str) == words;
    same(&row.before, before) && same(&row.after, after)
}
