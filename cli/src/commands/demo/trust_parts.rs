//! Parts 7 to 9: what lies on each phone, a forged edit, the same words.

use super::phone::Phone;
use super::plan_parts::TOOLBOX;
use super::searching::{Needle, in_closed_files, in_the_open};
use super::{Break, Story};
use crate::failure::Done;
use crate::files::size;
use crate::output::Edge;
use belay::companion::hostile::forge_line;
use belay::crypto::hash::sha256;
use belay::error::Error;
use belay::ids::short_hash;
use belay::library::Arg;

/// Columns of what was looked for, and of what was found on the first phone.
const LOOKED: usize = 32;
const FOUND: usize = 16;

impl Story<'_> {
    fn found(&self, is_there: bool) -> String {
        self.say(if is_there { "demo-look-found" } else { "demo-look-not-there" })
    }

    fn look_row(&self, about: &str, one: &str, two: &str) {
        let blanks = FOUND.saturating_sub(one.chars().count()).max(2);
        self.put(about, LOOKED, &format!("{one}{}{two}", " ".repeat(blanks)));
    }

    /// One line of the search: what should be found on each phone, and what was.
    fn looked(&self, about: &str, expected: [bool; 2], found: [bool; 2]) -> Done {
        let phones = [&self.mara, &self.theo];
        for ((phone, expected), found) in phones.into_iter().zip(expected).zip(found) {
            let name = format!("{about}, {}", self.say_of("demo-phone", &phone.name));
            self.check(&name, &self.found(expected), &self.found(found))?;
        }
        let [one, two] = found.map(|found| self.found(found));
        self.look_row(about, &one, &two);
        Ok(())
    }

    pub(super) fn what_lies_where(&self) -> Done {
        let (mara, theo) = (&self.mara, &self.theo);
        let words = ["demo-note-text", "demo-sentence-both", "demo-name-other"].map(|id| self.say(id));
        let needles = words.each_ref().map(|words| Needle::new(words));
        let phones = [mara, theo].map(|phone| belay::library::strip_isolates(&self.say_of("demo-phone", &phone.name)));
        let [first, second] = &phones;
        self.look_row(&self.say("demo-look-for"), first, second);
        let (on_mara, _) = in_the_open(mara, &needles)?;
        let (on_theo, out) = in_the_open(theo, &needles)?;
        let both = |at: usize| [&on_mara, &on_theo].map(|found| found.get(at).copied().unwrap_or_default());
        self.looked(&self.say("demo-look-note"), [true, false], both(0))?;
        self.looked(&self.say("demo-look-sentence"), [true, true], both(1))?;
        self.looked(&self.say_of("demo-look-other", &mara.name), [true, false], both(2))?;
        let [note, sentence, _] = needles;
        let needles = [note, sentence];
        let closed = [in_closed_files(mara, &needles)?, in_closed_files(theo, &needles)?];
        self.looked(&self.say("demo-look-closed"), [false, false], closed)?;
        let bytes = size(self.host, out.bytes);
        let args = [("name", Arg::Text(&theo.name)), ("rows", Arg::Number(out.rows)), ("size", Arg::Text(&bytes))];
        let read = format!("{} {}", self.host.say("demo-look-size", &args), self.say("demo-look-control"));
        self.host.page.inside(Edge::Bare, 2, &read);
        Ok(())
    }

    /// What a phone shows in the toolbox, as a short hash.
    fn toolbox(&self, phone: &Phone) -> Done<String> {
        let lines = phone.lines(self.the_plan()?, TOOLBOX)?;
        Ok(short_hash(&sha256(&[lines.join("\n").as_bytes()])))
    }

    /// How a phone lists what came: kept out with the writer's name, or taken in.
    fn standing(&self, phone: &Phone) -> Done<String> {
        let row = phone.kept_out()?.into_iter().find(|row| row.reason == "not-a-writer");
        Ok(match row {
            Some(_) => self.say_of("demo-forge-kept-out", &self.mara.name),
            None => self.say("demo-forge-taken-in"),
        })
    }

    pub(super) fn a_forged_edit(&self) -> Done {
        let (mara, theo, plan) = (&self.mara, &self.theo, self.the_plan()?);
        let copied = if self.broken == Some(Break::Signature) { mara } else { theo };
        let title = mara.part(plan, TOOLBOX)?.title.into_string();
        let args = [("one", Arg::Text(&copied.name)), ("part", Arg::Text(&title)), ("two", Arg::Text(&mara.name))];
        self.host.page.inside(Edge::Bare, 2, &self.host.say("demo-forge-copied", &args));
        let before = [self.toolbox(mara)?, self.toolbox(theo)?];
        let copy = copied.copy_to(&self.folder.join("copy"))?;
        let forged = forge_line(&copy.companion, &plan, TOOLBOX, &self.say("demo-forge-text"), &copy.now())?;
        let file = self.carried().join("forged.belay");
        std::fs::write(&file, forged).map_err(Error::from)?;
        for phone in [mara, theo] {
            phone.take(&file)?;
            let name = self.say_of("demo-phone", &phone.name);
            let found = self.standing(phone)?;
            self.check(&name, &self.say_of("demo-forge-kept-out", &mara.name), &found)?;
            self.put(&name, 15, &found);
        }
        let after = [self.toolbox(mara)?, self.toolbox(theo)?];
        self.check(&title, &before.join(" "), &after.join(" "))?;
        let [shown, _] = before;
        let unchanged = self.host.say("demo-forge-before", &[("words", Arg::Text(&shown))]);
        self.put(&title, 15, &format!("{unchanged}   {}", self.say("demo-forge-after")));
        Ok(())
    }

    pub(super) fn the_same_words(&self) -> Done {
        let (mara, theo, space) = (&self.mara, &self.theo, self.shared()?);
        let one = short_hash(&mara.companion.state_hash(&space, &mara.now())?);
        let two = short_hash(&theo.companion.state_hash(&space, &theo.now())?);
        let same = self.say("demo-same");
        self.put(&self.say_of("demo-phone", &mara.name), 15, &one);
        self.check(&same, &one, &two)?;
        self.put(&self.say_of("demo-phone", &theo.name), 15, &format!("{two}   {same}"));
        Ok(())
    }
}
