//! `belay plan line`, and all lines of a part in the person's editor.

use super::meant::{Beside, ToBe};
use super::{done, draft, moves};
use crate::failure::{Done, Told, Trouble};
use crate::find::{self, Ids};
use crate::host::Host;
use crate::prompt;
use belay::command::{Command, Deed, PlanCommand, TextEdit, TextTarget};
use belay::error::{Code, Field};
use belay::ids::{DocId, ElementId};
use belay::library::{Arg, strip_isolates};
use belay::view::{OwnershipKind, PartDetail, PlanDetail};

/// The lines of a part.
#[derive(Debug, clap::Subcommand)]
#[command(
    after_help = "Examples:\n  belay plan line add wellness \"My toolbox\" Tea with the radio on\n  belay plan line edit wellness \"My toolbox\" 1 Tea, radio off"
)]
pub enum Line {
    /// Add a line.
    #[command(after_help = "Example:\n  belay plan line add wellness \"My toolbox\" Tea with the radio on")]
    Add {
        /// Which plan: its kind, its title, or the first signs of its id.
        plan: String,
        /// Which part: its heading.
        part: String,
        /// The words.
        #[arg(allow_negative_numbers = true)]
        words: Vec<String>,
        /// Behind this line.
        #[arg(long, value_name = "N")]
        after: Option<usize>,
    },
    /// Change a line.
    #[command(after_help = "Example:\n  belay plan line edit wellness \"My toolbox\" 1 Tea, radio off")]
    Edit {
        /// Which plan: its kind, its title, or the first signs of its id.
        plan: String,
        /// Which part: its heading.
        part: String,
        /// Its number, as shown.
        line: usize,
        /// The words. Without them your editor opens.
        #[arg(allow_negative_numbers = true)]
        words: Vec<String>,
    },
    /// Move a line.
    #[command(
        after_help = "Examples:\n  belay plan line move wellness \"My toolbox\" 1 --after 3\n  belay plan line move wellness \"My toolbox\" 3 --first"
    )]
    Move {
        /// Which plan: its kind, its title, or the first signs of its id.
        plan: String,
        /// Which part: its heading.
        part: String,
        /// Its number, as shown.
        line: usize,
        /// Behind this line; without it, to the end.
        #[arg(long, value_name = "N")]
        after: Option<usize>,
        /// To the front.
        #[arg(long, conflicts_with = "after")]
        first: bool,
    },
    /// Take a line out. It can come back.
    #[command(after_help = "Example:\n  belay plan line take wellness \"My toolbox\" 1")]
    Take {
        /// Which plan: its kind, its title, or the first signs of its id.
        plan: String,
        /// Which part: its heading.
        part: String,
        /// Its number, as shown.
        line: usize,
    },
    /// Bring back a line that was taken out.
    #[command(after_help = "Example:\n  belay plan line back wellness ID    (as belay plan line take said)")]
    Back {
        /// Which plan: its kind, its title, or the first signs of its id.
        plan: String,
        /// Which line: the first signs of its id.
        line: String,
    },
    /// Put in a line that was written where its part lay before.
    #[command(
        after_help = "Examples:\n  belay plan line over wellness ID    (as belay plan show said)\n  belay plan line over wellness ID --leave"
    )]
    Over {
        /// Which plan: its kind, its title, or the first signs of its id.
        plan: String,
        /// Which line: the first signs of its id.
        line: String,
        /// Leave it where it is, and do not ask again.
        #[arg(long)]
        leave: bool,
    },
}

/// What a person reads who may not change a part, with the way to send an idea instead.
pub fn owned_by_other(host: &Host, plan: &PlanDetail, part: &PartDetail, trouble: Trouble) -> Trouble {
    if trouble.code() != Some(Code::SuggestOnly) {
        return trouble;
    }
    let mut fields = serde_json::Map::new();
    fields.insert("part".into(), part.key.as_str().into());
    let label = match (part.ownership.kind, part.ownership.name.as_str()) {
        (OwnershipKind::Theirs, name) if !name.is_empty() => {
            host.say("error-suggest-only.named", &[("name", Arg::Text(name))])
        }
        _ => host.say("error-suggest-only", &[]),
    };
    // A kind of plan and a key of a part are nobody's words; titles could be.
    let command = format!("belay suggest {} {} --add TEXT", super::quoted(&plan.template), super::quoted(&part.key));
    let next = strip_isolates(&host.say("error-suggest-only.next", &[]));
    Told { code: "SuggestOnly".into(), label, next, command, fields, exit: 6, ..Told::default() }.into()
}

/// A plan and one of its parts.
struct Place {
    plan: PlanDetail,
    key: String,
}

impl Place {
    fn find(host: &Host, plan: &str, part: &str) -> Done<Self> {
        let plan = find::plan_detail(host, find::plan(host, plan)?)?;
        let key = find::part(host, &plan, part)?.key.clone();
        Ok(Place { plan, key })
    }

    fn part(&self) -> Done<&PartDetail> {
        self.plan.parts.iter().find(|part| part.key == self.key).ok_or_else(|| Code::NotFound.of(Field::Part).into())
    }

    fn do_all(&self, host: &Host, commands: Vec<PlanCommand>, id: &str) -> Done {
        self.do_every(host, &commands.into_iter().map(Command::Plan).collect::<Vec<_>>(), id)
    }

    fn do_every(&self, host: &Host, commands: &[Command], id: &str) -> Done {
        let part = self.part()?;
        let applied = host.apply(commands).map_err(|trouble| owned_by_other(host, &self.plan, part, trouble))?;
        let args = [("part", Arg::Text(part.title.as_str())), ("title", Arg::Text(self.plan.title.as_str()))];
        done(host, &applied, &host.say(id, &args))
    }

    fn edit(&self, host: &Host, number: usize, text: &str) -> Done<PlanCommand> {
        let entry = find::entry(host, &self.plan.id, self.part()?, number)?;
        let text = TextEdit::Whole(text.into());
        Ok(PlanCommand::EditEntry { plan: self.plan.id, entry: entry.id, base: entry.rev.clone(), text })
    }

    /// Moves a line; where it stands there already nothing is done.
    fn move_line(&self, host: &Host, line: usize, after: Option<usize>, first: bool) -> Done {
        let (plan, part) = (self.plan.id, self.part()?);
        let entry = find::entry(host, &plan, part, line)?;
        let behind = match after {
            Some(number) => Some(find::entry(host, &plan, part, number)?),
            None => None,
        };
        if after == Some(line) {
            return Err(find::behind_itself(host, &find::list_of_lines(host, &plan, &part.key)));
        }
        // Where each has a column, a number says nothing of what stands next to it there.
        let is_one = part.entries.iter().all(|other| other.column == entry.column);
        if is_one && super::stands_there(line, after, first, part.entries.len()) {
            return super::unchanged(host, "term-unchanged-place", &[]);
        }
        let order = moves(first, entry.id, behind.map(|entry| entry.id), part.entries.first().map(|entry| entry.id));
        let moved = |(entry, after)| PlanCommand::MoveEntry { plan, entry, after };
        self.do_all(host, order.into_iter().map(moved).collect(), "term-line-changed")
    }

    /// What makes the lines read as they are written here; with `all` what is left out is taken out.
    fn as_written(&self, host: &Host, text: &str, all: bool) -> Done<Vec<PlanCommand>> {
        let (part, written) = (self.part()?, read_lines(text));
        let mut commands = Vec::new();
        for (number, words) in &written {
            match number {
                Some(number) if find::entry(host, &self.plan.id, part, *number)?.text.as_str() == words => {}
                Some(number) => commands.push(self.edit(host, *number, words)?),
                None => commands.push(self.add(words, None)),
            }
        }
        let left: Vec<usize> = written.iter().filter_map(|(number, _)| *number).collect();
        for (at, entry) in part.entries.iter().enumerate().filter(|_| all) {
            if !left.contains(&(at + 1)) {
                commands.push(PlanCommand::TakeEntry { plan: self.plan.id, entry: entry.id });
            }
        }
        Ok(commands)
    }

    fn add(&self, text: &str, after: Option<ElementId>) -> PlanCommand {
        PlanCommand::AddEntry { plan: self.plan.id, part: self.key.clone(), text: text.into(), after }
    }
}

/// A part that a draft is to become a line of.
pub struct Waiting(Place);

impl Waiting {
    /// It, where something may be added to it.
    pub fn open(host: &Host, plan: DocId, part: &str) -> Done<Self> {
        let place = Place { plan: find::plan_detail(host, plan)?, key: part.to_owned() };
        refuse_early(host, &place)?;
        Ok(Waiting(place))
    }

    /// Adds the line, and lets go of the draft.
    pub fn add(&self, host: &Host, text: &str, beside: Beside, let_go: Command) -> Done {
        let after = beside.behind(self.0.part()?.entries.iter().map(|entry| entry.id));
        self.0.do_every(host, &[Command::Plan(self.0.add(text, after)), let_go], "term-draft-line-added")
    }

    /// Writes its lines, and lets go of the draft. A number means the line that had it, so they must be as they were. What
    /// was stopped half-way may name few of them: nothing is taken out for it.
    pub fn write_all(&self, host: &Host, text: &str, let_go: Command) -> Done {
        let changes = self.0.as_written(host, text, false)?;
        let is_less = self.0.as_written(host, text, true)?.len() > changes.len();
        let commands: Vec<Command> = changes.into_iter().map(Command::Plan).chain([let_go]).collect();
        self.0.do_every(host, &commands, "term-line-changed")?;
        if is_less && !host.flags.json {
            let part = self.0.part()?;
            host.page.line(&host.say("term-draft-lines-left", &[("part", Arg::Text(part.title.as_str()))]));
        }
        Ok(())
    }

    /// Whether the lines are still those that were shown when it was begun; the number is that of the draft.
    pub fn is_as_shown(&self, host: &Host, beside: Beside, number: usize) -> Done {
        let part = self.0.part()?;
        if Beside::of_text(&numbered(part)) == beside {
            return Ok(());
        }
        let short = Ids::read(host)?.short(&self.0.plan.id.to_string());
        let command = format!("belay draft show {number}\nbelay plan edit {short} {}", super::quoted(&part.key));
        let args = [("part", Arg::Text(part.title.as_str()))];
        Err(host.told_with("Stale", "term-draft-lines-changed", &args, &command, 11))
    }
}

impl Line {
    /// Which plan it is about, as it was typed.
    pub fn about(&self) -> &str {
        match self {
            Line::Add { plan, .. } | Line::Edit { plan, .. } | Line::Move { plan, .. } => plan,
            Line::Take { plan, .. } | Line::Back { plan, .. } | Line::Over { plan, .. } => plan,
        }
    }

    /// Does it.
    pub fn run(self, host: &Host) -> Done {
        match self {
            Line::Add { plan, part, words, after } => {
                let place = Place::find(host, &plan, &part)?;
                refuse_early(host, &place)?;
                let after = match after {
                    Some(number) => Some(find::entry(host, &place.plan.id, place.part()?, number)?.id),
                    None => None,
                };
                let to_be = ToBe::Line { plan: place.plan.id, part: place.key.clone() };
                let beside = Beside::of(after.as_ref(), None);
                let text = prompt::words_for(host, &words, "", Some(&to_be.target(beside)))?;
                place.do_all(host, vec![place.add(&text, after)], "term-line-added")
            }
            Line::Edit { plan, part, line, words } => {
                let place = Place::find(host, &plan, &part)?;
                let shown = find::entry(host, &place.plan.id, place.part()?, line)?;
                if !words.is_empty() || !prompt::is_typed() {
                    let text = prompt::words(host, &words, shown.text.as_str())?;
                    if text == shown.text.as_str() {
                        return super::same(host);
                    }
                    return place.do_all(host, vec![place.edit(host, line, &text)?], "term-line-changed");
                }
                let target = TextTarget::PlanEntry { plan: place.plan.id, entry: shown.id };
                let edited = draft::Edited::open(host, &target)?;
                let text = crate::editor::edit(host, &edited.before, Some(&edited.target))?;
                let edit = Command::Plan(place.edit(host, line, &text)?);
                let commands: Vec<Command> = [edit].into_iter().chain(edited.done()).collect();
                place.do_every(host, &commands, "term-line-changed")
            }
            Line::Move { plan, part, line, after, first } => {
                let place = Place::find(host, &plan, &part)?;
                place.move_line(host, line, after, first)
            }
            Line::Take { plan, part, line } => {
                let place = Place::find(host, &plan, &part)?;
                let (plan, entry) = (place.plan.id, find::entry(host, &place.plan.id, place.part()?, line)?.id);
                place.do_all(host, vec![PlanCommand::TakeEntry { plan, entry }], "term-line-taken-out")?;
                if !host.flags.json {
                    let now = find::plan_detail(host, plan)?;
                    let short = find::short_taken(host, &now, &entry)?;
                    let back = format!("belay plan line back {} {short}", Ids::read(host)?.short(&plan.to_string()));
                    host.page.line(&host.say("term-back", &[("command", Arg::Text(&back))]));
                }
                Ok(())
            }
            Line::Over { plan, line, leave } => {
                let plan = find::plan_detail(host, find::plan(host, &plan)?)?;
                let (entry, plan) = (find::left_over(host, &plan, &line)?, plan.id);
                let (command, id) = if leave {
                    (PlanCommand::LeaveOver { plan, entry }, "term-line-left")
                } else {
                    (PlanCommand::TakeOver { plan, entry }, "term-goal-changed")
                };
                let applied = host.apply(&[Command::Plan(command)])?;
                done(host, &applied, &host.say(id, &[]))
            }
            Line::Back { plan, line } => {
                let plan = find::plan_detail(host, find::plan(host, &plan)?)?;
                let entry = find::taken(host, &plan, &line)?;
                let command = PlanCommand::BringBack { plan: plan.id, entry };
                let applied = host.apply(&[Command::Plan(command)])?;
                done(host, &applied, &host.say("term-goal-changed", &[]))
            }
        }
    }
}

/// Says that a part is another's before anything is typed.
fn refuse_early(host: &Host, place: &Place) -> Done {
    let part = place.part()?;
    if part.may.allows(Deed::Add) || part.ownership.kind != OwnershipKind::Theirs {
        return Ok(());
    }
    Err(owned_by_other(host, &place.plan, part, Code::SuggestOnly.into()))
}

/// What was written: numbered lines are the ones that are there, the others are new; what follows a line and begins
/// with a blank belongs to it.
fn read_lines(text: &str) -> Vec<(Option<usize>, String)> {
    let mut lines: Vec<(Option<usize>, String)> = Vec::new();
    for line in text.lines() {
        match lines.last_mut() {
            Some((_, words)) if line.starts_with(' ') && !line.trim().is_empty() => {
                words.push('\n');
                words.push_str(line.trim());
            }
            _ if line.trim().is_empty() => {}
            _ => {
                let numbered = line.split_once(". ").and_then(|(number, words)| Some((number.parse().ok()?, words)));
                match numbered {
                    Some((number, words)) => lines.push((Some(number), words.trim().to_owned())),
                    None => lines.push((None, line.trim().to_owned())),
                }
            }
        }
    }
    lines
}

/// The lines of a part as an editor shows them.
fn numbered(part: &PartDetail) -> String {
    let numbered = part.entries.iter().enumerate();
    let shown: Vec<String> =
        numbered.map(|(at, entry)| format!("{}. {}", at + 1, entry.text.as_str().replace('\n', "\n   "))).collect();
    shown.join("\n")
}

/// All lines of a part at once: in the editor what is left out is taken out; from standard input lines are only
/// added and changed.
pub fn edit_all(host: &Host, plan: &str, part: &str) -> Done {
    let place = Place::find(host, plan, part)?;
    refuse_early(host, &place)?;
    let before = numbered(place.part()?);
    let to_be = ToBe::Lines { plan: place.plan.id, part: place.key.clone() };
    let words = prompt::words_for(host, &[], &before, Some(&to_be.target(Beside::of_text(&before))))?;
    let commands = place.as_written(host, &words, prompt::is_typed())?;
    if commands.is_empty() {
        return super::same(host);
    }
    place.do_all(host, commands, "term-line-changed")
}

#[cfg(test)]
mod tests {
    use super::read_lines;

    #[test]
    fn lines_are_read_as_they_are_shown() {
        let text = "1. Tea with the radio on\n   and a blanket\n\nWalk\n3. Call Ana\n1.5 hours of sleep";
        let read = read_lines(text);
        let lines: Vec<(Option<usize>, &str)> = read.iter().map(|(number, words)| (*number, words.as_str())).collect();
        let tea = (Some(1), "Tea with the radio on\nand a blanket");
        assert_eq!(lines, [tea, (None, "Walk"), (Some(3), "Call Ana"), (None, "1.5 hours of sleep")]);
    }
}
