//! What a command of the line is to those around it: to an undo, and to whoever helps where it may not be done.

use crate::args::Command;
use crate::commands::go_on::{About, Kind};
use crate::commands::undo::Stands;
use belay::command::DoneKind;

/// What each command is.
pub fn stands(command: &Command) -> Stands {
    use crate::commands::{
        bundle::Bundle, draft::Draft, goal::Goal, note::Note, pair::Pair, phones::Phones, plan::Plan,
    };
    use Command as C;
    use Stands::{Besides, Reads, Writes};
    match command {
        C::Note(Note::List { .. } | Note::Show { .. }) | C::Goal(Goal::List { .. } | Goal::Show { .. }) => Reads,
        C::Plan(Plan::List { .. } | Plan::Show { .. }) | C::Draft(Draft::List { .. } | Draft::Show { .. }) => Reads,
        C::Pair(Pair::List) | C::Phones(Phones::List) | C::Words(_) | C::Undo(_) => Reads,
        C::Demo(_) | C::Search(_) | C::Ideas(_) | C::Shared(_) | C::Audience(_) | C::Status(_) => Reads,
        C::Completions(_) | C::Init(_) | C::Restore(_) | C::Erase(_) => Reads,
        C::History(history) if !history.writes() => Reads,
        C::Forgotten(forgotten) if !forgotten.writes() => Reads,
        C::Name(name) if !name.writes() => Reads,
        C::Pair(_) | C::Phones(_) | C::Leave(_) => Besides(DoneKind::People),
        C::Bundle(Bundle::In { .. } | Bundle::Out { .. }) => Besides(DoneKind::Carried),
        C::Passphrase(_) | C::Backup(_) | C::Mend(_) | C::Purge(_) => Besides(DoneKind::Vault),
        C::Note(_) | C::Goal(_) | C::Plan(_) | C::Draft(_) | C::Suggest(_) | C::Decide(_) | C::TakeBack(_) => Writes,
        C::Comment(_) | C::Share(_) | C::History(_) | C::Name(_) | C::Forget(_) | C::Forgotten(_) => Writes,
        C::GoOn(_) => Writes,
    }
}

/// What a command is about.
pub fn about(command: &Command) -> About {
    use Command as C;
    match command {
        C::Plan(plan) => About::of(Kind::Written, plan.about()),
        C::Goal(goal) => About::of(Kind::Goal, goal.about()),
        C::Note(note) => About::of(Kind::Other, note.about()),
        C::Forget(forget) => About::of(Kind::Written, Some(forget.about())),
        C::Comment(comment) => About::of(Kind::Written, Some(comment.about())),
        C::Suggest(suggest) => About::of(Kind::Written, Some(suggest.about())),
        C::Decide(_) => About::of(Kind::Written, None),
        _ => About::of(Kind::Other, None),
    }
}
