//! `belay plan`: plans and their parts.

use super::plan_lines::{self, Line, owned_by_other};
use super::{Paging, done, first, go_on, optional, page_end, person_text, quoted, tell, tell_list, unchanged};
use crate::failure::Done;
use crate::find::{self, Ids};
use crate::host::Host;
use crate::output::Edge;
use crate::seen::{self, Called, Yes};
use belay::command::{Command, Deed, PlanCommand, TextEdit};
use belay::document::plan::PartOwner;
use belay::error::Code;
use belay::library::{Arg, templates};
use belay::view::{Answer, Ask, EntryDetail, OwnershipKind, PartDetail, PlanDetail};

/// Plans, alone or with someone.
#[derive(Debug, clap::Subcommand)]
#[command(
    after_help = "Examples:\n  belay plan new wellness --with Theo\n  belay plan show wellness\n  belay plan line add wellness \"My toolbox\" Tea with the radio on"
)]
pub enum Plan {
    /// Begin a plan.
    #[command(after_help = "Examples:\n  belay plan new wellness\n  belay plan new wellness --with Theo")]
    New {
        /// Which kind.
        #[arg(value_parser = clap::builder::PossibleValuesParser::new(templates().iter().map(|kind| kind.key.as_str())))]
        kind: String,
        /// A title of your own.
        #[arg(long)]
        title: Option<String>,
        /// Where this person can see it and give ideas.
        #[arg(long, value_name = "NAME")]
        with: Option<String>,
    },
    /// All plans.
    #[command(after_help = "Example:\n  belay plan list")]
    List {
        /// Which page.
        #[command(flatten)]
        paging: Paging,
    },
    /// Read a plan.
    #[command(after_help = "Examples:\n  belay plan show wellness\n  belay plan show wellness --part \"My toolbox\"")]
    Show {
        /// Which plan: its kind, its title, or the first signs of its id.
        plan: String,
        /// Only this part.
        #[arg(long)]
        part: Option<String>,
    },
    /// Change all lines of a part in your editor, or the title.
    #[command(
        after_help = "Examples:\n  belay plan edit wellness \"What I bring\"\n  belay plan edit wellness --title \"Staying well\""
    )]
    Edit {
        /// Which plan: its kind, its title, or the first signs of its id.
        plan: String,
        /// Which part: its heading.
        part: Option<String>,
        /// A new title for the plan.
        #[arg(long)]
        title: Option<String>,
    },
    /// Add a part of your own.
    #[command(after_help = "Example:\n  belay plan part wellness \"Music\" --owner both")]
    Part {
        /// Which plan: its kind, its title, or the first signs of its id.
        plan: String,
        /// What the part is called.
        title: String,
        /// Who writes in it.
        #[arg(long, default_value = "person", value_parser = clap::builder::PossibleValuesParser::new(PartOwner::ALL.iter().map(|owner| owner.name())))]
        owner: String,
    },
    /// Choose who writes in a part.
    #[command(
        after_help = "Examples:\n  belay plan owner wellness \"What I bring\" both\n  belay plan owner wellness \"What I bring\" person --seen Theo\n\nWhere lines of someone else would be yours to change from then on, they are shown first, and it asks."
    )]
    Owner {
        /// Which plan: its kind, its title, or the first signs of its id.
        plan: String,
        /// Which part: its heading.
        part: String,
        /// Who writes in it from now on.
        #[arg(value_parser = clap::builder::PossibleValuesParser::new(PartOwner::ALL.iter().map(|owner| owner.name())))]
        owner: String,
        /// You have read whose lines would be yours to change: their name.
        #[arg(long, value_name = "NAME")]
        seen: Option<String>,
    },
    /// Leave a part out for now.
    #[command(
        after_help = "Examples:\n  belay plan skip wellness Afterwards\n  belay plan skip wellness Afterwards --back"
    )]
    Skip {
        /// Which plan: its kind, its title, or the first signs of its id.
        plan: String,
        /// Which part: its heading.
        part: String,
        /// Take it in again.
        #[arg(long)]
        back: bool,
    },
    /// The lines of a part.
    #[command(subcommand)]
    Line(Line),
}

impl Plan {
    /// Which plan it is about, as it was typed.
    pub fn about(&self) -> Option<&str> {
        match self {
            Plan::New { .. } | Plan::List { .. } => None,
            Plan::Show { plan, .. } | Plan::Edit { plan, .. } | Plan::Part { plan, .. } => Some(plan),
            Plan::Owner { plan, .. } | Plan::Skip { plan, .. } => Some(plan),
            Plan::Line(line) => Some(line.about()),
        }
    }

    /// Does it.
    pub fn run(self, host: &Host) -> Done {
        match self {
            Plan::New { kind, title, with } => new(host, kind, title.as_ref(), with.as_deref()),
            Plan::List { paging } => list(host, &paging),
            Plan::Show { plan, part } => {
                let mut detail = find::plan_detail(host, find::plan(host, &plan)?)?;
                if let Some(part) = &part {
                    let key = find::part(host, &detail, part)?.key.clone();
                    detail.parts.retain(|part| part.key == key);
                }
                match (host.flags.json, part) {
                    (true, _) => tell(host, "plan", &detail),
                    (false, Some(_)) => show(host, &detail),
                    (false, None) => {
                        show(host, &detail)?;
                        super::history::say_all_crossed(host, &detail)
                    }
                }
            }
            Plan::Edit { plan, part: None, title: Some(title) } => rename(host, &plan, &title),
            Plan::Edit { plan, part: Some(part), title: None } => plan_lines::edit_all(host, &plan, &part),
            Plan::Edit { .. } => Err(host.usage("term-usage-missing", &[], "belay plan edit --help")),
            Plan::Part { plan, title, owner } => add_part(host, &plan, &title, &owner),
            Plan::Owner { plan, part, owner, seen } => {
                let detail = find::plan_detail(host, find::plan(host, &plan)?)?;
                let part = find::part(host, &detail, &part)?;
                let owner = PartOwner::from_name(&owner).unwrap_or_default();
                confirm_owner(host, &detail, part, owner, seen.as_deref())?;
                let command = PlanCommand::SetOwner { plan: detail.id, part: part.key.clone(), owner };
                say_part(host, &detail, part, command, "term-part-owner")
            }
            Plan::Skip { plan, part, back } => {
                let detail = find::plan_detail(host, find::plan(host, &plan)?)?;
                let part = find::part(host, &detail, &part)?;
                let (plan, key) = (detail.id, part.key.clone());
                if part.skipped != back && part.may.allows(Deed::Skip) {
                    let id = if back { "term-unchanged-unskipped" } else { "term-unchanged-skipped" };
                    return unchanged(host, id, &[("part", Arg::Text(part.title.as_str()))]);
                }
                let (command, id) = if back {
                    (PlanCommand::UnskipPart { plan, part: key }, "term-part-unskipped")
                } else {
                    (PlanCommand::SkipPart { plan, part: key }, "term-part-skipped")
                };
                say_part(host, &detail, part, command, id)
            }
            Plan::Line(line) => line.run(host),
        }
    }
}

fn say_part(host: &Host, plan: &PlanDetail, part: &PartDetail, command: PlanCommand, id: &str) -> Done {
    let applied = host.apply(&[Command::Plan(command)]).map_err(|trouble| owned_by_other(host, plan, part, trouble))?;
    done(host, &applied, &host.say(id, &[("part", Arg::Text(part.title.as_str()))]))
}

/// Whose lines would be mine alone to change from then on is shown first: nobody's part is taken over by a slip.
fn confirm_owner(host: &Host, plan: &PlanDetail, part: &PartDetail, owner: PartOwner, seen: Option<&str>) -> Done {
    let is_other = |entry: &&EntryDetail| entry.by.iter().any(|person| !person.is_me);
    let theirs: Vec<&EntryDetail> = part.entries.iter().filter(is_other).collect();
    let is_mine = part.ownership.kind == OwnershipKind::Mine;
    let other = theirs.iter().flat_map(|entry| &entry.by).find(|person| !person.is_me);
    let Some(other) = other.filter(|_| owner == PartOwner::Person && !is_mine && part.may.allows(Deed::SetOwner))
    else {
        return Ok(());
    };
    let name = other.name.as_str();
    let title = part.title.as_str();
    let args = [("name", Arg::Text(name)), ("part", Arg::Text(title)), ("count", Arg::Number(theirs.len() as u64))];
    let command = format!(
        "belay plan owner {} {} person --seen {}",
        quoted(&Ids::read(host)?.short(&plan.id.to_string())),
        quoted(&part.key),
        quoted(name)
    );
    let yes = Yes {
        called: Called::Name(name),
        seen,
        ask: "term-owner-ask",
        args: &args,
        not_yet: "term-owner-not-yet",
        command: &command,
    };
    seen::wait(host, &yes, || {
        host.page.line(&host.say("term-owner-takes", &args));
        for entry in &theirs {
            host.page.inside(Edge::Bare, 2, entry.text.as_str());
        }
        host.page.line(&host.say("term-owner-hears", &args));
        Ok(())
    })
}

fn new(host: &Host, template: String, title: Option<&String>, with: Option<&str>) -> Done {
    let space = match with {
        Some(name) => Some(find::person(host, name)?.space),
        None => None,
    };
    let title = optional(title);
    let applied = host.apply(&[Command::Plan(PlanCommand::Create { space, template, title })])?;
    let made = first(&applied)?.made.ok_or(Code::Internal)?;
    let plan = find::plan_detail(host, made)?;
    let short = Ids::read(host)?.short(&made.to_string());
    let args = [("plan", Arg::Text(plan.title.as_str())), ("id", Arg::Text(&short))];
    let begun = host.say("term-plan-made", &args);
    done(host, &applied, &format!("{begun} {}", plan.audience.label))
}

fn rename(host: &Host, plan: &str, title: &str) -> Done {
    let plan = find::plan_detail(host, find::plan(host, plan)?)?;
    if title == plan.title.as_str() && plan.may.allows(Deed::Edit) {
        return super::same(host);
    }
    let text = TextEdit::Whole(person_text(title));
    let edit = PlanCommand::EditTitle { plan: plan.id, base: plan.rev, text };
    let applied = host.apply(&[Command::Plan(edit)])?;
    done(host, &applied, &host.say("term-goal-changed", &[]))
}

fn add_part(host: &Host, plan: &str, title: &str, owner: &str) -> Done {
    let plan = find::plan_detail(host, find::plan(host, plan)?)?;
    let owner = PartOwner::from_name(owner).unwrap_or_default();
    let command = PlanCommand::AddPart { plan: plan.id, title: person_text(title), owner };
    let applied = host.apply(&[Command::Plan(command)])?;
    let args = [("part", Arg::Text(title)), ("plan", Arg::Text(plan.title.as_str()))];
    done(host, &applied, &host.say("term-part-added", &args))
}

fn list(host: &Host, paging: &Paging) -> Done {
    let Answer::Plans(page) = host.read(Ask::Plans { at: paging.at() })? else { return Err(Code::Internal.into()) };
    let ended = go_on::ended_spaces(host)?;
    if host.flags.json {
        let rows: Vec<_> = page.rows.iter().map(|row| go_on::Listed::of(row, &row.space, &ended)).collect();
        return tell_list(host, "plans", &rows, page.next.as_ref(), page.total.unwrap_or_default());
    }
    if page.rows.is_empty() {
        host.page.line(&host.say("term-plans-none", &[]));
        return Ok(());
    }
    let ids = Ids::read(host)?;
    let line = |row: &belay::view::PlanRow| {
        let cells = vec![ids.short(&row.id.to_string()), row.when.label.clone()];
        let audience = go_on::audience(host, &row.audience, ended.contains(&row.space));
        (cells, row.title.as_str().to_owned(), audience)
    };
    host.page.table(&page.rows.iter().map(line).collect::<Vec<_>>());
    page_end(host, page.next.as_ref());
    Ok(())
}

/// A whole plan.
pub fn show(host: &Host, plan: &PlanDetail) -> Done {
    host.page.item_beside(Edge::Bare, "", plan.title.as_str(), &plan.audience.label);
    let ideas: Vec<_> = plan.parts.iter().flat_map(|part| &part.ideas).collect();
    for part in &plan.parts {
        let edge = Edge::Of(part.ownership.kind);
        host.page.item_beside(edge, "", part.title.as_str(), &part.ownership.label);
        if part.skipped {
            host.page.inside(edge, 2, &host.say("plan-part-skipped", &[]));
        } else if part.entries.is_empty() && part.may.allows(Deed::Add) {
            host.page.inside(edge, 2, &part.prompt);
        }
        for (at, entry) in part.entries.iter().enumerate() {
            host.page.item_beside(edge, &format!("  {}  ", at + 1), entry.text.as_str(), &entry.by_label);
        }
        for line in &part.left_over {
            let id = find::short_left_over(plan, &line.id);
            let beside = host.say("term-line-over", &[("id", Arg::Text(&id))]);
            host.page.item_beside(edge, "  ?  ", line.text.as_str(), &beside);
        }
        for idea in &part.ideas {
            super::ideas::beside(host, edge, idea, &ideas, part.ownership.name.as_str());
        }
    }
    super::comment::show(host, &plan.comments);
    go_on::say_if_ended(host, &plan.id, &plan.space)
}
