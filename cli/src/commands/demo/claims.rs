//! Checks: what is expected against what was found. The first that does not hold ends the story.

use super::Story;
use crate::failure::{Done, EXIT_CHECK, Trouble};
use crate::output::Edge;
use belay::library::Arg;

impl Story<'_> {
    /// Holds where both are the same; else says both and ends the story.
    pub(super) fn check(&self, name: &str, expected: &str, found: &str) -> Done {
        if expected == found {
            self.held.set(self.held.get() + 1);
            return Ok(());
        }
        let (page, host) = (&self.host.page, self.host);
        page.gap();
        page.line(&host.say("demo-check-not", &[("name", Arg::Text(name))]));
        page.inside(Edge::Bare, 2, &host.say("demo-expected", &[("text", Arg::Text(expected))]));
        page.inside(Edge::Bare, 2, &host.say("demo-found", &[("text", Arg::Text(found))]));
        Err(Trouble::Silent(EXIT_CHECK))
    }

    /// A check of something that is so or is not.
    pub(super) fn check_is(&self, name: &str, holds: bool) -> Done {
        let (yes, no) = (self.say("demo-yes"), self.say("demo-no"));
        self.check(name, &yes, if holds { &yes } else { &no })
    }

    pub(super) fn say(&self, id: &str) -> String {
        self.host.say(id, &[])
    }

    pub(super) fn say_of(&self, id: &str, name: &str) -> String {
        self.host.say(id, &[("name", Arg::Text(name))])
    }

    /// A line: what it is about, then what is said; `wide` columns for the first.
    pub(super) fn put(&self, about: &str, wide: usize, words: &str) {
        let plain = belay::library::strip_isolates(about);
        let blanks = wide.saturating_sub(plain.chars().count()).max(2);
        self.host.page.item(Edge::Bare, &format!("  {plain}{}", " ".repeat(blanks)), words);
    }

    /// The last lines: who sees what, how many checks held, how to go on.
    pub(super) fn closing(&self) -> Done {
        let (one, two) = (self.mara.name.clone(), self.theo.name.clone());
        let can = self.say_of("demo-can-see-plan", &one);
        self.check(&can, "0 0", &format!("{} {}", self.theo.notes()?, self.theo.people_besides(&one)?))?;
        self.put(&self.say_of("demo-can-see-label", &two), 18, &can);
        let cannot = self.say_of("demo-cannot-see", &one);
        self.check(&cannot, "2", &self.unseen.borrow().len().to_string())?;
        self.put(&self.say_of("demo-cannot-see-label", &two), 18, &cannot);
        self.put(&self.say("demo-nobody-label"), 18, &self.say("demo-nobody"));
        let page = &self.host.page;
        page.gap();
        let held = Arg::Number(self.held.get());
        let counted = self.host.say("demo-checks-held", &[("held", held), ("all", held)]);
        page.line(&format!("{counted} {}", self.say("demo-break")));
        page.line(&self.say("demo-own"));
        Ok(())
    }
}
