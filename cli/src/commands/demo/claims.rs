//! Checks: what is expected against what was found. The first that does not hold ends the story.

use super::Story;
use super::phone::Phone;
use super::searching::{Needle, in_the_open};
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

    /// All that is shared is readable there, word for word, and nothing else is in the lists there.
    fn theo_can_see(&self, name: &str) -> Done {
        let (mara, theo, plan) = (&self.mara, &self.theo, self.the_plan()?);
        let read = |phone: &Phone| -> Done<Vec<String>> {
            let parts = phone.plan(plan)?.parts.into_iter();
            Ok(parts.flat_map(|part| part.entries).map(|line| line.text.into_string()).collect())
        };
        let (here, there) = (read(mara)?, read(theo)?);
        self.check(name, &here.join("\n"), &there.join("\n"))?;
        for id in ["demo-toolbox-line", "demo-sentence-both", "demo-idea-other-words"] {
            self.check_is(name, there.contains(&self.say(id)))?;
        }
        self.check(name, "1 0 0", &format!("{} {} {}", theo.plans()?, theo.goals()?, theo.notes()?))
    }

    /// Looked for once more at the end: found on the one phone, so that the search is known to work, and on the other
    /// neither in a list nor in any byte.
    fn theo_cannot_see(&self, name: &str) -> Done {
        let (mara, theo) = (&self.mara, &self.theo);
        for (id, listed) in [("demo-note-text", theo.notes()?), ("demo-name-other", theo.people_besides(&mara.name)?)] {
            let needle = [Needle::new(&self.say(id))];
            let (on_mara, _) = in_the_open(mara, &needle)?;
            let (on_theo, _) = in_the_open(theo, &needle)?;
            self.check(name, "[true] [false] 0", &format!("{on_mara:?} {on_theo:?} {listed}"))?;
        }
        Ok(())
    }

    /// The last lines: who sees what, how many checks held, how to go on.
    pub(super) fn closing(&self) -> Done {
        let (one, two) = (self.mara.name.clone(), self.theo.name.clone());
        let can = self.say_of("demo-can-see-plan", &one);
        self.theo_can_see(&can)?;
        self.put(&self.say_of("demo-can-see-label", &two), 18, &can);
        let cannot = self.say_of("demo-cannot-see", &one);
        self.theo_cannot_see(&cannot)?;
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
