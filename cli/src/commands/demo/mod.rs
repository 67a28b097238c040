//! `belay demo`: the story of two people, told by real calls on real vaults. Every line that claims something is
//! printed after the check it names.

mod claims;
mod opening_parts;
mod phone;
mod plan_parts;
mod searching;
mod trust_parts;

use crate::failure::{Done, EXIT_CHECK, Trouble};
use crate::host::Host;
use crate::prompt;
use belay::error::Error;
use belay::ids::{DocId, SpaceId};
use belay::library::Arg;
use phone::Phone;
use std::cell::Cell;
use std::path::{Path, PathBuf};

/// How many parts the story has.
const PARTS: usize = 9;

/// What to break on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Break {
    /// The private note also goes into the plan.
    Note,
    /// The copy is one of the phone that may write.
    Signature,
    /// One file is not carried.
    Hash,
}

/// Watch the story of two people, in real vaults.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  belay demo\n  belay demo --no-wait\n  belay demo --keep story\n  belay demo --break note"
)]
pub struct Demo {
    /// Run through without waiting.
    #[arg(long)]
    no_wait: bool,
    /// Make the vaults in this new folder, and leave them there.
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// Break one thing on purpose, to see a check that does not hold.
    #[arg(long = "break", value_name = "WHAT", hide_possible_values = true)]
    broken: Option<Break>,
}

/// What the parts tell each other.
struct Story<'a> {
    host: &'a Host,
    folder: PathBuf,
    broken: Option<Break>,
    held: Cell<u64>,
    mara: Phone,
    theo: Phone,
    /// What both share, known from the third part on.
    space: Cell<Option<SpaceId>>,
    plan: Cell<Option<DocId>>,
}

/// A part of the story.
type Part<'a> = fn(&Story<'a>) -> Done;

impl Demo {
    /// Does it.
    pub fn run(self, host: &Host) -> Done {
        let place = Place::make(host, self.keep.as_deref())?;
        let told = self.tell(host, place.folder());
        match told {
            Ok(()) => Ok(()),
            Err(trouble) if trouble.exit() == crate::failure::EXIT_STOPPED => Err(trouble),
            Err(trouble) => {
                // Whatever did not hold is left to be looked at.
                let folder = place.leave();
                if let Some(text) = trouble.render(&host.phrases, &host.now(), false, host.page.width()) {
                    host.page.line(&text);
                }
                let folder = folder.display().to_string();
                host.page.line(&host.say("demo-left", &[("folder", Arg::Text(&folder))]));
                Err(Trouble::Silent(EXIT_CHECK))
            }
        }
    }

    fn tell(&self, host: &Host, folder: &Path) -> Done {
        self.opening(host, folder);
        let names = ["demo-name-one", "demo-name-two"].map(|id| host.say(id, &[]));
        let [one, two] = &names;
        let story = Story {
            host,
            folder: folder.to_owned(),
            broken: self.broken,
            held: Cell::new(0),
            mara: Phone::new(host, &folder.join("one"), one)?,
            theo: Phone::new(host, &folder.join("two"), two)?,
            space: Cell::new(None),
            plan: Cell::new(None),
        };
        std::fs::create_dir(story.carried()).map_err(Error::from)?;
        let parts: [Part<'_>; PARTS] = [
            Story::two_phones,
            Story::a_private_note,
            Story::pairing,
            Story::agreement,
            Story::one_plan,
            Story::an_idea,
            Story::what_lies_where,
            Story::a_forged_edit,
            Story::the_same_words,
        ];
        for (number, part) in (1..).zip(parts) {
            if number > 1 {
                self.wait(host)?;
            }
            host.page.gap();
            story.title(number);
            part(&story)?;
        }
        host.page.gap();
        story.closing()
    }

    fn opening(&self, host: &Host, folder: &Path) {
        let page = &host.page;
        let (one, two) = (host.say("demo-name-one", &[]), host.say("demo-name-two", &[]));
        page.line(&host.say("demo-title", &[("one", Arg::Text(&one)), ("two", Arg::Text(&two))]));
        let kept = folder.display().to_string();
        match &self.keep {
            Some(_) => page.line(&host.say("demo-folders-kept", &[("folder", Arg::Text(&kept))])),
            None => {
                page.line(&host.say("demo-folders", &[]));
                page.line(&host.say("demo-how-keep", &[("folder", Arg::Text("DIR"))]));
            }
        }
        if self.waits() {
            page.line(&host.say("demo-press", &[]));
            page.line(&host.say("demo-how-through", &[]));
        }
        if let Some(broken) = self.broken {
            let id = match broken {
                Break::Note => "demo-break-note",
                Break::Signature => "demo-break-signature",
                Break::Hash => "demo-break-hash",
            };
            let name = host.say(id, &[("name", Arg::Text(&one))]);
            page.line(&host.say("demo-broken-on-purpose", &[("name", Arg::Text(&name))]));
        }
    }

    fn waits(&self) -> bool {
        use std::io::IsTerminal;
        !self.no_wait && prompt::is_typed() && std::io::stdout().is_terminal()
    }

    fn wait(&self, host: &Host) -> Done {
        if !self.waits() {
            return Ok(());
        }
        match prompt::ask(host, "demo-press", &[])? {
            Some(typed) if !typed.trim().eq_ignore_ascii_case("q") => Ok(()),
            _ => Err(prompt::stopped(host)),
        }
    }
}

impl Story<'_> {
    fn carried(&self) -> PathBuf {
        self.folder.join("carried")
    }

    fn title(&self, number: usize) {
        let (one, two) = (self.mara.name.as_str(), self.theo.name.as_str());
        let id = match number {
            1 => "demo-phones-title",
            2 => "demo-note-title",
            3 => "demo-pair-title",
            4 => "demo-agreement-title-later",
            5 => "demo-plan-title",
            6 => "demo-idea-title",
            7 => "demo-look-title",
            8 => "demo-forge-title",
            _ => "demo-same-title",
        };
        // The sixth part begins with the other one.
        let (first, second) = if number == 6 { (two, one) } else { (one, two) };
        let names = [("name", Arg::Text(one)), ("one", Arg::Text(first)), ("two", Arg::Text(second))];
        let title = self.host.say(id, &names);
        let args = [("number", number.into()), ("all", PARTS.into()), ("title", Arg::Text(&title))];
        self.host.page.line(&self.host.say("demo-part", &args));
    }
}

/// Where the vaults lie: a folder that goes when the story ends, or one that stays.
enum Place {
    Passing(tempfile::TempDir),
    Kept(PathBuf),
}

impl Place {
    fn make(host: &Host, keep: Option<&Path>) -> Done<Self> {
        let Some(folder) = keep else {
            let made = tempfile::Builder::new().prefix("belay-demo-").tempdir().map_err(Error::from)?;
            return Ok(Place::Passing(made));
        };
        // A folder that is there may hold something of a person's.
        std::fs::create_dir(folder).map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => crate::files::taken(host),
            _ => Error::from(error).into(),
        })?;
        Ok(Place::Kept(std::path::absolute(folder).map_err(Error::from)?))
    }

    fn folder(&self) -> &Path {
        match self {
            Place::Passing(folder) => folder.path(),
            Place::Kept(folder) => folder,
        }
    }

    fn leave(self) -> PathBuf {
        match self {
            Place::Passing(folder) => folder.keep(),
            Place::Kept(folder) => folder,
        }
    }
}
