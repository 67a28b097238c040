//! Commands of every room as one, and words as commands take them.

use belay::command::{
    Command, ConsentCommand, DraftCommand, ForgetCommand, GoalCommand, KeptOutCommand, NoteCommand, PlanCommand,
    RelationshipCommand, TalkCommand, TextEdit,
};
use belay::text::PersonText;

/// What can be done: any room's command.
pub trait Act {
    /// As the companion takes it.
    fn command(self) -> Command;
}

impl Act for Command {
    fn command(self) -> Command {
        self
    }
}

macro_rules! acts {
    ($($variant:ident($command:ident)),+) => {
        $(impl Act for $command {
            fn command(self) -> Command {
                Command::$variant(self)
            }
        })+
    };
}
acts!(
    Note(NoteCommand),
    Goal(GoalCommand),
    Plan(PlanCommand),
    Talk(TalkCommand),
    Relationship(RelationshipCommand),
    KeptOut(KeptOutCommand),
    Forget(ForgetCommand),
    Consent(ConsentCommand),
    Draft(DraftCommand)
);

/// Words.
pub fn text(words: &str) -> PersonText {
    PersonText::from(words)
}

/// The whole text as it should read.
pub fn whole(words: &str) -> TextEdit {
    TextEdit::Whole(text(words))
}
