//! `belay comment`: words beside a plan, a goal or a copy.

use super::done;
use crate::failure::{Done, Trouble};
use crate::find::{self, Object};
use crate::host::Host;
use crate::output::Edge;
use crate::prompt;
use belay::command::{Command, TalkCommand, Target, TextTarget};
use belay::error::Code;
use belay::text::PersonText;
use belay::view::CommentDetail;

/// Add a comment to a plan, a goal or a copy.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  belay comment wellness This helped me too.\n  belay comment wellness --part \"My toolbox\" --line 1 Which station?"
)]
pub struct Comment {
    /// Which plan, goal or copy.
    object: String,
    /// The words.
    #[arg(allow_negative_numbers = true)]
    words: Vec<String>,
    /// To which part of a plan.
    #[arg(long)]
    part: Option<String>,
    /// To which line or step.
    #[arg(long, value_name = "N")]
    line: Option<usize>,
}

impl Comment {
    /// What it is about, as it was typed.
    pub fn about(&self) -> &str {
        &self.object
    }

    /// Does it.
    pub fn run(self, host: &Host) -> Done {
        let object = find::talked_about(host, &self.object)?;
        let mut quote = PersonText::default();
        let mut on = Target { doc: object.id(), part: None, element: None };
        if let Object::Goal(id) = object {
            if let Some(number) = self.line {
                let goal = find::goal_detail(host, id)?;
                let step = find::step(host, &goal, number)?;
                (on.element, quote) = (Some(step.id), step.text.clone());
            }
        } else if let Some(part) = &self.part {
            let plan = find::plan_detail(host, object.id())?;
            let part = find::part(host, &plan, part)?;
            on.part = Some(part.key.clone());
            if let Some(number) = self.line {
                let line = find::entry(host, &plan.id, part, number)?;
                (on.element, quote) = (Some(line.id), line.text.clone());
            }
        } else if self.line.is_some() {
            return Err(host.usage(
                "term-usage-missing",
                &[],
                &format!("belay comment {} --part PART --line N", super::quoted(&self.object)),
            ));
        }
        let target = TextTarget::Comment { on: on.clone() };
        let text = prompt::words_for(host, &self.words, "", Some(&target))?.into();
        let comment = Command::Talk(TalkCommand::Comment { on, text, quote });
        let applied = host.apply(&[comment]).map_err(|trouble| match trouble.code() {
            Some(Code::NotAMember) => alone(host),
            _ => trouble,
        })?;
        done(host, &applied, &host.say("term-comment-kept", &[]))
    }
}

/// Nobody else would read it.
pub fn alone(host: &Host) -> Trouble {
    host.told("NotAMember", "term-comment-alone", 6)
}

/// Comments below what they are about.
pub fn show(host: &Host, comments: &[CommentDetail]) {
    for comment in comments {
        let by = if comment.by.is_me { host.say("you", &[]) } else { comment.by.name.as_str().to_owned() };
        host.page.gap();
        host.page.item_beside(Edge::Bare, "", &by, &comment.when.label);
        if !comment.quote.is_empty() {
            host.page.item(Edge::Bare, "  > ", comment.quote.as_str());
        }
        host.page.inside(Edge::Bare, 2, comment.text.as_str());
    }
}
