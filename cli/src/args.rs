//! The command line as data. Every word here is checked by the wording rules (the test below).

use crate::commands;
use crate::flags::Flags;
use clap::{CommandFactory, Parser, Subcommand};

/// Keep notes and plans on this computer, and share what you choose.
#[derive(Debug, Parser)]
#[command(
    name = "belay",
    bin_name = "belay",
    version,
    max_term_width = 80,
    disable_help_subcommand = true,
    subcommand_required = true,
    arg_required_else_help = true,
    after_help = "Begin:\n  belay demo\n  belay init\n  belay note add The radio helped.\n  belay pair --help      how to begin with someone"
)]
pub struct Cli {
    /// What goes for every command.
    #[command(flatten)]
    pub flags: Flags,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Everything that can be done.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Watch the story of two people, in real vaults.
    Demo(commands::demo::Demo),
    /// Make your vault.
    Init(commands::init::Init),
    /// Write notes for you alone.
    #[command(subcommand)]
    Note(commands::note::Note),
    /// Words that you wrote and that are not kept yet.
    #[command(subcommand)]
    Draft(commands::draft::Draft),
    /// Find words in what you wrote, and in what was shared with you.
    Search(commands::search::Search),
    /// What you move towards, and the steps.
    #[command(subcommand)]
    Goal(commands::goal::Goal),
    /// Plans, alone or with someone.
    #[command(subcommand)]
    Plan(commands::plan::Plan),
    /// Give an idea for something that is not yours to change.
    Suggest(commands::suggest::Suggest),
    /// Say what becomes of an idea.
    Decide(commands::decide::Decide),
    /// Take back an idea of yours.
    TakeBack(commands::decide::TakeBack),
    /// Ideas that wait for you, with no hurry.
    Ideas(commands::ideas::Ideas),
    /// Add a comment to a plan, a goal or a copy.
    Comment(commands::comment::Comment),
    /// Give someone a copy of a note, or of a part of it.
    Share(commands::share::Share),
    /// Copies you gave, and copies given to you.
    Shared(commands::share::Shared),
    /// Who changed what, or what was kept out.
    History(commands::history::History),
    /// Who can see something.
    Audience(commands::audience::Audience),
    /// Begin to share with someone, by file.
    #[command(subcommand)]
    Pair(commands::pair::Pair),
    /// Carry changes to each other, by file.
    #[command(subcommand)]
    Bundle(commands::bundle::Bundle),
    /// What is here, and what waits to go.
    Status(commands::status::Status),
    /// What you are called, or what you call someone.
    Name(commands::name::Name),
    /// Choose a new passphrase.
    Passphrase(commands::passphrase::Passphrase),
    /// Test the words on your paper.
    #[command(subcommand)]
    Words(commands::words::Words),
    /// Keep a copy of your vault in another folder.
    Backup(commands::backup::Backup),
    /// Make your vault from a copy of it.
    Restore(commands::backup::Restore),
    /// Take back what was done last.
    Undo(commands::undo::Undo),
    /// Let a note, goal or plan of yours go.
    Forget(commands::forget::Forget),
    /// What was let go, and which phone has said so.
    Forgotten(commands::forget::Forgotten),
    /// Ask every phone to drop the words of what you let go.
    Purge(commands::forget::Purge),
    /// Your phones and those of your people, and what to do when one is lost.
    #[command(subcommand)]
    Phones(commands::phones::Phones),
    /// End what you share with someone.
    Leave(commands::leave::Leave),
    /// Go on alone with a plan or goal that you shared with someone who is gone.
    GoOn(commands::go_on::GoOn),
    /// Read your whole vault, and mend what is damaged.
    Mend(commands::mend::Mend),
    /// Take your vault away from this computer.
    Erase(commands::erase::Erase),
    /// Write what lets your shell complete commands.
    Completions(commands::completions::Completions),
}

impl Command {
    /// Does it.
    pub fn run(self, host: &crate::host::Host) -> crate::failure::Done {
        match self {
            Command::Demo(command) => command.run(host),
            Command::Init(command) => command.run(host),
            Command::Note(command) => command.run(host),
            Command::Draft(command) => command.run(host),
            Command::Search(command) => command.run(host),
            Command::Goal(command) => command.run(host),
            Command::Plan(command) => command.run(host),
            Command::Suggest(command) => command.run(host),
            Command::Decide(command) => command.run(host),
            Command::TakeBack(command) => command.run(host),
            Command::Ideas(command) => command.run(host),
            Command::Comment(command) => command.run(host),
            Command::Share(command) => command.run(host),
            Command::Shared(command) => command.run(host),
            Command::History(command) => command.run(host),
            Command::Audience(command) => command.run(host),
            Command::Pair(command) => command.run(host),
            Command::Bundle(command) => command.run(host),
            Command::Status(command) => command.run(host),
            Command::Name(command) => command.run(host),
            Command::Passphrase(command) => command.run(host),
            Command::Words(command) => command.run(host),
            Command::Backup(command) => command.run(host),
            Command::Restore(command) => command.run(host),
            Command::Undo(command) => command.run(host),
            Command::Forget(command) => command.run(host),
            Command::Forgotten(command) => command.run(host),
            Command::Purge(command) => command.run(host),
            Command::Phones(command) => command.run(host),
            Command::Leave(command) => command.run(host),
            Command::GoOn(command) => command.run(host),
            Command::Mend(command) => command.run(host),
            Command::Erase(command) => command.run(host),
            Command::Completions(command) => command.run(host, &mut Cli::command()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Cli;
    use belay::library::wording::{Kind, check_text};
    use clap::CommandFactory;

    /// Every text of a command and of what it takes, line by line.
    fn texts(command: &clap::Command, path: &str, into: &mut Vec<(String, String)>) {
        let mut add = |place: String, text: Option<String>| {
            for line in text.unwrap_or_default().lines() {
                into.push((place.clone(), line.to_owned()));
            }
        };
        let plain = |text: Option<&clap::builder::StyledStr>| text.map(ToString::to_string);
        add(path.into(), plain(command.get_about()));
        add(path.into(), plain(command.get_long_about()));
        add(path.into(), plain(command.get_before_help()));
        add(path.into(), plain(command.get_after_help()));
        for arg in command.get_arguments() {
            let place = format!("{path} {}", arg.get_id());
            add(place.clone(), plain(arg.get_help()));
            add(place.clone(), plain(arg.get_long_help()));
            add(place.clone(), arg.get_help_heading().map(str::to_owned));
            for value in arg.get_possible_values() {
                add(place.clone(), plain(value.get_help()));
            }
        }
        for below in command.get_subcommands() {
            texts(below, &format!("{path} {}", below.get_name()), into);
        }
    }

    #[test]
    fn help_is_well_made() {
        Cli::command().debug_assert();
    }

    #[test]
    fn help_follows_the_wording_rules() {
        let mut all = Vec::new();
        texts(&Cli::command(), "belay", &mut all);
        assert!(all.len() > 100, "only {} texts were read", all.len());
        // Names of variables and placeholders are capitals by their nature.
        let names = ["BELAY_VAULT", "BELAY_PASSPHRASE", "BELAY_LANGUAGE", "NAME", "FILE", "PLAN", "PART", "TEXT", "ID"];
        let found: Vec<String> = all
            .iter()
            .flat_map(|(place, text)| {
                let text = names.iter().fold(text.clone(), |text, name| text.replace(name, "Name"));
                check_text("en", Kind::Terminal, place, &text)
            })
            .map(|finding| finding.to_string())
            .collect();
        assert!(found.is_empty(), "\n{}", found.join("\n"));
    }

    #[test]
    fn every_command_shows_an_example() {
        fn without(command: &clap::Command, path: &str, into: &mut Vec<String>) {
            let shows = command.get_after_help().is_some_and(|text| text.to_string().contains("belay "));
            if !shows {
                into.push(path.to_owned());
            }
            for below in command.get_subcommands() {
                without(below, &format!("{path} {}", below.get_name()), into);
            }
        }
        let mut bare = Vec::new();
        without(&Cli::command(), "belay", &mut bare);
        assert!(bare.is_empty(), "{bare:?}");
    }
}
