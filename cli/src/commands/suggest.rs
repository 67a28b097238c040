//! `belay suggest`: an idea for what is another's to change.

use super::done;
use crate::failure::Done;
use crate::find::{self, Object};
use crate::host::Host;
use belay::command::{Command, TalkCommand, Target};
use belay::document::lane::IdeaKind;
use belay::ids::{ElementId, SpaceId};
use belay::library::Arg;
use belay::text::PersonText;

/// Give an idea for something that is not yours to change.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  belay suggest wellness \"My toolbox\" --add \"Walk by the river\"\n  belay suggest wellness \"My toolbox\" --add \"Walk\" --add \"Swim\"\n  belay suggest wellness \"My toolbox\" --change 1 --to \"Tea, radio off\"\n  belay suggest wellness \"My toolbox\" --remove 2 --why \"You said it wakes you.\""
)]
#[command(group = clap::ArgGroup::new("kind").required(true).args(["add", "change", "remove", "move_line"]))]
pub struct Suggest {
    /// Which plan or goal.
    object: String,
    /// Which part of a plan.
    part: Option<String>,
    /// Words to add. Given again they are another way to say it, up to 5.
    #[arg(long, value_name = "TEXT")]
    add: Vec<String>,
    /// The number of a line to change.
    #[arg(long, value_name = "N", requires = "to")]
    change: Option<usize>,
    /// How the line could read. May be given up to 5 times.
    #[arg(long, value_name = "TEXT", requires = "change")]
    to: Vec<String>,
    /// The number of a line to take out.
    #[arg(long, value_name = "N")]
    remove: Option<usize>,
    /// The number of a line to move.
    #[arg(long = "move", value_name = "N")]
    move_line: Option<usize>,
    /// Behind this line.
    #[arg(long, value_name = "N")]
    after: Option<usize>,
    /// Why, if you like.
    #[arg(long, value_name = "TEXT")]
    why: Option<String>,
}

/// Where an idea goes.
struct Place {
    part: Option<String>,
    owner: String,
    space: SpaceId,
    ids: Vec<ElementId>,
    /// Which command shows their numbers.
    list: String,
}

impl Suggest {
    /// What it is about, as it was typed.
    pub fn about(&self) -> &str {
        &self.object
    }

    fn place(&self, host: &Host, object: Object) -> Done<Place> {
        if let Object::Goal(id) = object {
            let goal = find::goal_detail(host, id)?;
            let ids = goal.steps.iter().map(|step| step.id).collect();
            let list = find::list_of_steps(host, &goal.id);
            return Ok(Place { part: None, owner: goal.ownership.name.into_string(), space: goal.space, ids, list });
        }
        let plan = find::plan_detail(host, object.id())?;
        let Some(part) = &self.part else {
            return Err(host.usage(
                "term-usage-missing",
                &[],
                &format!("belay suggest {} PART --add TEXT", super::quoted(&self.object)),
            ));
        };
        let part = find::part(host, &plan, part)?;
        let ids = part.entries.iter().map(|entry| entry.id).collect();
        let owner = part.ownership.name.as_str().to_owned();
        let list = find::list_of_lines(host, &plan.id, &part.key);
        Ok(Place { part: Some(part.key.clone()), owner, space: plan.space, ids, list })
    }

    /// Does it.
    pub fn run(self, host: &Host) -> Done {
        let object = find::plan_or_goal(host, &self.object)?;
        let place = self.place(host, object)?;
        let element = |number: usize| -> Done<ElementId> {
            let found = number.checked_sub(1).and_then(|at| place.ids.get(at)).copied();
            found.ok_or_else(|| find::no_number(host, belay::error::Field::Entries, &place.list))
        };
        let words = |texts: &[String]| texts.iter().map(|text| PersonText::from(text.as_str())).collect::<Vec<_>>();
        let (kind, line, alternatives) = match (self.change, self.remove, self.move_line) {
            (Some(line), _, _) => (IdeaKind::Change, Some(element(line)?), words(&self.to)),
            (_, Some(line), _) => (IdeaKind::Remove, Some(element(line)?), Vec::new()),
            (_, _, Some(line)) => (IdeaKind::Move, Some(element(line)?), Vec::new()),
            _ => (IdeaKind::Add, None, words(&self.add)),
        };
        let after = match self.after {
            Some(number) => Some(element(number)?),
            None => None,
        };
        let on = Target { doc: object.id(), part: place.part.clone(), element: line };
        let why = super::optional(self.why.as_ref());
        let applied = host.apply(&[Command::Talk(TalkCommand::Suggest { on, kind, alternatives, why, after })])?;
        let id = super::first(&applied)?.element.map(|id| id.to_string()).unwrap_or_default();
        let short = id.get(..find::SHORT_MIN).unwrap_or_default();
        let owner = match place.owner.is_empty() {
            true => other_in(host, &place.space)?,
            false => place.owner,
        };
        let args = [("id", Arg::Text(short)), ("name", Arg::Text(&owner))];
        done(host, &applied, &host.say("term-idea-kept", &args))
    }
}

/// What I call the other of a space.
fn other_in(host: &Host, space: &SpaceId) -> Done<String> {
    let found = find::people(host)?.into_iter().find(|row| row.space == *space);
    Ok(found.map(|row| row.name.into_string()).unwrap_or_default())
}
